/**
 * Layer key: the registry key, or the certificate authority's issuer, that vouches for a component. It stands for the
 * guard itself failing: what everything trusts because it is signed fails with what signs it.
 */
import type { Evidence } from '../evidence/evidence.ts';
import { stateOf } from '../evidence/state.ts';
import type { Fleet } from '../graph/fleet.ts';
import { type Cause, type CauseTable, layerOf, outsideCause } from './layer.ts';

export function keyLayer(fleet: Fleet, { components }: Evidence): CauseTable {
  return layerOf('key', fleet, (c) => {
    const { verdicts, build } = components[c]!;
    const keys = [verdicts.signature, verdicts.publish].flatMap((verdict): Cause[] =>
      verdict.key !== undefined && stateOf(verdict) === 'verified' ? [outsideCause('key', verdict.key)] : [],
    );
    return build ? [...keys, outsideCause('key', build.issuer, `identities of ${build.issuer}`)] : keys;
  });
}
