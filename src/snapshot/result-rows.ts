/** What an audit made of a fleet, as rows: for engines, and for a history. Pure. */
import { alertsOf } from '../analysis/alerts/index.ts';
import { type Audit, isUnread, type LayerResult } from '../analysis/audit.ts';
import { CauseMembers } from '../analysis/cause-members.ts';
import { nestingOf, partsOf, thresholdOf } from '../analysis/structure.ts';
import { USE } from '../analysis/uses.ts';
import { EVIDENCE_KINDS, REASONS } from '../evidence/state.ts';
import { findingText } from '../reports/messages.ts';
import { componentUses } from './component-uses.ts';
import type { Row } from './rows.ts';
import type { RESULT_TABLES } from './tables.ts';

/** Rows of each table, made one by one. */
export function resultRows(audit: Audit): Record<keyof typeof RESULT_TABLES, () => Iterable<Row>> {
  return {
    services: () => services(audit),
    systems: () => systems(audit),
    system_members: () => systemMembers(audit),
    guards: () => audit.guards.map(({ name, service }, guard) => [guard, name, service]),
    guard_systems: () => audit.guards.flatMap(({ protects }, guard) => protects.map((system) => [guard, system])),
    causes: () => causes(audit),
    layers: () => layers(audit),
    resilience: () => resilience(audit),
    evidence_counts: () => evidenceCounts(audit),
    memberships: () => memberships(audit),
    uses: () => componentUses(audit),
    cause_uses: () => causeUses(audit),
    findings: () => findings(audit),
  };
}

function* services(audit: Audit): Iterable<Row> {
  for (const [id, { name, lockfile, project, weight }] of audit.services.entries()) {
    const { component, projects } = audit.fleet.lockfiles[lockfile]!;
    const { components, runtime, build } = audit.sizes[id]!;
    const own = component[projects[project]!.node];
    yield [id, name, lockfile, project, own, weight, !isUnread(audit, id), components, runtime, build];
  }
}

/** `level`: 0 for a system of services alone, else one more than the highest of the systems in it. */
function* systems({ systems: all }: Audit): Iterable<Row> {
  const parts = all.map(partsOf);
  const levels = new Int32Array(all.length);
  for (const at of nestingOf(parts).order) {
    for (const below of parts[at]!.systems) levels[at] = Math.max(levels[at]!, levels[below]! + 1);
  }
  for (const [id, system] of all.entries()) {
    const { name, origin, need, weight } = system;
    yield [id, name, origin, need, thresholdOf(system), weight, levels[id]];
  }
}

function* systemMembers({ systems: all }: Audit): Iterable<Row> {
  for (const [id, system] of all.entries()) {
    const parts = partsOf(system);
    for (const service of parts.services) yield [id, service, -1];
    for (const member of parts.systems) yield [id, -1, member];
  }
}

function* layers({ layers: all }: Audit): Iterable<Row> {
  for (const { table, ranked, ignored, known, of } of all) {
    yield [table.layer, ranked.length, ignored, ranked.filter(({ lost }) => lost > 0).length, known, of];
  }
}

/** Of declared systems. `members`: the services below one; `pairs` and `defeating` of causes. */
function* resilience({ resilience: all }: Audit): Iterable<Row> {
  for (const { layer, systems: asked } of all) {
    for (const { redundancy } of asked) {
      const { system, leaves, unknown, survivesAnyOne, survivesAnyTwo, deadly, pairs, beta } = redundancy;
      const row = [layer.table.layer, system, leaves, unknown.length, survivesAnyOne, survivesAnyTwo, deadly.length];
      yield [...row, pairs.causes, pairs.complete, beta, redundancy.effectiveMembers];
    }
  }
}

/** No rows where nobody was asked: nothing is known then, which is not the same as nothing being verified. */
function* evidenceCounts({ evidence: { mode }, evidenceCounts: { fleet } }: Audit): Iterable<Row> {
  if (mode === 'off') return;
  for (const kind of EVIDENCE_KINDS) {
    for (const [reason, components] of fleet.reasons[kind]) yield [kind, reason, REASONS[reason], components];
  }
}

/** The first number of the causes of every layer: they are numbered through. */
function offsets(layers: readonly LayerResult[]): number[] {
  const starts = [0];
  for (const { table } of layers) starts.push(starts.at(-1)! + table.causes.length);
  return starts;
}

function heldBy({ table }: LayerResult): 'component' | 'edge' | 'service' {
  return table.ofServices ? 'service' : table.ofEdges ? 'edge' : 'component';
}

function* causes({ layers }: Audit): Iterable<Row> {
  const starts = offsets(layers);
  for (const [at, layer] of layers.entries()) {
    const { table, all, ranked } = layer;
    const ranks = new Map(ranked.map(({ cause }, rank) => [cause, rank + 1]));
    const found = new Map(all.map((cause) => [cause.cause, cause]));
    for (const [cause, { id, name, ecosystem, firstParty, identity }] of table.causes.entries()) {
      const of = found.get(cause);
      const row: Row = [starts[at]! + cause, table.layer, id, name, ecosystem, firstParty, identity, heldBy(layer)];
      const result = of && [of.blastRadius, of.lost, of.reach, of.weightedReach, of.runtimeReach, of.buildReach];
      const rest = of && [of.direct, of.load, of.evidence];
      yield [
        ...row,
        ranks.get(cause),
        of !== undefined && !ranks.has(cause),
        ...(result ?? NO_RESULT),
        ...(rest ?? []),
      ];
    }
  }
}

const NO_RESULT: Row = Array.from({ length: 6 }, () => undefined);

function* memberships({ layers }: Audit): Iterable<Row> {
  const starts = offsets(layers);
  for (const [at, layer] of layers.entries()) {
    if (heldBy(layer) !== 'component') continue;
    const members = new CauseMembers();
    for (let cause = 0; cause < layer.table.causes.length; cause++) {
      for (const component of members.of(layer.table, cause)) yield [starts[at]! + cause, component];
    }
  }
}

/** Uses of causes that no component has by itself. */
function* causeUses({ layers }: Audit): Iterable<Row> {
  const starts = offsets(layers);
  for (const [at, layer] of layers.entries()) {
    if (heldBy(layer) === 'component') continue;
    const { start, service, bits, dependents } = layer.reach;
    for (let cause = 0; cause < layer.table.causes.length; cause++) {
      for (let use = start[cause]!; use < start[cause + 1]!; use++) {
        const bit = bits[use]!;
        const flags = [(bit & USE.runtime) !== 0, (bit & USE.build) !== 0, (bit & USE.direct) !== 0];
        yield [starts[at]! + cause, service[use], ...flags, dependents[use]];
      }
    }
  }
}

function* findings(audit: Audit): Iterable<Row> {
  for (const [id, { finding, subject, confidence, blastRadius }] of alertsOf(audit).entries()) {
    const { code, level, file, line, column: _, ...rest } = finding;
    const { message } = findingText(finding);
    yield [id, code, level, subject, confidence, blastRadius, file, line, message, JSON.stringify(rest)];
  }
}
