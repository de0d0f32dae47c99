/**
 * One cold measurement in a process of its own: `node child.mjs audit|readers DIRECTORY` prints one JSON
 * object.
 */
import { built } from './built.mjs';

const [what, directory] = process.argv.slice(2);

const MEASURES = {
  /** The whole audit, report and all. */
  async audit() {
    const [{ run }, { REPORTS }, { applyGates }] = await Promise.all(
      ['run.js', 'reports/index.js', 'analysis/gate.js'].map(built),
    );
    const start = performance.now();
    const { audit } = await run({ sources: [directory], config: false, verify: false });
    REPORTS.json({ audit, gates: applyGates(audit, []), top: 20 });
    return {
      ms: performance.now() - start,
      services: audit.services.length,
      components: audit.sizes.reduce((sum, size) => sum + size.components, 0),
      distinct: audit.fleet.componentCount,
      incomplete: audit.diagnostics.filter(({ severity }) => severity === 'incomplete').length,
    };
  },
  /** The readers alone, one file after the other on one core. */
  async readers() {
    const [{ openSources }, { readFound }] = await Promise.all(
      ['sources/index.js', 'lockfiles/read-found.js'].map(built),
    );
    const { lockfiles } = openSources([directory]);
    const start = performance.now();
    for (const found of lockfiles) await readFound(found);
    return { ms: performance.now() - start };
  },
};

const result = await MEASURES[what]();
console.log(JSON.stringify({ ...result, megabytes: process.resourceUsage().maxRSS / 1024 }));
