/** The graphs of a snapshot: columns of all lockfiles, cut into those of each. Views, so that nothing is held twice. */
import type { FleetLockfile } from '../graph/fleet.ts';
import { EDGE_KINDS, LOCKFILE_KINDS, NODE_FLAGS, NONE, type Project } from '../graph/model.ts';
import type { PlatformClaim } from '../graph/platform.ts';
import type { Policies } from '../graph/policies.ts';
import type { TableReader } from './parquet-reader.ts';
import type { Fail } from './problem.ts';
import { parsed, type Shape, ShapeFault } from './shapes.ts';
import { platformsShape, policiesShape } from './surroundings-shape.ts';

/** A lockfile with the numbers of its snapshot, and its place in its scan. */
export interface StoredLockfile {
  readonly lockfile: FleetLockfile;
  readonly position: number;
  /** By node, from 1; -1 where it is not known. */
  readonly line: Int32Array;
  readonly column: Int32Array;
}

export interface GraphReaders {
  readonly lockfiles: TableReader<'lockfiles'>;
  readonly projects: TableReader<'projects'>;
  readonly nodes: TableReader<'nodes'>;
  readonly edges: TableReader<'edges'>;
}

/** Numbers in the tables must be below these. */
export interface Bounds {
  readonly strings: number;
  readonly components: number;
  readonly places: number;
}

const ALL_FLAGS = Object.values(NODE_FLAGS).reduce((all, flag) => all | flag, 0);
/** Lines and columns of the largest lockfile that is read are below. */
const MOST_PLACE = 2 ** 30;
const KINDS = [...LOCKFILE_KINDS, 'unread'] as const;

/** @throws UsageError SNAPSHOT_INVALID */
export function readLockfiles(tables: GraphReaders, bounds: Bounds): StoredLockfile[] {
  const { lockfiles } = tables;
  lockfiles.key('lockfile');
  const nodes = readNodes(tables.nodes, lockfiles, bounds);
  const edges = readEdges(tables.edges, lockfiles, nodes.starts, bounds);
  const projects = readProjects(tables.projects, nodes.starts);
  const paths = lockfiles.required('path');
  const positions = lockfiles.ints('position');
  const kinds = lockfiles.required('kind');
  const versions = lockfiles.required('format_version');
  const roots = lockfiles.required('roots');
  const platforms = shaped(lockfiles, 'platforms', platformsShape);
  const policies = shaped(lockfiles, 'policies', policiesShape);
  return paths.map((path, row): StoredLockfile => {
    const fail = (message: string): never => lockfiles.fail(row, message);
    if (!isInsideScan(path)) fail('path: not a path inside a scan');
    const position = positions[row]!;
    if (position < 0 || position >= bounds.places || position < (positions[row - 1] ?? 0))
      fail('position: out of order');
    const kind = KINDS.find((known) => known === kinds[row]) ?? fail('kind: unknown');
    const root = roots[row];
    if (root !== 'declared' && root !== 'assumed') return fail('roots: unknown');
    const [from, to] = [nodes.starts[row]!, nodes.starts[row + 1]!];
    const [first, last] = [edges.starts[row]!, edges.starts[row + 1]!];
    const own = projects[row]!;
    if (kind === 'unread' && (to - from !== 1 || first !== last)) fail('kind: unread, and yet it has a graph');
    const beside = platforms[row]!;
    if (beside.some(({ project }) => project >= own.length)) fail('platforms: a project that is not there');
    return {
      position,
      line: nodes.line.subarray(from, to),
      column: nodes.column.subarray(from, to),
      lockfile: {
        path,
        kind,
        formatVersion: versions[row]!,
        component: nodes.component.subarray(from, to),
        key: nodes.key.subarray(from, to),
        flags: nodes.flags.subarray(from, to),
        edgeStart: edges.edgeStarts[row]!,
        edgeTo: edges.target.subarray(first, last),
        edgeKind: edges.kind.subarray(first, last),
        edgeName: edges.name.subarray(first, last),
        edgeRange: edges.range.subarray(first, last),
        projects: own,
        roots: root,
        platforms: beside,
        policies: policies[row]!,
      },
    };
  });
}

/** Paths of reports: POSIX, of something below where the scan began or beside it, never a place of this machine. */
function isInsideScan(path: string): boolean {
  return path !== '' && path.length <= 65_536 && !path.startsWith('/') && !path.includes('\0');
}

/** The rows of each lockfile in a table are one stretch, in the order of the lockfiles. */
function startsOf(
  table: TableReader<'nodes' | 'edges'>,
  of: Int32Array,
  counts: Int32Array,
  column: string,
  fail: Fail,
): Int32Array {
  const starts = new Int32Array(counts.length + 1);
  for (const [lockfile, count] of counts.entries()) {
    const end = starts[lockfile]! + count;
    if (count < 0 || end > table.rows) fail(lockfile, `${column}: ${count} are not there`);
    for (let row = starts[lockfile]!; row < end; row++) {
      if (of[row] !== lockfile) table.fail(row, `lockfile is ${of[row]}, expected ${lockfile}`);
    }
    starts[lockfile + 1] = end;
  }
  if (starts[counts.length] !== table.rows) table.fail(starts[counts.length], 'belongs to no lockfile');
  return starts;
}

