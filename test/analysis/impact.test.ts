/** What is lost if packages are bad: against a twin that scans and enumerates, and by hand for what would be taken. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Impact, impactOf } from '../../src/analysis/impact/impact.ts';
import { ImpactPaths } from '../../src/analysis/impact/paths.ts';
import { withImplicitSystems } from '../../src/analysis/systems.ts';
import { notAsked } from '../../src/evidence/evidence.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { SCOPES } from '../../src/graph/closure.ts';
import { Fleet, NOTHING_BESIDE } from '../../src/graph/fleet.ts';
import type { LockfileKind } from '../../src/graph/model.ts';
import { IncidentBuilder } from '../../src/incidents/builder.ts';
import { readIncidentList } from '../../src/incidents/list.ts';
import { fleetArbitrary, resolveSystems } from '../arbitraries.ts';
import { fleetOf, servicesOf, systemsOf } from '../described.ts';
import { twinComponents } from '../twin.ts';

function packagesOf(lines: readonly string[]) {
  const builder = new IncidentBuilder();
  readIncidentList(lines.join('\n'), 'list', builder);
  return builder.build().packages;
}

/** Lists over the names and versions of test/arbitraries.ts. */
const lines = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom('left', 'right', '__proto__', '@scope/up', 'absent'),
    fc.constantFrom('', '@1.0.0', '@2.0.0', '@1.0.01', '@>=2', '@<1 || >1.5.0', '@2.0.0-rc.1'),
  ),
  { maxLength: 4 },
);

/** By list entry, in a naive reading: whether a version is bad; undefined where there is none. */
function isBad(selectors: readonly string[], version: string | null): boolean | undefined {
  if (selectors.includes('')) return true;
  if (version === null) return undefined;
  const bad = { '@1.0.0': ['1.0.0'], '@2.0.0': ['2.0.0'], '@>=2': ['2.0.0'], '@<1 || >1.5.0': ['2.0.0'] };
  return selectors.some((selector) => (new Map(Object.entries(bad)).get(selector) ?? []).includes(version));
}

