/** Made at random: a package with releases, tags and several dependents, all of which can be resolved. */
import fc from 'fast-check';
import { maxSatisfying } from 'semver';
import { releaseLine } from '../../../src/registry/lines.ts';
import { type Case, single } from './case.ts';

const RELEASES = ['0.2.0', '0.2.3', '0.3.1', '3.9.0', '4.0.0', '4.1.0', '4.2.0', '4.2.3', '5.0.0', '5.1.0-beta.1'];
const RANGES = [
  ...['^4.0.0', '^4.1.0', '^4.2.0', '~4.1.0', '~4.2.0', '4.x', '4.1.0', '4.2.0', '4.2.3', '^3 || ^4', '>=4', '>=3 <5'],
  ...['*', '^5', '5.0.0', '^5.0.0-0', '^0.2.0', '~0.2.3', '0.x', '<=4.2.0', 'latest'],
];

/** Where the package is asked for: by the root itself, by packages below it, by packages below these. */
interface Shape {
  readonly releases: readonly string[];
  readonly latest: string;
  readonly line: string;
  readonly root: string | undefined;
  readonly isDev: boolean;
  readonly below: readonly string[];
  readonly deeper: readonly string[];
}

const shape: fc.Arbitrary<Shape> = fc.subarray(RELEASES, { minLength: 2 }).chain((releases) => {
  const ranges = fc.constantFrom(...RANGES.filter((range) => range === 'latest' || isMet(range, releases)));
  // What follows in a line of prereleases alone is its first release, no patch.
  const finished = releases.filter((release) => !release.includes('-'));
  const lines = [...new Set(finished.map((release) => releaseLine(release) ?? ''))];
  const last = finished.at(-1)!;
  return fc.record({
    releases: fc.constant(releases),
    // Of most packages it is the highest release.
    latest: fc.oneof(
      { weight: 3, arbitrary: fc.constant(last) },
      { weight: 1, arbitrary: fc.constantFrom(...finished) },
    ),
    line: fc.constantFrom(...lines),
    root: fc.option(ranges, { nil: undefined }),
    isDev: fc.boolean(),
    below: fc.array(ranges, { maxLength: 3 }),
    deeper: fc.array(ranges, { maxLength: 2 }),
  });
});

// A prerelease that is the only one in `*` is taken by some managers and refused by others.
function isMet(range: string, releases: readonly string[]): boolean {
  return maxSatisfying([...releases], range) !== null;
}

/** Cases of the group `single` with names of their own. */
export function randomCases(seed: number, count: number): Case[] {
  return fc.sample(shape, { seed, numRuns: count }).map((made, at) => caseOf(`random-${at}`, made));
}

/** Whether nothing is asked for from further down than the root's own dependencies. */
export function isFlat(packages: Case['packages']): boolean {
  return !Object.keys(packages).some((name) => name.endsWith('-x'));
}

function caseOf(name: string, { releases, latest, line, root, isDev, below, deeper }: Shape): Case {
  const own = root === undefined ? {} : { [name]: root };
  const parents = below.map((range, at) => [`${name}-${'abc'[at]}`, { dependencies: { [name]: range } }] as const);
  const chains = deeper.flatMap((range, at) => {
    const [upper, lower] = [`${name}-${'de'[at]}`, `${name}-${'de'[at]}-x`];
    return [
      [upper, { dependencies: { [lower]: '1.0.0' } }],
      [lower, { dependencies: { [name]: range } }],
    ] as const;
  });
  const parentNames = [...parents, ...chains.filter((_, at) => at % 2 === 0)].map(([parent]) => [parent, '1.0.0']);
  const dependencies = { ...(isDev ? {} : own), ...Object.fromEntries(parentNames) };
  const manifest = { dependencies, ...(isDev && { devDependencies: own }) };
  const more = { line, tags: { [name]: { latest } }, packages: { [name]: releases } };
  return single(name, manifest, Object.fromEntries([...parents, ...chains]), '', more);
}
