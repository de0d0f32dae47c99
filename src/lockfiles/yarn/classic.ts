/**
 * Yarn 1 (classic) lockfiles. An entry is looked up by a pattern, name@range, exactly as the dependent writes it: that
 * is how Yarn itself finds the locked version (its Lockfile.getLocked), so edges need no versions to be compared. Only a
 * workspace goes before the lockfile, where its version satisfies the range (its WorkspaceLayout).
 */
import { GraphBuilder } from '../../graph/builder.ts';
import { type LockGraph, NONE } from '../../graph/model.ts';
import { lineAt } from '../../lines.ts';
import type { LockfileInput } from '../reader.ts';
import { flagOptional } from './classic-optional.ts';
import { entryNode } from './classic-origin.ts';
import { PatternIndex } from './classic-patterns.ts';
import { type ClassicProject, type ClassicRoots, type Dependency, readClassicRoots } from './classic-projects.ts';
import { type ClassicEntry, parseClassic } from './classic-text.ts';

/** How many names a diagnostic lists. */
const NAMED = 5;
const UNKNOWN_ROOT = { path: '', name: undefined, version: undefined };

type Satisfies = (version: string, range: string, options: { loose: boolean }) => boolean;

/** Reads a yarn.lock of Yarn 1 with the manifests beside it. */
export async function readYarnClassic(input: LockfileInput): Promise<LockGraph> {
  const { formatVersion, entries } = parseClassic(input.path, input.text);
  const builder = new GraphBuilder('yarn-classic', formatVersion);
  const roots = readClassicRoots(input, { lockfile: input.path, report: (d) => builder.diagnostic(d) });
  const satisfies = roots.projects.length > 1 ? (await import('semver/functions/satisfies.js')).default : undefined;
  return new ClassicGraph(input, builder, entries, roots, satisfies).build();
}

class ClassicGraph {
  readonly #input: LockfileInput;
  readonly #builder: GraphBuilder;
  readonly #entries: readonly ClassicEntry[];
  readonly #roots: ClassicRoots;
  readonly #satisfies: Satisfies | undefined;
  readonly #patterns = new PatternIndex();
  /** Node of each entry: its own, or that of the workspace it links to. */
  readonly #nodeOf: Int32Array;
  /** By id of the name in the builder, as are the patterns. */
  readonly #workspaces = new Map<number, { node: number; version: string }>();
  /** Node that the root's `resolutions` give a name. */
  readonly #resolution = new Map<number, number>();
  /** First names of the dependencies without a target, and how many there are. */
  readonly #missing: string[] = [];
  #missingCount = 0;
  #noVersion: ClassicEntry | undefined;
  #noVersionCount = 0;

  constructor(
    input: LockfileInput,
    builder: GraphBuilder,
    entries: readonly ClassicEntry[],
    roots: ClassicRoots,
    satisfies: Satisfies | undefined,
  ) {
    this.#input = input;
    this.#builder = builder;
    this.#entries = entries;
    this.#roots = roots;
    this.#satisfies = satisfies;
    this.#nodeOf = new Int32Array(entries.length);
  }

