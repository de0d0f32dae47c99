/** A fleet with what is known of it as rows: what it is read back from. Pure. */
import type { Audit } from '../analysis/audit.ts';
import { type Fleet, NOTHING_BESIDE } from '../graph/fleet.ts';
import type { NodePlaces } from '../locate.ts';
import type { KeptRepository } from '../sources/kept.ts';
import type { Origin } from '../sources/origin.ts';
import { rowOf } from './evidence-rows.ts';
import { repositoryRows } from './repository-rows.ts';
import type { Row } from './rows.ts';
import type { GraphTable } from './tables.ts';

/** Rows of each table. Keys are the numbers that the fleet has for strings, components and lockfiles. */
export function graphRows(
  audit: Audit,
  origin: Origin,
  places: NodePlaces,
  repositories: readonly KeptRepository[],
): Record<GraphTable, () => Iterable<Row>> {
  const { fleet } = audit;
  return {
    strings: () => strings(fleet),
    components: () => components(fleet),
    lockfiles: () => lockfiles(fleet, origin),
    projects: () => projects(fleet),
    nodes: () => nodes(fleet, places),
    edges: () => edges(fleet),
    repositories: () => repositoryRows(repositories),
    evidence: () => evidence(audit),
    diagnostics: () => diagnostics(audit, origin),
  };
}

function* strings({ strings: interner }: Fleet): Iterable<Row> {
  for (let id = 0; id < interner.size; id++) yield [id, interner.text(id)];
}

function* components(fleet: Fleet): Iterable<Row> {
  for (let id = 0; id < fleet.componentCount; id++) {
    const { ecosystem, name, version, source, integrity, resolved } = fleet.component(id);
    yield [id, ecosystem, name, version, source, integrity, resolved];
  }
}

function* lockfiles(fleet: Fleet, { positions }: Origin): Iterable<Row> {
  // Most lockfiles have the same beside them: nothing.
  const nothing = JSON.stringify(NOTHING_BESIDE.policies);
  for (const [id, lockfile] of fleet.lockfiles.entries()) {
    const { path, kind, formatVersion, roots, component, edgeTo, platforms, policies } = lockfile;
    const policyText = policies === NOTHING_BESIDE.policies ? nothing : JSON.stringify(policies);
    const counts = [component.length, edgeTo.length];
    yield [id, positions[id], path, kind, formatVersion, roots, ...counts, JSON.stringify(platforms), policyText];
  }
}

function* projects(fleet: Fleet): Iterable<Row> {
  for (const [id, lockfile] of fleet.lockfiles.entries()) {
    for (const [project, { node, path, name }] of lockfile.projects.entries()) yield [id, project, node, path, name];
  }
}

function* nodes(fleet: Fleet, placesIn: NodePlaces): Iterable<Row> {
  for (const [id, { component, key, flags }] of fleet.lockfiles.entries()) {
    const places = placesIn(id, component.keys());
    for (let node = 0; node < component.length; node++) {
      const { line, column } = places.get(node) ?? NOWHERE;
      yield [id, node, component[node], key[node], flags[node], line, column];
    }
  }
}

const NOWHERE = { line: -1, column: -1 };

function* edges(fleet: Fleet): Iterable<Row> {
  for (const [id, lockfile] of fleet.lockfiles.entries()) {
    const { component, edgeStart, edgeTo, edgeKind, edgeName, edgeRange } = lockfile;
    for (let node = 0; node < component.length; node++) {
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        yield [id, node, edgeTo[e], edgeKind[e], edgeName[e], edgeRange[e]];
      }
    }
  }
}

function* evidence({ evidence: { mode, components: known } }: Audit): Iterable<Row> {
  if (mode === 'off') return;
  for (const [component, found] of known.entries()) {
    const row = rowOf(found);
    yield [
      component,
      row.signature,
      row.publish,
      row.provenance,
      row.digest,
      row.details,
      row.build,
      row.history,
    ].concat([row.publishers, row.newest, row.tags, row.dependencies]);
  }
}

function* diagnostics({ evidence: { diagnostics: asked } }: Audit, { remarks }: Origin): Iterable<Row> {
  const all = [...remarks, ...asked.map((diagnostic, position) => ({ phase: 'evidence', position, diagnostic }))];
  for (const [id, { phase, position, diagnostic }] of all.entries()) {
    const { code, severity, file, line = -1, column = -1, message, next } = diagnostic;
    yield [id, phase, position, code, severity, file, line, column, message, next];
  }
}
