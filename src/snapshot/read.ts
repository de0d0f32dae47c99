/** Reads a snapshot: tables to columns, every number in them checked against what it points into. */
import type { Diagnostic, DiagnosticCode } from '../diagnostics.ts';
import type { ComponentEvidence } from '../evidence/evidence.ts';
import { NONE, SOURCE_KINDS } from '../graph/model.ts';
import { type DictionaryPart, SOURCE_COLUMN, WIDTH } from '../graph/translation.ts';
import { EvidenceReader } from './evidence-rows.ts';
import { TableReader } from './parquet-reader.ts';
import { digestOf, openParts, type Part, type Parts } from './parts.ts';
import { unusable } from './problem.ts';
import { readLockfiles, type StoredLockfile } from './read-lockfiles.ts';
import { type RunInfo, runInfoShape, sha256 } from './run-info.ts';
import { parsed, ShapeFault } from './shapes.ts';
import { GRAPH_TABLES, SCHEMA_VERSION, TABLE_NAMES, type TableName } from './tables.ts';

export interface StoredRemark {
  readonly phase: 'source' | 'read' | 'config' | 'evidence';
  readonly position: number;
  readonly diagnostic: Diagnostic;
}

/** A snapshot as it was written: numbers are its own. */
export interface Stored {
  /** The snapshot, as messages name it. */
  readonly file: string;
  readonly info: RunInfo;
  readonly dictionary: DictionaryPart;
  readonly lockfiles: readonly StoredLockfile[];
  /** By component; empty where nothing was looked for. */
  readonly evidence: readonly ComponentEvidence[];
  readonly remarks: readonly StoredRemark[];
}

/**
 * Reads a snapshot.
 *
 * @throws UsageError SNAPSHOT_INVALID, with table and row, for anything that this program did not write so
 */
export function readSnapshot(path: string): Stored {
  const parts = openParts(path);
  try {
    const info = readRun(parts, path);
    const graphTables: readonly string[] = Object.keys(GRAPH_TABLES);
    const table = <Name extends keyof typeof GRAPH_TABLES>(name: Name): TableReader<Name> => {
      const reader = new TableReader(checked(parts, name, info, path), name, path);
      if (reader.rows !== info.tables.get(name)!.rows)
        reader.fail(undefined, 'another number of rows than were written');
      return reader;
    };
    for (const name of TABLE_NAMES) if (name !== 'run' && !graphTables.includes(name)) checked(parts, name, info, path);
    const strings = table('strings');
    strings.key('string');
    const texts = strings.required('text');
    const dictionary = readComponents(table('components'), texts);
    const components = dictionary.components.length / WIDTH;
    const lockfiles = readLockfiles(
      { lockfiles: table('lockfiles'), projects: table('projects'), nodes: table('nodes'), edges: table('edges') },
      { strings: strings.rows, components, places: info.places },
    );
    const evidence = readEvidence(table('evidence'), info.mode === 'off' ? 0 : components);
    const remarks = readRemarks(table('diagnostics'));
    return { file: path, info, dictionary, lockfiles, evidence, remarks };
  } catch (error) {
    if (error instanceof RangeError) throw unusable(path, `cannot be read: ${error.message}`);
    if (error instanceof Error && 'code' in error) throw unusable(path, `cannot be read (${String(error.code)})`);
    throw error;
  } finally {
    parts.close();
  }
}

function partOf({ tables }: Parts, name: TableName, path: string): Part {
  const part = tables.get(name);
  if (!part) throw unusable(path, `the table ${name} is missing`);
  return part;
}

/** A part that is what was written: its bytes decide, whatever is in them. */
function checked(parts: Parts, name: TableName, { tables }: RunInfo, path: string): Part {
  const part = partOf(parts, name, path);
  const expected = tables.get(name);
  if (!expected || part.size !== expected.bytes || digestOf(part) !== expected.sha256) {
    throw unusable(path, `table ${name}: not the bytes that were written`);
  }
  return part;
}

