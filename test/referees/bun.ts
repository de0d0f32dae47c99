/**
 * bun itself as the referee: its own parser of bun.lock, resolver and hoister, through the helper its test suite has
 * (`parseLockfile` of bun:internal-for-testing). It reads one file, installs nothing and opens no connection.
 *
 * The version is one of 1.3: it takes the target of a peer from the place the file gives it, as the versions that wrote
 * these files do. bun 1.4 chooses the targets of required peers anew, by version, and hoists accordingly.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { EDGE_KINDS, type LockGraph, NONE, SOURCE_KINDS } from '../../src/graph/model.ts';

export interface BunLines {
  /** name resolution | integrity | URL at its registry, where the file has it */
  readonly packages: readonly string[];
  /** install path = package. Workspaces stand under their names; the root is left out */
  readonly places: readonly string[];
  /** install path -kind-> name@range = install path or none: what Node finds from there */
  readonly edges: readonly string[];
  /**
   * package -kind-> name@range = package or none: what bun has found. It holds a package once, however many places it
   * has, and so one target where the places of a package have several.
   */
  readonly bindings: readonly string[];
}

interface BunDump {
  packages: {
    id: number;
    name: string;
    resolution: { tag: string; value: string; resolved: string };
    dependencies: number[];
    integrity: string | null;
  }[];
  dependencies: {
    id: number;
    name: string;
    literal: string;
    package_id: number | null;
    behavior: Record<string, boolean>;
  }[];
  trees: { path: string; dependencies: Record<string, { package_id: number }> }[];
}

const DUMP = `
import { install_test_helpers } from 'bun:internal-for-testing';
console.log(JSON.stringify(install_test_helpers.parseLockfile(process.argv[2])));
`;

/** The bun of the dev dependencies, or undefined on a platform it has no package for. */
export const BUN = bunBinary();

// bun's install script moves the binary out of its platform package; where scripts are off it stays there, and a
// small script that says so stands in its place.
function bunBinary(): string | undefined {
  const require = createRequire(import.meta.url);
  const cpu = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const places = [`@oven/bun-${process.platform}-${cpu}`, 'bun'].flatMap((name) => {
    try {
      const bin = join(require.resolve(`${name}/package.json`), '..', 'bin');
      return [join(bin, 'bun'), join(bin, 'bun.exe')];
    } catch {
      return [];
    }
  });
  return places.find((place) => existsSync(place) && statSync(place).size > 1_000_000);
}

/** Runs bun with arguments in a directory, with no setting of this machine and no way to a registry. */
export function runBun(cwd: string, ...args: string[]): string {
  return execFileSync(BUN!, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    env: {
      HOME: cwd,
      BUN_INSTALL: join(cwd, '.bun'),
      BUN_CONFIG_REGISTRY: 'http://127.0.0.1:9',
      DO_NOT_TRACK: '1',
      BUN_FEATURE_FLAG_INTERNAL_FOR_TESTING: '1',
      BUN_GARBAGE_COLLECTOR_LEVEL: '0',
    },
  });
}

