import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usesOf } from '../../src/analysis/uses.ts';
import type { LayerName } from '../../src/causes/layer.ts';
import { SCOPES, type Scope } from '../../src/graph/closure.ts';
import { type DescribedFleet, fleetArbitrary, resolveSystems } from '../arbitraries.ts';
import { fleetOf, keysOf, membersOf, rankingOf, servicesOf } from '../described.ts';
import {
  type TwinCause,
  toNumber,
  twinArtifacts,
  twinCause,
  twinComponents,
  twinPackages,
  twinRanking,
  twinSystems,
} from '../twin.ts';

/** The layers that the lockfile alone decides, which the twin works out by itself. */
const TWIN_LAYERS = ['artifact', 'package'] as const;

describe('the analysis equals its naive twin on random fleets', () => {
  it.each(SCOPES.flatMap((scope) => TWIN_LAYERS.map((layer) => ({ scope, layer }))))(
    'ranks layer $layer in scope $scope',
    ({ scope, layer }) => {
      fc.assert(
        fc.property(fleetArbitrary, (described) => {
          const { found, expected } = bothRankings(described, layer, scope);
          expect(found).toEqual(expected);
        }),
        { numRuns: 150 },
      );
    },
  );

  it.each(SCOPES)('counts the components of every service in scope %s', (scope) => {
    fc.assert(
      fc.property(fleetArbitrary, ({ lockfiles }) => {
        const fleet = fleetOf(lockfiles);
        const { services, twins } = servicesOf(fleet, lockfiles, [10]);
        const sizes = twins.map((twin) => {
          const held = twinComponents(twin);
          return {
            components: held[scope].size,
            runtime: held.runtime.size,
            build: scope === 'runtime' ? 0 : held.build.size,
          };
        });
        expect(usesOf(fleet, services, [], scope).sizes).toEqual(sizes);
      }),
    );
  });
});

/** The ranking of the code and of the twin as comparable rows, in their orders. */
function bothRankings({ lockfiles, tenths, systems }: DescribedFleet, layer: LayerName, scope: Scope) {
  const declared = (services: number) => resolveSystems(systems, services);
  const { fleet, table, twins, ranked } = rankingOf(lockfiles, { layer, scope, tenths, systems: declared });
  const members = membersOf(fleet, table).map((set) => [...set].sort().join('\n'));
  const labels = new Map(table.causes.map((cause, index) => [members[index]!, cause]));

  const all = twinSystems(declared(twins.length), twins);
  const total = all.reduce((sum, system) => sum + system.tenths, 0);
  const causes = causesOf(layer, keysOf(lockfiles)).flatMap((set) => twinCause(set, twins, all, scope) ?? []);
  const expected = twinRanking(causes, (cause) => labels.get(cause.members) ?? { name: '', id: '' });
  return {
    found: ranked.map(({ cause: _, index, ...numbers }) => ({ members: members[index]!, ...numbers })),
    expected: expected.map((cause) => ({ members: cause.members, ...numbersOf(cause, total) })),
  };
}

function causesOf(layer: LayerName, keys: readonly string[]): Set<string>[] {
  return layer === 'package' ? twinPackages(keys) : twinArtifacts(keys).map(({ members }) => members);
}

// The code rounds to nine decimals.
function numbersOf(cause: TwinCause, total: number) {
  return {
    blastRadius: expect.closeTo(cause.lostTenths / total, 8),
    lost: cause.lost.length,
    reach: cause.reach.length,
    weightedReach: expect.closeTo(cause.weightedReachTenths / 10, 8),
    runtimeReach: cause.runtimeReach.length,
    buildReach: cause.buildReach.length,
    direct: cause.direct.length,
    load: expect.closeTo(toNumber(cause.load), 8),
    evidence: 'none',
  };
}
