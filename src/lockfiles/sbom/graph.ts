/** The graph of an SBOM: packages under the ids the file gives them, relations between ids, and who the roots are. */
import { GraphBuilder, type NodeFields } from '../../graph/builder.ts';
import { EDGE_KINDS, type EdgeKind, type LockfileKind, type LockGraph, NONE } from '../../graph/model.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { SbomNotes, sbomError, withoutCredentials } from './notes.ts';
import { type Connected, connect, type Relation } from './reach.ts';
import { placeInside } from './source.ts';

const ROOT = 0;
const REWRITE = 'write the SBOM again with a tool that lists every package it refers to';

export class SbomGraph {
  readonly notes: SbomNotes;
  readonly #input: LockfileInput;
  readonly #builder: GraphBuilder;
  readonly #names: string[] = [];
  readonly #keys: string[] = [];
  readonly #refs = new Map<string, number[]>();
  readonly #aliases = new Map<string, number[]>();
  readonly #others = new Set<string>();
  readonly #signatures = new Set<string>();
  readonly #development = new Set<number>();
  readonly #subjects = new Set<number>();
  readonly #dependencies: Relation[] = [];
  readonly #containments: Relation[] = [];
  readonly #known = new Set<number>();
  #relationsRead = 0;

  constructor(kind: LockfileKind, formatVersion: string, input: LockfileInput) {
    this.#input = input;
    this.#builder = new GraphBuilder(kind, formatVersion);
    this.notes = new SbomNotes(input);
  }

  /** Adds the root, before anything else: the package the file is about, or what stands for the file itself. */
  root(fields: NodeFields, ref: string | undefined, alias: string | undefined): void {
    this.#add({ ...fields, source: 'workspace', resolved: '' }, ref, alias);
  }