/** What bun makes of the text of a bun.lock, or undefined where bun refuses it. */
export function bunReferee(text: string): BunLines | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'bun-referee-'));
  try {
    writeFileSync(join(directory, 'bun.lock'), text);
    writeFileSync(join(directory, 'dump.ts'), DUMP);
    let dumped: string;
    try {
      dumped = runBun(directory, 'dump.ts', directory);
    } catch (error) {
      if (/failed to load lockfile/.test(String((error as { stderr?: unknown }).stderr))) return undefined;
      throw error;
    }
    return refereeLines(JSON.parse(dumped) as BunDump, text);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Catalogs {
  catalog?: Record<string, string>;
  catalogs?: Record<string, Record<string, string>>;
}

function refereeLines(dump: BunDump, text: string): BunLines {
  const catalogs = parse(text, [], { allowTrailingComma: true }) as Catalogs;
  const label = (id: number) => {
    const { name, resolution } = dump.packages[id]!;
    return packageLabel(name, resolution.tag, resolution.value);
  };
  const places = new Map<string, number>();
  for (const { path, dependencies } of dump.trees) {
    for (const [name, { package_id }] of Object.entries(dependencies)) {
      // A project that depends on the root has a second entry for it.
      places.set(`${path}/${name}`, dump.packages[package_id]!.resolution.tag === 'root' ? 0 : package_id);
    }
  }
  const edges: string[] = [];
  const bindings: string[] = [];
  const standing = [...places].filter(([, id]) => id !== 0);
  for (const [path, id] of [['', 0] as const, ...standing]) {
    for (const { name, kind, range, target } of edgesOf(dump, id, catalogs)) {
      edges.push(`${installPath(path)} -${kind}-> ${name}@${range} = ${installPath(found(places, path, name))}`);
      bindings.push(`${label(id)} -${kind}-> ${name}@${range} = ${target === null ? 'none' : label(target)}`);
    }
  }
  return {
    packages: unique(
      dump.packages.map(({ id, integrity, resolution: { tag, resolved } }) => {
        // bun fills in the URL a package has at its registry where the file leaves it out.
        const url = tag === 'npm' && text.includes(JSON.stringify(resolved)) ? resolved : '-';
        return `${label(id)} | ${integrity ?? '-'} | ${url}`;
      }),
    ),
    places: unique(standing.map(([path, id]) => `${installPath(path)} = ${label(id)}`)),
    edges: unique(edges),
    bindings: unique(bindings),
  };
}

function edgesOf(dump: BunDump, id: number, catalogs: Catalogs) {
  const { dependencies, resolution } = dump.packages[id]!;
  return dependencies.flatMap((dependency) => {
    const { name, literal, package_id: target, behavior } = dump.dependencies[dependency]!;
    // bun makes the root depend on every workspace; no manifest says so.
    if (behavior.workspace) return [];
    const plain = ['prod', 'dev', 'optional'].find((k) => behavior[k]);
    const kind = behavior.peer ? (behavior.optional ? 'peerOptional' : 'peer') : plain;
    const project = resolution.tag === 'root' || resolution.tag === 'workspace';
    return [{ name, kind, range: project ? catalogRange(catalogs, name, literal) : literal, target }];
  });
}

/** Node's own search: node_modules of the package, then of every directory above. */
function found(places: ReadonlyMap<string, number>, from: string, name: string): string {
  const names = from.split(/(?:^|\/)node_modules\//).slice(1);
  for (let depth = names.length; depth >= 0; depth--) {
    const path = [...names.slice(0, depth), name].map((part) => `node_modules/${part}`).join('/');
    const id = places.get(path);
    if (id !== undefined) return id === 0 ? '' : path;
  }
  return 'none';
}

function installPath(path: string): string {
  return path.replace(/^node_modules\//, '').replaceAll('/node_modules/', '/');
}

function catalogRange({ catalog, catalogs }: Catalogs, name: string, literal: string): string {
  if (!literal.startsWith('catalog:')) return literal;
  const group = literal.slice('catalog:'.length);
  const own = <T>(record: Record<string, T> | undefined, key: string) =>
    record && Object.hasOwn(record, key) ? record[key] : undefined;
  return own(group === '' ? catalog : own(catalogs, group), name) ?? literal;
}

function packageLabel(name: string, tag: string, value: string): string {
  if (tag === 'root') return 'root';
  if (tag === 'github') return `${name} git:${value.replace(/^github:([^#]+)/, 'git+https://github.com/$1.git')}`;
  if (tag === 'git') return `${name} git:${value}`;
  if (tag === 'local_tarball') return `${name} file:${value.slice(value.lastIndexOf('/') + 1)}`;
  if (tag === 'folder') return `${name} file:${value.slice(value.lastIndexOf('/') + 1)}`;
  if (tag === 'workspace') return `${name} ${value}`;
  if (tag === 'symlink') return `${name} link`;
  return `${name} ${value}`;
}

/** A graph of ours in the same lines. */
export function graphLines(graph: LockGraph): BunLines {
  const text = (id: number) => (id === NONE ? undefined : graph.strings[id]!);
  const root = graph.projects.find((project) => project.path === '')!.node;
  const label = (n: number) => {
    if (n === root) return 'root';
    const name = text(graph.name[n]!)!;
    const resolved = text(graph.resolved[n]!);
    const source = SOURCE_KINDS[graph.source[n]!]!;
    if (source === 'registry') return `${name} ${text(graph.version[n]!)}`;
    if (source === 'url') return `${name} ${resolved}`;
    if (source === 'file') return `${name} file:${resolved!.slice(resolved!.lastIndexOf('/') + 1)}`;
    if (source === 'link') return `${name} link`;
    return `${name} ${source}:${resolved}`;
  };
  const names = new Map(graph.projects.map(({ node, path, name }) => [node, path === '' ? '' : name]));
  const place = (n: number) => names.get(n) ?? text(graph.key[n]!)!;
  const packages: string[] = [];
  const places: string[] = [];
  const edges: string[] = [];
  const bindings: string[] = [];
  for (let n = 0; n < graph.nodeCount; n++) {
    const url = SOURCE_KINDS[graph.source[n]!] === 'registry' ? text(graph.resolved[n]!) : undefined;
    packages.push(`${label(n)} | ${text(graph.integrity[n]!) ?? '-'} | ${url ?? '-'}`);
    if (n !== root) places.push(`${place(n)} = ${label(n)}`);
    for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) {
      const to = graph.edgeTo[e]!;
      const edge = `-${EDGE_KINDS[graph.edgeKind[e]!]!}-> ${text(graph.edgeName[e]!)}@${text(graph.edgeRange[e]!)}`;
      edges.push(`${place(n)} ${edge} = ${to === NONE ? 'none' : place(to)}`);
      bindings.push(`${label(n)} ${edge} = ${to === NONE ? 'none' : label(to)}`);
    }
  }
  return { packages: unique(packages), places: unique(places), edges: unique(edges), bindings: unique(bindings) };
}

/** Lines only one of the two has, marked - for the referee's and + for ours. */
export function difference(referee: readonly string[], ours: readonly string[]): string[] {
  const theirs = new Set(referee);
  const own = new Set(ours);
  return [
    ...referee.filter((line) => !own.has(line)).map((line) => `- ${line}`),
    ...ours.filter((line) => !theirs.has(line)).map((line) => `+ ${line}`),
  ];
}

function unique(lines: Iterable<string>): string[] {
  return [...new Set(lines)].sort();
}
