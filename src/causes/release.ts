/**
 * Layer release: one cause per release line of a package (`debug@^4`). It stands for the line's next patch being bad, and
 * reaches the services that would take it when their lockfile is next made anew. Hypothetical: no lockfile holds it yet.
 */
import type { Evidence } from '../evidence/evidence.ts';
import type { Fleet, FleetLockfile } from '../graph/fleet.ts';
import { EDGE_KINDS, NODE_FLAGS, NONE, SOURCE_KINDS } from '../graph/model.ts';
import { type Cause, type CauseTable, causeTable, UNKNOWN } from './layer.ts';
import { DeclaredRanges } from './release/declared-ranges.ts';
import { type Asked, askedOf, PackageLines, type Picking } from './release/lines.ts';
import { overriddenIn } from './release/overridden.ts';
import { type Question, type Questions, settlingOf } from './release/settling.ts';

const REGISTRY = SOURCE_KINDS.indexOf('registry');
const PEERS: ReadonlySet<number> = new Set([EDGE_KINDS.indexOf('peer'), EDGE_KINDS.indexOf('peerOptional')]);
/** More than there are strings, so that two ids make one number. */
const STRINGS = 2 ** 26;
/** What else than npm's way of picking there is (docs/release-lines.md). */
const PICKING: Readonly<Partial<Record<FleetLockfile['kind'], Picking>>> = {
  'yarn-classic': 'latest',
  bun: 'latest',
  'yarn-berry': 'highest',
};
/** npm places a peer along with who needs it, before what others bring in further down. */
const PLACES_PEERS: ReadonlySet<FleetLockfile['kind']> = new Set<FleetLockfile['kind']>(['npm', 'node_modules']);
const NOTHING: Question = { asked: undefined, package: NONE, cause: NONE, next: undefined, current: undefined };

export function releaseLayer(fleet: Fleet, evidence: Evidence): CauseTable {
  const layer = new ReleaseLayer(fleet, evidence);
  const causeOf = fleet.lockfiles.map((lockfile) => layer.read(lockfile));
  const { causes, groups, next, known, of } = layer;
  const table = causeTable(
    'release',
    fleet.componentCount,
    causes.map((cause, at) => ({ cause, components: [...groups[at]!].sort((a, b) => a - b) })),
  );
  return { ...table, ofEdges: { causeOf, next, known, of } };
}

class ReleaseLayer {
  readonly causes: Cause[] = [];
  /** By cause: the components that edges of it lead to. */
  readonly groups: Set<number>[] = [];
  readonly next: string[] = [];
  known = 0;
  of = 0;
  readonly #fleet: Fleet;
  readonly #served: Uint8Array;
  readonly #declared: DeclaredRanges;
  readonly #packages: ReadonlyMap<string, PackageLines>;
  readonly #numbers = new Map<PackageLines, number>();
  /** Of each package, the causes of its lines. */
  readonly #ids = new Map<PackageLines, Int32Array>();
  /** By name and range, which many edges have in common. */
  readonly #questions: Readonly<Record<Picking, Map<number, Question>>> = {
    latest: new Map(),
    'latest-always': new Map(),
    highest: new Map(),
  };
  /** By key of an entry in a lockfile. */
  readonly #depths = new Map<number, number>();

  constructor(fleet: Fleet, evidence: Evidence) {
    this.#fleet = fleet;
    this.#served = servedOf(fleet);
    this.#declared = new DeclaredRanges(fleet, evidence, this.#served);
    this.#packages = packagesOf(fleet, evidence, this.#served);
  }

  /** The cause of each edge of a lockfile. */
  read(lockfile: FleetLockfile): Int32Array {
    const { edgeTo, edgeKind, edgeStart, component } = lockfile;
    const causeOf = new Int32Array(edgeTo.length).fill(NONE);
    const provided = providedNodes(lockfile);
    const questions = this.#questionsOf(lockfile);
    const settle = settlingOf(lockfile, questions, (node) => this.#depthOf(lockfile, node));
    for (let node = 0; node < component.length; node++) {
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        const to = edgeTo[e]!;
        if (to === NONE || !this.#served[component[to]!]) continue;
        if (lockfile.flags[to]! & NODE_FLAGS.bundled && lockfile.kind !== 'bun') continue;
        // What another edge brings in for a peer is decided there.
        if (provided[to] && isProvidedPeer(lockfile.kind, edgeKind[e]!)) continue;
        this.of++;
        const question = questions[e];
        causeOf[e] = question === undefined ? UNKNOWN : settle(node, e, question);
        if (question !== undefined) this.known++;
      }
    }
    if (lockfile.kind !== 'bun') agree(lockfile, causeOf, provided);
    for (const [e, cause] of causeOf.entries()) if (cause >= 0) this.groups[cause]!.add(component[edgeTo[e]!]!);
    return causeOf;
  }

  #questionsOf(lockfile: FleetLockfile): Questions {
    const { edgeTo, edgeStart, edgeName, component } = lockfile;
    const picking = PICKING[lockfile.kind] ?? 'latest-always';
    const overridden = overriddenIn(lockfile, this.#fleet, (node, e) => this.#declared.of(lockfile, node, e));
    const catalogued = this.#catalogsOf(lockfile);
    const questions = new Array<Question | undefined>(edgeTo.length).fill(undefined);
    for (let node = 0; node < component.length; node++) {
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        if (edgeTo[e] === NONE) continue;
        const declared = catalogued(edgeName[e]!, this.#declared.of(lockfile, node, e));
        const range = overridden?.(node, e) ?? declared;
        questions[e] = range === 'removed' ? NOTHING : this.#asked(edgeName[e]!, range, declared, picking);
      }
    }
    return questions;
  }

  /** What a range stands for that names a catalog; NONE where that is not known. */
  #catalogsOf({ policies }: FleetLockfile): (name: number, range: number) => number {
    const { strings } = this.#fleet;
    const ranges = new Map(policies.catalogs.map(({ catalog, name, range }) => [`${catalog} ${name}`, range]));
    return (name, range) => {
      const text = range === NONE ? '' : strings.text(range);
      if (!text.startsWith('catalog:')) return range;
      const found = ranges.get(`${text.slice('catalog:'.length).trim()} ${strings.text(name)}`);
      return found === undefined ? NONE : strings.id(found);
    };
  }

  #asked(name: number, range: number | 'uncertain', declared: number, picking: Picking): Question | undefined {
    if (range !== 'uncertain') return range === NONE ? undefined : this.#questionOf(name, range, picking);
    // On some ways down it may be as declared: then what that would take counts.
    const open = declared === NONE ? undefined : this.#questionOf(name, declared, picking);
    return open && open.cause >= 0 ? open : undefined;
  }

  #questionOf(name: number, range: number, picking: Picking): Question {
    const questions = this.#questions[picking];
    const key = name * STRINGS + range;
    const known = questions.get(key);
    if (known) return known;
    const asked = askedOf(this.#fleet.strings.text(name), this.#fleet.strings.text(range));
    const lines = asked && this.#packages.get(asked.name);
    const question = asked && lines ? this.#question(asked, lines, picking) : NOTHING;
    questions.set(key, question);
    return question;
  }

  #question(asked: Asked, lines: PackageLines, picking: Picking): Question {
    const at = lines.taken(asked.range, picking);
    const current = lines.current(asked.range, picking);
    const taken = at === -1 ? undefined : lines.lines[at];
    const cause = taken ? this.#causeOf(asked.name, lines, at) : NONE;
    return { asked, package: this.#numberOf(lines), cause, next: taken?.next, current };
  }

  #numberOf(lines: PackageLines): number {
    const number = this.#numbers.get(lines) ?? this.#numbers.size;
    this.#numbers.set(lines, number);
    return number;
  }

  #causeOf(name: string, lines: PackageLines, at: number): number {
    const ids = this.#ids.get(lines) ?? new Int32Array(lines.lines.length).fill(NONE);
    this.#ids.set(lines, ids);
    if (ids[at] === NONE) {
      const { line, next } = lines.lines[at]!;
      ids[at] = this.causes.length;
      const shown = `${name}@^${line}`;
      const id = `release:npm/${shown}`;
      this.causes.push({ id, name: shown, ecosystem: 'npm', firstParty: false, identity: 'exact' });
      this.groups.push(new Set());
      this.next.push(next.version);
    }
    return ids[at]!;
  }

  /** How many directories of packages an entry of an npm lockfile is in. */
  #depthOf({ key }: FleetLockfile, node: number): number {
    const id = key[node]!;
    if (id === NONE) return 1;
    const known = this.#depths.get(id);
    if (known !== undefined) return known;
    const depth = this.#fleet.strings.text(id).split('node_modules/').length - 1;
    this.#depths.set(id, depth);
    return depth;
  }
}

