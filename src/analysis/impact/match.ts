/** Which components of a fleet are the packages of an incident list, and whether their versions are bad. Pure. */
import Range from 'semver/classes/range.js';
import parse from 'semver/functions/parse.js';
import type { Fleet } from '../../graph/fleet.ts';
import { NONE } from '../../graph/model.ts';
import type { BadPackage } from '../../incidents/builder.ts';
import { comparable } from '../../incidents/versions.ts';

/** What a component is to a list: `bad`, of unknown badness, or the package at a version that is not on it. */
export const MATCH = { none: 0, other: 1, unknown: 2, bad: 3 } as const;

export interface Matches {
  /** By component: index of its package in the list, or NONE. */
  readonly entry: Int32Array;
  /** By component: one of MATCH. */
  readonly match: Uint8Array;
}

const BAD_RANGE = { loose: true, includePrerelease: true } as const;

/** Says of versions whether a record calls them bad. */
export class BadVersionTest {
  readonly #package: BadPackage;
  readonly ranges: readonly Range[];

  constructor(bad: BadPackage) {
    this.#package = bad;
    this.ranges = [...bad.ranges].map((range) => new Range(range, BAD_RANGE));
  }

  /** undefined where it cannot be told: nothing is said of versions, or there is none that can be compared. */
  of(version: string | undefined): boolean | undefined {
    const { all, versions, unsaid } = this.#package;
    if (all) return true;
    if (version !== undefined) {
      const text = comparable(version);
      if (versions.has(text)) return true;
      const read = this.ranges.length === 0 ? null : parse(text, { loose: true });
      if (read && this.ranges.some((range) => range.test(read))) return true;
      if (!unsaid && (this.ranges.length === 0 || read)) return false;
    }
    return undefined;
  }
}

/**
 * Looks at every component once. Names are compared as they are, npm's alone. One's own code of the same name (a workspace, a
 * link) is no release of the package: it is told as another version.
 */
export function matchesOf(fleet: Fleet, packages: readonly BadPackage[], tests: readonly BadVersionTest[]): Matches {
  const entryOf = new Map(packages.map(({ name }, at) => [name, at]));
  const entry = new Int32Array(fleet.componentCount).fill(NONE);
  const match = new Uint8Array(fleet.componentCount);
  for (let c = 0; c < fleet.componentCount; c++) {
    const { ecosystem, name, version, source } = fleet.component(c);
    const at = ecosystem === 'npm' ? entryOf.get(name) : undefined;
    if (at === undefined) continue;
    entry[c] = at;
    const isBad = source === 'workspace' || source === 'link' ? false : tests[at]!.of(version);
    match[c] = isBad === undefined ? MATCH.unknown : isBad ? MATCH.bad : MATCH.other;
  }
  return { entry, match };
}
