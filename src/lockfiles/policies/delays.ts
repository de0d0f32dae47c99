/** Which gates hold a package's releases up. Pure. */
import type { GateDelay, GateKeeper, ReleaseGate } from '../../graph/policies.ts';
import { matchesAny, matchesList } from './names.ts';

const UNKNOWN: GateDelay = { kind: 'unknown' };

/**
 * What holds a package's releases up, per keeper: the last of a keeper's gates that is for the package. `unknown` where it
 * is open whether one is; nothing of a keeper that has none for it, or one of no length.
 */
export function delaysFor(
  gates: readonly ReleaseGate[],
  name: string,
): { readonly gate: ReleaseGate; readonly delay: GateDelay }[] {
  const result = new Map<GateKeeper, { gate: ReleaseGate; delay: GateDelay } | undefined>();
  for (const gate of gates) {
    const holds = gateHolds(gate, name);
    if (holds === 'yes') result.set(gate.by, { gate, delay: gate.delay });
    else if (holds === 'unknown') result.set(gate.by, { gate, delay: UNKNOWN });
  }
  return [...result.values()]
    .filter((each) => each !== undefined)
    .filter(({ delay }) => delay.kind !== 'age' || delay.minutes > 0);
}

/** Whether a gate is for a package. */
export function gateHolds({ only, exempt }: ReleaseGate, name: string): 'yes' | 'no' | 'unknown' {
  const isIn = only === undefined ? 'yes' : matchesList(only, name);
  const isOut = isIn === 'no' ? 'no' : matchesAny(exempt, name);
  if (isIn === 'no' || isOut === 'yes') return 'no';
  return isIn === 'unknown' || isOut === 'unknown' ? 'unknown' : 'yes';
}
