/**
 * Running a member of a redundant system on another major of Node: one that some service runs on, or, where all that is known
 * run on one, one that nobody does yet (hypothetical). Pure.
 */
import type { Fleet } from '../../graph/fleet.ts';
import type { Best, Kind, Limits } from './candidates.ts';
import type { Draft, Replatform } from './edit.ts';
import { type Ground, harmOf, isRedundant, useOf } from './ground.ts';

export const REPLATFORMINGS: Kind = {
  offer(ground: Ground, best: Best): void {
    const { audit, losses } = ground;
    const majors = majorsOf(audit.fleet);
    for (const { service, use, major: from } of platforms(ground)) {
      const gain = losses.relief[use]!;
      if (!best.isOpen(gain, 1)) continue;
      const { lockfile, project } = audit.services[service]!;
      const others = [...majors].filter((major) => major !== from).sort((a, b) => b - a);
      const made = others.length === 0;
      for (const to of made ? [from + 2] : others) {
        const harm = harmOf(ground, 'runtime', `runtime:node@${to}`, [service]);
        best.offer(gain - harm, 1, () => [{ kind: 'replatform', lockfile, project, from, to, hypothetical: made }]);
      }
    }
  },

  limit(ground: Ground, limits: Limits): void {
    const { audit, losses } = ground;
    for (const { service, use, cause } of platforms(ground)) {
      if (limits.touch(use, cause, 1)) limits.offer(audit.services[service]!.lockfile, losses.most[use]!);
    }
  },
};

/** Majors of Node of redundant services. */
function* platforms(ground: Ground) {
  const { layers, losses } = ground;
  const at = layers.findIndex(({ table }) => table.layer === 'runtime');
  if (at === -1) return;
  for (const [index, { id }] of layers[at]!.table.causes.entries()) {
    const [, major] = /^runtime:node@(\d+)$/.exec(id) ?? [];
    const cause = losses.offsets[at]! + index;
    if (major === undefined || losses.lost[cause] === 0) continue;
    for (const service of losses.reachOf(cause)) {
      const use = useOf(ground, cause, service);
      if (isRedundant(ground, service)) yield { service, use, cause, major: Number(major) };
    }
  }
}

function majorsOf(fleet: Fleet): Set<number> {
  return new Set(
    fleet.lockfiles.flatMap(({ platforms }) =>
      platforms.flatMap(({ tool, major }) => (tool === 'node' && major !== undefined ? [major] : [])),
    ),
  );
}

export function replatform(draft: Draft, { lockfile, project, from, to }: Replatform): void {
  const { platforms } = draft.fleet.lockfiles[lockfile]!;
  draft.change(lockfile, {
    platforms: platforms.map((claim) =>
      claim.tool === 'node' && claim.project === project && claim.major === from ? { ...claim, major: to } : claim,
    ),
  });
}
