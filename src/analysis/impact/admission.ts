/**
 * Which dependencies would take a bad version when their lockfile is made anew: by the rules of the package manager that
 * wrote it (docs/release-lines.md), as far as they are known of a version that exists, or existed. Hypothetical: no lockfile
 * asked about holds it. Pure.
 */
import parse from 'semver/functions/parse.js';
import { UNKNOWN } from '../../causes/layer.ts';
import { catalogsOf } from '../../causes/release/catalogs.ts';
import { DeclaredRanges } from '../../causes/release/declared-ranges.ts';
import { askedOf, type Picking, pickingOf } from '../../causes/release/lines.ts';
import { overriddenIn } from '../../causes/release/overridden.ts';
import { agree, isSatisfiedPeer, providedNodes } from '../../causes/release/peers.ts';
import { Depths } from '../../causes/release/placing-order.ts';
import { type Question, settlingOf } from '../../causes/release/settling.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import { NODE_FLAGS, NONE } from '../../graph/model.ts';
import type { BadPackage } from '../../incidents/builder.ts';
import type { BadVersionTest, Matches } from './match.ts';
import { type Answer, NOTHING, Taking } from './taking.ts';

/** What an edge would take: a bad version or, where only a range is on the list, that range; `unknown` where its own range is. */
export type Admitted = { readonly takes: string } | 'unknown';

/** More than there are strings, so that two ids make one number. */
const STRINGS = 2 ** 26;