describe('impact', () => {
  it('finds what a scan of every service finds, and loses what enumeration loses', () => {
    fc.assert(
      fc.property(fleetArbitrary, lines, fc.constantFrom(...SCOPES), (described, list, scope) => {
        const fleet = fleetOf(described.lockfiles);
        const { services, twins } = servicesOf(fleet, described.lockfiles, described.tenths);
        const declared = resolveSystems(described.systems, services.length);
        const systems = withImplicitSystems(systemsOf(declared), services);
        const guards = services.length < 2 ? [] : [{ name: 'guard', service: 0, protects: [systems.length - 1] }];
        const packages = packagesOf(list.filter(([, of]) => of !== '@1.0.01').map(([name, of]) => name + of));
        const of = { fleet, services, systems, guards, scope, evidence: notAsked(fleet.componentCount) };
        const impact = impactOf(of, packages);
        const found = new Map(impact.hits.map((hit) => [`${hit.service} ${packages[hit.entry]!.name}`, hit]));
        const locked = new Set<number>();
        for (const [service, twin] of twins.entries()) {
          const held = [...twinComponents(twin)[scope]].map((key): (string | null)[] => JSON.parse(key));
          for (const { name } of packages) {
            const selectors = list.filter(([of]) => of === name).map(([, selector]) => selector);
            const of = held.filter((key) => key[0] === 'npm' && key[1] === name);
            const bads = of.map((key) => (isOwn(key[3]!) ? false : isBad(selectors, key[2] ?? null)));
            const status = found.get(`${service} ${name}`)?.status;
            if (bads.includes(true)) {
              expect(status).toBe('locked');
              locked.add(service);
            } else if (bads.includes(undefined)) expect(status).toMatch(/^(?:unknown|admitted)$/);
            else if (of.length > 0) expect(status).toMatch(/^(?:name-only|admitted)$/);
            else expect(status).toBeUndefined();
          }
        }
        expect(impact.locked.services).toEqual([...locked].sort((a, b) => a - b));
        const lost = systems.flatMap(({ members, need }, at) =>
          members.filter((member) => !locked.has(member)).length < need ? [at] : [],
        );
        expect(impact.locked.systems).toEqual(lost);
        const isBlind =
          guards.length > 0 && locked.has(0) && systems.at(-1)!.members.some((member) => locked.has(member));
        expect(impact.locked.blinded.length).toBe(isBlind ? 1 : 0);
        const paths = new ImpactPaths(of);
        for (const hit of impact.hits) {
          if (hit.status !== 'locked') continue;
          expect(hit.components).toContain(paths.to(hit)?.at(-1)?.component);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function isOwn(source: string): boolean {
  return source === 'workspace' || source === 'link';
}

interface Made {
  readonly path: string;
  readonly kind?: LockfileKind;
  /** Of the root: name, declared range (none: not known), version held. */
  readonly holds: readonly (readonly [string, string | undefined, string])[];
}

function impact(made: readonly Made[], ...list: string[]): Impact {
  const fleet = new Fleet();
  for (const { path, kind = 'npm', holds } of made) {
    const builder = new GraphBuilder(kind, '3');
    const root = { ecosystem: 'npm', name: 'root', version: '0.0.0', source: 'workspace', resolved: '' } as const;
    builder.node({ ...root, key: '' });
    builder.project(0, '', 'root');
    holds.forEach(([name, range, version], at) => {
      builder.node({ ecosystem: 'npm', name, version, source: 'registry', key: `node_modules/${name}/${at}` });
      builder.edge(0, at + 1, 'prod', name, range);
    });
    fleet.add(path, builder.build(), NOTHING_BESIDE);
  }
  const services = fleet.lockfiles.map(({ path }, lockfile) => ({ name: path, lockfile, project: 0, weight: 1 }));
  const systems = withImplicitSystems([], services);
  const of = { fleet, services, systems, guards: [], scope: 'all' as const, evidence: notAsked(fleet.componentCount) };
  return impactOf(of, packagesOf(list));
}

const one = (of: Impact) => of.hits.map(({ status, takes }) => [status, ...takes].join(' '));

describe('a declared range', () => {
  const held = (range: string | undefined, kind: LockfileKind = 'npm', version = '1.13.0'): Made => ({
    path: 'a/lock',
    kind,
    holds: [['axios', range, version]],
  });
  it.each<[string, Made[], string[], string]>([
    ['takes what is higher', [held('^1.13.0')], ['axios@1.14.1'], 'admitted 1.14.1'],
    [
      'takes the highest of them',
      [held('^1.13.0')],
      ['axios@1.14.1', 'axios@1.14.3', 'axios@2.0.0'],
      'admitted 1.14.3',
    ],
    ['holds back what is not in it', [held('~1.13.0')], ['axios@1.14.1'], 'name-only'],
    ['takes nothing lower than what is there', [held('^1.2.0')], ['axios@1.12.9'], 'name-only'],
    ['takes no prerelease it does not name', [held('^1.13.0')], ['axios@1.14.1-rc.1'], 'name-only'],
    ['that is exact takes nothing else', [held('1.13.0')], ['axios@1.13.1'], 'name-only'],
    ['that is not known is unknown', [held(undefined, 'pnpm')], ['axios@1.14.1'], 'unknown'],
    ['that is not known takes nothing lower than it holds', [held(undefined, 'pnpm')], ['axios@1.12.9'], 'name-only'],
    [
      'that is not known takes nothing of a lower range',
      [held(undefined, 'pnpm')],
      ['axios@>=1.2.0 <1.12.9'],
      'name-only',
    ],
    ['that is not known may take of a higher range', [held(undefined, 'pnpm')], ['axios@>=2.0.0 <2.1.0'], 'unknown'],
    ['that is not known may hold what has no version', [held(undefined, 'pnpm', 'odd')], ['axios@1.0.0'], 'unknown'],
    ['may be a tag that nobody was asked about', [held('next')], ['axios@1.14.1'], 'unknown'],
    ['may be the tag that is mostly the highest', [held('latest')], ['axios@1.14.1'], 'admitted 1.14.1'],
    ['may meet a range of bad ones', [held('^1.13.0')], ['axios@>=1.14.0 <1.14.5'], 'admitted >=1.14.0 <1.14.5'],
    ['may not meet it', [held('~1.13.0')], ['axios@>=1.14.0 <1.14.5'], 'name-only'],
    ['may be above it', [held('^1.2.0')], ['axios@>=1.3.0 <1.12.0'], 'name-only'],
    [
      'of an alias is of its package',
      [{ path: 'a/lock', holds: [['axios', 'npm:axios@^1.13.0', '1.13.0']] }],
      ['axios@1.14.1'],
      'admitted 1.14.1',
    ],
    ['from elsewhere asks no registry', [held('github:axios/axios')], ['axios@1.14.1'], 'name-only'],
  ])('%s', (_, made, list, expected) => {
    expect(one(impact(made, ...list))).toEqual([expected]);
  });

  it('takes what is known to be higher first', () => {
    const other: Made = { path: 'b/lock', holds: [['axios', '1.15.0', '1.15.0']] };
    expect(one(impact([held('^1.13.0'), other], 'axios@1.14.1'))).toEqual(['name-only', 'name-only']);
  });

  it('is counted with the systems that would be lost, apart from what is locked', () => {
    const bad: Made = { path: 'b/lock', holds: [['axios', '~1.14.0', '1.14.1']] };
    const found = impact([held('^1.13.0'), bad], 'axios@1.14.1', 'absent');
    expect(one(found)).toEqual(['admitted 1.14.1', 'locked']);
    expect([found.locked.systems, found.admitted.systems, found.absent]).toEqual([[1], [0, 1], 1]);
    expect([found.locked.blastRadius, found.admitted.blastRadius]).toEqual([0.5, 1]);
  });
});

describe('a name', () => {
  // As recorded of detectors that went wrong: a version as the start of another, and names as parts of names.
  it.each([
    [['chalk', '5.6.12'], 'chalk@5.6.1'],
    [['chalk', '15.6.1'], 'chalk@5.6.1'],
    [['chalk', '5.6.1-rc.1'], 'chalk@5.6.1'],
  ])('at another version is on watch: %j', ([name, version], list) => {
    expect(one(impact([{ path: 'a', holds: [[name!, version, version!]] }], list))).toEqual(['name-only']);
  });

  it.each(['chalk-cli', 'my-chalk', 'Chalk', '@scope/chalk', 'chalk.js'])('%s is not chalk', (name) => {
    const found = impact([{ path: 'a', holds: [[name, '5.6.1', '5.6.1']] }], 'chalk@5.6.1');
    expect([found.hits, found.absent]).toEqual([[], 1]);
  });

  it('with build metadata, or a v, is the same version', () => {
    expect(one(impact([{ path: 'a', holds: [['chalk', '5.6.1', '5.6.1+sha.1']] }], 'chalk@v5.6.1'))).toEqual([
      'locked',
    ]);
  });
});
