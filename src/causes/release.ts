/**
 * Layer release: one cause per release line of a package (`debug@^4`). It stands for the line's next patch being bad, and
 * reaches the services that would take it when their lockfile is next made anew. Hypothetical: no lockfile holds it yet.
 */
import type { Evidence } from '../evidence/evidence.ts';
import type { Fleet, FleetLockfile } from '../graph/fleet.ts';
import { NODE_FLAGS, NONE, SOURCE_KINDS } from '../graph/model.ts';
import { type Cause, type CauseTable, causeTable, UNKNOWN } from './layer.ts';
import { catalogsOf } from './release/catalogs.ts';
import { DeclaredRanges } from './release/declared-ranges.ts';
import { type Asked, askedOf, PackageLines, type Picking, pickingOf } from './release/lines.ts';
import { overriddenIn } from './release/overridden.ts';
import { agree, isSatisfiedPeer, providedNodes } from './release/peers.ts';
import { Depths } from './release/placing-order.ts';
import { type Question, type Questions, settlingOf } from './release/settling.ts';

const REGISTRY = SOURCE_KINDS.indexOf('registry');
/** More than there are strings, so that two ids make one number. */
const STRINGS = 2 ** 26;
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
  readonly #depths: Depths;

  constructor(fleet: Fleet, evidence: Evidence) {
    this.#fleet = fleet;
    this.#depths = new Depths(fleet);
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
    const settle = settlingOf(lockfile, questions, (node) => this.#depths.of(lockfile, node));
    for (let node = 0; node < component.length; node++) {
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        const to = edgeTo[e]!;
        if (to === NONE || !this.#served[component[to]!]) continue;
        if (lockfile.flags[to]! & NODE_FLAGS.bundled && lockfile.kind !== 'bun') continue;
        // What another edge brings in for a peer is decided there.
        if (provided[to] && isSatisfiedPeer(lockfile.kind, edgeKind[e]!)) continue;
        this.of++;
        const question = questions[e];
        causeOf[e] = question === undefined ? UNKNOWN : settle(node, e, question);
        if (question !== undefined) this.known++;
      }
    }
    agree(lockfile, causeOf, provided);
    for (const [e, cause] of causeOf.entries()) if (cause >= 0) this.groups[cause]!.add(component[edgeTo[e]!]!);
    return causeOf;
  }

  #questionsOf(lockfile: FleetLockfile): Questions {
    const { edgeTo, edgeStart, edgeName, component } = lockfile;
    const picking = pickingOf(lockfile.kind);
    const overridden = overriddenIn(lockfile, this.#fleet, (node, e) => this.#declared.of(lockfile, node, e));
    const catalogued = catalogsOf(this.#fleet, lockfile);
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
}

/** The package of a cause of this layer. */
export function releasedPackage({ name }: Cause): string {
  return name.slice(0, name.lastIndexOf('@'));
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
