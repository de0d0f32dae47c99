/** JSON report, schemaVersion 1 (schema/report.schema.json). Own types: internals may change, this may not. */
import { type Audit, isIncomplete, isUnread, type LayerResult } from '../analysis/audit.ts';
import { Details } from '../analysis/detail.ts';
import type { RankedCause } from '../analysis/rank.ts';
import type { ReleaseExposure } from '../analysis/release-exposure.ts';
import { partsOf } from '../analysis/structure.ts';
import { VERSION } from '../version.ts';
import { evidenceByService, evidenceHead } from './evidence-json.ts';
import { jsonList, jsonRemarks } from './json-pieces.ts';
import type { ReportInput } from './report.ts';
import { resilienceJson } from './resilience-json.ts';
import { witnessJson } from './witness.ts';

export interface JsonCause {
  readonly id: string;
  readonly name: string;
  readonly ecosystem: string;
  readonly firstParty: boolean;
  readonly identity: 'exact' | 'assumed' | 'weak';
  readonly versions: readonly string[];
  readonly blastRadius: number;
  readonly lostSystems: number;
  readonly reach: number;
  readonly weightedReach: number;
  readonly runtimeReach: number;
  readonly buildReach: number;
  readonly load: number;
  readonly direct: number;
  /** Of the weakest of its components. */
  readonly evidence: 'invalid' | 'none' | 'signed' | 'attested';
  readonly sameBytes: { readonly artifact: string; readonly share: number };
  readonly lostSystemNames: readonly string[];
  readonly services: readonly string[];
  /** In layer release alone. */
  readonly release?: {
    readonly next: string;
    readonly delayed: number;
    readonly maybeDelayed: number;
    readonly shortestDelayMinutes: number | null;
    readonly botDelayed: number;
    readonly scripts: { readonly run: number; readonly skip: number; readonly unknown: number };
  };
}

export function* jsonReport(input: ReportInput): Iterable<string> {
  const { audit, gates, top } = input;
  const details = new Details(audit);
  yield '{\n';
  yield `  "schemaVersion": 1,\n`;
  yield `  "tool": ${JSON.stringify({ name: 'spof-deps', version: VERSION })},\n`;
  yield `  "scope": ${JSON.stringify(audit.scope)},\n`;
  yield `  "complete": ${!isIncomplete(audit)},\n`;
  yield '  "fleet": {\n';
  yield `    "components": ${audit.artifacts.of},\n`;
  yield* jsonList('    ', 'lockfiles', lockfiles(audit), ',');
  yield* jsonList('    ', 'services', services(audit), ',');
  yield* jsonList('    ', 'systems', systems(audit), ',');
  yield* jsonList('    ', 'guards', guards(audit), '');
  yield '  },\n';
  yield `  "evidence": ${JSON.stringify(evidenceHead(audit))},\n`;
  yield* jsonList('  ', 'evidenceByService', evidenceByService(audit), ',');
  yield '  "layers": {';
  for (const [at, layer] of audit.layers.entries()) {
    yield at === 0 ? '\n' : ',\n';
    yield* layerReport(layer, details, top);
  }
  yield '\n  },\n';
  yield* jsonList('  ', 'resilience', resilienceJson(audit), ',');
  if (input.changes) yield `  "changes": ${JSON.stringify(input.changes)},\n`;
  if (input.fleet) {
    const { systems, known, unknown, causes } = input.fleet;
    yield `  "inFleet": {\n    "systems": ${systems},\n`;
    yield `    "known": ${JSON.stringify(known)},\n    "unknown": ${JSON.stringify(unknown)},\n`;
    yield* jsonList(
      '    ',
      'causes',
      map([...causes], ([cause, effect]) => ({ cause, ...effect })),
      '',
    );
    yield '  },\n';
  }
  if (input.witness) {
    const { layer, cause } = input.witness;
    yield `  "witness": {\n    "cause": ${JSON.stringify(layer.table.causes[cause]!.id)},\n`;
    yield* jsonList('    ', 'services', witnessJson(audit, input.witness), '');
    yield '  },\n';
  }
  yield* jsonList('  ', 'gates', gates, ',');
  yield* jsonRemarks(audit);
  yield '}\n';
}

