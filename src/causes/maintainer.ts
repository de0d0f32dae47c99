/**
 * Layer maintainer: one cause per account that may publish a package, dormant ones too. It stands for the account taken
 * over: whoever holds it can publish every package in it.
 */
import type { Evidence } from '../evidence/evidence.ts';
import type { Fleet } from '../graph/fleet.ts';
import { type Cause, type CauseTable, layerOf, outsideCause } from './layer.ts';

export function maintainerLayer(fleet: Fleet, { components }: Evidence): CauseTable {
  // A package may have thousands, and as many components: each account is one object for all of them.
  const accounts = new Map<string, Cause>();
  return layerOf('maintainer', fleet, (c) => {
    const { publishers } = components[c]!;
    if (!publishers) return [];
    const { host, pathname } = new URL(publishers.registry);
    return publishers.accounts.map((account) => {
      const key = `${host}${pathname}${account}`;
      const cause = accounts.get(key) ?? outsideCause('maintainer', key, account);
      accounts.set(key, cause);
      return cause;
    });
  });
}
