/** Reads a snapshot: tables to columns, every number in them checked against what it points into. */
import type { Diagnostic, DiagnosticCode } from '../diagnostics.ts';
import type { ComponentEvidence } from '../evidence/evidence.ts';
import { NONE, SOURCE_KINDS } from '../graph/model.ts';
import { type DictionaryPart, SOURCE_COLUMN, WIDTH } from '../graph/translation.ts';
import type { KeptRepository } from '../sources/kept.ts';
import { EvidenceReader } from './evidence-rows.ts';
import { checkedPart, checkedTable, headOf, reading } from './head.ts';
import type { TableReader } from './parquet-reader.ts';
import type { Parts } from './parts.ts';
import { readLockfiles, type StoredLockfile } from './read-lockfiles.ts';
import { readRepositories } from './repository-rows.ts';
import type { RunInfo } from './run-info.ts';
import { ShapeFault } from './shapes.ts';
import { GRAPH_TABLES, TABLE_NAMES } from './tables.ts';

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
  /** Instant at which its lockfiles were read, ISO 8601. */
  readonly readAt: string;
  readonly dictionary: DictionaryPart;
  readonly lockfiles: readonly StoredLockfile[];
  /** By component; empty where nothing was looked for. */
  readonly evidence: readonly ComponentEvidence[];
  readonly remarks: readonly StoredRemark[];
  readonly repositories: readonly KeptRepository[];
}

/**
 * Reads a snapshot.
 *
 * @throws UsageError SNAPSHOT_INVALID, with table and row, for anything that this program did not write so
 */
export function readSnapshot(path: string): Stored {
  return reading(path, (parts) => storedIn(parts, path));
}

function storedIn(parts: Parts, path: string): Stored {
  const { info, readAt } = headOf(parts, path);
  const graphTables: readonly string[] = Object.keys(GRAPH_TABLES);
  const table = <Name extends keyof typeof GRAPH_TABLES>(name: Name): TableReader<Name> =>
    checkedTable(parts, name, info, path);
  for (const name of TABLE_NAMES) {
    if (name !== 'run' && !graphTables.includes(name)) checkedPart(parts, name, info, path);
  }
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
  const repositories = readRepositories(table('repositories'));
  return { file: path, info, readAt, dictionary, lockfiles, evidence, remarks, repositories };
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
