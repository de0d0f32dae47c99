import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { type Run, run } from '../../src/run.ts';
import { PageFault, readInts, unpack } from '../../src/snapshot/pages.ts';
import { readSnapshot } from '../../src/snapshot/read.ts';
import { fileOf, GRAPH_TABLES, TABLE_NAMES, type TableName } from '../../src/snapshot/tables.ts';
import { header } from '../../src/snapshot/tar.ts';
import { writeSnapshot } from '../../src/snapshot/write.ts';
import { scratch, tree } from '../cli/harness.ts';
import { joined } from './fleets.ts';
import { replace, resum, retell, rowsOf, type TableRow } from './tampered.ts';

let small: Run;
let original = '';

beforeAll(async () => {
  const packages = {
    '': { name: 'web', dependencies: { __proto__x: '^1', left: '^1' } },
    'node_modules/left': { version: '1.0.0', dependencies: { right: '^2' } },
    'node_modules/right': { version: '2.0.0', resolved: 'https://registry.example/right.tgz' },
    'node_modules/__proto__x': { version: '1.0.0' },
  };
  const lock = JSON.stringify({ name: 'web', lockfileVersion: 3, packages });
  const root = tree({ 'a/package-lock.json': lock, 'b/package-lock.json': lock, 'c/package-lock.json': '{' });
  small = await run({ sources: [root], verify: false });
  original = `${scratch()}/tables`;
  writeSnapshot(`${original}/`, small);
});

function copy(): string {
  const directory = `${scratch()}/tables`;
  cpSync(original, directory, { recursive: true });
  return directory;
}

/** The message of the one problem there must be. */
function refusal(path: string): string {
  try {
    readSnapshot(path);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.problems).toHaveLength(1);
    expect(error.problems[0]).toMatchObject({ code: 'SNAPSHOT_INVALID', file: path });
    return error.problems[0]!.message;
  }
  return 'read';
}

async function withRows(table: TableName, change: (rows: TableRow[]) => void): Promise<string> {
  const directory = copy();
  const rows = await rowsOf(directory, table);
  change(rows);
  await replace(directory, table, rows);
  return refusal(directory);
}

