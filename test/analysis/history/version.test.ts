/** What a version of a lockfile locks, found on a pruned graph, is what the impact command finds on the whole one. */
import { describe, expect, it } from 'vitest';
import { HeldFinder } from '../../../src/analysis/history/version.ts';
import { impactOf } from '../../../src/analysis/impact/impact.ts';
import { ImpactPaths } from '../../../src/analysis/impact/paths.ts';
import { notAsked } from '../../../src/evidence/evidence.ts';
import { SCOPES } from '../../../src/graph/closure.ts';
import { Fleet } from '../../../src/graph/fleet.ts';
import { defaultServices } from '../../../src/graph/services.ts';
import type { BadPackage } from '../../../src/incidents/builder.ts';
import { comparable } from '../../../src/incidents/versions.ts';
import { type ReadResult, readFound } from '../../../src/lockfiles/read-found.ts';
import { directorySource } from '../../../src/sources/directory.ts';
import { FIXTURES } from '../../readers.ts';

type Read = Exclude<ReadResult, { failed: unknown }>;

/** A list of some packages of a lockfile: at a version, or at all of them. */
function listOf({ graph }: Read): BadPackage[] {
  const packages = new Map<string, BadPackage>();
  const every = Math.ceil(graph.nodeCount / 12);
  for (let node = 0; node < graph.nodeCount; node += every) {
    const name = graph.strings[graph.name[node]!]!;
    const version = graph.version[node]! < 0 ? undefined : comparable(graph.strings[graph.version[node]!]!);
    const all = version === undefined || node % 3 === 0;
    const versions = new Set(version === undefined ? [] : [version]);
    if (name !== '') packages.set(name, { name, all, versions, ranges: new Set(), unsaid: false, records: [] });
  }
  return [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function onWhole({ graph, surroundings }: Read, packages: readonly BadPackage[], scope: (typeof SCOPES)[number]) {
  const fleet = new Fleet();
  fleet.add('lockfile', graph, surroundings);
  const [lockfile] = fleet.lockfiles;
  const services = defaultServices(fleet, lockfile!).map((project) => ({ name: '', lockfile: 0, project, weight: 1 }));
  const of = { fleet, services, systems: [], guards: [], scope, evidence: notAsked(fleet.componentCount) };
  const impact = impactOf(of, packages);
  const paths = new ImpactPaths(of);
  const versions = (components: readonly number[]) => [
    ...new Set(components.map((component) => fleet.component(component).version ?? '?')),
  ];
  return {
    hits: impact.hits
      .filter(({ status }) => status === 'locked')
      .map((hit) => ({
        project: lockfile!.projects[services[hit.service]!.project]!.path,
        ...{ entry: hit.entry, versions: versions(hit.components).sort(), scope: hit.scope, direct: hit.direct },
        scripts: hit.scripts,
        path: (paths.to(hit) ?? []).map(({ component, asked }) => ({ ...named(fleet, component), asked })),
      })),
    unreached: impact.unreached.map(({ entry, components }) => ({ entry, versions: versions(components).sort() })),
  };
}

function named(fleet: Fleet, component: number) {
  const { ecosystem, name, version } = fleet.component(component);
  return { ecosystem, name, version };
}

describe('what a version of a lockfile locks', () => {
  it('is what the whole graph says, on every fixture and in every scope', async () => {
    let compared = 0;
    for (const found of directorySource(FIXTURES).lockfiles) {
      if (found.format === 'node_modules') continue;
      const read = await readFound(found);
      if ('failed' in read || read.graph.nodeCount === 0) continue;
      const packages = listOf(read);
      for (const scope of SCOPES) {
        const held = new HeldFinder(packages, scope).in(read.graph, read.surroundings);
        const whole = onWhole(read, packages, scope);
        const told = held.filter(({ reached }) => reached).map(({ name: _, reached: __, ...each }) => each);
        expect(told, found.path).toEqual(whole.hits);
        compared += told.length;
        if (scope !== 'all') continue;
        const stray = held.filter(({ reached }) => !reached).map(({ entry, versions }) => ({ entry, versions }));
        expect(stray, found.path).toEqual(whole.unreached);
      }
    }
    expect(compared).toBeGreaterThan(500);
  });
});
