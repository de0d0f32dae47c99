import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAYERS } from '../../src/causes/layer.ts';
import { SCOPES } from '../../src/graph/closure.ts';
import { type DescribedFleet, fleetArbitrary, lockfileArbitrary, resolveSystems } from '../arbitraries.ts';
import { membersOf, type Ranking, rankingOf } from '../described.ts';
import { keyOf, type TwinLockfile } from '../twin.ts';

const question = fc.record({ layer: fc.constantFrom(...LAYERS), scope: fc.constantFrom(...SCOPES) });

function numbersById({ ranked }: Ranking): Map<string, unknown> {
  return new Map(
    ranked.map(({ index: _, blastRadius, load, weightedReach, cause, ...counts }) => [
      cause.id,
      {
        ...counts,
        cause,
        blastRadius: expect.closeTo(blastRadius, 8),
        load: expect.closeTo(load, 8),
        weightedReach: expect.closeTo(weightedReach, 8),
      },
    ]),
  );
}

/** Services by lockfile and project, which stay the same when lockfiles are added or stand in another order. */
function reachByMember({ fleet, table, reach, twins }: Ranking): Map<string, Set<string>> {
  const result = new Map<string, Set<string>>();
  membersOf(fleet, table).forEach((members, cause) => {
    for (const member of members) {
      const names = result.get(member) ?? new Set();
      result.set(member, names);
      for (const service of reach[cause]!) names.add(`${twins[service]!.lockfile.path}:${twins[service]!.project}`);
    }
  });
  return result;
}

function expectNoneLost(before: Ranking, after: Ranking): void {
  const reach = reachByMember(after);
  for (const [member, services] of reachByMember(before)) {
    expect([...services].filter((service) => !reach.get(member)!.has(service))).toEqual([]);
  }
}

function distinctPaths({ lockfiles, ...rest }: DescribedFleet): DescribedFleet {
  return { ...rest, lockfiles: [...new Map(lockfiles.map((lockfile) => [lockfile.path, lockfile])).values()] };
}

describe('the analysis of any fleet', () => {
  it('never shrinks the reach of a package when any service is added', () => {
    fc.assert(
      fc.property(fleetArbitrary, lockfileArbitrary, fc.constantFrom(...SCOPES), ({ lockfiles }, more, scope) => {
        const added: TwinLockfile = { ...more, path: 'added/package-lock.json' };
        expectNoneLost(rankingOf(lockfiles, { scope }), rankingOf([...lockfiles, added], { scope }));
      }),
    );
  });

  // One with other digests may settle what was assumed: a sha1 that could be of two artifacts is then known to be of one.
  it('never shrinks the reach of any cause when a service with the same components is added', () => {
    fc.assert(
      fc.property(fleetArbitrary, question, ({ lockfiles }, asked) => {
        const added: TwinLockfile = { ...lockfiles[0]!, path: 'added/package-lock.json' };
        expectNoneLost(rankingOf(lockfiles, asked), rankingOf([...lockfiles, added], asked));
      }),
    );
  });

  it('has the same numbers, names and ranks whatever lockfile is read first', () => {
    fc.assert(
      fc.property(fleetArbitrary.map(distinctPaths), question, ({ lockfiles }, asked) => {
        const forward = rankingOf(lockfiles, asked);
        const backward = rankingOf([...lockfiles].reverse(), asked);
        const numbers = new Map(backward.ranked.map(({ index: _, ...numbers }) => [numbers.cause.id, numbers]));
        expect(numbers).toEqual(numbersById(forward));
        expect(backward.ranked.map(({ cause }) => cause.id)).toEqual(forward.ranked.map(({ cause }) => cause.id));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps blast radius and load within 0 and 1, and counts within the reach', () => {
    fc.assert(
      fc.property(fleetArbitrary, question, ({ lockfiles, tenths, systems }, asked) => {
        const { ranked, services } = rankingOf(lockfiles, {
          ...asked,
          tenths,
          systems: (count) => resolveSystems(systems, count),
        });
        for (const { blastRadius, load, reach, runtimeReach, buildReach, direct, weightedReach } of ranked) {
          for (const share of [blastRadius, load]) {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
          }
          expect(reach).toBeGreaterThan(0);
          expect(reach).toBeLessThanOrEqual(services.length);
          expect(Math.max(runtimeReach, buildReach, direct)).toBeLessThanOrEqual(reach);
          expect(runtimeReach + buildReach).toBeGreaterThanOrEqual(reach);
          expect(weightedReach).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('keeps the reach of an artifact within the packages whose names it bears', () => {
    fc.assert(
      fc.property(fleetArbitrary, fc.constantFrom(...SCOPES), ({ lockfiles }, scope) => {
        const artifacts = rankingOf(lockfiles, { layer: 'artifact', scope });
        const packages = reachByMember(rankingOf(lockfiles, { layer: 'package', scope }));
        const places = (service: number) =>
          `${artifacts.twins[service]!.lockfile.path}:${artifacts.twins[service]!.project}`;
        membersOf(artifacts.fleet, artifacts.table).forEach((members, cause) => {
          const within = new Set([...members].flatMap((member) => [...packages.get(member)!]));
          for (const service of artifacts.reach[cause]!) expect(within.has(places(service))).toBe(true);
        });
      }),
    );
  });

  it('splits scope all into runtime and build, but for services that are the cause themselves', () => {
    fc.assert(
      fc.property(fleetArbitrary, fc.constantFrom(...LAYERS), ({ lockfiles }, layer) => {
        const [all, runtime, build] = SCOPES.map((scope) => rankingOf(lockfiles, { layer, scope }));
        const members = membersOf(all!.fleet, all!.table);
        all!.reach.forEach((reach, cause) => {
          const parts = new Set([...runtime!.reach[cause]!, ...build!.reach[cause]!]);
          const others = reach.filter((service) => {
            const { lockfile, project } = all!.twins[service]!;
            const own = lockfile.projects.find((candidate) => candidate.path === project)!.node;
            return parts.has(service) || !members[cause]!.has(keyOf(lockfile, own));
          });
          expect(new Set(others)).toEqual(parts);
        });
      }),
    );
  });
});
