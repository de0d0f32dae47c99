/**
 * Plans, greedily: always the change that lowers the objective most per thing changed. What is reported of a change is the
 * audit of the changed fleet. Pure.
 */
import type { LayerName } from '../../causes/layer.ts';
import { type Audit, auditFleet } from '../audit.ts';
import type { Ignore } from '../ignores.ts';
import { rounded } from '../rounded.ts';
import { Best, Limits } from './candidates.ts';
import type { Edit } from './edit.ts';
import { type Ground, type GroundQuestion, groundOf } from './ground.ts';
import { KINDS, withEdits } from './kinds.ts';
import { type Standing, standingOf } from './standing.ts';

export interface PlanQuestion {
  /** Most things that may be changed. */
  readonly budget: number;
  /** Layers whose causes count; each one of the audit's. */
  readonly layers: readonly LayerName[];
  /** By system: what its loss counts; 0 for one that does not. */
  readonly weights: Float64Array;
  /** Whether an entry of a manifest is to stay, by its name and the component it leads to. */
  readonly isKept: GroundQuestion['isKept'];
  readonly ignores: readonly Ignore[];
  /** YYYY-MM-DD, by which ignores are judged. */
  readonly today: string;
  /** Called after each audit, with the things changed so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Step {
  readonly edits: readonly Edit[];
  /** Before it and after it. */
  readonly before: Standing;
  readonly after: Standing;
  /** The fleet that it was made to: what the edits are about. */
  readonly made: Made;
}

export type Made = Pick<Audit, 'fleet' | 'services'>;

export interface Bound {
  /** What any changes of the kinds looked at, as many as the budget allows, can lower the objective by at most. */
  readonly most: number;
  /**
   * Whether what changes save is a coverage function: every cause that a change touches it takes away alone, and each
   * system is saved by that. Then greedy does at least 1 - 1/e of the best plan (Nemhauser, Wolsey and Fisher 1978).
   */
  readonly isCoverage: boolean;
}

export interface Greedy {
  readonly steps: readonly Step[];
  readonly before: Standing;
  readonly after: Standing;
  /** The fleet after all steps. */
  readonly audit: Audit;
  readonly bound: Bound;
  /** `budget`: no more may be changed. `nothing`: no change helps any more. `room`: those that help are larger than what is left. */
  readonly ended: 'budget' | 'nothing' | 'room';
  /** The fleet at the end, and what changes could still do. */
  readonly ground: Ground;
  readonly limits: Limits;
}

export function greedyPlan(audit: Audit, question: PlanQuestion): Greedy {
  const { budget, layers, weights, onProgress } = question;
  const before = standingOf(audit, layers, weights);
  const steps: Step[] = [];
  const refused = new Set<string>();
  let [now, standing] = [audit, before];
  let ground = groundOf(now, question);
  const first = limitsOf(ground);
  const bound: Bound = { most: shareOf(first.of(budget), weights), isCoverage: first.isCoverage };
  let left = budget;
  let ended: Greedy['ended'] = 'budget';
  while (left > 0) {
    const best = bestOf(ground, left, refused);
    if (best === undefined) {
      ended = bestOf(ground, Number.POSITIVE_INFINITY, refused) === undefined ? 'nothing' : 'room';
      break;
    }
    const changed = audited(now, best.edits, question);
    const after = standingOf(changed, layers, weights);
    // In layer release what is expected is only nearly what the audit finds: what lines settle on changes too.
    if (after.objective >= standing.objective) {
      refused.add(best.name);
      if (refused.size > budget) break;
      continue;
    }
    // Not the audits: those of a large fleet would fill the memory.
    const { fleet, services } = now;
    steps.push({ edits: best.edits, before: standing, after, made: { fleet, services } });
    left -= best.edits.length;
    onProgress?.(budget - left, budget);
    [now, standing] = [changed, after];
    ground = groundOf(now, question);
  }
  const limits = steps.length === 0 ? first : limitsOf(ground);
  return { steps, before, after: standing, audit: now, bound, ended, ground, limits };
}

/** The audit of a fleet with changes made to it, of the same question. */
export function audited(
  audit: Audit,
  edits: readonly Edit[],
  { ignores, today }: Pick<PlanQuestion, 'ignores' | 'today'>,
): Audit {
  const { fleet, evidence } = withEdits(audit, edits);
  const layers = audit.layers.map(({ table }) => table.layer);
  const said = audit.diagnostics.slice(0, audit.diagnostics.length - audit.evidence.diagnostics.length);
  return auditFleet(fleet, audit, ignores, { layers, scope: audit.scope, today }, evidence, said);
}

function bestOf(ground: Ground, room: number, refused: ReadonlySet<string>) {
  const best = new Best(ground.audit.fleet, room, refused);
  for (const kind of Object.values(KINDS)) kind.offer(ground, best);
  return best.found;
}

function limitsOf(ground: Ground): Limits {
  const limits = new Limits(ground);
  for (const kind of Object.values(KINDS)) kind.limit(ground, limits);
  return limits;
}

function shareOf(weight: number, weights: Float64Array): number {
  const total = weights.reduce((sum, each) => sum + each, 0);
  return total === 0 ? 0 : rounded(weight / total);
}