function* layerReport(layer: LayerResult, details: Details, top: number): Iterable<string> {
  const { table, ranked } = layer;
  yield `    ${JSON.stringify(table.layer)}: {\n`;
  yield `      "causes": ${ranked.length},\n`;
  yield `      "known": ${layer.known},\n`;
  yield `      "of": ${layer.of},\n`;
  yield `      "ignored": ${layer.ignored},\n`;
  yield `      "defeating": ${ranked.filter((cause) => cause.lost > 0).length},\n`;
  yield* jsonList(
    '      ',
    'top',
    map(ranked.slice(0, top), (cause) => causeReport(layer, cause, details)),
    '',
  );
  yield '    }';
}

function causeReport(layer: LayerResult, ranked: RankedCause, details: Details): JsonCause {
  const cause = layer.table.causes[ranked.cause]!;
  const detail = details.of(layer, ranked);
  return {
    id: cause.id,
    name: cause.name,
    ecosystem: cause.ecosystem,
    firstParty: cause.firstParty,
    identity: cause.identity,
    versions: detail.versions,
    blastRadius: ranked.blastRadius,
    lostSystems: ranked.lost,
    reach: ranked.reach,
    weightedReach: ranked.weightedReach,
    runtimeReach: ranked.runtimeReach,
    buildReach: ranked.buildReach,
    load: ranked.load,
    direct: ranked.direct,
    evidence: ranked.evidence,
    sameBytes: detail.sameBytes,
    lostSystemNames: detail.lostSystems,
    services: detail.services,
    ...(detail.release ? { release: releaseReport(detail.release) } : {}),
  };
}

function releaseReport({ shortestDelay, ...release }: ReleaseExposure): NonNullable<JsonCause['release']> {
  const { next, delayed, maybeDelayed, botDelayed, scripts } = release;
  return { next, delayed, maybeDelayed, shortestDelayMinutes: shortestDelay ?? null, botDelayed, scripts };
}

function lockfiles(audit: Audit): unknown[] {
  return audit.fleet.lockfiles.map((lockfile, index) => ({
    path: lockfile.path,
    kind: lockfile.kind,
    formatVersion: lockfile.formatVersion,
    nodes: lockfile.component.length,
    components: new Set(lockfile.component).size,
    workspaces: lockfile.projects.filter((project) => project.path !== '').length,
    roots: lockfile.roots,
    unreached: audit.unreached[index]!,
  }));
}

function services(audit: Audit): unknown[] {
  return audit.services.map((service, index) => {
    const lockfile = audit.fleet.lockfiles[service.lockfile]!;
    return {
      name: service.name,
      lockfile: lockfile.path,
      workspace: lockfile.projects[service.project]!.path,
      weight: service.weight,
      read: !isUnread(audit, index),
      ...audit.sizes[index]!,
    };
  });
}

function systems(audit: Audit): unknown[] {
  return audit.systems.map((system) => {
    const { name, need, weight, origin } = system;
    const { services: direct, systems: nested } = partsOf(system);
    return {
      name,
      need,
      weight,
      origin,
      members: [...direct.map((at) => audit.services[at]!.name), ...nested.map((at) => audit.systems[at]!.name)],
      services: system.members.map((at) => audit.services[at]!.name),
    };
  });
}

function guards(audit: Audit): unknown[] {
  return audit.guards.map((guard) => ({
    name: guard.name,
    service: audit.services[guard.service]!.name,
    protects: guard.protects.map((system) => audit.systems[system]!.name),
  }));
}

function* map<T, U>(items: Iterable<T>, change: (item: T) => U): Iterable<U> {
  for (const item of items) yield change(item);
}
