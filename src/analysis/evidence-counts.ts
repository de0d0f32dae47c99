/** Evidence counted per service and for the fleet: every component in exactly one state of every kind. Pure. */
import { type ComponentEvidence, type Evidence, STRENGTHS, strengthOf } from '../evidence/evidence.ts';
import { EVIDENCE_KINDS, type EvidenceKind, type EvidenceState, REASONS, type Reason } from '../evidence/state.ts';

export interface EvidenceCounts {
  /** Components counted: the denominator of every number here. */
  readonly of: number;
  readonly reasons: Readonly<Record<EvidenceKind, ReadonlyMap<Reason, number>>>;
  /** Components whose locked digest is not the one the registry serves. */
  readonly differs: number;
}

/** How many components of a kind are in a state. */
export function inState({ reasons }: EvidenceCounts, kind: EvidenceKind, state: EvidenceState): number {
  let sum = 0;
  for (const [reason, count] of reasons[kind]) if (REASONS[reason] === state) sum += count;
  return sum;
}

/** Components grouped by what is known of them, so that counting a service is counting integers. */
export interface EvidenceClasses {
  /** Class of each component. */
  readonly of: Int32Array;
  /** One component's evidence for each class: the reasons and `digest` are those of all in it. */
  readonly classes: readonly ComponentEvidence[];
  /** The mark of all components of a class. */
  readonly marks: readonly number[];
}

/** @param marks by component: components of different marks are in different classes */
export function evidenceClasses({ components }: Evidence, marks: Int32Array): EvidenceClasses {
  const ids = new Map<string, number>();
  const reasons = new Map<ComponentEvidence, string>();
  const classes: ComponentEvidence[] = [];
  const markOf: number[] = [];
  const of = Int32Array.from(components, (evidence, c) => {
    const told = reasons.get(evidence) ?? reasonsOf(evidence);
    reasons.set(evidence, told);
    const key = `${told} ${marks[c]!}`;
    const before = ids.get(key);
    if (before !== undefined) return before;
    ids.set(key, classes.length);
    markOf.push(marks[c]!);
    return classes.push(evidence) - 1;
  });
  return { of, classes, marks: markOf };
}

function reasonsOf({ verdicts, digest }: ComponentEvidence): string {
  return [...EVIDENCE_KINDS.map((kind) => verdicts[kind].reason), digest].join(' ');
}

/** @param tally how many components of each class */
export function countsOf({ classes }: EvidenceClasses, tally: Int32Array): EvidenceCounts {
  const reasons = {
    signature: new Map<Reason, number>(),
    publish: new Map<Reason, number>(),
    provenance: new Map<Reason, number>(),
  };
  let of = 0;
  let differs = 0;
  for (const [at, evidence] of classes.entries()) {
    const count = tally[at]!;
    if (count === 0) continue;
    of += count;
    if (evidence.digest === 'differs') differs += count;
    for (const kind of EVIDENCE_KINDS) {
      const { reason } = evidence.verdicts[kind];
      reasons[kind].set(reason, (reasons[kind].get(reason) ?? 0) + count);
    }
  }
  return { of, reasons, differs };
}

/** By component: its strength as an index into STRENGTHS. */
export function strengths({ of, classes }: EvidenceClasses): Uint8Array {
  const byClass = classes.map((evidence) => STRENGTHS.indexOf(strengthOf(evidence)));
  return Uint8Array.from(of, (at) => byClass[at]!);
}
