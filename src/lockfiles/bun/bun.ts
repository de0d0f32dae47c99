/** Reads bun.lock, the text lockfile of Bun 1.2 and later (versions 0 to 3). */
import { posix } from 'node:path';
import { LockfileError } from '../../diagnostics.ts';
import { GraphBuilder, type NodeFields } from '../../graph/builder.ts';
import { type EdgeKind, type LockGraph, NODE_FLAGS, NONE } from '../../graph/model.ts';
import { asString, isObject } from '../../json.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { type BunDocument, bunDocument, type Groups, ownString } from './document.ts';
import { type BunEntry, bunEntry, isLocalTarball, posixPath } from './entry.ts';
import { flagOptional } from './optional.ts';
import { BunScopes, bunName, findInScope, type Scope } from './scopes.ts';
import { duplicateEntries, entryLine } from './text.ts';

/** How many names a diagnostic that stands for many entries quotes. */
const QUOTED = 5;

const GROUPS: ReadonlyMap<string, EdgeKind> = new Map([
  ['dependencies', 'prod'],
  ['devDependencies', 'dev'],
  ['optionalDependencies', 'optional'],
  ['peerDependencies', 'peer'],
]);

/**
 * Reads a bun.lock: every workspace is a project, every other entry of `packages` a node.
 *
 * @throws LockfileError LOCKFILE_SYNTAX, LOCKFILE_SHAPE, LOCKFILE_VERSION, LOCKFILE_TOO_COMPLEX
 */
export async function readBun(input: LockfileInput): Promise<LockGraph> {
  return new BunReading(input, await bunDocument(input)).graph();
}

/** A node whose dependencies have yet to become edges: that can be done once every package has its place. */
interface Dependent {
  readonly node: number;
  /** Path of a workspace, install path of a package. */
  readonly key: string;
  readonly kind: BunEntry['kind'];
  readonly groups: Groups;
  /** The node_modules its dependencies are looked for in when it has none of its own. */
  readonly scope: Scope;
}

class BunReading {
  readonly #input: LockfileInput;
  readonly #lock: BunDocument;
  readonly #builder: GraphBuilder;
  readonly #scopes = new BunScopes();
  readonly #projectByPath = new Map<string, number>();
  readonly #dependents: Dependent[] = [];
  readonly #unresolved: string[] = [];
  readonly #malformed = new Set<string>();
  #edgeCount = 0;

  constructor(input: LockfileInput, lock: BunDocument) {
    this.#input = input;
    this.#lock = lock;
    this.#builder = new GraphBuilder('bun', lock.version);
    for (const name of lock.malformed) this.#malformed.add(name);
  }

  graph(): LockGraph {
    const { workspaces, packages } = this.#lock;
    for (const [path, workspace] of workspaces) this.#readProject(path, workspace);
    for (const key of Object.keys(packages)) this.#readPackage(key, packages[key]);
    for (const dependent of this.#dependents) this.#readEdges(dependent);
    this.#report();
    const graph = this.#builder.build();
    flagOptional(graph);
    return graph;
  }

  #readProject(path: string, workspace: Groups): void {
    const name = asString(workspace.name) ?? (path === '' ? this.#manifestName() : undefined);
    const node = this.#addProject(this.#projectKey(path), path, name, asString(workspace.version));
    this.#dependents.push({ node, key: path, kind: 'workspace', groups: workspace, scope: this.#scopes.root });
    if (path === '') return;
    // bun looks a workspace up by name, so one without a name, or with that of another, cannot be told from others.
    if (name === undefined || this.#scopes.root.nodes.has(name)) this.#malformed.add(path);
    else this.#place(name, node);
  }

  /** A package may have the install path that a workspace has as its directory: './' tells their keys apart. */
  #projectKey(path: string): string {
    const { packages } = this.#lock;
    if (path === '' || !Object.hasOwn(packages, path)) return path;
    const entry = bunEntry(packages[path]);
    return entry?.kind === 'workspace' && entry.resolved === path ? path : `./${path}`;
  }

  #readPackage(key: string, value: unknown): void {
    const entry = key === '' ? undefined : bunEntry(value);
    if (entry === undefined) {
      this.#malformed.add(key);
      return;
    }
    const { kind, info } = entry;
    const node = this.#nodeOf(key, entry);
    const scope = this.#place(key, node);
    if (kind === 'root' || kind === 'workspace') return;
    if (info === undefined) this.#malformed.add(key);
    else this.#dependents.push({ node, key, kind, groups: info, scope });
  }