/** By component: 1 if a registry serves it, under the rules of npm's ecosystem. */
function servedOf(fleet: Fleet): Uint8Array {
  return Uint8Array.from({ length: fleet.componentCount }, (_, c) => {
    const { ecosystem, source } = fleet.component(c);
    return ecosystem === 'npm' && source === SOURCE_KINDS[REGISTRY] ? 1 : 0;
  });
}

/** What is known of every package that a registry serves. */
function packagesOf(fleet: Fleet, { components }: Evidence, served: Uint8Array): Map<string, PackageLines> {
  const known = new Map<string, { versions: Set<string>; tags: Map<string, string> }>();
  for (let c = 0; c < fleet.componentCount; c++) {
    if (!served[c]) continue;
    const { name, version } = fleet.component(c);
    const package_ = known.get(name) ?? { versions: new Set(), tags: new Map() };
    known.set(name, package_);
    if (version !== undefined) package_.versions.add(version);
    for (const newest of components[c]!.listing?.newest.values() ?? []) package_.versions.add(newest);
    for (const [tag, tagged] of components[c]!.listing?.tags ?? []) package_.tags.set(tag, tagged);
  }
  return new Map([...known].map(([name, package_]) => [name, new PackageLines(package_)]));
}

function isProvidedPeer(kind: FleetLockfile['kind'], edgeKind: number): boolean {
  return PEERS.has(edgeKind) && !(PLACES_PEERS.has(kind) && edgeKind === EDGE_KINDS.indexOf('peer'));
}

/** By node: 1 if something depends on it that is no peer, or it is a project. */
function providedNodes({ component, edgeTo, edgeKind, projects }: FleetLockfile): Uint8Array {
  const provided = new Uint8Array(component.length);
  for (const { node } of projects) provided[node] = 1;
  for (const [e, to] of edgeTo.entries()) if (to !== NONE && !PEERS.has(edgeKind[e]!)) provided[to] = 1;
  return provided;
}

/** A package that only peers brought in is one for all of them: it is taken where every one of them takes it. */
function agree({ edgeTo, component }: FleetLockfile, causeOf: Int32Array, provided: Uint8Array): void {
  const common = new Int32Array(component.length).fill(UNKNOWN);
  for (const [e, to] of edgeTo.entries()) {
    if (to === NONE || provided[to] || causeOf[e] === UNKNOWN) continue;
    common[to] = common[to] === UNKNOWN || common[to] === causeOf[e] ? causeOf[e]! : NONE;
  }
  for (const [e, to] of edgeTo.entries()) {
    if (to !== NONE && !provided[to] && causeOf[e]! >= 0) causeOf[e] = common[to]!;
  }
}
