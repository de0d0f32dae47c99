/**
 * Having the lockfile of a member of a redundant system served by another registry, one that nobody uses yet
 * (hypothetical). That survives an outage of the one; bytes that the other copied from it are as bad as there. Pure.
 */

import { hostOf } from '../../causes/registry.ts';
import type { Fleet } from '../../graph/fleet.ts';
import type { Best, Kind, Limits } from './candidates.ts';
import type { Draft, Rehost } from './edit.ts';
import { type Ground, harmOf, isRedundant, Savings, useOf } from './ground.ts';

/** Never a real one: RFC 2606. */
const ANOTHER = 'another-registry.invalid';

export const REHOSTINGS: Kind = {
  offer(ground: Ground, best: Best): void {
    for (const { lockfile, host, uses } of hosted(ground)) {
      const savings = new Savings(ground.losses);
      for (const { cause, service, use } of uses) savings.add(cause, service, use);
      const gain = savings.total();
      if (!best.isOpen(gain, 1)) continue;
      const harm = harmOf(
        ground,
        'registry',
        `registry:${ANOTHER}`,
        uses.map(({ service }) => service),
      );
      best.offer(gain - harm, 1, () => [{ kind: 'rehost', lockfile, host }]);
    }
  },

  limit(ground: Ground, limits: Limits): void {
    for (const { lockfile, uses } of hosted(ground)) {
      let sum = 0;
      for (const { use, cause } of uses) if (limits.touch(use, cause, 1)) sum += ground.losses.most[use]!;
      limits.offer(lockfile, sum);
    }
  },
};

interface Hosted {
  readonly lockfile: number;
  readonly host: string;
  readonly uses: readonly { readonly use: number; readonly cause: number; readonly service: number }[];
}

/** Hosts of the lockfiles of redundant services that serve nothing to them but what another registry could. */
function* hosted(ground: Ground): Iterable<Hosted> {
  const { audit, layers, losses, servicesOf } = ground;
  const at = layers.findIndex(({ table }) => table.layer === 'registry');
  if (at === -1) return;
  const { causes } = layers[at]!.table;
  for (const [lockfile, services] of servicesOf) {
    if (!services.some((service) => isRedundant(ground, service))) continue;
    const others = servingOthers(audit.fleet, lockfile);
    for (const [index, { name: host }] of causes.entries()) {
      const cause = losses.offsets[at]! + index;
      if (losses.lost[cause] === 0 || host === ANOTHER || others.has(host)) continue;
      const uses = services.flatMap((service) => {
        const use = useOf(ground, cause, service);
        return use === -1 ? [] : [{ use, cause, service }];
      });
      if (uses.length > 0) yield { lockfile, host, uses };
    }
  }
}

/** Hosts that serve a lockfile something that is not from a registry: git, an archive. */
function servingOthers(fleet: Fleet, at: number): Set<string> {
  const hosts = new Set<string>();
  for (const id of new Set(fleet.lockfiles[at]!.component)) {
    const { source, resolved } = fleet.component(id);
    const host = source === 'registry' ? undefined : hostOf(resolved);
    if (host !== undefined) hosts.add(host);
  }
  return hosts;
}

/** Has another host serve what one serves of registry releases. The bytes stay the same. */
export function rehost(draft: Draft, { lockfile, host }: Rehost): void {
  const { component } = draft.fleet.lockfiles[lockfile]!;
  const moved = new Map<number, number>();
  for (const id of new Set(component)) {
    const { source, resolved } = draft.fleet.component(id);
    if (source !== 'registry' || resolved === undefined || hostOf(resolved) !== host) continue;
    const url = new URL(resolved.replace(/^[a-z]+\+/, ''));
    url.host = ANOTHER;
    url.port = '';
    moved.set(id, draft.derive(id, { resolved: url.href }));
  }
  draft.change(lockfile, { component: component.map((id) => moved.get(id) ?? id) });
}
