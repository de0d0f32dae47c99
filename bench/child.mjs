/**
 * One cold measurement in a process of its own: `node child.mjs audit|reports|readers|plan DIRECTORY` or `node child.mjs layers DIRECTORY
 * [LAYER]...` prints one JSON object.
 */
import { built } from './built.mjs';
import { evidenceOf, landscapeOf } from './landscape.mjs';

const [what, directory, ...rest] = process.argv.slice(2);

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
  /** The analysis of a fleet already read, with everything known of it: reach by itself, then all there is to say. */
  async layers() {
    const [{ run }, { auditFleet }, { usesOf }, { LAYER_BUILDERS }, { LAYERS }] = await Promise.all(
      ['run.js', 'analysis/audit.js', 'analysis/uses.js', 'causes/index.js', 'causes/layer.js'].map(built),
    );
    const { audit } = await run({ sources: [directory], config: false, verify: false, layers: [] });
    const { fleet } = audit;
    const layers = rest.length > 0 ? rest : LAYERS;
    const landscape = landscapeOf(audit.services);
    const evidence = evidenceOf(fleet, audit.evidence);
    const reachStart = performance.now();
    const tables = layers.map((layer) => LAYER_BUILDERS[layer](fleet, evidence, landscape.services));
    usesOf(fleet, landscape.services, tables, 'all');
    const start = performance.now();
    auditFleet(fleet, landscape, [], { layers, scope: 'all', today: '2026-01-01' }, evidence, []);
    const ms = performance.now() - start;
    return { ms, reach: start - reachStart, layers: layers.length, systems: landscape.systems.length };
  },
  /** A plan of ten changes, and the audits that it needs at least: one. */
  async plan() {
    const [{ run }, { auditFleet }, { planOf }, { LAYERS }] = await Promise.all(
      ['run.js', 'analysis/audit.js', 'analysis/plan/plan.js', 'causes/layer.js'].map(built),
    );
    const { audit: read, today } = await run({ sources: [directory], config: false, verify: false, layers: [] });
    const isAll = rest.includes('all');
    const evidence = isAll ? evidenceOf(read.fleet, read.evidence) : read.evidence;
    const layers = isAll ? LAYERS : ['package', 'artifact', 'release', 'registry', 'runtime'];
    const question = { layers, scope: 'all', today };
    const audited = () => auditFleet(read.fleet, landscapeOf(read.services), [], question, evidence, []);
    audited();
    const start = performance.now();
    const audit = audited();
    const done = performance.now();
    const wish = { budget: 10, layers: undefined, systems: undefined, keep: new Set(), ignores: [], today };
    const plan = planOf(audit, wish);
    const ms = performance.now() - done;
    const changes = plan.steps.reduce((sum, { edits }) => sum + edits.length, 0);
    return { ms, audit: done - start, changes, services: audit.services.length };
  },
  /** The audit, and then every report of it to its last byte. */
  async reports() {
    const [{ run }, { REPORTS }] = await Promise.all(['run.js', 'reports/index.js'].map(built));
    const start = performance.now();
    const { audit, locate } = await run({ sources: [directory], config: false, verify: false });
    const done = performance.now();
    const reports = {};
    for (const [name, report] of Object.entries(REPORTS)) {
      const from = performance.now();
      for (const _ of report({ audit, gates: [], top: 20, locate, width: 100, color: false }));
      reports[name] = performance.now() - from;
    }
    return { audit: done - start, reports };
  },
  /** The readers alone, one file after the other on one core. */
  async readers() {
    const [{ openSources }, { readFound }] = await Promise.all(
      ['sources/index.js', 'lockfiles/read-found.js'].map(built),
    );
    const { lockfiles } = await openSources([directory]);
    const start = performance.now();
    for (const found of lockfiles) await readFound(found);
    return { ms: performance.now() - start };
  },
};

const result = await MEASURES[what]();
console.log(JSON.stringify({ ...result, megabytes: process.resourceUsage().maxRSS / 1024 }));