export class Admission {
  readonly #fleet: Fleet;
  readonly #matches: Matches;
  readonly #packages: readonly BadPackage[];
  readonly #entryOf: ReadonlyMap<string, number>;
  readonly #declared: DeclaredRanges;
  readonly #depths: Depths;
  readonly #taking: Taking;
  /** By name and range, which many edges have in common; undefined where what is taken is not known. */
  readonly #questions: Readonly<Record<Picking, Map<number, Question | undefined>>> = {
    latest: new Map(),
    'latest-always': new Map(),
    highest: new Map(),
  };
  /** By component: whether a range that holds it may take something bad. */
  readonly #open: Readonly<Record<Picking, Map<number, boolean>>> = {
    latest: new Map(),
    'latest-always': new Map(),
    highest: new Map(),
  };
  readonly #takes: string[] = [];
  readonly #causes = new Map<string, number>();

  constructor(
    fleet: Fleet,
    evidence: Evidence,
    packages: readonly BadPackage[],
    tests: readonly BadVersionTest[],
    matches: Matches,
  ) {
    this.#fleet = fleet;
    this.#depths = new Depths(fleet);
    this.#matches = matches;
    this.#packages = packages;
    this.#entryOf = new Map(packages.map(({ name }, at) => [name, at]));
    this.#declared = new DeclaredRanges(fleet, evidence, this.#askers());
    this.#taking = new Taking(fleet, evidence, packages, tests, matches);
  }

  /** By edge of a lockfile that leads to a package of the list: what it would take; edges that take nothing bad are left out. */
  of(lockfile: FleetLockfile): Map<number, Admitted> {
    const edges = this.#edgesOf(lockfile);
    const result = new Map<number, Admitted>();
    if (edges.length === 0) return result;
    const questions = this.#questionsOf(lockfile, edges);
    const provided = providedNodes(lockfile);
    const causeOf = new Int32Array(lockfile.edgeTo.length).fill(UNKNOWN);
    const settle = settlingOf(lockfile, questions, (node) => this.#depths.of(lockfile, node));
    for (const { node, edge } of edges) {
      // What another edge brings in for a peer is decided there.
      if (provided[lockfile.edgeTo[edge]!] && isSatisfiedPeer(lockfile.kind, lockfile.edgeKind[edge]!)) continue;
      const question = questions[edge];
      if (question === undefined) result.set(edge, 'unknown');
      else causeOf[edge] = settle(node, edge, question);
    }
    agree(lockfile, causeOf, provided);
    for (const [edge, cause] of causeOf.entries()) if (cause >= 0) result.set(edge, { takes: this.#takes[cause]! });
    return result;
  }

  /** Components that depend on a package of the list: what they declare is looked for. */
  #askers(): Uint8Array {
    const askers = new Uint8Array(this.#fleet.componentCount);
    for (const lockfile of this.#fleet.lockfiles) {
      for (const { node } of this.#edgesOf(lockfile)) {
        const component = lockfile.component[node]!;
        const { ecosystem, source } = this.#fleet.component(component);
        if (ecosystem === 'npm' && source === 'registry') askers[component] = 1;
      }
    }
    return askers;
  }

  /** Edges to a package of the list that a registry serves and that its dependent does not bundle. */
  #edgesOf({ kind, component, flags, edgeStart, edgeTo }: FleetLockfile): { node: number; edge: number }[] {
    const { entry } = this.#matches;
    if (!component.some((c) => this.#isAskable(c))) return [];
    const found: { node: number; edge: number }[] = [];
    for (let node = 0; node < component.length; node++) {
      for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge++) {
        const to = edgeTo[edge]!;
        if (to === NONE || entry[component[to]!] === NONE || !this.#isAskable(component[to]!)) continue;
        if (!(flags[to]! & NODE_FLAGS.bundled) || kind === 'bun') found.push({ node, edge });
      }
    }
    return found;
  }

  /** Where all versions are bad, or nothing is said of them, there is nothing to ask: what is held decides. */
  #isAskable(component: number): boolean {
    const at = this.#matches.entry[component]!;
    if (at === NONE) return false;
    const { all, versions, ranges } = this.#packages[at]!;
    if (all || versions.size + ranges.size === 0) return false;
    return this.#fleet.component(component).source === 'registry';
  }

  #questionsOf(lockfile: FleetLockfile, edges: readonly { node: number; edge: number }[]): (Question | undefined)[] {
    const questions = new Array<Question | undefined>(lockfile.edgeTo.length).fill(undefined);
    const overridden = overriddenIn(lockfile, this.#fleet, (node, e) => this.#declared.of(lockfile, node, e));
    const catalogued = catalogsOf(this.#fleet, lockfile);
    for (const { node, edge } of edges) {
      const name = lockfile.edgeName[edge]!;
      const declared = catalogued(name, this.#declared.of(lockfile, node, edge));
      const range = overridden?.(node, edge) ?? declared;
      if (range === 'removed') questions[edge] = questionOf(NOTHING, NONE, NONE);
      else if (range === 'uncertain') {
        // On some ways down it may be as declared: then what that would take counts.
        const open = declared === NONE ? undefined : this.#question(lockfile, name, declared);
        questions[edge] = open && open.cause >= 0 ? open : undefined;
      } else
        questions[edge] = range === NONE ? this.#openQuestion(lockfile, edge) : this.#question(lockfile, name, range);
    }
    return questions;
  }

  /** Of an edge whose range is not known: undefined where what it leads to does not tell either. */
  #openQuestion({ kind, component, edgeTo }: FleetLockfile, edge: number): Question | undefined {
    const to = component[edgeTo[edge]!]!;
    const picking = pickingOf(kind);
    const known = this.#open[picking].get(to) ?? this.#mayTake(to, picking);
    this.#open[picking].set(to, known);
    return known ? undefined : questionOf(NOTHING, NONE, NONE);
  }

  #mayTake(component: number, picking: Picking): boolean {
    const held = parse(this.#fleet.component(component).version ?? '') ?? undefined;
    return this.#taking.mayTake(this.#matches.entry[component]!, held, picking);
  }

  #question(lockfile: FleetLockfile, name: number, range: number): Question | undefined {
    const picking = pickingOf(lockfile.kind);
    const questions = this.#questions[picking];
    const key = name * STRINGS + range;
    if (!questions.has(key)) questions.set(key, this.#newQuestion(name, range, picking));
    return questions.get(key);
  }

  #newQuestion(name: number, range: number, picking: Picking): Question | undefined {
    const { strings } = this.#fleet;
    const asked = askedOf(strings.text(name), strings.text(range));
    const entry = asked && this.#entryOf.get(asked.name);
    if (!asked || entry === undefined) return questionOf(NOTHING, NONE, NONE);
    const found = this.#taking.of(entry, asked.range.trim(), picking);
    if (found === 'unknown') return undefined;
    const cause = found.takes === undefined ? NONE : this.#causeOf(entry, found);
    return { ...questionOf(found, entry, cause), asked };
  }

  #causeOf(entry: number, { shown }: Answer): number {
    const key = `${entry} ${shown}`;
    const cause = this.#causes.get(key) ?? this.#takes.push(shown) - 1;
    this.#causes.set(key, cause);
    return cause;
  }
}

function questionOf({ takes, current }: Answer, entry: number, cause: number): Question {
  return { asked: undefined, package: entry, cause, next: takes, current };
}