function readNodes(table: TableReader<'nodes'>, lockfiles: TableReader<'lockfiles'>, { components, strings }: Bounds) {
  const starts = startsOf(table, table.ints('lockfile'), lockfiles.ints('nodes'), 'nodes', lockfiles.fail);
  const numbers = table.ints('node');
  for (let lockfile = 0; lockfile + 1 < starts.length; lockfile++) {
    for (let row = starts[lockfile]!; row < starts[lockfile + 1]!; row++) {
      const expected = row - starts[lockfile]!;
      if (numbers[row] !== expected) table.fail(row, `node is ${numbers[row]}, expected ${expected}`);
    }
  }
  return {
    starts,
    component: within(table, 'component', 0, components),
    key: within(table, 'key', NONE, strings),
    flags: Uint8Array.from(within(table, 'flags', 0, ALL_FLAGS + 1)),
    line: within(table, 'line', NONE, MOST_PLACE),
    column: within(table, 'column', NONE, MOST_PLACE),
  };
}

function readEdges(
  table: TableReader<'edges'>,
  lockfiles: TableReader<'lockfiles'>,
  nodeStarts: Int32Array,
  { strings }: Bounds,
) {
  const starts = startsOf(table, table.ints('lockfile'), lockfiles.ints('edges'), 'edges', lockfiles.fail);
  const from = table.ints('node');
  const target = table.ints('target');
  const edgeStarts: Int32Array[] = [];
  for (let lockfile = 0; lockfile + 1 < starts.length; lockfile++) {
    const count = nodeStarts[lockfile + 1]! - nodeStarts[lockfile]!;
    const edgeStart = new Int32Array(count + 1);
    let before = 0;
    for (let row = starts[lockfile]!; row < starts[lockfile + 1]!; row++) {
      const [node, to] = [from[row]!, target[row]!];
      if (node < before || node >= count) table.fail(row, `node ${node} is out of order, or not one of ${count}`);
      if (to < NONE || to >= count) table.fail(row, `target ${to} is not one of ${count} nodes`);
      edgeStart[node + 1]!++;
      before = node;
    }
    for (let node = 0; node < count; node++) edgeStart[node + 1]! += edgeStart[node]!;
    edgeStarts.push(edgeStart);
  }
  return {
    starts,
    edgeStarts,
    target,
    kind: Uint8Array.from(within(table, 'kind', 0, EDGE_KINDS.length)),
    name: within(table, 'name', 0, strings),
    range: within(table, 'range', NONE, strings),
  };
}

function within<Name extends 'nodes' | 'edges'>(
  table: TableReader<Name>,
  column: Parameters<TableReader<Name>['ints']>[0],
  least: number,
  below: number,
): Int32Array {
  const values = table.ints(column);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value < least || value >= below) table.fail(row, `${column} ${value} is not below ${below}`);
  }
  return values;
}

/** By lockfile. */
function readProjects(table: TableReader<'projects'>, nodeStarts: Int32Array): Project[][] {
  const projects: Project[][] = Array.from({ length: nodeStarts.length - 1 }, () => []);
  const numbers = table.ints('project');
  const nodes = table.ints('node');
  const paths = table.required('path');
  const names = table.texts('name');
  let before = 0;
  for (const [row, lockfile] of table.ints('lockfile').entries()) {
    const own = projects[lockfile];
    if (!own || lockfile < before) return table.fail(row, `lockfile ${lockfile} is out of order, or not there`);
    const node = nodes[row]!;
    const count = nodeStarts[lockfile + 1]! - nodeStarts[lockfile]!;
    if (numbers[row] !== own.length) table.fail(row, `project is ${numbers[row]}, expected ${own.length}`);
    if (node < 0 || node >= count) table.fail(row, `node ${node} is not one of ${count}`);
    own.push({ node, path: paths[row]!, name: names[row] });
    before = lockfile;
  }
  return projects;
}

/** A column of JSON; texts that say the same become the same value. */
function shaped<T extends readonly PlatformClaim[] | Policies>(
  table: TableReader<'lockfiles'>,
  column: 'platforms' | 'policies',
  shape: Shape<T>,
): T[] {
  const known = new Map<string, T>();
  return table.required(column).map((json, row): T => {
    const before = known.get(json);
    if (before !== undefined) return before;
    try {
      const value = parsed(json, shape);
      known.set(json, value);
      return value;
    } catch (error) {
      if (error instanceof ShapeFault) return table.fail(row, `${column}: ${error.message}`);
      throw error;
    }
  });
}
