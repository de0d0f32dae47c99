/** How a release compares with those of its release line that were published before it. Pure. */
import type { SemVer } from 'semver';
import parse from 'semver/functions/parse.js';
import { lineOf } from './lines.ts';
import type { History, Release } from './release.ts';
import { repositoryOf, sameRepository } from './repository.ts';

/**
 * Milliseconds. A release that lacks what came before it says nothing of the practice until it has stood this long: without
 * that, publishing twice would wash a loss away.
 */
const SETTLED = 30 * 24 * 60 * 60 * 1000;

const NONE: History = { predecessor: undefined, lost: undefined, repositoryBefore: undefined };

interface Placed {
  readonly text: string;
  readonly parsed: SemVer;
  readonly release: Release;
  /** Milliseconds since 1970. */
  readonly time: number | undefined;
}

/**
 * Compares one release with its line, by what the registry says (presence of evidence; nothing here is verified).
 *
 * - Rank: 2 published by a trusted publisher and attested, 1 attested, 0 neither.
 * - Candidates: releases of the same caret line, lower by major.minor.patch, published strictly earlier. Prereleases are
 *   candidates for prereleases only, and those of one major.minor.patch are not compared with each other. So a backport is
 *   compared with its own line, which may never have had provenance.
 * - Predecessor: the candidate with the highest version.
 * - Lost: from the predecessor downwards, candidates that do not rank higher and are less than 30 days older than this
 *   release are passed over. The next one decides: where it ranks higher, what it had is lost; where not, the practice
 *   of the line had changed long before.
 * - Without times: a candidate without a publish time cannot be placed before a release that has one, and is left out. A
 *   release without one (mirrors drop `time`) is placed by version alone, nothing is passed over for its age, and so only
 *   the predecessor decides.
 *
 * `repositoryBefore` is canonical (see repositoryOf), and only given where both repositories are known.
 *
 * @param releases by version, as the registry lists them
 * @returns all undefined where the version is not among the releases, is no semantic version, or is the first of its line
 */
export function historyOf(releases: ReadonlyMap<string, Release>, version: string): History {
  const self = placed(version, releases.get(version));
  if (self === undefined) return NONE;
  const candidates = candidatesOf(self, releases);
  const predecessor = candidates[0];
  if (predecessor === undefined) return NONE;
  const { repository } = predecessor.release;
  const moved = sameRepository(repository, self.release.repository) === false;
  return {
    predecessor: predecessor.text,
    lost: lostOf(self, candidates),
    repositoryBefore: moved && repository !== undefined ? repositoryOf(repository) : undefined,
  };
}

function placed(text: string, release: Release | undefined): Placed | undefined {
  const parsed = parse(text);
  if (release === undefined || parsed === null) return undefined;
  const time = Date.parse(release.published ?? '');
  return { text, parsed, release, time: Number.isNaN(time) ? undefined : time };
}

/** Highest version first. */
function candidatesOf(self: Placed, releases: ReadonlyMap<string, Release>): Placed[] {
  const line = lineOf(self.parsed);
  const found: Placed[] = [];
  for (const [text, release] of releases) {
    const other = placed(text, release);
    if (other === undefined || lineOf(other.parsed) !== line || other.parsed.compareMain(self.parsed) >= 0) continue;
    if (other.parsed.prerelease.length > 0 && self.parsed.prerelease.length === 0) continue;
    if (isEarlier(other, self)) found.push(other);
  }
  return found.sort(descending);
}

function isEarlier(other: Placed, self: Placed): boolean {
  return self.time === undefined || (other.time !== undefined && other.time < self.time);
}

/** By text where only build metadata differs, so that the order in which a registry lists its releases decides nothing. */
function descending(a: Placed, b: Placed): number {
  return b.parsed.compare(a.parsed) || (a.text < b.text ? 1 : -1);
}

function lostOf(self: Placed, candidates: readonly Placed[]): History['lost'] {
  const own = rankOf(self.release);
  for (const candidate of candidates) {
    const rank = rankOf(candidate.release);
    if (rank > own) return { what: rank === 2 ? 'trusted-publishing' : 'provenance', since: candidate.text };
    if (!isRecent(candidate, self)) return undefined;
  }
  return undefined;
}

function isRecent(candidate: Placed, self: Placed): boolean {
  return candidate.time !== undefined && self.time !== undefined && self.time - candidate.time < SETTLED;
}

function rankOf({ attested, trustedPublisher }: Release): 0 | 1 | 2 {
  if (!attested) return 0;
  return trustedPublisher === undefined ? 1 : 2;
}
