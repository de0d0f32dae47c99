/** Whether a declared range and a range of bad versions have a version in common that is higher than one that is known. Pure. */
import type { SemVer } from 'semver';
import Range from 'semver/classes/range.js';
import parse from 'semver/functions/parse.js';
import minVersion from 'semver/ranges/min-version.js';

/** Pairs of alternatives that are looked at. */
const MOST_PAIRS = 400;
const BAD_RANGE = { loose: true, includePrerelease: true } as const;

/**
 * The lowest such version that is found, `uncertain` where there are too many alternatives to look at.
 *
 * @param declared as package managers read it: no prereleases but those it names
 */
export function firstBad(declared: Range, bad: Range, above: SemVer | undefined): SemVer | 'uncertain' | undefined {
  const [ours, theirs] = [alternativesOf(declared), alternativesOf(bad)];
  if (ours.length * theirs.length > MOST_PAIRS) return 'uncertain';
  let first: SemVer | undefined;
  for (const one of ours) {
    for (const other of theirs) {
      const both = `${one} ${other} ${above === undefined ? '' : `>${above.version}`}`.trim();
      const found = [minVersion(new Range(both, BAD_RANGE), BAD_RANGE)]
        .flatMap((version) => (version === null ? [] : [version, released(version)]))
        .find((version) => declared.test(version) && bad.test(version) && (!above || version.compare(above) > 0));
      if (found && (!first || found.compare(first) < 0)) first = found;
    }
  }
  return first;
}

function alternativesOf(range: Range): string[] {
  return range.set.map((comparators) => comparators.map(({ value }) => value).join(' '));
}

/** What a prerelease comes before. */
function released({ major, minor, patch }: SemVer): SemVer {
  return parse(`${major}.${minor}.${patch}`)!;
}