describe('a snapshot that is not whole', () => {
  it('is refused wherever it is cut off', () => {
    const file = `${scratch()}/run.spof`;
    writeSnapshot(file, small);
    const bytes = readFileSync(file);
    for (let length = 0; length < bytes.length - 1024; length += 97) {
      writeFileSync(file, bytes.subarray(0, length));
      expect(refusal(file)).not.toBe('read');
    }
  });

  it('is refused for any byte that is another, or read as it was', () => {
    const file = `${scratch()}/run.spof`;
    writeSnapshot(file, small);
    const bytes = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const other = Buffer.from(bytes);
        other[at] = other[at]! ^ change;
        writeFileSync(file, other);
        if (refusal(file) === 'read') {
          // Only what nobody reads may differ: padding, or a column of `run` that engines alone read.
          expect(joined([readSnapshot(file)]).audit.services).toEqual(small.audit.services);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(TABLE_NAMES.filter((table) => table !== 'run'))(
    'is refused without %s, or with one that is cut off',
    (table) => {
      const directory = copy();
      truncateSync(join(directory, fileOf(table)), 20);
      expect(refusal(directory)).toBe(`table ${table}: not the bytes that were written`);
      rmSync(join(directory, fileOf(table)));
      expect(refusal(directory)).toBe(`the table ${table} is missing`);
    },
  );

  it('is refused where tables are of two runs', async () => {
    const directory = copy();
    const other = `${scratch()}/other`;
    writeSnapshot(
      `${other}/`,
      await run({ sources: [new URL('../../fixtures/acme', import.meta.url).pathname], verify: false }),
    );
    cpSync(join(other, fileOf('edges')), join(directory, fileOf('edges')));
    expect(refusal(directory)).toBe('table edges: not the bytes that were written');
  });

  it('is refused where it is no archive of tables', () => {
    const file = `${scratch()}/run.spof`;
    const odd: Record<string, Buffer> = {
      'the archive is cut off': Buffer.from('PK'),
      'not an archive of tables': Buffer.alloc(1024, 'x'),
      'holds something else than one file for each table': Buffer.concat([header('../x', 0), Buffer.alloc(1024)]),
      'the table run is missing': Buffer.alloc(1024),
    };
    for (const [message, bytes] of Object.entries(odd)) {
      writeFileSync(file, bytes);
      expect(refusal(file)).toBe(message);
    }
    writeFileSync(file, Buffer.concat([header('run.parquet', 8 ** 11 - 1), Buffer.alloc(1024)]));
    expect(refusal(file)).toBe('the archive is cut off');
    const link = header('run.parquet', 0);
    link[156] = 0x32;
    writeFileSync(file, Buffer.concat([link, Buffer.alloc(1024)]));
    expect(refusal(file)).toBe('not an archive of tables');
  });
});

const ORIGIN = { url: 'https://git.example/a/b', revision: 'a'.repeat(40), branch: 'main', said_by: 'github' };

describe('a snapshot that says what cannot be', () => {
  const cases: [TableName, string, number, (row: TableRow) => void, string][] = [
    ['nodes', 'component', 1, (row) => (row.component = 99), 'component 99 is not below'],
    ['nodes', 'component', 1, (row) => (row.component = -1), 'component -1 is not below'],
    ['nodes', 'key', 1, (row) => (row.key = 2 ** 30), 'key 1073741824 is not below'],
    ['nodes', 'flags', 1, (row) => (row.flags = 32), 'flags 32 is not below 32'],
    ['nodes', 'lockfile', 1, (row) => (row.lockfile = 1), 'lockfile is 1, expected 0'],
    ['nodes', 'node', 1, (row) => (row.node = 0), 'node is 0, expected 1'],
    ['edges', 'target', 0, (row) => (row.target = 4), 'target 4 is not one of 4 nodes'],
    ['edges', 'target', 0, (row) => (row.target = -2), 'target -2 is not one of 4 nodes'],
    ['edges', 'node', 0, (row) => (row.node = 3), 'node 0 is out of order'],
    ['edges', 'kind', 0, (row) => (row.kind = 5), 'kind 5 is not below 5'],
    ['edges', 'name', 0, (row) => (row.name = -1), 'name -1 is not below'],
    ['edges', 'range', 0, (row) => (row.range = 1e6), 'range 1000000 is not below'],
    ['strings', 'string', 1, (row) => (row.string = 0), 'string is 0, expected 1'],
    ['components', 'source', 1, (row) => (row.source = 'npm'), 'source: expected one of registry'],
    ['projects', 'node', 0, (row) => (row.node = 9), 'node 9 is not one of 4'],
    ['projects', 'lockfile', 0, (row) => (row.lockfile = 9), 'lockfile 9 is out of order, or not there'],
    ['projects', 'project', 0, (row) => (row.project = 1), 'project is 1, expected 0'],
    ['lockfiles', 'path', 0, (row) => (row.path = '/etc/passwd'), 'path: not a path inside a scan'],
    ['lockfiles', 'kind', 0, (row) => (row.kind = 'cargo'), 'kind: unknown'],
    ['lockfiles', 'kind', 0, (row) => (row.kind = 'unread'), 'kind: unread, and yet it has a graph'],
    ['lockfiles', 'roots', 0, (row) => (row.roots = 'x'), 'roots: unknown'],
    ['lockfiles', 'position', 2, (row) => (row.position = 0), 'position: out of order'],
    ['lockfiles', 'position', 2, (row) => (row.position = 3), 'position: out of order'],
    ['lockfiles', 'nodes', 0, (row) => (row.nodes = -1), 'nodes: -1 are not there'],
    ['lockfiles', 'edges', 0, (row) => (row.edges = 2 ** 31 - 1), 'edges: 2147483647 are not there'],
    [
      'lockfiles',
      'platforms',
      0,
      (row) => (row.platforms = '[{"project":7,"tool":"node","file":""}]'),
      'platforms: a project',
    ],
    ['lockfiles', 'platforms', 0, (row) => (row.platforms = '{"__proto__":1}'), 'platforms: expected a list'],
    ['lockfiles', 'policies', 0, (row) => (row.policies = '{'), 'policies: no JSON'],
    ['lockfiles', 'policies', 0, (row) => (row.policies = '{"gates":[]}'), 'policies: .overrides: expected an object'],
    ['nodes', 'line', 1, (row) => (row.line = -2), 'line -2 is not below'],
    ['nodes', 'column', 1, (row) => (row.column = 2 ** 30), 'column 1073741824 is not below'],
    ['repositories', 'inside', 0, (row) => (row.inside = '../'), 'inside: no directory'],
    ['repositories', 'inside', 0, (row) => (row.inside = 'a'), 'inside: no directory'],
    ['repositories', 'start', 0, (row) => (row.start = 'a'), 'start: no directory'],
    ['repositories', 'is_git', 0, (row) => (row.is_git = 2), 'a flag is 0 or 1'],
    ['repositories', 'said_by', 0, (row) => (row.said_by = 'github'), 'not where a repository comes from'],
    [
      'repositories',
      'url',
      0,
      (row) => Object.assign(row, ORIGIN, { url: 'https://a:b@git.example/a/b' }),
      'not where',
    ],
    ['repositories', 'url', 0, (row) => Object.assign(row, ORIGIN, { url: 'file:///a/b' }), 'not where'],
    ['repositories', 'said_by', 0, (row) => Object.assign(row, ORIGIN, { said_by: '__proto__' }), 'not where'],
    ['repositories', 'revision', 0, (row) => Object.assign(row, ORIGIN, { revision: 'main' }), 'not where'],
    ['repositories', 'branch', 0, (row) => Object.assign(row, ORIGIN, { branch: '../x' }), 'not where'],
    ['diagnostics', 'phase', 0, (row) => (row.phase = 'x'), 'phase: unknown'],
    ['diagnostics', 'severity', 0, (row) => (row.severity = 'x'), 'severity: unknown'],
    ['diagnostics', 'code', 0, (row) => (row.code = '\u001b[31m'), 'code: unknown'],
  ];
  it.each(cases)('%s.%s, row %i', async (table, _, row, change, message) => {
    expect(await withRows(table, (rows) => change(rows[row]!))).toContain(message);
  });

  it('names the table and the row', async () => {
    expect(await withRows('nodes', (rows) => (rows[2]!.component = 99))).toMatch(/^table nodes, row 2: component 99 /);
  });

  it('is refused with rows less or more', async () => {
    for (const table of ['nodes', 'edges'] as const) {
      expect(await withRows(table, (rows) => rows.push({ ...rows[0], lockfile: 2 }))).toMatch(
        /^table (nodes|edges), row/,
      );
    }
    const sure = { component: 0, signature: 'verified', publish: 'verified', provenance: 'verified', digest: 'same' };
    expect(await withRows('evidence', (rows) => rows.push(sure))).toBe('table evidence: 1 rows for 0 components');
    expect(await withRows('nodes', (rows) => rows.pop())).toContain('nodes: ');
  });

  it('is refused with another schema, or another run', async () => {
    expect(await withRows('run', ([row]) => (row!.schema_version = 1))).toContain('schema_version 1');
    expect(await withRows('run', ([row]) => (row!.details = '{}'))).toContain('details: not what was written');
    expect(await withRows('run', (rows) => rows.push(rows[0]!))).toContain('expected one row, found 2');
    const changes: ((details: Record<string, unknown>) => void)[] = [
      (details) => (details.mode = 'sure'),
      (details) => (details.places = -1),
      (details) => (details.own = undefined),
      (details) => (details.own = [{ name: 'a', file: 'a', services: [['a/b', { weight: '9' }]], diagnostics: [] }]),
      (details) => (details.own = [{ name: 'a', file: 'a', services: [], diagnostics: [{ code: 'X' }] }]),
      (details) => (details.tables = [['__proto__', 1]]),
      (details) => (details.shards = { of: 2, have: [3], joined: false }),
      (details) => (details.shards = { of: 2, have: [1, 1], joined: false }),
      (details) => delete details.tables,
    ];
    for (const change of changes) {
      const directory = copy();
      await retell(directory, change);
      expect(refusal(directory)).toMatch(/^table run, row 0: details/);
    }
  });

  it('is refused with columns of another type', async () => {
    const directory = copy();
    cpSync(join(directory, fileOf('nodes')), join(directory, fileOf('edges')));
    await resum(directory, 'edges');
    expect(refusal(directory)).toBe('table edges: other columns than expected');
  });

  it('never crashes, whatever numbers it holds', async () => {
    const names = (['nodes', 'edges', 'projects', 'lockfiles'] as const).flatMap((table) =>
      Object.entries(GRAPH_TABLES[table]).flatMap(([column, { type }]) => (type === 'int' ? [{ table, column }] : [])),
    );
    const number = fc.oneof(fc.integer({ min: -2, max: 12 }), fc.integer());
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(20), number, async ({ table, column }, at, value) => {
        const directory = copy();
        const rows = await rowsOf(directory, table);
        rows[at % rows.length]![column] = value;
        await replace(directory, table, rows);
        if (refusal(directory) !== 'read') return;
        read++;
        joined([readSnapshot(directory)]);
      }),
      { numRuns: 150 },
    );
    expect(read).toBeGreaterThan(3);
  });

  it('never crashes, whatever bytes a table holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('nodes', 'strings', 'lockfiles', 'diagnostics'),
        fc.array(fc.tuple(fc.nat(4000), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 }),
        async (table: TableName, changes) => {
          const directory = copy();
          const file = join(directory, fileOf(table));
          const bytes = readFileSync(file);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          writeFileSync(file, bytes);
          await resum(directory, table);
          if (refusal(directory) === 'read') joined([readSnapshot(directory)]);
        },
      ),
      { numRuns: 250 },
    );
  });
});

