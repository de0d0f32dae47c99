/** Update rings by trying every assignment, from the definitions alone; and random landscapes over few lockfiles. */
import fc from 'fast-check';
import type { Landscape } from '../../../src/analysis/landscape.ts';
import { withImplicitSystems } from '../../../src/analysis/systems.ts';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { Fleet, NOTHING_BESIDE } from '../../../src/graph/fleet.ts';
import type { LockfileKind } from '../../../src/graph/model.ts';
import type { PolicyManager, ReleaseGate } from '../../../src/graph/policies.ts';
import { isLost, landscapes, systemsFrom, type TwinLandscape, twinLeaves } from '../../redundancy-twin.ts';

export interface TwinRings extends TwinLandscape {
  /** By service: its lockfile. */
  readonly lockfileOf: readonly number[];
  readonly lockfiles: number;
  readonly guards: readonly { readonly service: number; readonly protects: readonly number[] }[];
}

export const ringFleets: fc.Arbitrary<TwinRings> = fc
  .record({
    landscape: landscapes({ services: 7, causes: 0, systems: 4 }),
    lockfiles: fc.integer({ min: 1, max: 6 }),
    places: fc.array(fc.nat(1000), { minLength: 7, maxLength: 7 }),
    spread: fc.boolean(),
    guards: fc.array(fc.record({ service: fc.nat(1000), protects: fc.array(fc.nat(1000), { maxLength: 2 }) }), {
      maxLength: 2,
    }),
  })
  .map(({ landscape, lockfiles, places, spread, guards }) => ({
    ...landscape,
    lockfiles,
    lockfileOf: Array.from({ length: landscape.services }, (_, s) => (spread ? s : places[s]!) % lockfiles),
    guards: guards.map(({ service, protects }) => ({
      service: service % landscape.services,
      protects: [...new Set(protects.map((system) => system % landscape.systems.length))],
    })),
  }));

/** Systems that some assignment keeps: not lost by the services of any one lockfile, but by all. */
export function separable(twin: TwinRings): number[] {
  const all = [...Array(twin.services).keys()];
  return [...twin.systems.keys()].filter(
    (system) =>
      isLost(twin.systems, system, new Set(all)) &&
      ![...Array(twin.lockfiles).keys()].some((lockfile) =>
        isLost(twin.systems, system, new Set(all.filter((service) => twin.lockfileOf[service] === lockfile))),
      ),
  );
}

/** Pairs of lockfiles, guard first, that can be kept: not the same, and not part of a circle. */
export function orders(twin: TwinRings): [number, number][] {
  const pairs = twin.guards.flatMap(({ service, protects }) =>
    protects.flatMap((system) =>
      twinLeaves(twin.systems, system).map((leaf): [number, number] => [
        twin.lockfileOf[service]!,
        twin.lockfileOf[leaf]!,
      ]),
    ),
  );
  const different = pairs.filter(([a, b]) => a !== b);
  const reaches = (from: number, to: number, seen = new Set<number>()): boolean =>
    from === to || different.some(([a, b]) => a === from && !seen.has(b) && reaches(b, to, new Set([...seen, b])));
  return different.filter(([a, b]) => !reaches(b, a));
}

export function isKept(twin: TwinRings, ringOf: ArrayLike<number>): boolean {
  const rings = new Set(Array.from(ringOf));
  return (
    orders(twin).every(([a, b]) => ringOf[a]! < ringOf[b]!) &&
    separable(twin).every((system) =>
      [...rings].every((ring) => {
        const failed = [...Array(twin.services).keys()].filter((s) => ringOf[twin.lockfileOf[s]!] === ring);
        return !isLost(twin.systems, system, new Set(failed));
      }),
    )
  );
}

/** The fewest rings, by trying every assignment. */
export function fewestRings(twin: TwinRings): number {
  for (let rings = 1; ; rings++) {
    for (let code = 0; code < rings ** twin.lockfiles; code++) {
      const ringOf = Array.from({ length: twin.lockfiles }, (_, at) => (Math.floor(code / rings ** at) % rings) + 1);
      if (isKept(twin, ringOf)) return rings;
    }
  }
}

export function landscapeOf(twin: TwinRings): Landscape {
  const services = twin.lockfileOf.map((lockfile, at) => ({
    name: `s${at}`,
    lockfile,
    project: 0,
    weight: twin.tenths[at]! / 10,
  }));
  return {
    services,
    systems: withImplicitSystems(systemsFrom(twin), services),
    guards: twin.guards.map((guard, at) => ({ name: `g${at}`, ...guard })),
  };
}

export interface Keeper {
  readonly manager: PolicyManager | undefined;
  readonly format?: string;
  readonly major?: number;
  readonly gates?: readonly ReleaseGate[];
}

/** A fleet of lockfiles with nothing in them, that wait as told. */
export function keptFleet(keepers: readonly Keeper[]): Fleet {
  const fleet = new Fleet();
  for (const [at, { manager, format = '9', major, gates = [] }] of keepers.entries()) {
    const kind: LockfileKind = manager ?? 'cyclonedx';
    const builder = new GraphBuilder(kind, format);
    const root = builder.node({ ecosystem: 'npm', name: 'root', source: 'workspace', key: '', version: undefined });
    builder.project(root, '', 'root');
    const { policies } = NOTHING_BESIDE;
    const tool = manager?.startsWith('yarn') ? 'yarn' : manager;
    fleet.add(`l${at}/lockfile`, builder.build(), {
      platforms: tool === undefined ? [] : [{ project: 0, tool: tool as 'npm', major, file: '' }],
      policies: { ...policies, overrides: { ...policies.overrides, manager }, gates },
    });
  }
  return fleet;
}

export function ageGate(by: ReleaseGate['by'], minutes: number, more: Partial<ReleaseGate> = {}): ReleaseGate {
  const kind = by === 'renovate' || by === 'dependabot' ? 'bot' : 'manager';
  const delay = { kind: 'age', minutes } as const;
  return { kind, by, delay, only: undefined, exempt: [], file: '', line: undefined, ...more };
}