  /** Adds, after the root, one of several packages that the file is about: each may be a project of its own. */
  subject(fields: NodeFields, ref: string): void {
    const resolved = placeInside(this.#input.path, ref);
    this.#subjects.add(this.#add({ ...fields, source: 'workspace', resolved }, ref, undefined));
  }

  /**
   * Adds a package under the id that relations name it by. One that repeats the root or an earlier package of that id is
   * that package; one that differs is a second package, and relations of the id are those of both.
   *
   * @param alias what relations may name it by where it has no id
   * @param development the file says that it is there for development only
   */
  package(fields: NodeFields, ref: string | undefined, alias: string | undefined, development: boolean): void {
    const known = ref === undefined ? undefined : this.#refs.get(ref);
    if (ref !== undefined && known !== undefined) {
      if (this.#isSubject(known[0]!, fields) || this.#signatures.has(signature(fields, ref))) return;
      const what =
        'ids carried by several packages, expected one each: the dependencies of the id are taken as those of all of them';
      const next = 'write the SBOM again with a tool that gives every package an id of its own';
      this.notes.count('EDGE_UNRESOLVED', 'notice', what, ref, next);
    }
    const node = this.#add(fields, ref, alias);
    if (development) this.#development.add(node);
    if (ref !== undefined) this.#signatures.add(signature(fields, ref));
  }

  /** An id of something that is no package (a file, a service): relations with it say nothing here. */
  other(ref: string): void {
    this.#others.add(ref);
  }

  /** `from` needs `to`. Ids the file does not hold are counted as unresolved. */
  depends(from: string, to: string, kind: EdgeKind): void {
    for (const source of this.#sources(from)) {
      for (const target of this.#targets(to)) this.#relate(source, target, kind, to);
    }
  }

  /** `from` has `to` inside. */
  contains(from: string, to: string): void {
    for (const source of this.#sources(from)) {
      for (const target of this.#targets(to)) {
        const known = this.#repeated(source, target, EDGE_KINDS.length);
        if (!known && target !== NONE) this.#containments.push({ from: source, to: target, kind: 'prod', ref: to });
      }
    }
  }

  /** The finished graph: projects, development edges, and packages that nothing leads to. */
  finish(): LockGraph {
    const starts = [ROOT, ...this.#subjects];
    const connected = connect(this.#names.length, this.#dependencies, this.#containments, starts);
    const projects = new Set(this.#subjectsStandApart(connected) ? starts : [ROOT]);
    if (projects.size === 1) {
      for (const node of this.#subjects) this.#builder.edge(ROOT, node, 'prod', this.#names[node]!, undefined);
    }
    for (const relation of connected.relations) this.#edge(relation, projects);
    if (connected.missing.length > 0) this.#assume(connected);
    for (const node of projects) {
      const path = node === ROOT ? '' : placeInside(this.#input.path, this.#keys[node]!);
      this.#builder.project(node, path, this.#names[node] || undefined);
    }
    for (const diagnostic of this.notes.diagnostics()) this.#builder.diagnostic(diagnostic);
    return this.#builder.build();
  }

  /** Several subjects are a project each where none depends on another and together they account for every package. */
  #subjectsStandApart(connected: Connected): boolean {
    return connected.missing.length === 0 && ![...this.#subjects].some((node) => connected.entered[node]);
  }

  /**
   * Development edges leave from projects only: one from elsewhere hangs from the root, which keeps its target in build
   * scope. A mark on the package itself counts for edges of projects alone: writers that merge two places of a package
   * keep the mark of one of them.
   */
  #edge({ from, to, kind, ref }: Relation, projects: ReadonlySet<number>): void {
    const name = to === NONE ? withoutCredentials(ref) : this.#names[to]!;
    const marked = kind === 'prod' && projects.has(from) && this.#development.has(to);
    if (kind !== 'dev' && !marked) this.#builder.edge(from, to, kind, name, undefined);
    else this.#builder.edge(projects.has(from) ? from : ROOT, to, 'dev', name, undefined);
  }

  #assume({ missing, entered }: Connected): void {
    const what = `packages, of ${this.#names.length}, that no dependency in the file leads to from the root: those that nothing depends on are taken as dependencies of the root`;
    const next = 'write the SBOM with a tool that records what the root depends on';
    for (const node of missing) {
      if (this.#development.has(node) && !entered[node]) {
        this.#builder.edge(ROOT, node, 'dev', this.#names[node]!, undefined);
      }
      this.notes.count('ROOTS_ASSUMED', 'notice', what, this.#names[node]!, next);
    }
    this.#builder.assumeRoots(ROOT);
  }

  #add(fields: NodeFields, ref: string | undefined, alias: string | undefined): number {
    if (this.#names.length >= LIMITS.nodes) throw tooComplex(this.#input, `more than ${LIMITS.nodes} packages`);
    const node = this.#builder.node(fields);
    this.#names.push(fields.name);
    this.#keys.push(fields.key);
    if (ref !== undefined) append(this.#refs, ref, node);
    else if (alias !== undefined) append(this.#aliases, alias, node);
    return node;
  }

  /** The root and the subjects are often listed a second time among the packages, with other details. */
  #isSubject(node: number, fields: NodeFields): boolean {
    return (node === ROOT || this.#subjects.has(node)) && this.#names[node] === fields.name;
  }

  #find(ref: string): readonly number[] | undefined {
    return this.#refs.get(ref) ?? this.#aliases.get(ref);
  }

  #sources(ref: string): readonly number[] {
    const nodes = this.#find(ref);
    if (nodes === undefined && !this.#others.has(ref)) {
      const what = 'ids that have dependencies and are not in the file, expected that of a package in it';
      this.notes.count('ENTRY_SKIPPED', 'incomplete', what, ref, REWRITE);
    }
    return nodes ?? [];
  }

  #targets(ref: string): readonly number[] {
    const nodes = this.#find(ref);
    if (nodes !== undefined) return nodes;
    if (this.#others.has(ref)) return [];
    const what = 'dependencies on ids that are not in the file, expected that of a package in it';
    this.notes.count('EDGE_UNRESOLVED', 'incomplete', what, ref, REWRITE);
    return [NONE];
  }

  #relate(from: number, to: number, kind: EdgeKind, ref: string): void {
    if (!this.#repeated(from, to, EDGE_KINDS.indexOf(kind))) this.#dependencies.push({ from, to, kind, ref });
  }

  /** Whether a relation between two nodes was there before. Repeated ones count for the limit: they cost time too. */
  #repeated(from: number, to: number, code: number): boolean {
    if (++this.#relationsRead > LIMITS.edges) throw tooComplex(this.#input, `more than ${LIMITS.edges} relations`);
    if (to === NONE) return false;
    const identity = (from * LIMITS.nodes + to) * (EDGE_KINDS.length + 1) + code;
    if (this.#known.has(identity)) return true;
    this.#known.add(identity);
    return false;
  }
}

/** The error for an SBOM over one of the limits. */
export function tooComplex(input: LockfileInput, what: string): Error {
  const message = `${what}: expected the SBOM of one service`;
  const next = 'check what wrote this file; split it by service, or report the size that is needed';
  return sbomError(input, 'LOCKFILE_TOO_COMPLEX', message, next);
}

function signature(fields: NodeFields, ref: string): string {
  const { ecosystem, name, version, source, integrity, resolved, flags } = fields;
  return JSON.stringify([ref, ecosystem, name, version, source, integrity, resolved, flags]);
}

function append(map: Map<string, number[]>, key: string, node: number): void {
  const nodes = map.get(key);
  if (nodes === undefined) map.set(key, [node]);
  else nodes.push(node);
}
