/**
 * What a package manager would take for a declared range when a lockfile is made anew, just after the next patch of a
 * release line was published (docs/release-lines.md: what the managers really do). Pure.
 */
import type { SemVer } from 'semver';
import Range from 'semver/classes/range.js';
import parse from 'semver/functions/parse.js';
import type { LockfileKind } from '../../graph/model.ts';
import { newestOfLines } from '../../registry/lines.ts';

/** A release line and the patch that would follow its newest release. */
export interface Line {
  /** `4`, `0.3`: what a caret range holds together. */
  readonly line: string;
  readonly newest: SemVer;
  readonly next: SemVer;
}

/** What is known of one package: the versions the fleet holds, and what its registry lists. */
export interface KnownPackage {
  readonly versions: ReadonlySet<string>;
  /** Versions by tag; empty where no registry was asked. */
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * What of several versions in a range is taken. `latest`: the one tagged so, else the highest. `latest-always`: the same, and
 * for a range that takes anything even a prerelease tagged so. `highest`: tags count only where one is asked for.
 */
export type Picking = 'latest' | 'latest-always' | 'highest';

/** What else than npm's way there is (docs/release-lines.md). */
const PICKING: Readonly<Partial<Record<LockfileKind | 'unread', Picking>>> = {
  'yarn-classic': 'latest',
  bun: 'latest',
  'yarn-berry': 'highest',
};

/** How the package manager that writes a kind of lockfile picks. */
export function pickingOf(kind: LockfileKind | 'unread'): Picking {
  return PICKING[kind] ?? 'latest-always';
}

const LOOSE = { loose: true };
/** A range is a line of a manifest; longer ones are no semver. */
const LONGEST_RANGE = 4096;

/** The lines of one package, the highest first. */
export class PackageLines {
  readonly lines: readonly Line[];
  readonly #latest: SemVer | undefined;
  readonly #tags: ReadonlyMap<string, string>;
  /** Highest first. */
  readonly #versions: readonly SemVer[];
  readonly #answers: Readonly<Record<Picking, Map<string, number>>> = {
    latest: new Map(),
    'latest-always': new Map(),
    highest: new Map(),
  };

  constructor({ versions, tags }: KnownPackage) {
    this.#tags = tags;
    this.#latest = parse(tags.get('latest') ?? '') ?? undefined;
    this.lines = linesOf(versions);
    this.#versions = [...versions]
      .flatMap((version) => parse(version) ?? [])
      .sort((a, b) => b.compare(a) || (a.raw < b.raw ? 1 : -1));
  }

  /**
   * The line whose next patch would be taken for a range: an index into `lines`, or -1 where none would.
   *
   * - A range is semver, as loose as package managers read it; else it is a tag. A tag moves along with the newest release
   *   of the line it points at, as `latest` does when a patch is published.
   * - Where the version tagged latest is in the range, most managers take it before a higher one.
   * - Else they take the highest in the range: a patch of a lower line is taken only where nothing higher is, or where it
   *   becomes latest.
   * - A line of prereleases alone is there for those whose range or tag takes its newest already.
   *
   * @param text a range or tag without protocol and alias
   */
  taken(text: string, picking: Picking): number {
    const answers = this.#answers[picking];
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = this.#decide(text, picking);
    answers.set(text, answer);
    return answer;
  }

  #decide(text: string, picking: Picking): number {
    const range = rangeOf(text);
    if (range === undefined) return this.#tagged(text.trim());
    const latest = this.#latestIn(range, picking);
    if (latest) {
      const at = this.lines.findIndex(({ newest }) => newest.compare(latest) === 0);
      return at !== -1 && range.test(this.lines[at]!.next) ? at : -1;
    }
    const isOpen = ({ newest, next }: Line): boolean =>
      range.test(next) && (newest.prerelease.length === 0 || range.test(newest));
    const at = this.lines.findIndex(isOpen);
    if (at === -1) return -1;
    const { next } = this.lines[at]!;
    if (!this.#versions.some((version) => version.compare(next) > 0 && range.test(version))) return at;
    // The patch of the line that latest points at becomes latest, and may be in the range where the version before was not.
    return picking === 'highest' ? -1 : this.lines.findIndex((line) => this.#isLatest(line) && isOpen(line));
  }

  #isLatest({ newest }: Line): boolean {
    return this.#latest !== undefined && newest.compare(this.#latest) === 0;
  }

  /** The version that would be taken for a range if nothing was published; undefined where none is known to be in it. */
  current(text: string, picking: Picking): SemVer | undefined {
    const range = rangeOf(text);
    if (range === undefined) return parse(this.#tags.get(text.trim()) ?? '') ?? undefined;
    const latest = this.#latestIn(range, picking);
    if (latest) return latest;
    return this.#versions.find((version) => range.test(version));
  }

  #latestIn(range: Range, picking: Picking): SemVer | undefined {
    if (!this.#latest || picking === 'highest') return undefined;
    const takesAny = picking === 'latest-always' && range.range === '';
    return takesAny || range.test(this.#latest) ? this.#latest : undefined;
  }

  #tagged(tag: string): number {
    const tagged = this.#tags.get(tag);
    if (tagged !== undefined) return this.lines.findIndex(({ newest }) => newest.version === tagged);
    // Nobody was asked: the highest line is what latest mostly is.
    return tag === 'latest' && this.#tags.size === 0 && this.lines.length > 0 ? 0 : -1;
  }
}

/**
 * The lines of some versions, the highest first. Of the lines below 0.1, each of one version, only the highest has a patch
 * that is yet to come.
 */
function linesOf(versions: Iterable<string>): Line[] {
  const all = [...newestOfLines(versions)].flatMap(([line, text]): Line[] => {
    const newest = parse(text);
    const next = parse(text);
    return newest && next ? [{ line, newest, next: next.inc('patch') }] : [];
  });
  all.sort((a, b) => b.newest.compare(a.newest));
  const first = all.findIndex(({ line }) => line.startsWith('0.0.'));
  return all.filter(({ line }, at) => !line.startsWith('0.0.') || at === first);
}

/** undefined for what is no semver range. An empty one accepts every release. */
function rangeOf(text: string): Range | undefined {
  if (text.length > LONGEST_RANGE) return undefined;
  try {
    return new Range(text, LOOSE);
  } catch {
    return undefined;
  }
}

/** Whether a range accepts a version. A text that is no range accepts none. */
export function accepts(text: string, version: SemVer): boolean {
  return rangeOf(text)?.test(version) ?? false;
}

export interface Asked {
  readonly name: string;
  /** A semver range or a tag. */
  readonly range: string;
}

/**
 * What a declared range asks a registry for.
 *
 * @param name the key it is depended on by
 * @param declared as in a manifest: `^4`, `latest`, `npm:^4` (Yarn), `npm:other@^4` (an alias)
 * @returns undefined where it is not a registry that serves it: a file, a workspace, git, a URL
 */
export function askedOf(name: string, declared: string): Asked | undefined {
  const text = declared.trim();
  if (text.startsWith('npm:')) {
    const rest = text.slice('npm:'.length);
    const at = rest.lastIndexOf('@');
    if (at > 0) return { name: rest.slice(0, at), range: rest.slice(at + 1) };
    const isRange = rangeOf(rest) !== undefined || !/^[@a-z]/i.test(rest) || /^(?:latest|next)$/.test(rest);
    return isRange ? { name, range: rest } : { name: rest, range: '' };
  }
  if (rangeOf(text) !== undefined) return { name, range: text };
  return /^[a-z][\w.-]*$/i.test(text) ? { name, range: text } : undefined;
}
