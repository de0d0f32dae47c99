/** What the back-test counts: ranks by three orders, groups against groups of chance, services hit together. Prints nothing. */
import { resolve } from 'node:path';
import semver from 'semver';
import { built } from './built.mjs';

/** Lockfiles of projects; the others are test files of tools and samples of SBOMs. */
const REAL = new Set(['service-set', 'small-set', 'application']);
const DRAWS = 2000;
const TODAY = '2026-01-01';

const [{ run }, { auditFleet }, { withImplicitSystems }, { LossCounter }, { closureOf }, { DeclaredRanges }, { USE }] =
  await Promise.all(
    [
      'run.js',
      'analysis/audit.js',
      'analysis/systems.js',
      'analysis/impact/loss.js',
      'graph/closure.js',
      'causes/release/declared-ranges.js',
      'analysis/uses.js',
    ].map(built),
  );

/**
 * @param root of the corpus
 * @param index entries of its index
 * @param incidents as recorded: id, date, vector, packages with versions
 */
export async function backTestOf(root, index, incidents) {
  const directories = [...new Set(index.filter((entry) => REAL.has(entry.class)).map(({ dir }) => dir))].sort();
  const { audit } = await run({
    sources: directories.map((dir) => resolve(root, dir)),
    config: false,
    verify: false,
    layers: ['package'],
  });
  const { fleet, services, evidence } = audit;
  const repositoryOf = (service) =>
    directories.find((dir) => fleet.lockfiles[service.lockfile].path.split('/').includes(dir));
  const sizes = new Map();
  for (const service of services) sizes.set(repositoryOf(service), (sizes.get(repositoryOf(service)) ?? 0) + 1);
  const weighed = services.map((service) => ({ ...service, weight: 1 / sizes.get(repositoryOf(service)) }));
  const dependents = dependentsOf(fleet);
  const orders = ordersOf(audit.packages, services, dependents);
  const repositories = ordersOf(reranked(fleet, evidence, weighed), weighed, dependents);
  const named = incidents.map((incident) => ({
    ...incident,
    present: incident.packages.filter(({ name }) => orders.has(name)),
  }));
  const packages = named.flatMap(({ id, date, vector, present }) =>
    present.map(({ name }) => ({ id, date, vector, name, ...orders.get(name), repositories: repositories.get(name) })),
  );
  const tools = { audit, orders, dependents };
  return {
    lockfiles: fleet.lockfiles.length,
    services: services.length,
    repositories: directories.length,
    of: orders.size,
    incidents: named.length,
    packages,
    accounts: named
      .filter(({ vector, present }) => vector === 'account-takeover' && present.length > 0)
      .map((incident) => accountOf(incident, tools)),
    earlier: named.filter(({ present }) => present.length > 0).map((incident) => earlierOf(incident, tools)),
    together: togetherOf(named, audit),
  };
}

function reranked(fleet, evidence, services) {
  const landscape = { services, systems: withImplicitSystems([], services), guards: [] };
  return auditFleet(fleet, landscape, [], { layers: ['package'], scope: 'all', today: TODAY }, evidence, []).packages;
}

/**
 * By name of a package: its rank by each order, among all that some service holds, without one's own. Ties by a baseline have the
 * mean of their ranks; ours has none.
 */
function ordersOf({ table, reach, ranked }, services, dependents) {
  const rows = ranked.map(({ cause, blastRadius, reach: held }) => {
    const name = table.causes[cause].name;
    let direct = 0;
    for (let at = reach.start[cause]; at < reach.start[cause + 1]; at++) {
      if (reach.bits[at] & USE.direct) direct += services[reach.service[at]].weight;
    }
    return { cause, name, blastRadius, held, direct, dependents: dependents.get(name)?.size ?? 0 };
  });
  const kept = rows.filter(({ cause }) => !table.causes[cause].firstParty);
  const byServices = midranks(kept.map(({ direct }) => direct));
  const byPackages = midranks(kept.map((row) => row.dependents));
  return new Map(
    kept.map((row, at) => [row.name, { ...row, rank: at + 1, byServices: byServices[at], byPackages: byPackages[at] }]),
  );
}

function midranks(values) {
  const sorted = [...values.keys()].sort((a, b) => values[b] - values[a]);
  const ranks = [];
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && values[sorted[to]] === values[sorted[from]]) to++;
    for (let at = from; at < to; at++) ranks[sorted[at]] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** By package: names of packages that depend on it directly, one's own left out: those are services. */
function dependentsOf(fleet) {
  const found = new Map();
  for (const { component, edgeStart, edgeTo } of fleet.lockfiles) {
    for (let node = 0; node < component.length; node++) {
      const { name, source } = fleet.component(component[node]);
      if (source === 'workspace' || source === 'link') continue;
      for (let edge = edgeStart[node]; edge < edgeStart[node + 1]; edge++) {
        if (edgeTo[edge] < 0) continue;
        const to = fleet.component(component[edgeTo[edge]]).name;
        const names = found.get(to) ?? new Set();
        found.set(to, names.add(name));
      }
    }
  }
  return found;
}

