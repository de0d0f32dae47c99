/** Which versions a record calls bad, from the text of a cell or of a line. Pure. */

import Range from 'semver/classes/range.js';
import parse from 'semver/functions/parse.js';
import minVersion from 'semver/ranges/min-version.js';

/** `all`: every version. `unsaid`: the record does not say which. */
export type BadVersions =
  | { readonly kind: 'all' }
  | { readonly kind: 'unsaid' }
  | { readonly kind: 'some'; readonly exact: readonly string[]; readonly ranges: readonly string[] };

/** Why a text names no versions. */
export interface Unreadable {
  readonly problem: string;
}

export const ALL: BadVersions = { kind: 'all' };
export const UNSAID: BadVersions = { kind: 'unsaid' };

/** A bad prerelease is bad, so ranges of lists take prereleases as any other version. */
const BAD_RANGE = { loose: true, includePrerelease: true } as const;
/** Characters of one range; npm's own are far shorter. */
export const LONGEST_RANGE = 512;
/** Characters of a list of versions: some packages have thousands. */
const LONGEST = 1 << 18;

const ALL_WORDS = new Set(['*', 'x', 'all', 'any', 'all versions', 'any version']);
const UNSAID_WORDS = new Set(['unknown', 'n/a', 'na', 'tbd', '-', '?', 'null', 'none', 'unspecified']);

/**
 * A version as it is compared: as semver writes it, without build metadata, which registries ignore. Text that is no
 * semver version is itself.
 */
export function comparable(version: string): string {
  return parse(version, { loose: true })?.version ?? version;
}

/** One exact version, written `1.2.3`, `v1.2.3`, `= 1.2.3` or `==1.2.3`; undefined for anything else. */
export function exactVersion(text: string): string | undefined {
  const bare = text.trim().replace(/^={1,3} ?/, '');
  return /^v?\d/i.test(bare) ? parse(bare.replace(/^v/i, ''), { loose: true })?.version : undefined;
}

/** A range that bad versions are told by; undefined for what is none. */
export function badRange(text: string): Range | undefined {
  if (text.length > LONGEST_RANGE) return undefined;
  try {
    return new Range(text, BAD_RANGE);
  } catch {
    return undefined;
  }
}

/**
 * Versions and ranges parted by `||`, commas, semicolons, bars, spaces or `and`. A comma between comparisons joins them
 * (`>= 1.0.0, < 1.2.0`, as advisories write it).
 */
export function versionsOf(text: string): BadVersions | Unreadable {
  if (text.length > LONGEST) return { problem: `a list of versions longer than ${LONGEST} characters` };
  const only = exactVersion(text);
  if (only !== undefined) return { kind: 'some', exact: [only], ranges: [] };
  const written = text.replace(/\s+/g, ' ').trim();
  const word = written.toLowerCase();
  if (ALL_WORDS.has(word)) return ALL;
  if (word === '' || UNSAID_WORDS.has(word)) return UNSAID;
  const exact: string[] = [];
  const ranges: string[] = [];
  for (const part of written.split(/\|\|?|;| (?:and|or|&) /).flatMap(partsOf)) {
    const found = selectorOf(part);
    if ('problem' in found) return found;
    exact.push(...found.exact);
    if (found.range !== undefined) ranges.push(found.range);
  }
  return exact.length + ranges.length === 0 ? UNSAID : { kind: 'some', exact, ranges };
}

function partsOf(alternative: string): string[] {
  const parts = alternative.split(',').map((part) => part.trim());
  return parts.slice(1).some((part) => /^[<>]/.test(part)) ? [parts.join(' ')] : parts.filter((part) => part !== '');
}

function selectorOf(part: string): { exact: readonly string[]; range?: string } | Unreadable {
  const text = part.trim();
  if (text === '') return { exact: [] };
  const exact = exactVersion(text);
  if (exact !== undefined) return { exact: [exact] };
  const words = text.split(' ').map(exactVersion);
  const every = words.filter((word) => word !== undefined);
  if (every.length === words.length) return { exact: every };
  const problem = rangeProblem(text);
  return problem === undefined ? { exact: [], range: text } : { problem };
}

/** Why a text is no range that holds a version. */
export function rangeProblem(text: string): string | undefined {
  if (text.length > LONGEST_RANGE) return `a range longer than ${LONGEST_RANGE} characters`;
  const range = badRange(text);
  if (range === undefined) return 'expected a version (1.2.3) or a range (>=1.2.0 <1.2.4) after the name';
  return minVersion(range, BAD_RANGE) === null ? 'a range that holds no version' : undefined;
}
