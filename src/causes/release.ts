/**
 * Layer release: one cause per release line of a package (`debug@^4`). It stands for the line's next patch being bad, and
 * reaches the services that would take it when their lockfile is next made anew. Hypothetical: no lockfile holds it yet.
 */
import type { Evidence } from '../evidence/evidence.ts';
import type { Fleet, FleetLockfile } from '../graph/fleet.ts';
import { EDGE_KINDS, NODE_FLAGS, NONE, SOURCE_KINDS } from '../graph/model.ts';
import { DeclaredRanges } from './declared-ranges.ts';
import { type Cause, type CauseTable, causeTable, UNKNOWN } from './layer.ts';
import { type Asked, askedOf, PackageLines } from './release-lines.ts';
import { Pins, type Question } from './release-pins.ts';

const REGISTRY = SOURCE_KINDS.indexOf('registry');
const PEERS: ReadonlySet<number> = new Set([EDGE_KINDS.indexOf('peer'), EDGE_KINDS.indexOf('peerOptional')]);
/** More than there are strings, so that two ids make one number. */
const RANGES = 2 ** 26;

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
  /** Of each package, the causes of its lines. */
  readonly #ids = new Map<PackageLines, Int32Array>();
  /** By name and range, which many edges have in common. */
  readonly #questions = new Map<number, Question>();

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
    const pins = new Pins(lockfile, (node, e) => this.#questionOf(lockfile, node, e));
    for (let node = 0; node < component.length; node++) {
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        const to = edgeTo[e]!;
        if (to === NONE || !this.#served[component[to]!] || lockfile.flags[to]! & NODE_FLAGS.bundled) continue;
        // What another edge brings in for a peer is decided there.
        if (PEERS.has(edgeKind[e]!) && provided[to]) continue;
        this.of++;
        const question = this.#questionOf(lockfile, node, e);
        if (question !== undefined) this.known++;
        causeOf[e] = question === undefined ? UNKNOWN : pins.holds(node, question) ? NONE : question.cause;
      }
    }
    agree(lockfile, causeOf, provided);
    for (const [e, cause] of causeOf.entries()) if (cause >= 0) this.groups[cause]!.add(component[edgeTo[e]!]!);
    return causeOf;
  }

  /** undefined where the range is not known. */
  #questionOf(lockfile: FleetLockfile, node: number, edge: number): Question | undefined {
    const range = this.#declared.of(lockfile, node, edge);
    if (range === NONE) return undefined;
    const name = lockfile.edgeName[edge]!;
    const key = name * RANGES + range;
    const known = this.#questions.get(key);
    if (known) return known;
    const asked = askedOf(this.#fleet.strings.text(name), this.#fleet.strings.text(range));
    const lines = asked && this.#packages.get(asked.name);
    const question = { asked, lines, cause: asked && lines ? this.#causeOf(asked, lines) : NONE };
    this.#questions.set(key, question);
    return question;
  }

  /** The cause of the line whose next patch would be taken, or NONE. */
  #causeOf({ name, range }: Asked, lines: PackageLines): number {
    const at = lines.taken(range);
    if (at === -1) return NONE;
    const ids = this.#ids.get(lines) ?? new Int32Array(lines.lines.length).fill(NONE);
    this.#ids.set(lines, ids);
    if (ids[at] === NONE) {
      const { line, next } = lines.lines[at]!;
      ids[at] = this.causes.length;
      const shown = `${name}@^${line}`;
      this.causes.push({
        id: `release:npm/${shown}`,
        name: shown,
        ecosystem: 'npm',
        firstParty: false,
        identity: 'exact',
      });
      this.groups.push(new Set());
      this.next.push(next.version);
    }
    return ids[at]!;
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
