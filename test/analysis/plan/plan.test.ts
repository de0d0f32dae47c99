/** Plans against brute force: what is reported of a change, whether it is the best one, and what no plan can exceed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greedyPlan, type PlanQuestion } from '../../../src/analysis/plan/greedy.ts';
import { SCOPES } from '../../../src/graph/closure.ts';
import { fleetArbitrary } from '../../arbitraries.ts';
import {
  bothForms,
  entryOf,
  leadsBack,
  TWIN_LAYERS,
  type TwinEntry,
  type TwinFleet,
  twinEntries,
  twinLoss,
  twinStanding,
  without,
} from './twin-plan.ts';

type Both = ReturnType<typeof bothForms>;

function planned({ audit }: Both, budget: number) {
  const question: PlanQuestion = {
    budget,
    layers: TWIN_LAYERS,
    weights: Float64Array.from(audit.systems, ({ weight }) => weight),
    isKept: () => false,
    ignores: [],
    today: '2026-01-01',
  };
  return greedyPlan(audit, question);
}

const share = (tenths: number, { systems }: TwinFleet) => {
  const total = systems.reduce((sum, system) => sum + system.tenths, 0);
  return total === 0 ? 0 : tenths / total;
};

describe.each(SCOPES)('a plan in scope %s', (scope) => {
  it('reports of each change what an audit of the changed fleet says', () => {
    fc.assert(
      fc.property(fleetArbitrary, (described) => {
        const both = bothForms(described, scope);
        const { steps, before, after } = planned(both, 4);
        let fleet = both.twin;
        expect(before.objective).toBeCloseTo(share(twinLoss(fleet, scope), fleet), 8);
        let standing = before;
        for (const step of steps) {
          expect(step.before).toEqual(standing);
          // What moves to another line has no twin here.
          if (step.edits.some(({ kind }) => kind !== 'drop')) return;
          fleet = without(fleet, step.edits.map(entryOf));
          const causes = twinStanding(fleet, scope);
          expect(step.after.objective).toBeCloseTo(share(twinLoss(fleet, scope), fleet), 8);
          expect(step.after.layers.reduce((sum, { causes: held }) => sum + held, 0)).toBe(causes.length);
          expect(step.after.layers.reduce((sum, { defeating }) => sum + defeating, 0)).toBe(
            causes.filter(({ lost }) => lost.length > 0).length,
          );
          standing = step.after;
        }
        expect(after).toEqual(standing);
      }),
      { numRuns: 20 },
    );
  });

  it('begins with a change that saves at least as much per thing changed as any', () => {
    fc.assert(
      fc.property(fleetArbitrary, (described) => {
        fc.pre(!leadsBack(described));
        const both = bothForms(described, scope);
        const { twin } = both;
        const lost = twinLoss(twin, scope);
        const saved = (entries: readonly TwinEntry[]) =>
          (lost - twinLoss(without(twin, entries), scope)) / entries.length;
        const entries = twinEntries(twin, scope);
        fc.pre(entries.length <= 8);
        const singles = entries.map((entry) => [entry]);
        const pairs = subsets(entries, 2).filter((pair) => pair.length === 2 && isWhole(twin, pair, scope));
        const best = Math.max(0, ...[...singles, ...pairs].map(saved));
        const [first] = planned(both, 6).steps;
        const found = first ? (first.before.objective - first.after.objective) / first.edits.length : 0;
        expect(found).toBeGreaterThanOrEqual(share(best, twin) - 1e-8);
        if (first?.edits.every(({ kind }) => kind === 'drop') && first.edits.length === 1)
          expect(found).toBeCloseTo(share(best, twin), 8);
      }),
      { numRuns: 20 },
    );
  });

  it('is never better than its bound, nor is any other', () => {
    fc.assert(
      fc.property(fleetArbitrary, fc.integer({ min: 1, max: 3 }), (described, budget) => {
        const both = bothForms(described, scope);
        const { twin } = both;
        const entries = twinEntries(twin, scope);
        fc.pre(entries.length <= 7);
        const lost = twinLoss(twin, scope);
        const best = Math.max(...subsets(entries, budget).map((some) => lost - twinLoss(without(twin, some), scope)));
        const { bound, before, after } = planned(both, budget);
        expect(share(best, twin)).toBeLessThanOrEqual(bound.most + 1e-8);
        expect(before.objective - after.objective).toBeLessThanOrEqual(bound.most + 1e-8);
      }),
      { numRuns: 20 },
    );
  });
});

/** Subsets of at most so many. */
function subsets<T>(items: readonly T[], most: number): T[][] {
  let all: T[][] = [[]];
  for (const item of items) all = [...all, ...all.filter(({ length }) => length < most).map((some) => [...some, item])];
  return all;
}

/** Whether some cause leaves some service with all of these and not with fewer: they are what brings it in. */
function isWhole(twin: TwinFleet, entries: readonly TwinEntry[], scope: (typeof SCOPES)[number]): boolean {
  const holders = (fleet: TwinFleet) =>
    new Set(
      twinStanding(fleet, scope).flatMap(({ members, reach }) => reach.map((service) => `${members}|${service}`)),
    );
  const before = holders(twin);
  const after = holders(without(twin, entries));
  const parts = entries.map((entry) => holders(without(twin, [entry])));
  return [...before].some((use) => !after.has(use) && parts.every((part) => part.has(use)));
}
