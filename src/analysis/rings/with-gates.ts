/** The fleet as it would be with release-age gates of these lengths, for the same analysis to run on. Pure. */
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import type { GateDelay, ReleaseGate } from '../../graph/policies.ts';
import { type GatingManager, gatingOf } from './gate-keepers.ts';

/** Whether package managers that are too old to wait stay so, or are taken for upgraded. */
export type Managers = 'as they are' | 'upgraded';

/**
 * Gates of package managers, at least so long. A longer one stays, exempt packages stay exempt, and a lockfile whose manager
 * cannot have such a gate (`gatingOf`) stays as it is: bots' settings are none.
 *
 * @param minutes by index of the lockfile; others stay as they are
 */
export function withGates(
  fleet: Fleet,
  minutes: ReadonlyMap<number, number>,
  managers: Managers = 'as they are',
): Fleet {
  return fleet.withPolicies((lockfile, index) => {
    const wanted = minutes.get(index) ?? 0;
    return { ...lockfile.policies, gates: lengthened(lockfile, wanted, managers) };
  });
}

function lengthened(lockfile: FleetLockfile, minutes: number, managers: Managers): readonly ReleaseGate[] {
  const { gates } = lockfile.policies;
  const gating = gatingOf(lockfile);
  const isAble = gating.kind === 'has' || (gating.kind === 'too-old' && managers === 'upgraded');
  if (!isAble || minutes <= 0) return gates;
  const own = gates.filter(({ by }) => by === gating.by);
  const longer = gates.map((gate) =>
    gate.by === gating.by ? { ...gate, delay: longerOf(gate.delay, minutes) } : gate,
  );
  if (own.some(({ only }) => only === undefined)) return longer;
  // Of the gates of one keeper the last that is for a package counts: those of scopes come after the one for all.
  return [gateFor(gating.by, minutes, own), ...longer];
}

function gateFor(by: GatingManager, minutes: number, [first]: readonly ReleaseGate[]): ReleaseGate {
  return {
    kind: 'manager',
    by,
    delay: { kind: 'age', minutes },
    only: undefined,
    exempt: first?.exempt ?? [],
    file: first?.file ?? '',
    line: undefined,
  };
}

/** A gate of unknown length is replaced by the one that is set. */
function longerOf(delay: GateDelay, minutes: number): GateDelay {
  switch (delay.kind) {
    case 'before':
      return delay;
    case 'age':
      return { kind: 'age', minutes: Math.max(delay.minutes, minutes) };
    case 'unknown':
      return { kind: 'age', minutes };
  }
}
