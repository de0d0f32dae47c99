/**
 * One verification in a process of its own: `node evidence-child.mjs DIRECTORY OPTIONS`, where OPTIONS is VerifyOptions as
 * JSON, prints one JSON object.
 */
import { built } from './built.mjs';

const [directory, options] = process.argv.slice(2);
const { run } = await built('run.js');
const { audit } = await run({ sources: [directory], config: false, verify: false });

const start = performance.now();
const { verifyFleet } = await built('verify.js');
const evidence = await verifyFleet(audit.fleet, { ...JSON.parse(options), env: process.env });
const ms = performance.now() - start;

const states = {};
for (const { verdicts, digest } of evidence.components) {
  for (const [kind, { reason }] of [...Object.entries(verdicts), ['digest', { reason: digest }]]) {
    states[`${kind} ${reason}`] = (states[`${kind} ${reason}`] ?? 0) + 1;
  }
}
console.log(
  JSON.stringify({
    ms,
    states,
    requests: evidence.requests,
    incomplete: evidence.diagnostics.filter(({ severity }) => severity === 'incomplete').map(({ message }) => message),
    megabytes: process.resourceUsage().maxRSS / 1024,
    cpu: process.cpuUsage(),
  }),
);
