/** Exit codes (design, section 5). */
import { type Audit, isIncomplete } from './analysis/audit.ts';
import type { GateResult } from './analysis/gate.ts';

export const EXIT = { ok: 0, gate: 1, usage: 2, incomplete: 3, bug: 70 } as const;

export interface ExitPolicy {
  readonly allowIncomplete: boolean;
  readonly failOnEmpty: boolean;
}

/** A failed gate outranks an incomplete run: what was found is bad whatever is missing. */
export function exitCode(audit: Audit, gates: readonly GateResult[], policy: ExitPolicy): number {
  if (gates.some((gate) => gate.over.length > 0)) return EXIT.gate;
  if (isIncomplete(audit) && !policy.allowIncomplete) return EXIT.incomplete;
  if (audit.fleet.lockfiles.length === 0 && policy.failOnEmpty) return EXIT.incomplete;
  return EXIT.ok;
}
