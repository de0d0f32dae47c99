/**
 * One cold measurement in a process of its own: `node child.mjs audit|reports|readers DIRECTORY`, `layers DIRECTORY [LAYER]...`,
 * `plan DIRECTORY [all]`, `cached DIRECTORY CACHE` or `impact DIRECTORY CACHE HELD VERSIONS` prints one JSON object.
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
  /** Every lockfile of a fleet read back from a cache, which is filled where it is empty: as every command has to. */
  async cached() {
    const [{ openSources }, { Fleet }, { readAll }] = await Promise.all(
      ['sources/index.js', 'graph/fleet.js', 'lockfiles/read-all.js'].map(built),
    );
    const before = process.cpuUsage();
    const { lockfiles } = await openSources([directory]);
    await readAll(new Fleet(), lockfiles, { cache: rest[0] });
    return { cpu: cpuSince(before) };
  },
  /** The impact command on such a fleet, with its report. */
  async impact() {
    const [cache, held, versions] = [rest[0], Number(rest[1]), Number(rest[2])];
    const [{ run }, { impactOf }, { IncidentBuilder }, { readIncidentList }, { IMPACT_REPORTS }, { Owners }] =
      await Promise.all(
        [
          'run.js',
          'analysis/impact/impact.js',
          'incidents/builder.js',
          'incidents/list.js',
          'reports/index.js',
          'incidents/owners.js',
        ].map(built),
      );
    const before = process.cpuUsage();
    const { audit, sources, locate } = await run({
      sources: [directory],
      config: false,
      verify: false,
      layers: [],
      cache,
    });
    const reading = process.cpuUsage();
    const text = incidentText(audit.fleet, held, versions);
    const making = process.cpuUsage(reading);
    const builder = new IncidentBuilder();
    readIncidentList(text, 'list', builder);
    const list = builder.build();
    const impact = impactOf(audit, list.packages);
    const owners = new Owners(sources);
    const contactsOf = (service) => {
      const { lockfile, project } = audit.services[service];
      return { owners: owners.of(audit.fleet.lockfiles[lockfile], project), contact: undefined };
    };
    const content = { audit, impact, list, near: new Map(), top: 20, contactsOf, locate, width: 100, color: false };
    for (const _ of IMPACT_REPORTS.terminal(content));
    return { cpu: cpuSince(before) - (making.user + making.system) / 1000, hits: impact.hits.length };
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

/** Milliseconds on processors, of all threads. */
function cpuSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * A list with packages that a fleet has, evenly over their names: the highest version that is held and one that nobody has;
 * the rest are packages that it has not.
 */
function incidentText(fleet, held, versions) {
  const byName = new Map();
  for (let c = 0; c < fleet.componentCount; c++) {
    const { name, version, source } = fleet.component(c);
    if (source !== 'registry' || !/^\d+\.\d+\.\d+$/.test(version ?? '')) continue;
    byName.set(name, [...(byName.get(name) ?? []), version]);
  }
  const names = [...byName.keys()].sort();
  const lines = [];
  for (let n = 0; n < Math.min(held, names.length); n++) {
    const name = names[Math.floor((n * names.length) / held)];
    const sorted = byName.get(name).sort();
    const [major, minor, patch] = sorted[0].split('.').map(Number);
    lines.push(`${name}@${sorted.at(-1)}`, `${name}@${major}.${minor}.${patch + 90}`);
  }
  for (let n = 0; lines.length < versions; n++) lines.push(`absent-${n}@1.0.0`);
  return lines.slice(0, versions).join('\n');
}

const result = await MEASURES[what]();
console.log(JSON.stringify({ ...result, megabytes: process.resourceUsage().maxRSS / 1024 }));
