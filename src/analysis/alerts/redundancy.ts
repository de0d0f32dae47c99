/** Alerts on declared redundancy that one cause defeats, and on guards that go down with what they protect. */
import type { Audit, LayerResult } from '../audit.ts';
import type { LayerResilience } from '../resilience.ts';
import { thresholdOf } from '../structure.ts';
import type { Alert, Site } from './alert.ts';
import { type AlertTools, confidenceOf } from './shared.ts';

/** Causes named by one finding. */
const EXAMPLES = 5;

/** Of one layer: a finding for every system that tolerates a failure and does not survive any one cause. */
export function defeatedAlerts({ layer, systems }: LayerResilience, tools: AlertTools): Alert[] {
  return systems.flatMap(({ redundancy }): Alert[] => {
    const system = tools.audit.systems[redundancy.system]!;
    const [worst] = redundancy.deadly;
    if (worst === undefined || thresholdOf(system) < 2) return [];
    const sites = sitesOf(layer, worst, system.members, tools);
    const causes = namesOf(layer, redundancy.deadly);
    const args = { system: system.name, layer: layer.table.layer, causes, count: redundancy.deadly.length };
    return [
      {
        finding: { code: 'REDUNDANCY_DEFEATED', ...args, level: 'warning', file: sites[0]!.file },
        subject: `system:${system.name} ${layer.table.layer}`,
        blastRadius: blastOf(layer, worst),
        confidence: confidenceOf(layer.table.layer, layer.table.causes[worst]!.identity),
        sites,
      },
    ];
  });
}

/** Of one layer: a finding for every guard and system it protects, where a cause defeats both. */
export function blindAlerts({ layer, guards }: LayerResilience, tools: AlertTools): Alert[] {
  const { audit } = tools;
  return guards.flatMap(({ guard, defeats, protects }): Alert[] => {
    const { name, service } = audit.guards[guard]!;
    const [worst] = defeats;
    if (worst === undefined) return [];
    const sites = sitesOf(layer, worst, [service], tools);
    return protects
      .filter(({ blindDefeating }) => blindDefeating > 0)
      .map(({ system, blindDefeating, defeating }): Alert => {
        const protectedName = audit.systems[system]!.name;
        const args = { guard: name, system: protectedName, layer: layer.table.layer, causes: namesOf(layer, defeats) };
        return {
          finding: {
            ...{ code: 'BLIND_GUARD', ...args, count: blindDefeating, of: defeating },
            ...{ level: 'warning', file: sites[0]!.file },
          },
          subject: `guard:${name} ${protectedName} ${layer.table.layer}`,
          blastRadius: blastOf(layer, worst),
          confidence: confidenceOf(layer.table.layer, layer.table.causes[worst]!.identity),
          sites,
        };
      });
  });
}

/** Where a cause gets into the services given, else into any. */
function sitesOf(
  { table, reach }: LayerResult,
  cause: number,
  services: readonly number[],
  { audit, members, sites }: AlertTools,
): Site[] {
  const among = new Set(services.map((service) => audit.services[service]!.lockfile));
  if (table.ofServices) {
    const reached = reach.service.subarray(reach.start[cause]!, reach.start[cause + 1]!);
    const lockfiles = new Set(Array.from(reached, (service) => audit.services[service]!.lockfile));
    return [...lockfiles].filter((lockfile) => among.has(lockfile)).map((lockfile) => sites.file(lockfile));
  }
  const found = sites.of(members.of(table, cause));
  const inside = found.filter(({ entry }) => entry && among.has(entry.lockfile));
  return inside.length > 0 ? inside : found;
}

function namesOf({ table }: LayerResult, causes: Int32Array): string[] {
  return Array.from(causes.subarray(0, EXAMPLES), (cause) => table.causes[cause]!.name);
}

function blastOf({ ranked }: LayerResult, cause: number): number | undefined {
  return ranked.find((each) => each.cause === cause)?.blastRadius;
}

/** Causes that alerts of this file are placed by. */
export function worstCauses(audit: Audit): { readonly layer: LayerResult; readonly cause: number }[] {
  return audit.resilience.flatMap(({ layer, systems, guards }) =>
    [...systems.map(({ redundancy }) => redundancy.deadly[0]), ...guards.map(({ defeats }) => defeats[0])].flatMap(
      (cause) => (cause === undefined ? [] : [{ layer, cause }]),
    ),
  );
}
