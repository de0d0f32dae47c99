/**
 * The tables of a snapshot and their columns (docs/snapshot.md). Adding a column is a new SCHEMA_VERSION only where the
 * meaning of an old one changes or a reader must have it.
 */

export const SCHEMA_VERSION = 2;

/** int: 32 bits, signed. text: UTF-8 (text.ts). json: text that is JSON. flag: true or false. */
export type ColumnType = 'int' | 'double' | 'text' | 'json' | 'flag';

export interface Column {
  readonly type: ColumnType;
  /** Whether a row may have none. Absent integers that point into a table are -1 instead. */
  readonly nullable: boolean;
}

export type Columns = Readonly<Record<string, Column>>;

const int = { type: 'int', nullable: false } as const;
const double = { type: 'double', nullable: false } as const;
const text = { type: 'text', nullable: false } as const;
const json = { type: 'json', nullable: false } as const;
const flag = { type: 'flag', nullable: false } as const;
const maybe = <C extends Column>(column: C) => ({ ...column, nullable: true }) as const;

/** What a fleet is read back from: the graphs, what is known of their components, and what was odd. */
export const GRAPH_TABLES = {
  strings: { string: int, text },
  components: {
    component: int,
    ecosystem: text,
    name: text,
    version: maybe(text),
    source: text,
    integrity: maybe(text),
    resolved: maybe(text),
  },
  lockfiles: {
    lockfile: int,
    position: int,
    path: text,
    kind: text,
    format_version: text,
    roots: text,
    nodes: int,
    edges: int,
    platforms: json,
    policies: json,
  },
  projects: { lockfile: int, project: int, node: int, path: text, name: maybe(text) },
  nodes: { lockfile: int, node: int, component: int, key: int, flags: int, line: int, column: int },
  edges: { lockfile: int, node: int, target: int, kind: int, name: int, range: int },
  repositories: {
    repository: int,
    name: text,
    start: text,
    inside: text,
    is_git: int,
    is_source: int,
    is_here: int,
    url: maybe(text),
    revision: maybe(text),
    branch: maybe(text),
    said_by: maybe(text),
  },
  evidence: {
    component: int,
    signature: text,
    publish: text,
    provenance: text,
    digest: text,
    details: maybe(json),
    build: maybe(json),
    history: maybe(json),
    publishers: maybe(json),
    newest: maybe(json),
    tags: maybe(json),
    dependencies: maybe(json),
  },
  diagnostics: {
    diagnostic: int,
    phase: text,
    position: int,
    code: text,
    severity: text,
    file: text,
    line: int,
    column: int,
    message: text,
    next: text,
  },
} as const satisfies Record<string, Columns>;

/** What the audit made of it, for engines and for a history: an audit of the graphs says it again. */
export const RESULT_TABLES = {
  services: {
    service: int,
    name: text,
    lockfile: int,
    project: int,
    component: int,
    weight: double,
    is_read: flag,
    components: int,
    runtime: int,
    build: int,
  },
  systems: { system: int, name: text, origin: text, need: int, fails_at: int, weight: double, level: int },
  system_members: { system: int, service: int, member: int },
  guards: { guard: int, name: text, service: int },
  guard_systems: { guard: int, system: int },
  causes: {
    cause: int,
    layer: text,
    id: text,
    name: text,
    ecosystem: text,
    first_party: flag,
    identity: text,
    held_by: text,
    rank: maybe(int),
    is_ignored: flag,
    blast_radius: maybe(double),
    lost: maybe(int),
    reach: maybe(int),
    weighted_reach: maybe(double),
    runtime_reach: maybe(int),
    build_reach: maybe(int),
    direct: maybe(int),
    load: maybe(double),
    evidence: maybe(text),
  },
  layers: { layer: text, causes: int, ignored: int, defeating: int, known: int, looked_at: int },
  resilience: {
    layer: text,
    system: int,
    members: int,
    unknown: int,
    survives_any_one: text,
    survives_any_two: text,
    defeating: int,
    pairs: double,
    has_all_pairs: flag,
    beta: maybe(double),
    effective_members: maybe(double),
  },
  evidence_counts: { kind: text, reason: text, state: text, components: int },
  memberships: { cause: int, component: int },
  uses: { service: int, component: int, runtime: flag, build: flag, direct: flag },
  cause_uses: { cause: int, service: int, runtime: flag, build: flag, direct: flag, dependents: int },
  findings: {
    finding: int,
    code: text,
    level: text,
    subject: text,
    confidence: text,
    blast_radius: maybe(double),
    file: text,
    line: maybe(int),
    message: text,
    arguments: json,
  },
} as const satisfies Record<string, Columns>;

/**
 * One row: what the run was, and what the other tables must be. Written last. Its columns stay across versions, so that a
 * program which cannot read a snapshot can say why.
 */
export const RUN_TABLE = {
  run: {
    schema_version: int,
    tool: text,
    scope: text,
    layers: json,
    today: text,
    read_at: text,
    is_complete: int,
    details: json,
    sha256: text,
  },
} as const satisfies Record<string, Columns>;

export const TABLES = { ...GRAPH_TABLES, ...RESULT_TABLES, ...RUN_TABLE };
export type TableName = keyof typeof TABLES;
export type GraphTable = keyof typeof GRAPH_TABLES;

export const TABLE_NAMES: readonly TableName[] = Object.keys(TABLES).filter((name) => isTable(name));

export function isTable(name: string): name is TableName {
  return Object.hasOwn(TABLES, name);
}

/** The file of a table, in a directory or in an archive. */
export function fileOf(table: TableName): string {
  return `${table}.parquet`;
}
