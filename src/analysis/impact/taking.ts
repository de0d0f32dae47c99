/** What a declared range of a package of an incident list would take when its lockfile is made anew. Pure. */
import type { SemVer } from 'semver';
import Range from 'semver/classes/range.js';
import parse from 'semver/functions/parse.js';
import type { Picking } from '../../causes/release/lines.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Fleet } from '../../graph/fleet.ts';
import { NONE } from '../../graph/model.ts';
import type { BadPackage } from '../../incidents/builder.ts';
import { LONGEST_RANGE } from '../../incidents/versions.ts';
import { firstBad } from './bad-range.ts';
import { type BadVersionTest, MATCH, type Matches } from './match.ts';

/** What is known of one package of the list. */
interface Known {
  readonly bad: readonly SemVer[];
  readonly badRanges: readonly Range[];
  /** Versions the fleet holds and registries list, highest first. */
  readonly versions: readonly SemVer[];
  readonly tags: ReadonlyMap<string, string>;
}

/** What a range would take: nothing of the list where `takes` is undefined. */
export interface Answer {
  readonly takes: SemVer | undefined;
  readonly shown: string;
  readonly current: SemVer | undefined;
}

export const NOTHING: Answer = { takes: undefined, shown: '', current: undefined };

/** Of every package of the list. */
export class Taking {
  readonly #tests: readonly BadVersionTest[];
  readonly #known: readonly Known[];

  constructor(
    fleet: Fleet,
    evidence: Evidence,
    packages: readonly BadPackage[],
    tests: readonly BadVersionTest[],
    matches: Matches,
  ) {
    this.#tests = tests;
    this.#known = knownOf(fleet, evidence, packages, tests, matches);
  }

  /**
   * Whether a range of which only this is known, that it holds a version, may take something bad: what is picked is no
   * lower than what it holds, unless a tag says so.
   *
   * @param entry index into the packages
   * @param held a version that the range holds; undefined for what is no semver version
   */
  mayTake(entry: number, held: SemVer | undefined, picking: Picking): boolean {
    const { bad, badRanges, tags } = this.#known[entry]!;
    if (held === undefined || bad.some((version) => version.compare(held) > 0)) return true;
    const latest = picking === 'highest' ? null : parse(tags.get('latest') ?? '');
    if (latest && this.#tests[entry]!.of(latest.version) === true) return true;
    const above = new Range(`>${held.version}`);
    return badRanges.some((among) => firstBad(above, among, held) !== undefined);
  }

  /** @param entry index into the packages */
  of(entry: number, text: string, picking: Picking): Answer | 'unknown' {
    const { tags, versions, bad, badRanges } = this.#known[entry]!;
    const isBad = (version: SemVer): boolean => this.#tests[entry]!.of(version.version) === true;
    const only = (version: SemVer | null): Answer =>
      version === null ? NOTHING : answer(isBad(version) ? version : undefined, version);
    const range = rangeOf(text);
    // Nobody was asked what tags stand for; latest mostly is the highest.
    if (range === undefined && tags.size === 0 && text !== 'latest') return 'unknown';
    if (range === undefined && tags.size > 0) return only(parse(tags.get(text) ?? ''));
    const declared = range ?? new Range('*');
    const latest = picking === 'highest' ? null : parse(tags.get('latest') ?? '');
    const takesAny = picking === 'latest-always' && declared.range === '';
    if (latest && (takesAny || declared.test(latest))) return only(latest);
    const current = versions.find((version) => declared.test(version));
    const highest = [...bad, ...versions]
      .filter((version) => declared.test(version))
      .reduce<SemVer | undefined>((best, version) => (best && best.compare(version) >= 0 ? best : version), undefined);
    if (highest && isBad(highest)) return answer(highest, current);
    for (const among of badRanges) {
      const found = firstBad(declared, among, highest);
      if (found === 'uncertain') return 'unknown';
      if (found) return { takes: found, shown: among.raw, current };
    }
    return answer(undefined, current);
  }
}

function knownOf(
  fleet: Fleet,
  { components }: Evidence,
  packages: readonly BadPackage[],
  tests: readonly BadVersionTest[],
  matches: Matches,
): Known[] {
  const versions = packages.map(() => new Set<string>());
  const tags = packages.map(() => new Map<string, string>());
  const { entry, match } = matches;
  for (let c = 0; c < entry.length; c++) {
    const at = entry[c]!;
    if (match[c] === MATCH.none || at === NONE) continue;
    const { version, source } = fleet.component(c);
    if (source !== 'registry') continue;
    if (version !== undefined) versions[at]!.add(version);
    for (const newest of components[c]!.listing?.newest.values() ?? []) versions[at]!.add(newest);
    for (const [tag, tagged] of components[c]!.listing?.tags ?? []) tags[at]!.set(tag, tagged);
  }
  return packages.map(
    (bad, at): Known => ({
      bad: [...bad.versions].flatMap((version) => parse(version) ?? []),
      badRanges: tests[at]!.ranges,
      versions: [...versions[at]!].flatMap((version) => parse(version) ?? []).sort((a, b) => b.compare(a)),
      tags: tags[at]!,
    }),
  );
}

function answer(takes: SemVer | undefined, current: SemVer | undefined): Answer {
  return { takes, shown: takes?.version ?? '', current };
}

function rangeOf(text: string): Range | undefined {
  if (text.length > LONGEST_RANGE) return undefined;
  try {
    return new Range(text, { loose: true });
  } catch {
    return undefined;
  }
}
