/** Release history against recorded lines, a real incident, and what the rule promises. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf } from '../../src/registry/history.ts';
import { releaseLine } from '../../src/registry/lines.ts';
import type { Release } from '../../src/registry/release.ts';
import { FIXTURES } from '../readers.ts';

type Row = readonly [version: string, published: string | null, attested: boolean, trustedPublisher: string | null];

interface Recorded {
  readonly lapses: Readonly<Record<string, string[]>>;
  readonly spared: Readonly<Record<string, string[]>>;
  readonly packages: Readonly<Record<string, Row[]>>;
}

const recorded = JSON.parse(readFileSync(join(FIXTURES, 'registry/history.json'), 'utf8')) as Recorded;

function releases(rows: readonly Row[], repositories: Readonly<Record<string, string>> = {}): Map<string, Release> {
  return new Map(
    rows.map(([version, published, attested, trustedPublisher]) => [
      version,
      {
        name: 'some',
        version,
        integrity: undefined,
        signatures: [],
        attested,
        published: published ?? undefined,
        trustedPublisher: trustedPublisher ?? undefined,
        repository: repositories[version],
        dependencies: new Map(),
      },
    ]),
  );
}

const lostIn = (rows: readonly Row[], version: string) => historyOf(releases(rows), version).lost;
const flagged = (rows: readonly Row[]): string[] => {
  const all = releases(rows);
  return [...all.keys()].filter((version) => historyOf(all, version).lost);
};
const sorted = (values: readonly string[] = []) => [...values].sort();
const rankOf = ([, , attested, publisher]: Row) => (attested ? (publisher === null ? 1 : 2) : 0);

/** pnpm's rule: anything of the package published earlier ranks higher; stable releases ignore prereleases. */
const flaggedByPackage = (rows: readonly Row[]): string[] =>
  rows
    .filter((row) =>
      rows.some(
        (other) =>
          other[1]! < row[1]! && rankOf(other) > rankOf(row) && (row[0].includes('-') || !other[0].includes('-')),
      ),
    )
    .map(([version]) => version);

describe('recorded packages', () => {
  it.each(Object.entries(recorded.packages))('%s', (name, rows) => {
    expect(sorted(flagged(rows))).toEqual(sorted(recorded.lapses[name]));
    const expected = [...(recorded.lapses[name] ?? []), ...(recorded.spared[name] ?? [])];
    expect(sorted(flaggedByPackage(rows))).toEqual(sorted(expected));
  });

  it('flags 16 of the 54 that a rule over the whole package flags', () => {
    expect(Object.values(recorded.lapses).flat()).toHaveLength(16);
    expect(Object.values(recorded.spared).flat()).toHaveLength(38);
  });

  it('says what was lost, and since when', () => {
    expect(historyOf(releases(recorded.packages.undici!), '6.19.8')).toEqual({
      predecessor: '6.19.7',
      lost: { what: 'provenance', since: '6.19.2' },
      repositoryBefore: undefined,
    });
  });
});

describe('axios', () => {
  const line: Row[] = [
    ['0.30.2', '2025-09-28', false, null],
    ['0.30.3', '2026-02-18', false, null],
    ['1.13.6', '2026-02-27', true, 'github'],
    ['1.14.0', '2026-03-27', true, 'github'],
    ['1.14.1', '2026-03-31', false, null],
    ['0.30.4', '2026-03-31', false, null],
  ];
  const lost = { what: 'trusted-publishing', since: '1.14.0' };

  it('1.14.1 has lost trusted publishing', () => expect(lostIn(line, '1.14.1')).toEqual(lost));
  it('0.30.4 has lost nothing: its line never had any', () => expect(lostIn(line, '0.30.4')).toBeUndefined());
  it('a second release does not wash the loss away', () => {
    const twice: Row[] = [...line, ['1.14.2', '2026-04-01', false, null]];
    expect(historyOf(releases(twice), '1.14.2')).toMatchObject({ predecessor: '1.14.1', lost });
  });
  it('provenance alone, after trusted publishing, is a loss too', () => {
    expect(lostIn([...line, ['1.14.2', '2026-04-01', true, null]], '1.14.2')).toEqual(lost);
  });
  it('a trusted publisher without attestation counts for nothing', () => {
    expect(lostIn([...line, ['1.14.2', '2026-04-01', false, 'github']], '1.14.2')).toEqual(lost);
  });
});