function readRun(parts: Parts, path: string): RunInfo {
  const run = new TableReader(partOf(parts, 'run', path), 'run', path);
  if (run.rows !== 1) run.fail(undefined, `expected one row, found ${run.rows}`);
  const version = run.ints('schema_version')[0]!;
  if (version !== SCHEMA_VERSION) {
    run.fail(0, `schema_version ${version}: this program reads ${SCHEMA_VERSION}`);
  }
  const details = run.required('details')[0]!;
  if (sha256(details) !== run.required('sha256')[0]) run.fail(0, 'details: not what was written');
  try {
    const info = parsed(details, runInfoShape);
    const { shards } = info;
    const isSound =
      !shards || (shards.of > 0 && shards.have.every((at, n) => at > (shards.have[n - 1] ?? 0) && at <= shards.of));
    return isSound ? info : run.fail(0, 'details: shards that cannot be');
  } catch (error) {
    if (error instanceof ShapeFault) return run.fail(0, `details${error.message}`);
    throw error;
  }
}

/** Components as rows over one list of strings: those of the table first, then their own. */
function readComponents(table: TableReader<'components'>, strings: readonly string[]): DictionaryPart {
  table.key('component');
  const all = [...strings];
  const components = new Int32Array(table.rows * WIDTH);
  const put = (values: readonly (string | undefined)[], column: number): void => {
    values.forEach((value, row) => {
      components[row * WIDTH + column] = value === undefined ? NONE : all.push(value) - 1;
    });
  };
  put(table.required('ecosystem'), 0);
  put(table.required('name'), 1);
  put(table.texts('version'), 2);
  put(table.texts('integrity'), 4);
  put(table.texts('resolved'), 5);
  const kinds: readonly string[] = SOURCE_KINDS;
  table.required('source').forEach((source, row) => {
    const kind = kinds.indexOf(source);
    if (kind === -1) table.fail(row, `source: expected one of ${kinds.join(', ')}`);
    components[row * WIDTH + SOURCE_COLUMN] = kind;
  });
  return { strings: all, components };
}

function readEvidence(table: TableReader<'evidence'>, expected: number): ComponentEvidence[] {
  if (table.rows !== expected) table.fail(undefined, `${table.rows} rows for ${expected} components`);
  table.key('component');
  const columns = {
    signature: table.required('signature'),
    publish: table.required('publish'),
    provenance: table.required('provenance'),
    digest: table.required('digest'),
    details: table.texts('details'),
    build: table.texts('build'),
    history: table.texts('history'),
    publishers: table.texts('publishers'),
    newest: table.texts('newest'),
    tags: table.texts('tags'),
    dependencies: table.texts('dependencies'),
  };
  const reader = new EvidenceReader();
  return Array.from({ length: table.rows }, (_, row) => {
    try {
      return reader.read({
        signature: columns.signature[row]!,
        publish: columns.publish[row]!,
        provenance: columns.provenance[row]!,
        digest: columns.digest[row]!,
        details: columns.details[row],
        build: columns.build[row],
        history: columns.history[row],
        publishers: columns.publishers[row],
        newest: columns.newest[row],
        tags: columns.tags[row],
        dependencies: columns.dependencies[row],
      });
    } catch (error) {
      if (error instanceof ShapeFault) return table.fail(row, error.message);
      throw error;
    }
  });
}

const PHASES = ['source', 'read', 'config', 'evidence'] as const;

function readRemarks(table: TableReader<'diagnostics'>): StoredRemark[] {
  table.key('diagnostic');
  const positions = table.ints('position');
  const [codes, severities] = [table.required('code'), table.required('severity')];
  const [files, messages, nexts] = [table.required('file'), table.required('message'), table.required('next')];
  const [lines, columns] = [table.ints('line'), table.ints('column')];
  return table.required('phase').map((name, row): StoredRemark => {
    const phase = PHASES.find((known) => known === name) ?? table.fail(row, 'phase: unknown');
    const position = positions[row]!;
    if (position < 0) table.fail(row, 'position: below 0');
    const code = codes[row]!;
    const severity = severities[row];
    if (!isDiagnosticCode(code)) return table.fail(row, 'code: unknown');
    if (severity !== 'incomplete' && severity !== 'notice') return table.fail(row, 'severity: unknown');
    const [line, column] = [lines[row]!, columns[row]!];
    return {
      phase,
      position,
      diagnostic: {
        code,
        severity,
        file: files[row]!,
        ...(line > 0 ? { line } : {}),
        ...(column > 0 ? { column } : {}),
        message: messages[row]!,
        next: nexts[row]!,
      },
    };
  });
}

/** A code is passed on as it is: an older program may have had one that this one has not. */
function isDiagnosticCode(code: string): code is DiagnosticCode {
  return code.length < 64 && /^[A-Z]+(?:_[A-Z]+)*$/.test(code);
}
