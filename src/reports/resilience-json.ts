/** Systems and guards against every layer, in the JSON report. */
import type { Audit } from '../analysis/audit.ts';
import type { LayerResilience, SystemResilience } from '../analysis/resilience.ts';
import type { CauseTable } from '../causes/layer.ts';

/** Causes listed of each kind; the counts are of all. */
const MOST = 100;

export function* resilienceJson(audit: Audit): Iterable<object> {
  for (const { layer, systems, guards, collusion, trust } of audit.resilience) {
    yield {
      layer: layer.table.layer,
      systems: systems.map((system) => systemJson(audit, layer, system)),
      guards: guards.map((guard) => ({
        guard: audit.guards[guard.guard]!.name,
        causes: guard.causes,
        known: guard.known,
        touching: guard.touches.length,
        defeating: guard.defeats.length,
        blindTo: idsOf(layer.table, guard.touches),
        protects: guard.protects.map(({ system, ...counts }) => ({ system: audit.systems[system]!.name, ...counts })),
      })),
      collusion: {
        complete: collusion.complete,
        targets: collusion.targets.map(({ share, causes = null }) => ({ share, causes })),
        steps: collusion.steps.slice(0, MOST).map(({ cause, lost, services, lostShare }) => ({
          cause: layer.table.causes[cause]!.id,
          lostSystems: lost.length,
          services,
          lostShare,
        })),
      },
      trust,
    };
  }
}

function systemJson(
  audit: Audit,
  layer: LayerResilience['layer'],
  { redundancy, explained }: SystemResilience,
): object {
  const { system, leaves, unknown, byHits, masks, deadly, pairs, survivesAnyOne, survivesAnyTwo } = redundancy;
  return {
    system: audit.systems[system]!.name,
    services: leaves,
    unknown: unknown.map((service) => audit.services[service]!.name),
    survivesAnyOne,
    survivesAnyTwo,
    defeating: deadly.length,
    causes: idsOf(layer.table, deadly),
    pairs: { causes: pairs.causes, masks: pairs.masks, complete: pairs.complete },
    masks,
    byHits: [...byHits],
    beta: redundancy.beta ?? null,
    effectiveMembers: redundancy.effectiveMembers ?? null,
    implied: explained?.implied.length ?? null,
    union:
      explained?.union.slice(0, MOST).map(({ cause, packages }) => ({
        cause: layer.table.causes[cause]!.id,
        packages: packages.map((at) => audit.packages.table.causes[at]!.id),
      })) ?? null,
  };
}

function idsOf(table: CauseTable, causes: Int32Array): string[] {
  return Array.from(causes.subarray(0, MOST), (cause) => table.causes[cause]!.id);
}