describe('a page', () => {
  const headOf = (values: number, size: number, encoding = 'DELTA_BINARY_PACKED', levels = 0) => ({
    type: 'DATA_PAGE_V2' as const,
    uncompressed_page_size: size,
    compressed_page_size: 0,
    data_page_header_v2: {
      num_values: values,
      num_nulls: 0,
      num_rows: values,
      encoding: encoding as 'PLAIN',
      definition_levels_byte_length: levels,
      repetition_levels_byte_length: 0,
    },
  });

  it('does not unfold to more than it declares', () => {
    const bomb = gzipSync(Buffer.alloc(1 << 24));
    expect(() => unpack(headOf(10, 100), bomb, false, 10)).toThrow(PageFault);
    expect(() => unpack(headOf(10, 2 ** 31), bomb, false, 10)).toThrow('a wrong size');
    expect(() => unpack(headOf(2 ** 30, 100), bomb, false, 10)).toThrow('a wrong count of values');
    // A run of a thousand million levels in five bytes.
    const levels = Buffer.concat([Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x07, 1]), gzipSync(Buffer.alloc(4))]);
    expect(() => unpack(headOf(10, 10, 'PLAIN', 6), levels, true, 10)).toThrow('a wrong run of levels');
  });

  it('of deltas ends where its bytes do', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 1000 }), (bytes, count) => {
        const page = { encoding: 'DELTA_BINARY_PACKED', levels: undefined, count, bytes: Buffer.from(bytes) };
        try {
          readInts(page, new Int32Array(count), 0);
        } catch (error) {
          expect(error).toBeInstanceOf(PageFault);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