describe('the rule', () => {
  const first: Row = ['1.0.0', '2025-01-01T00:00:00.000Z', true, null];
  const bare = (version: string, published: string | null): Row => [version, published, false, null];

  it('a practice that ended 30 days ago has ended', () => {
    const second = bare('1.0.1', '2025-02-01T00:00:00.000Z');
    expect(lostIn([first, second, bare('1.0.2', '2025-03-02T23:59:59.999Z')], '1.0.2')).toEqual({
      what: 'provenance',
      since: '1.0.0',
    });
    expect(lostIn([first, second, bare('1.0.2', '2025-03-03T00:00:00.000Z')], '1.0.2')).toBeUndefined();
  });

  it('looks at earlier and lower releases of the same line only', () => {
    expect(lostIn([first, bare('1.0.1', '2025-01-01T00:00:00.000Z')], '1.0.1')).toBeUndefined();
    expect(lostIn([first, bare('0.9.9', '2025-01-02')], '0.9.9')).toBeUndefined();
    expect(lostIn([first, bare('2.0.0', '2025-01-02')], '2.0.0')).toBeUndefined();
    expect(lostIn([['0.3.0', '2025-01-01', true, null], bare('0.4.0', '2025-01-02')], '0.4.0')).toBeUndefined();
    expect(lostIn([['0.3.0', '2025-01-01', true, null], bare('0.3.1', '2025-01-02')], '0.3.1')).toBeDefined();
    expect(lostIn([['0.0.3', '2025-01-01', true, null], bare('0.0.4', '2025-01-02')], '0.0.4')).toBeUndefined();
  });

  it('compares prereleases with prereleases and releases, releases with releases', () => {
    const beta: Row = ['1.1.0-beta.1', '2025-01-02', true, 'github'];
    const rows = [first, beta, bare('1.1.0', '2025-01-03'), bare('1.2.0-rc.1', '2025-01-04')];
    expect(historyOf(releases(rows), '1.1.0').predecessor).toBe('1.0.0');
    expect(historyOf(releases(rows), '1.2.0-rc.1')).toMatchObject({
      predecessor: '1.1.0',
      lost: { what: 'trusted-publishing', since: '1.1.0-beta.1' },
    });
    expect(lostIn([['1.1.0-0', '2025-01-01', true, null], bare('1.1.0-1', '2025-01-02')], '1.1.0-1')).toBeUndefined();
  });

  it('orders versions that differ in build metadata alone by their text', () => {
    const twins: Row[] = [
      ['1.0.1+a', '2025-01-02', true, null],
      ['1.0.1+b', '2025-01-02', true, 'github'],
    ];
    for (const order of [twins, [...twins].reverse()]) {
      const { predecessor, lost } = historyOf(releases([...order, bare('1.0.2', '2025-01-03')]), '1.0.2');
      expect([predecessor, lost]).toEqual(['1.0.1+b', { what: 'trusted-publishing', since: '1.0.1+b' }]);
      expect(historyOf(releases(order), '1.0.1+b').predecessor).toBeUndefined();
    }
  });

  it('leaves undated releases out among dated ones', () => {
    const rows: Row[] = [['1.0.0', null, true, null], bare('1.0.1', '2025-01-02')];
    expect(historyOf(releases(rows), '1.0.1').predecessor).toBeUndefined();
    expect(lostIn([['1.0.0', 'yesterday', true, null], bare('1.0.1', '2025-01-02')], '1.0.1')).toBeUndefined();
  });

  it('goes by version alone where there are no times', () => {
    const rows: Row[] = [['1.0.0', null, true, null], bare('1.0.1', null), bare('1.0.2', null)];
    expect(flagged(rows)).toEqual(['1.0.1']);
    expect(lostIn([first, bare('1.0.1', null)], '1.0.1')).toEqual({ what: 'provenance', since: '1.0.0' });
  });

  it('says nothing of what is not listed, and takes any text for a version', () => {
    const nothing = { predecessor: undefined, lost: undefined, repositoryBefore: undefined };
    const all = releases([first, bare('__proto__', '2025-01-02'), bare('', null), bare('1.0', '2025-01-02')]);
    for (const version of ['1.0.1', '__proto__', '', '1.0', 'constructor']) {
      expect(historyOf(all, version)).toEqual(nothing);
    }
  });

  it('tells of another repository, not of another spelling', () => {
    const rows = [first, bare('1.0.1', '2025-01-02')];
    const moved = (repositories: Record<string, string>) =>
      historyOf(releases(rows, repositories), '1.0.1').repositoryBefore;
    const secret = 'git+https://user:secret@github.com/Owner/Name.git';
    expect(moved({ '1.0.0': secret, '1.0.1': 'github:other/name' })).toBe('https://github.com/Owner/Name');
    expect(moved({ '1.0.0': secret, '1.0.1': 'owner/name' })).toBeUndefined();
    expect(moved({ '1.0.0': secret })).toBeUndefined();
    expect(moved({ '1.0.1': secret })).toBeUndefined();
  });
});

