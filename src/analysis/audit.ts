/** The audit: a fleet, its landscape and the layers asked for, as ranked causes and findings. Pure. */
import { LAYER_BUILDERS } from '../causes/index.ts';
import type { CauseTable, LayerName } from '../causes/layer.ts';
import type { Diagnostic } from '../diagnostics.ts';
import type { Finding } from '../findings.ts';
import type { Scope } from '../graph/closure.ts';
import type { Fleet } from '../graph/fleet.ts';
import type { Service } from '../graph/services.ts';
import { digestConflicts } from './conflicts.ts';
import { activeIgnores, type Ignore } from './ignores.ts';
import type { Guard, Landscape } from './landscape.ts';
import { type RankedCause, rank } from './rank.ts';
import type { System } from './systems.ts';
import { type Reach, type ServiceSize, usesOf } from './uses.ts';

export interface LayerResult {
  readonly table: CauseTable;
  readonly reach: Reach;
  /** Every cause that reaches a service and is not ignored, first rank first. */
  readonly ranked: readonly RankedCause[];
  /** How many an ignore took out. */
  readonly ignored: number;
  /** Components some service holds whose cause in this layer is known, of all that some service holds. */
  readonly known: number;
  readonly of: number;
}

export interface Audit {
  readonly fleet: Fleet;
  readonly scope: Scope;
  readonly services: readonly Service[];
  readonly sizes: readonly ServiceSize[];
  /** By lockfile: nodes that no service reaches. */
  readonly unreached: Int32Array;
  readonly systems: readonly System[];
  readonly guards: readonly Guard[];
  /** The layers asked for, in the order asked. */
  readonly layers: readonly LayerResult[];
  /** The artifact layer, computed always: it says how much of a package runs on the same bytes. */
  readonly artifacts: LayerResult;
  readonly findings: readonly Finding[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface AuditQuestion {
  readonly layers: readonly LayerName[];
  readonly scope: Scope;
  /** YYYY-MM-DD. */
  readonly today: string;
}

export function auditFleet(
  fleet: Fleet,
  landscape: Landscape,
  ignores: readonly Ignore[],
  question: AuditQuestion,
  diagnostics: readonly Diagnostic[],
): Audit {
  const { services, systems, guards } = landscape;
  const names: LayerName[] = [...new Set<LayerName>(['artifact', ...question.layers])];
  const tables = names.map((name) => LAYER_BUILDERS[name](fleet));
  const uses = usesOf(fleet, services, tables, question.scope);
  const active = activeIgnores(ignores, tables, question.today);
  const results = new Map(
    tables.map((table, at): [LayerName, LayerResult] => {
      const all = rank(table, uses.reach[at]!, uses.sizes, services, systems);
      const ranked = all.filter((cause) => !active.ids.has(table.causes[cause.cause]!.id));
      const coverage = coverageOf(table, uses.held);
      return [table.layer, { table, reach: uses.reach[at]!, ranked, ignored: all.length - ranked.length, ...coverage }];
    }),
  );
  return {
    fleet,
    scope: question.scope,
    services,
    sizes: uses.sizes,
    unreached: uses.unreached,
    systems,
    guards,
    layers: question.layers.map((name) => results.get(name)!),
    artifacts: results.get('artifact')!,
    findings: [...digestConflicts(fleet, tables[0]!), ...active.findings],
    diagnostics,
  };
}

function coverageOf(table: CauseTable, held: Uint8Array): { readonly known: number; readonly of: number } {
  let known = 0;
  let of = 0;
  for (let c = 0; c < held.length; c++) {
    if (!held[c]) continue;
    of++;
    if (table.start[c]! < table.start[c + 1]!) known++;
  }
  return { known, of };
}

/** Whether nothing is known of what a service holds, because its lockfile could not be read. */
export function isUnread(audit: Pick<Audit, 'fleet' | 'services'>, service: number): boolean {
  return audit.fleet.lockfiles[audit.services[service]!.lockfile]!.kind === 'unread';
}

/** Whether something of the input is missing from the result. */
export function isIncomplete(audit: Audit): boolean {
  return audit.diagnostics.some((diagnostic) => diagnostic.severity === 'incomplete');
}
