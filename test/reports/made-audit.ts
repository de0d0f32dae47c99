/** Audits of made fleets, without files: names may be anything. */

import type { Alert } from '../../src/analysis/alerts/index.ts';
import { type Audit, auditFleet } from '../../src/analysis/audit.ts';
import type { Guard } from '../../src/analysis/landscape.ts';
import { type System, withImplicitSystems } from '../../src/analysis/systems.ts';
import type { LayerName } from '../../src/causes/layer.ts';
import type { Diagnostic } from '../../src/diagnostics.ts';
import { notAsked } from '../../src/evidence/evidence.ts';
import type { Service } from '../../src/graph/services.ts';
import type { ReportInput } from '../../src/reports/report.ts';
import { fleetOf } from '../described.ts';
import type { TwinLockfile } from '../twin.ts';

export interface MadeFleet {
  /** By name of the service: the packages its root depends on. */
  readonly services: readonly (readonly [string, readonly string[]])[];
  /** Of these packages: those that are for building only. */
  readonly forBuilding?: readonly string[];
  /** Instead of what is made of `services`, in their order. */
  readonly lockfiles?: readonly TwinLockfile[];
  readonly weights?: readonly number[];
  readonly systems?: readonly System[];
  readonly guards?: readonly Guard[];
  readonly diagnostics?: readonly Diagnostic[];
  readonly layers?: readonly LayerName[];
}

export function madeAudit(made: MadeFleet): Audit {
  const { services: held, forBuilding = [], weights, systems, guards, diagnostics, layers } = made;
  const fleet = fleetOf(made.lockfiles ?? held.map(([name, packages]) => lockfileOf(name, packages, forBuilding)));
  const services = held.map(
    ([name], lockfile): Service => ({ name, lockfile, project: 0, weight: weights?.[lockfile] ?? 1 }),
  );
  const landscape = { services, systems: withImplicitSystems(systems ?? [], services), guards: guards ?? [] };
  const question = { layers: layers ?? ['package'], scope: 'all', today: '2026-01-01' } as const;
  return auditFleet(fleet, landscape, [], question, notAsked(fleet.componentCount), diagnostics ?? []);
}

export function inputOf(audit: Audit): ReportInput {
  return { audit, gates: [], top: 20, locate: located, width: 100, color: false };
}

// Made lockfiles have no text to look in.
function located(alerts: readonly Alert[]) {
  return alerts.map((alert) => ({ ...alert, places: alert.sites.map(() => undefined) }));
}

function lockfileOf(path: string, packages: readonly string[], forBuilding: readonly string[]): TwinLockfile {
  return {
    path,
    nodes: [
      { ecosystem: 'npm', name: 'root', version: '0.0.0', source: 'workspace', resolved: '' },
      ...packages.map((name) => ({ ecosystem: 'npm', name, version: '1.0.0', source: 'registry' }) as const),
    ],
    edges: packages.map((name, at) => ({ from: 0, to: at + 1, kind: forBuilding.includes(name) ? 'dev' : 'prod' })),
    projects: [{ node: 0, path: '' }],
  };
}

/** Services that share some packages with all and some with their neighbours; `causes` in all. */
export function largeFleet(services: number, causes: number): MadeFleet {
  const each = Math.ceil(causes / services);
  const nameOf = (at: number): string => `package-${String(at % causes).padStart(5, '0')}`;
  return {
    services: Array.from({ length: services }, (_, service) => [
      `service-${String(service).padStart(3, '0')}`,
      [
        ...new Set(
          [...Array(60).keys(), ...Array.from({ length: each * 8 }, (_, at) => service * each + at)].map(nameOf),
        ),
      ],
    ]),
    systems: [{ name: 'pair', members: [0, 1], need: 1, weight: 5, origin: 'declared' }],
  };
}