describe('lines', () => {
  it.each([
    ['4.19.2', '4'],
    ['0.3.12', '0.3'],
    ['0.0.7', '0.0.7'],
    ['0.0.0', '0.0.0'],
    ['4.0.0-rc.1', '4'],
    ['1.2.3+build', '1'],
    ['9007199254740992.0.0', undefined],
    ['1.2', undefined],
    ['^1.2.3', undefined],
    ['latest', undefined],
    ['', undefined],
  ])('%s', (version, line) => expect(releaseLine(version)).toBe(line));
});

const day = (days: number) => new Date(Date.UTC(2025, 0, 1) + days * 24 * 60 * 60 * 1000).toISOString();
const version = fc
  .tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.constantFrom('', '', '-0', '-rc.1', '+a', '+b'))
  .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`);
const evidence = fc.constantFrom<[boolean, string | null]>(
  [false, null],
  [false, 'github'],
  [true, null],
  [true, 'github'],
);
const rows = (published: fc.Arbitrary<string | null>): fc.Arbitrary<Row[]> =>
  fc.uniqueArray(
    fc.tuple(version, published, evidence).map(([text, time, [attested, by]]): Row => [text, time, attested, by]),
    { selector: ([text]) => text, minLength: 1, maxLength: 12 },
  );
const dated = rows(fc.nat(90).map(day));
const anyRows = rows(fc.option(fc.nat(90).map(day), { freq: 4 }));
const histories = (all: Map<string, Release>) => [...all.keys()].map((text) => [text, historyOf(all, text)] as const);

describe('for all packages', () => {
  it('the order of the releases decides nothing', () => {
    fc.assert(
      fc.property(
        anyRows.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const other = releases(shuffled);
          for (const [text, history] of histories(releases(all))) expect(historyOf(other, text)).toEqual(history);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a release of another line changes nothing', () => {
    fc.assert(
      fc.property(anyRows, anyRows, (all, more) => {
        for (const [text, history] of histories(releases(all))) {
          const others = more.filter(([other]) => releaseLine(other) !== releaseLine(text));
          expect(historyOf(releases([...all, ...others]), text)).toEqual(history);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a release published later changes nothing', () => {
    fc.assert(
      fc.property(dated, anyRows, (all, more) => {
        for (const [text, published] of all) {
          const known = new Set(all.map(([other]) => other));
          const later = more.filter(([other, time]) => !known.has(other) && time !== null && time >= published!);
          expect(historyOf(releases([...all, ...later]), text)).toEqual(historyOf(releases(all), text));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('only what ranks lower than an earlier, lower release of its line has lost anything', () => {
    fc.assert(
      fc.property(dated, (all) => {
        const byVersion = new Map(all.map((row) => [row[0], row]));
        for (const [text, { lost, predecessor }] of histories(releases(all))) {
          const since = byVersion.get(lost?.since ?? '');
          expect(since === undefined).toBe(lost === undefined);
          if (since === undefined) continue;
          const self = byVersion.get(text)!;
          expect(predecessor).toBeDefined();
          expect(rankOf(since)).toBeGreaterThan(rankOf(self));
          expect(since[1]! < self[1]!).toBe(true);
          expect(releaseLine(since[0])).toBe(releaseLine(text));
          expect(lost?.what).toBe(rankOf(since) === 2 ? 'trusted-publishing' : 'provenance');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a predecessor that ranks higher is always a loss', () => {
    fc.assert(
      fc.property(anyRows, (all) => {
        const byVersion = new Map(all.map((row) => [row[0], row]));
        for (const [text, { lost, predecessor }] of histories(releases(all))) {
          const before = byVersion.get(predecessor ?? '');
          if (before && rankOf(before) > rankOf(byVersion.get(text)!)) expect(lost?.since).toBe(predecessor);
        }
      }),
      { numRuns: 500 },
    );
  });
});
