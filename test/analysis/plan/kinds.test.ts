/** What each kind of change expects of its best candidate, against the audit of the changed fleet. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Best, Limits } from '../../../src/analysis/plan/candidates.ts';
import type { Edit } from '../../../src/analysis/plan/edit.ts';
import { audited } from '../../../src/analysis/plan/greedy.ts';
import { groundOf } from '../../../src/analysis/plan/ground.ts';
import { KINDS } from '../../../src/analysis/plan/kinds.ts';
import { standingOf } from '../../../src/analysis/plan/standing.ts';
import type { LayerName } from '../../../src/causes/layer.ts';
import { fleetArbitrary } from '../../arbitraries.ts';
import { bothForms, leadsBack } from './twin-plan.ts';

const LAYERS: readonly LayerName[] = ['artifact', 'package', 'registry', 'runtime'];
const TODAY = { ignores: [], today: '2026-01-01' };

const NAMES = Object.keys(KINDS) as readonly Edit['kind'][];

describe.each(NAMES)('the kind %s', (kind) => {
  it('expects of its best change what the audit finds, within its limit, and leaves the fleet as it was', () => {
    let found = 0;
    fc.assert(
      fc.property(fleetArbitrary, fc.constantFrom('all' as const, 'runtime' as const), (described, scope) => {
        const { audit } = bothForms(described, scope, LAYERS);
        const weights = Float64Array.from(audit.systems, ({ weight }) => weight);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const before = standingOf(audit, LAYERS, weights);
        const ground = groundOf(audit, { layers: LAYERS, weights, isKept: () => false });
        expect(ground.losses.objective).toBeCloseTo(before.objective, 8);
        const best = new Best(audit.fleet, 6, new Set());
        KINDS[kind].offer(ground, best);
        if (best.found === undefined) return;
        found++;
        const { componentCount, lockfiles } = audit.fleet;
        const kept = structuredClone(lockfiles);
        const changed = audited(audit, best.found.edits, TODAY);
        expect([audit.fleet.componentCount, audit.fleet.lockfiles]).toEqual([componentCount, kept]);
        const after = standingOf(changed, LAYERS, weights);
        // With packages that lead back to one's own code it may do more.
        if (leadsBack(described))
          expect(before.objective - after.objective).toBeGreaterThan(best.found.gain / total - 1e-7);
        else expect(before.objective - after.objective).toBeCloseTo(best.found.gain / total, 7);
        const limits = new Limits(ground);
        KINDS[kind].limit(ground, limits);
        expect(best.found.gain).toBeLessThanOrEqual(limits.of(best.found.edits.length) + 1e-8);
      }),
      { numRuns: 60 },
    );
    expect(found).toBeGreaterThan(0);
  });
});