  #place(key: string, node: number): Scope {
    const scope = this.#scopes.place(key, node);
    if (scope === undefined) throw this.#tooComplex(`a package more than ${LIMITS.depth} node_modules deep`);
    return scope;
  }

  #addProject(key: string, path: string, name: string | undefined, version: string | undefined): number {
    const source = 'workspace';
    const node = this.#addNode({ key, ecosystem: 'npm', name: name ?? '', version, source, resolved: path });
    this.#projectByPath.set(path, node);
    this.#builder.project(node, path, name);
    return node;
  }

  #addNode(fields: NodeFields): number {
    if (this.#builder.nodeCount >= LIMITS.nodes) throw this.#tooComplex(`more than ${LIMITS.nodes} packages`);
    return this.#builder.node(fields);
  }

  #manifestName(): string | undefined {
    const text = this.#input.siblings.read('package.json');
    if (text === undefined) return undefined;
    try {
      return ownString(JSON.parse(text), 'name');
    } catch {
      return undefined;
    }
  }

  #nodeOf(key: string, entry: BunEntry): number {
    const { kind, info } = entry;
    if (kind === 'root') return this.#projectByPath.get('')!;
    if (kind === 'workspace') {
      const project = this.#projectByPath.get(entry.resolved ?? '');
      if (project !== undefined) return project;
      this.#malformed.add(key);
      return this.#addProject(key, entry.resolved ?? '', entry.name, undefined);
    }
    if (this.#scopes.root.nodes.has(key)) this.#malformed.add(key);
    let flags = 0;
    if (this.#lock.trusted.size > 0 && this.#lock.trusted.has(bunName(key))) flags |= NODE_FLAGS.installScript;
    if (this.#lock.patched.size > 0 && this.#lock.patched.has(entry.id)) flags |= NODE_FLAGS.patched;
    if (info?.bundled === true) flags |= NODE_FLAGS.bundled;
    if (info?.os !== undefined || info?.cpu !== undefined || info?.libc !== undefined) flags |= NODE_FLAGS.platform;
    return this.#addNode({
      key,
      ecosystem: 'npm',
      name: entry.name,
      version: entry.version,
      source: kind,
      integrity: entry.integrity,
      resolved: isLocalTarball(entry) ? this.#tarballPath(key, entry) : entry.resolved,
      flags,
    });
  }

  /**
   * bun.lock has the path of a tarball as the project that asks for it wrote it, even when the package is hoisted to
   * the root: the project is the one it stands under, else the first that asks for it by that path.
   */
  #tarballPath(key: string, entry: BunEntry): string {
    const written = entry.resolved ?? '';
    const name = bunName(key);
    const owner = key.slice(0, Math.max(key.length - name.length - 1, 0));
    let base: string | undefined;
    for (const [path, workspace] of this.#lock.workspaces) {
      const asks = [...GROUPS.keys()].some((group) => {
        const range = ownString(workspace[group], name);
        return range === written || range === `file:${written}`;
      });
      if (asks && (base === undefined || owner === workspace.name)) base = path;
    }
    return posixPath(posix.join(base ?? '', written));
  }

  #readEdges({ node, key, kind: from, groups, scope }: Dependent): void {
    const inside = this.#scopes.inside(from === 'workspace' ? this.#modulesOf(key, groups) : key) ?? scope;
    for (const group of Object.keys(groups)) {
      const kind = GROUPS.get(group);
      if (kind === undefined) continue;
      const dependencies = groups[group];
      if (!isObject(dependencies)) {
        this.#malformed.add(key);
        continue;
      }
      // A package from elsewhere is installed without what its own development needs; a directory of one's own is not.
      if (kind === 'dev' && from !== 'workspace' && from !== 'link' && from !== 'file') continue;
      const peers =
        kind === 'peer' && Array.isArray(groups.optionalPeers) ? new Set<unknown>(groups.optionalPeers) : undefined;
      for (const name of Object.keys(dependencies)) {
        const to = findInScope(inside, name);
        const range = asString(dependencies[name]);
        const declared = from === 'workspace' ? this.#lock.rangeOf(name, range) : range;
        this.#addEdge(node, to ?? NONE, peers?.has(name) ? 'peerOptional' : kind, name, declared);
        if (to === undefined && (kind === 'prod' || kind === 'dev')) {
          this.#unresolved.push(key === '' ? name : `${name} of ${key}`);
        }
      }
    }
  }

  /** Where the node_modules of a project stand: under its name, and those of the root at the top. */
  #modulesOf(path: string, workspace: Groups): string {
    return path === '' ? '' : (asString(workspace.name) ?? '');
  }

  #addEdge(from: number, to: number, kind: EdgeKind, name: string, range: string | undefined): void {
    if (++this.#edgeCount > LIMITS.edges) throw this.#tooComplex(`more than ${LIMITS.edges} dependencies`);
    this.#builder.edge(from, to, kind, name, range);
  }

  #report(): void {
    const { text } = this.#input;
    for (const { key, line } of duplicateEntries(text, this.#lock.entries)) {
      this.#incomplete('ENTRY_SKIPPED', line, `${key} is there twice: only the last entry was read`);
    }
    const [malformed] = this.#malformed;
    if (malformed !== undefined) {
      const what = `not as bun writes them, so skipped or read in part: ${quoted([...this.#malformed])}`;
      this.#incomplete('ENTRY_SKIPPED', entryLine(text, malformed), what);
    }
    if (this.#unresolved.length > 0) {
      this.#incomplete('EDGE_UNRESOLVED', undefined, `needed but not locked: ${quoted(this.#unresolved)}`);
    }
  }

  #incomplete(code: 'ENTRY_SKIPPED' | 'EDGE_UNRESOLVED', line: number | undefined, message: string): void {
    this.#builder.diagnostic({
      code,
      severity: 'incomplete',
      file: this.#input.path,
      ...(line === undefined ? {} : { line }),
      message,
      next: 'bring the file in order with bun install, and commit it',
    });
  }

  #tooComplex(what: string): LockfileError {
    return new LockfileError({
      code: 'LOCKFILE_TOO_COMPLEX',
      file: this.#input.path,
      message: what,
      next: 'check that this is a lockfile bun wrote; if it is, report the size that is needed',
    });
  }
}

/** How many there are and the first few of them. */
function quoted(names: readonly string[]): string {
  return `${names.length} (${names.slice(0, QUOTED).join(', ')}${names.length > QUOTED ? ', ...' : ''})`;
}
