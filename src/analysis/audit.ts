/** The audit: a fleet, its landscape and the layers asked for, as ranked causes and findings. Pure. */
import { LAYER_BUILDERS } from '../causes/index.ts';
import type { CauseTable, LayerName } from '../causes/layer.ts';
import type { Diagnostic } from '../diagnostics.ts';
import { type Evidence, STRENGTHS } from '../evidence/evidence.ts';
import type { Finding } from '../findings.ts';
import type { Scope } from '../graph/closure.ts';
import type { Fleet } from '../graph/fleet.ts';
import type { Service } from '../graph/services.ts';
import { digestConflicts } from './conflicts.ts';
import { countsOf, type EvidenceCounts, evidenceClasses, strengths } from './evidence-counts.ts';
import { evidenceFindings } from './evidence-findings.ts';
import { activeIgnores, type Ignore } from './ignores.ts';
import { coverageOf, unknownMarks } from './known.ts';
import type { Guard, Landscape } from './landscape.ts';
import { type RankedCause, rank } from './rank.ts';
import { type LayerResilience, resilienceOf } from './resilience.ts';
import type { System } from './systems.ts';
import { type Classing, type Reach, type ServiceSize, usesOf } from './uses.ts';

export interface LayerResult {
  readonly table: CauseTable;
  readonly reach: Reach;
  /** Every cause that reaches a service and is not ignored, first rank first. */
  readonly ranked: readonly RankedCause[];
  /** The same with the ignored ones. */
  readonly all: readonly RankedCause[];
  /** How many an ignore took out. */
  readonly ignored: number;
  /** Components whose cause in this layer is known, of all that some service holds; or services, or dependencies. */
  readonly known: number;
  readonly of: number;
  /** By service: 1 if something of what it depends on in this layer is not known. */
  readonly gaps: Uint8Array;
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
  /** The package layer, computed always: packages explain the causes of other layers. */
  readonly packages: LayerResult;
  /** What the declared systems are redundant against, and what their guards do not see; by layer asked for. */
  readonly resilience: readonly LayerResilience[];
  /** By component of the fleet: 1 if some service holds it within the scope. */
  readonly held: Uint8Array;
  readonly evidence: Evidence;
  /** Components in scope by what is known of them: of the fleet, and of each service. */
  readonly evidenceCounts: { readonly fleet: EvidenceCounts; readonly services: readonly EvidenceCounts[] };
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
  evidence: Evidence,
  diagnostics: readonly Diagnostic[],
): Audit {
  const { services, systems, guards } = landscape;
  // Ignores name artifacts and packages, and packages explain the causes of other layers.
  const names: LayerName[] = [...new Set<LayerName>(['artifact', 'package', ...question.layers])];
  const tables = names.map((name) => LAYER_BUILDERS[name](fleet, evidence, services));
  const classes = evidenceClasses(evidence, unknownMarks(fleet, tables));
  const classing = { of: classes.of, count: classes.classes.length };
  const uses = usesOf(fleet, services, tables, question.scope, classing);
  const strong = strengths(classes);
  const active = activeIgnores(ignores, tables, question.today);
  const results = new Map(
    tables.map((table, at): [LayerName, LayerResult] => {
      const all = rank(table, uses.reach[at]!, uses.sizes, services, systems, weakest(table, uses.held, strong));
      const ranked = all.filter((cause) => !active.ids.has(table.causes[cause.cause]!.id));
      return [
        table.layer,
        {
          table,
          reach: uses.reach[at]!,
          ranked,
          all,
          ignored: all.length - ranked.length,
          ...coverageOf(fleet, table, uses.held),
          gaps: Uint8Array.from(services, (_, service) => {
            if (fleet.lockfiles[services[service]!.lockfile]!.kind === 'unread') return 1;
            if (table.ofServices)
              return table.ofServices.start[service] === table.ofServices.start[service + 1] ? 1 : 0;
            if (table.ofEdges) return uses.unknownEdges[service]!;
            return classes.marks.some((mark, id) => mark & (1 << at) && uses.tallies[service]![id]! > 0) ? 1 : 0;
          }),
        },
      ];
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
    packages: results.get('package')!,
    resilience: resilienceOf(
      question.layers.map((name) => results.get(name)!),
      results.get('package')!,
      landscape,
      uses.held,
    ),
    held: uses.held,
    evidence,
    evidenceCounts: {
      fleet: countsOf(classes, tallyOf(classing, uses.held)),
      services: uses.tallies.map((tally) => countsOf(classes, tally)),
    },
    findings: [...evidenceFindings(fleet, evidence), ...digestConflicts(fleet, tables[0]!), ...active.findings],
    diagnostics: [...diagnostics, ...evidence.diagnostics],
  };
}

/** By cause: the strength of its weakest component that some service holds. */
function weakest(table: CauseTable, held: Uint8Array, strong: Uint8Array): Uint8Array {
  const untouched = STRENGTHS.length;
  const result = new Uint8Array(table.causes.length).fill(untouched);
  for (let c = 0; c < held.length; c++) {
    if (!held[c]) continue;
    for (let m = table.start[c]!; m < table.start[c + 1]!; m++) {
      const cause = table.members[m]!;
      result[cause] = Math.min(result[cause]!, strong[c]!);
    }
  }
  return result.map((strength) => (strength === untouched ? STRENGTHS.indexOf('none') : strength));
}

function tallyOf({ of, count }: Classing, held: Uint8Array): Int32Array {
  const tally = new Int32Array(count);
  for (let c = 0; c < held.length; c++) if (held[c]) tally[of[c]!]!++;
  return tally;
}

/** Whether nothing is known of what a service holds, because its lockfile could not be read. */
export function isUnread(audit: Pick<Audit, 'fleet' | 'services'>, service: number): boolean {
  return audit.fleet.lockfiles[audit.services[service]!.lockfile]!.kind === 'unread';
}

/** Whether something of the input is missing from the result. */
export function isIncomplete(audit: Audit): boolean {
  return audit.diagnostics.some((diagnostic) => diagnostic.severity === 'incomplete');
}
