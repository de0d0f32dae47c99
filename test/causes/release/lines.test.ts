/** What would be taken for a range, against a twin that publishes each patch and picks anew. */
import fc from 'fast-check';
import { maxSatisfying, parse, SemVer, satisfies, validRange } from 'semver';
import { describe, expect, it } from 'vitest';
import { accepts, askedOf, PackageLines } from '../../../src/causes/release/lines.ts';

const lines = (versions: readonly string[], tags: Readonly<Record<string, string>> = {}) =>
  new PackageLines({ versions: new Set(versions), tags: new Map(Object.entries(tags)) });
/** The patch that would be taken for a range. */
const taken = (range: string, versions: readonly string[], tags?: Readonly<Record<string, string>>) => {
  const found = lines(versions, tags);
  return found.lines[found.taken(range, 'latest')]?.next.version;
};

describe('the next patch of a line', () => {
  it.each([
    ['^4.1.0', '4.4.4'],
    ['^3.0.0', '3.9.10'],
    ['~4.4.0', '4.4.4'],
    ['~4.1.0', undefined],
    ['4.4.3', undefined],
    ['4.x', '4.4.4'],
    ['>=3', '4.4.4'],
    ['*', '4.4.4'],
    ['', '4.4.4'],
    ['^3.0.0 || ^4.0.0', '4.4.4'],
    ['^3.0.0 || 4.1.0', undefined],
    ['<4', '3.9.10'],
    ['3.9.9 - 4.4.3', undefined],
    ['^5', undefined],
    ['latest', '4.4.4'],
    ['next', undefined],
    ['no range at all', undefined],
  ])('is taken for %j: %s', (range, expected) => {
    expect(taken(range, ['3.0.0', '3.9.9', '4.1.0', '4.4.3'])).toBe(expected);
  });

  it('below 1.0 is of a minor, below 0.1 of nothing', () => {
    const versions = ['0.2.1', '0.3.4', '0.0.6', '0.0.7'];
    expect(['^0.3.0', '^0.2.0', '^0.0.7', '~0.0.6', '^0.0.6'].map((range) => taken(range, versions))).toEqual([
      '0.3.5',
      '0.2.2',
      undefined,
      '0.0.8',
      undefined,
    ]);
  });

  it('follows the newest release, before one the newest prerelease', () => {
    expect(taken('^2.0.0-beta', ['2.0.0-beta.1', '2.0.0-beta.2'])).toBe('2.0.0');
    expect(taken('^2.0.0', ['2.0.1', '2.1.0-beta.2'])).toBe('2.0.2');
  });

  it('is what a tag moves to where it stood at the newest of its line', () => {
    const versions = ['4.4.2', '4.4.3', '5.0.0'];
    const tags = { latest: '4.4.3', next: '5.0.0', old: '4.4.2' };
    expect(['latest', 'next', 'old', 'none', '>=4', '^5', '*'].map((range) => taken(range, versions, tags))).toEqual([
      '4.4.4',
      '5.0.1',
      undefined,
      undefined,
      '4.4.4',
      '5.0.1',
      '4.4.4',
    ]);
  });

  it('is not taken where latest is held back', () => {
    expect(taken('^4', ['4.4.2', '4.4.3'], { latest: '4.4.2' })).toBeUndefined();
  });

  it('is taken where it becomes latest and the version before was below the range', () => {
    expect(taken('0.1.3 - 3.0.1', ['3.0.1', '0.1.2'], { latest: '0.1.2' })).toBe('0.1.3');
    expect(taken('0.1.3 - 3.0.1', ['3.0.1', '0.1.2'], { latest: '3.0.1' })).toBeUndefined();
  });

  const number = fc.nat(3);
  const version = fc
    .tuple(number, number, number, fc.constantFrom('', '', '', '-beta.1'))
    .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`);
  const range = fc.oneof(
    fc.tuple(fc.constantFrom('^', '~', '>=', '<', '<=', '', '^'), version).map(([sign, text]) => sign + text),
    fc.tuple(version, version).map(([a, b]) => `^${a} || ~${b}`),
    fc.tuple(version, version).map(([a, b]) => `${a} - ${b}`),
    fc.constantFrom('*', '1.x', 'latest', 'next', '>=1 <3'),
  );

  it('is taken where a registry that publishes it would have it picked', () => {
    const tagged = fc.record({ latest: fc.option(fc.nat()), next: fc.option(fc.nat()) });
    fc.assert(
      fc.property(fc.uniqueArray(version, { minLength: 1, maxLength: 9 }), range, tagged, (versions, asked, wanted) => {
        const tags = new Map(
          Object.entries(wanted).flatMap(([tag, at]) => (at === null ? [] : [[tag, versions[at % versions.length]!]])),
        );
        // Without any tag nobody was asked, and what latest is can only be supposed.
        fc.pre(tags.size > 0 || asked !== 'latest');
        const found = new PackageLines({ versions: new Set(versions), tags });
        const picked = found.lines.filter(({ newest, next }) => {
          const unasked = validRange(asked) !== null && !satisfies(newest, asked);
          if (newest.prerelease.length > 0 && unasked) return false;
          const moved = new Map([...tags].map(([tag, to]) => [tag, to === newest.version ? next.version : to]));
          return pick(asked, [...versions, next.version], moved) === next.version;
        });
        // A range may ask for a release above those known of its line: then several would be, and the highest is told.
        expect(found.lines[found.taken(asked, 'latest')]?.line).toBe(picked[0]?.line);
      }),
      { numRuns: 2000 },
    );
  });

  it('has a line for every version, newest first', () => {
    fc.assert(
      fc.property(fc.uniqueArray(version, { maxLength: 9 }), (versions) => {
        const all = lines(versions).lines;
        for (const { newest, next } of all) {
          expect(versions).toContain(newest.version);
          expect(next.compare(newest)).toBe(1);
          expect(versions).not.toContain(next.version);
        }
        expect(all.map(({ newest }) => newest)).toEqual(
          [...all].map(({ newest }) => newest).sort((a, b) => b.compare(a)),
        );
      }),
    );
  });
});

/** npm-pick-manifest, without what concerns deprecation and engines. */
function pick(range: string, versions: readonly string[], tags: ReadonlyMap<string, string>): string | undefined {
  if (validRange(range, { loose: true }) === null) return tags.get(range);
  const latest = tags.get('latest');
  if (latest !== undefined && satisfies(latest, range, { loose: true })) return latest;
  return maxSatisfying([...versions], range, { loose: true }) ?? undefined;
}

describe('what a range asks a registry for', () => {
  it.each([
    ['a', '^1', 'a', '^1'],
    ['a', 'npm:^1', 'a', '^1'],
    ['a', 'npm:b@^1', 'b', '^1'],
    ['a', 'npm:@s/b@^1.0 || ^2', '@s/b', '^1.0 || ^2'],
    ['a', 'npm:@s/b', '@s/b', ''],
    ['a', 'npm:b', 'b', ''],
    ['a', 'npm:latest', 'a', 'latest'],
    ['a', ' next ', 'a', 'next'],
    ['a', '', 'a', ''],
  ])('%s %j: %s %j', (name, declared, asked, range) => {
    expect(askedOf(name, declared)).toEqual({ name: asked, range });
  });

  it.each([
    'file:../b',
    'link:b',
    'workspace:*',
    'git+ssh://git@github.com/a/b.git',
    'github:a/b',
    'a/b',
    './b',
    `${'x'.repeat(5000)}!`,
  ])('is nothing for %s', (declared) => {
    expect(askedOf('a', declared)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, text) => {
        const asked = askedOf(name, text);
        if (asked) expect(['1.0.1', undefined]).toContain(taken(asked.range, ['1.0.0']));
        expect(accepts(text, new SemVer('1.0.0'))).toBe(
          text.length <= 4096 && parse('1.0.0') !== null && satisfies('1.0.0', text, { loose: true }),
        );
      }),
    );
  });
});
