/** The plan of a fleet: what to change, in which order, with what effect, and what no change helps against. Pure. */

import type { LayerName } from '../../causes/layer.ts';
import { packageName } from '../../causes/package.ts';
import { type Audit, isIncomplete } from '../audit.ts';
import type { Ignore } from '../ignores.ts';
import { type Beyond, beyondOf, untouchable } from './beyond.ts';
import { type Greedy, greedyPlan } from './greedy.ts';
import { type ProvenancePlan, provenancePlan } from './provenance.ts';
import { type ScriptPlan, scriptPlan } from './scripts.ts';

export interface Plan extends Pick<Greedy, 'steps' | 'before' | 'after' | 'bound' | 'ended'> {
  /** As it is, and with all steps done. */
  readonly audit: Audit;
  readonly changed: Audit;
  readonly budget: number;
  /** Layers whose causes count. */
  readonly layers: readonly LayerName[];
  /** Indexes of the systems that count; undefined for all. */
  readonly systems: readonly number[] | undefined;
  /** What defeats declared systems after all steps. Causes are those of `changed`. */
  readonly beyond: readonly Beyond[];
  /** Causes that defeat a system after all steps and that no change keeps from any service. */
  readonly untouchable: readonly { readonly layer: LayerName; readonly causes: readonly number[] }[];
  /** Indexes of services of which nothing is proposed, because their manifests name more than is looked at. */
  readonly skipped: readonly number[];
  readonly scripts: ScriptPlan;
  readonly provenance: ProvenancePlan;
}

export interface Wish {
  readonly budget: number;
  /** Layers whose causes count; undefined for all of the audit's but release, of which no bound holds. */
  readonly layers: readonly LayerName[] | undefined;
  /** Indexes of the systems that count; undefined for all. */
  readonly systems: readonly number[] | undefined;
  /** Packages that are to stay, as they are depended on or as reports name them. */
  readonly keep: ReadonlySet<string>;
  readonly ignores: readonly Ignore[];
  readonly today: string;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Packages at the top of which provenance may be required. */
const MOST_REQUIRED = 20;

/** Whether everything could be read, and changes were looked for in every service. */
export function isPlanWhole({ audit, skipped }: Pick<Plan, 'audit' | 'skipped'>): boolean {
  return !isIncomplete(audit) && skipped.length === 0;
}

export function planOf(audit: Audit, wish: Wish): Plan {
  const { budget, systems, keep } = wish;
  const layers =
    wish.layers ??
    audit.layers.flatMap(({ table, ranked }) =>
      table.layer === 'release' || ranked.length === 0 ? [] : [table.layer],
    );
  const chosen = systems && new Set(systems);
  const weights = Float64Array.from(audit.systems, ({ weight }, at) => (chosen?.has(at) === false ? 0 : weight));
  const isKept = (name: string, component: number): boolean => {
    if (keep.size === 0) return false;
    const of = audit.fleet.component(component);
    return keep.has(name) || keep.has(of.name) || keep.has(packageName(of));
  };
  const greedy = greedyPlan(audit, { ...wish, layers, weights, isKept });
  const { steps, before, after, bound, ended, ground, limits } = greedy;
  return {
    ...{ steps, before, after, bound, ended, budget, layers, systems },
    audit,
    changed: greedy.audit,
    beyond: beyondOf(ground, limits, weights),
    untouchable: untouchable(ground, limits),
    skipped: ground.needs.skipped,
    scripts: scriptPlan(audit),
    provenance: provenancePlan(audit, MOST_REQUIRED),
  };
}
