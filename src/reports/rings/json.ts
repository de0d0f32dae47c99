/** Update rings as data for JSON reports (schema/rings.schema.json). */
import type { RingEffect } from '../../analysis/rings/ring-plan.ts';
import type { GateSetting } from '../../analysis/rings/settings.ts';
import type { RingContent } from './parts.ts';
import { settingText } from './settings.ts';

export function ringsJson({ audit, plan }: RingContent): object {
  const { rings, times, gates } = plan;
  const systemName = (system: number): string => audit.systems[system]!.name;
  const guardName = (guard: number): string => audit.guards[guard]!.name;
  const path = (lockfile: number | undefined): string | null =>
    lockfile === undefined ? null : audit.fleet.lockfiles[lockfile]!.path;
  const settings = new Map(plan.settings.map((of) => [of.lockfile, of]));
  return {
    rings: rings.rings,
    least: rings.least,
    detectMinutes: times.detect,
    relockMinutes: times.relock,
    waitMinutes: gates.byRing,
    longerToday: gates.heldBy.flatMap((lockfile, at) =>
      lockfile === undefined ? [] : [{ ring: at + 1, lockfile: path(lockfile) }],
    ),
    apart: rings.apart.map(systemName),
    inseparable: rings.inseparable.map(({ system, why, lockfile }) => ({
      system: systemName(system),
      why,
      lockfile: path(lockfile),
    })),
    guardsFirst: rings.first.map(guardName),
    guardsTogether: rings.together.map(({ guard, system, why }) => ({
      guard: guardName(guard),
      system: systemName(system),
      why,
    })),
    before: effect(plan.before),
    after: effect(plan.after),
    upgraded: plan.upgraded ? effect(plan.upgraded) : null,
    services: audit.services.map(({ name, lockfile }) => {
      const own = settings.get(lockfile);
      return {
        service: name,
        lockfile: path(lockfile),
        ring: rings.ringOf[lockfile]! === 0 ? null : rings.ringOf[lockfile]!,
        waitMinutes: own?.minutes ?? 0,
        manager: own?.gating.kind ?? null,
        settings: own?.own.map(setting) ?? [],
        bots: own?.bots.map(setting) ?? [],
      };
    }),
  };

  function effect({ defeating, blinding, worst }: RingEffect): object {
    const { table } = audit.layers.find((layer) => layer.table.layer === 'release')!;
    return {
      defeating,
      blinding,
      worst: worst ? { cause: table.causes[worst.cause]!.id, blastRadius: worst.loss.blastRadius } : null,
    };
  }
}

function setting(of: GateSetting): object {
  const { by, file, amount, since, inUse } = of;
  return { by, file, amount, since: since ?? null, inUse, text: settingText(of) };
}