/** What one account may publish, as far as the incident shows it: its union among packages, and among groups of chance. */
function accountOf({ id, date, present }, { audit, orders }) {
  const { packages, services, systems } = audit;
  const losses = new LossCounter({ services, systems, guards: [] });
  const radiusOf = (rows) => {
    const failing = new Set();
    for (const { cause } of rows) {
      for (let at = packages.reach.start[cause]; at < packages.reach.start[cause + 1]; at++) {
        failing.add(packages.reach.service[at]);
      }
    }
    return losses.of([...failing]).blastRadius;
  };
  const all = [...orders.values()];
  const group = present.map(({ name }) => orders.get(name));
  const blastRadius = radiusOf(group);
  const random = randomFrom(2026);
  let [below, sum] = [0, 0];
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn = radiusOf(Array.from(group, () => all[Math.floor(random() * all.length)]));
    sum += drawn;
    if (drawn < blastRadius) below++;
  }
  return {
    id,
    date,
    size: group.length,
    blastRadius,
    largest: Math.max(...group.map((row) => row.blastRadius)),
    /** Packages that alone take down as much. */
    above: all.filter((row) => row.blastRadius >= blastRadius).length,
    chance: sum / DRAWS,
    share: below / DRAWS,
  };
}

/** The same ranks without lockfiles that hold a version after the bad ones: those were made after the event. */
function earlierOf({ id, date, present }, { audit, dependents }) {
  const { fleet, services, evidence } = audit;
  const last = new Map(
    present.flatMap(({ name, versions }) => {
      const exact = (versions ?? []).filter((version) => semver.valid(version));
      return exact.length > 0 ? [[name, semver.rsort([...exact])[0]]] : [];
    }),
  );
  const isLater = fleet.lockfiles.map(({ component }) =>
    component.some((c) => {
      const { name, version } = fleet.component(c);
      const bad = last.get(name);
      return bad !== undefined && semver.valid(version) !== null && semver.gt(version, bad);
    }),
  );
  const kept = services.filter(({ lockfile }) => !isLater[lockfile]);
  const result = { id, date, dated: last.size, left: kept.length, packages: [] };
  if (last.size === 0 || kept.length === 0) return result;
  const orders = ordersOf(reranked(fleet, evidence, kept), kept, dependents);
  const packages = present.flatMap(({ name }) => (orders.has(name) ? [{ name, ...orders.get(name) }] : []));
  return { ...result, of: orders.size, packages };
}

/** By incident: services that hold a name of it, and of those the ones whose declared ranges took the bad release. */
function togetherOf(incidents, { fleet, services, evidence }) {
  const byName = new Map();
  for (const [at, { present }] of incidents.entries()) {
    for (const { name, versions } of present) {
      const exact = (versions ?? []).filter((version) => semver.valid(version));
      byName.set(name, [...(byName.get(name) ?? []), { at, exact }]);
    }
  }
  const declared = new DeclaredRanges(fleet, evidence, new Uint8Array(fleet.componentCount).fill(1));
  const sets = incidents.map(() => ({ holding: new Set(), known: new Set(), taking: new Set() }));
  for (const [service, { lockfile: index, project }] of services.entries()) {
    const lockfile = fleet.lockfiles[index];
    const { component, edgeStart, edgeTo } = lockfile;
    for (const node of closureOf(lockfile, project).nodes) {
      for (let edge = edgeStart[node]; edge < edgeStart[node + 1]; edge++) {
        if (edgeTo[edge] < 0) continue;
        for (const { at, exact } of byName.get(fleet.component(component[edgeTo[edge]]).name) ?? []) {
          const { holding, known, taking } = sets[at];
          holding.add(service);
          const id = declared.of(lockfile, node, edge);
          if (id < 0) continue;
          known.add(service);
          const range = fleet.strings.text(id).replace(/^npm:.*@(?=[^/]*$)/, '');
          if (exact.some((version) => semver.satisfies(version, range))) taking.add(service);
        }
      }
    }
  }
  return incidents.flatMap(({ id, date, present }, at) => {
    const { holding, known, taking } = sets[at];
    const isSaid = present.some(({ versions }) => (versions ?? []).some((version) => semver.valid(version)));
    if (holding.size === 0) return [];
    return [
      {
        id,
        date,
        holding: holding.size,
        known: known.size,
        taking: isSaid ? taking.size : undefined,
        of: services.length,
      },
    ];
  });
}

// mulberry32, as in synthetic.mjs: the same draws in every run.
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
