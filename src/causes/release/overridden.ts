/** The ranges that overrides of a project put in place of declared ones. Pure over the lockfile and its policies. */
import intersects from 'semver/ranges/intersects.js';
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import { NONE } from '../../graph/model.ts';
import { EffectiveRanges, type Presence } from './overrides.ts';

/** Id of the range that holds, `removed` where nothing does; undefined where the declared one does. */
export type Overridden = (node: number, edge: number) => number | 'removed' | 'uncertain' | undefined;

/** Longer ranges are not compared. */
const LONGEST = 512;

/**
 * The overrides of a lockfile, or undefined where it has none.
 *
 * @param declaredOf id of an edge's declared range, or NONE
 */
export function overriddenIn(
  lockfile: FleetLockfile,
  fleet: Fleet,
  declaredOf: (node: number, edge: number) => number,
): Overridden | undefined {
  const { overrides } = lockfile.policies;
  // Whoever made an SBOM or a tree, its project is not known.
  if (overrides.manager === undefined || (overrides.rules.length === 0 && overrides.complete)) return undefined;
  const { strings } = fleet;
  const named = new Set(overrides.rules.map(({ name }) => strings.id(name)));
  const ranges = new EffectiveRanges(overrides);
  const rangeOf = (node: number, edge: number): string | undefined => {
    const declared = declaredOf(node, edge);
    return declared === NONE ? undefined : strings.text(declared);
  };
  const presence = new Presences(lockfile, (name) => strings.id(name), rangeOf);
  const direct = directNodes(lockfile);
  const root = lockfile.projects.find(({ path }) => path === '')?.node;
  return (node, edge) => {
    // Yarn 1 leaves what the manifest declares that has them as it is.
    if (overrides.manager === 'yarn-classic' && node === root) return undefined;
    if (overrides.complete && !named.has(lockfile.edgeName[edge]!)) return undefined;
    const parent = fleet.component(lockfile.component[node]!);
    const effective = ranges.of({
      name: strings.text(lockfile.edgeName[edge]!),
      range: rangeOf(node, edge),
      parent: { name: parent.name, version: parent.version, isDirect: direct[node]! },
      isAbove: (name, range) => presence.of(node, name, range),
    });
    if (effective === 'as-declared') return undefined;
    return typeof effective === 'string' ? effective : strings.id(effective.range);
  };
}

/** By node: whether the projects depend on it, and nothing else does. */
function directNodes({ component, edgeStart, edgeTo, projects }: FleetLockfile): Presence[] {
  const own = new Set(projects.map(({ node }) => node));
  const direct = new Uint8Array(component.length);
  const other = new Uint8Array(component.length);
  for (let node = 0; node < component.length; node++) {
    const marks = own.has(node) ? direct : other;
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) if (edgeTo[e] !== NONE) marks[edgeTo[e]!] = 1;
  }
  return Array.from(direct, (bit, node): Presence => (bit ? (other[node] ? 'both' : 'yes') : 'no'));
}

/** Whether nodes are, or stand below, a package that is asked for by a name and range. */
class Presences {
  readonly #lockfile: FleetLockfile;
  readonly #nameId: (name: string) => number;
  readonly #rangeOf: (node: number, edge: number) => string | undefined;
  readonly #known = new Map<string, { readonly below: Uint8Array; readonly beside: Uint8Array }>();

  constructor(
    lockfile: FleetLockfile,
    nameId: (name: string) => number,
    rangeOf: (node: number, edge: number) => string | undefined,
  ) {
    this.#lockfile = lockfile;
    this.#nameId = nameId;
    this.#rangeOf = rangeOf;
  }

  of(node: number, name: string, range: string | undefined): Presence {
    const key = `${name} ${range ?? ''}`;
    const found = this.#known.get(key) ?? this.#spread(name, range);
    this.#known.set(key, found);
    return found.below[node] ? (found.beside[node] ? 'both' : 'yes') : 'no';
  }

  /** What is reached over an edge that asks for it, and what without one. */
  #spread(name: string, range: string | undefined): { below: Uint8Array; beside: Uint8Array } {
    const { component, projects } = this.#lockfile;
    const id = this.#nameId(name);
    const below = new Uint8Array(component.length);
    const beside = new Uint8Array(component.length);
    const entered: number[] = [];
    const starts = projects.map(({ node }) => node);
    this.#walk(starts, beside, (node, e, to) => {
      if (this.#lockfile.edgeName[e] !== id || !meets(this.#rangeOf(node, e), range)) return true;
      entered.push(to);
      return false;
    });
    this.#walk(entered, below, () => true);
    return { below, beside };
  }

  #walk(starts: readonly number[], seen: Uint8Array, follows: (node: number, e: number, to: number) => boolean): void {
    const { edgeStart, edgeTo } = this.#lockfile;
    const queue = [...starts];
    for (const start of starts) seen[start] = 1;
    for (const node of queue) {
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        const to = edgeTo[e]!;
        if (to === NONE || seen[to] || !follows(node, e, to)) continue;
        seen[to] = 1;
        queue.push(to);
      }
    }
  }
}

function meets(declared: string | undefined, selector: string | undefined): boolean {
  if (declared === undefined || selector === undefined) return true;
  if (declared.length > LONGEST || selector.length > LONGEST) return true;
  try {
    return intersects(declared, selector, true);
  } catch {
    return true;
  }
}