  build(): LockGraph {
    this.#projectNodes();
    this.#entryNodes();
    for (const { name, range } of this.#roots.resolutions) {
      const id = this.#builder.text(name);
      const node = this.#patterns.get(id, range);
      if (node !== undefined && !this.#resolution.has(id)) this.#resolution.set(id, node);
    }
    for (const [index, project] of this.#roots.projects.entries()) this.#projectEdges(index, project);
    this.#entryEdges();
    if (this.#roots.projects.length === 0) this.#assumeRoots();
    this.#reportMissing();
    this.#reportNoVersion();
    const graph = this.#builder.build();
    if (graph.roots === 'declared') flagOptional(graph);
    return graph;
  }

  #projectNodes(): void {
    const projects = this.#roots.projects.length > 0 ? this.#roots.projects : [UNKNOWN_ROOT];
    for (const { path, name, version } of projects) {
      const node = this.#builder.node({
        key: path,
        ecosystem: 'npm',
        name: name ?? '',
        version,
        source: 'workspace',
        resolved: path,
      });
      this.#builder.project(node, path, name);
      if (path === '' || name === undefined || version === undefined) continue;
      const id = this.#builder.text(name);
      if (!this.#workspaces.has(id)) this.#workspaces.set(id, { node, version });
    }
  }

  #entryNodes(): void {
    const directories = new Map(this.#roots.projects.map((project, node) => [project.path, node]));
    for (const [index, entry] of this.#entries.entries()) {
      const fields = entryNode(entry);
      const linked = fields.source === 'link' ? directories.get(fields.resolved!) : undefined;
      const node = linked ?? this.#builder.node(fields);
      if (entry.version === undefined && this.#noVersionCount++ === 0) this.#noVersion = entry;
      this.#nodeOf[index] = node;
      for (const { name, range } of entry.patterns) this.#patterns.set(this.#builder.text(name), range, node);
    }
  }

  #projectEdges(node: number, { path, dependencies, peers }: ClassicProject): void {
    for (const dependency of dependencies.values()) {
      const id = this.#builder.text(dependency.name);
      // What was added by its bare name, `yarn add foo`, old Yarns locked without a range.
      const bare = path === '' ? this.#patterns.get(id, undefined) : undefined;
      const to = bare ?? this.#declared(id, dependency);
      this.#builder.namedEdge(node, to, dependency.kind, id, dependency.range);
      if (to === NONE && dependency.kind !== 'optional') this.#miss(dependency.name);
    }
    for (const { kind, name, range } of peers) {
      this.#builder.edge(node, this.#peerTarget(node, name), kind, name, range);
    }
  }

  /** Older Yarns locked file: and link: ranges as the manifest has them. */
  #declared(id: number, { range, locked }: Dependency): number {
    const rewritten = locked === range ? undefined : this.#patterns.get(id, locked);
    return rewritten ?? this.#target(id, range);
  }

  /** Yarn 1 installs no peer of a project: there is one where the project itself or the root depends on the name. */
  #peerTarget(node: number, name: string): number {
    const id = this.#builder.text(name);
    for (const index of node === 0 ? [0] : [node, 0]) {
      const dependency = this.#roots.projects[index]!.dependencies.get(name);
      if (dependency !== undefined) return this.#declared(id, dependency);
    }
    return this.#workspaces.get(id)?.node ?? NONE;
  }

  #entryEdges(): void {
    for (const [index, { dependencies, optionalDependencies }] of this.#entries.entries()) {
      this.#groupEdges(this.#nodeOf[index]!, dependencies, 'prod');
      this.#groupEdges(this.#nodeOf[index]!, optionalDependencies, 'optional');
    }
  }

  #groupEdges(from: number, items: readonly string[], kind: 'prod' | 'optional'): void {
    for (let i = 0; i < items.length; i += 2) {
      const id = this.#builder.text(items[i]!);
      const range = items[i + 1]!;
      const to = this.#target(id, range);
      this.#builder.namedEdge(from, to, kind, id, range);
      if (to === NONE && kind === 'prod') this.#miss(items[i]!);
    }
  }

  #target(id: number, range: string): number {
    const workspace = this.#workspaces.size === 0 ? undefined : this.#workspaces.get(id);
    if (workspace !== undefined && this.#satisfies!(workspace.version, range || '*', { loose: true })) {
      return workspace.node;
    }
    return this.#patterns.get(id, range) ?? this.#resolution.get(id) ?? workspace?.node ?? NONE;
  }

  #miss(name: string): void {
    if (this.#missingCount++ < NAMED) this.#missing.push(name.slice(0, 100));
  }

  #assumeRoots(): void {
    this.#builder.assumeRoots(0);
    this.#builder.diagnostic({
      code: 'ROOTS_ASSUMED',
      severity: 'notice',
      file: this.#input.path,
      message:
        'no package.json that can be read beside it: every entry that no other one needs counts as a dependency of the root',
      next: 'put the package.json of the project beside the lockfile',
    });
  }

  #reportMissing(): void {
    if (this.#missingCount === 0) return;
    const more = this.#missingCount > this.#missing.length ? ', ...' : '';
    this.#builder.diagnostic({
      code: 'EDGE_UNRESOLVED',
      severity: 'incomplete',
      file: this.#input.path,
      message: `${this.#missingCount} dependencies are not in the lockfile: ${this.#missing.join(', ')}${more}`,
      next: 'run yarn install and commit the lockfile, so that it fits its manifests',
    });
  }

  #reportNoVersion(): void {
    if (this.#noVersion === undefined) return;
    this.#builder.diagnostic({
      code: 'LOCKFILE_SHAPE',
      severity: 'incomplete',
      file: this.#input.path,
      line: lineAt(this.#input.text, this.#noVersion.at),
      message: `${this.#noVersionCount} entries have no version, this one first: expected a version in each`,
      next: 'the file may be truncated: restore it from version control, or write it again with Yarn 1',
    });
  }
}
