/** Incident lists: every form that circulates, and what cannot be read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IncidentBuilder, type IncidentList } from '../../src/incidents/builder.ts';
import { readIncidentList } from '../../src/incidents/list.ts';

function read(...texts: string[]): IncidentList {
  const builder = new IncidentBuilder();
  for (const [at, text] of texts.entries()) readIncidentList(text, `list ${at}`, builder);
  return builder.build();
}

/** `name@*`, `name@1.2.3`, `name@range`, `name@?`: everything that a list says. */
function said({ packages }: IncidentList): string[] {
  return packages.flatMap(({ name, all, versions, ranges, unsaid }) =>
    [...(all ? ['*'] : []), ...versions, ...ranges, ...(unsaid ? ['?'] : [])].map((text) => `${name}@${text}`),
  );
}

const places = ({ problems }: IncidentList) => problems.map(({ line, record }) => line ?? `#${record}`);

describe('lines', () => {
  it.each([
    ['chalk@5.6.1', ['chalk@5.6.1']],
    ['chalk 5.6.1', ['chalk@5.6.1']],
    ['chalk\t5.6.1', ['chalk@5.6.1']],
    ['chalk,5.6.1', ['chalk@5.6.1']],
    ['chalk: 5.6.1', ['chalk@5.6.1']],
    ['chalk==5.6.1', ['chalk@5.6.1']],
    ['chalk@v5.6.1', ['chalk@5.6.1']],
    ['chalk = 5.6.1', ['chalk@5.6.1']],
    ['npm:chalk@5.6.1', ['chalk@5.6.1']],
    ['chalk', ['chalk@*']],
    ['chalk@*', ['chalk@*']],
    ['@scope/name', ['@scope/name@*']],
    ['@scope/name@1.0.0', ['@scope/name@1.0.0']],
    ['@scope/name 1.0.0, 1.0.1', ['@scope/name@1.0.0', '@scope/name@1.0.1']],
    ['@scope/name (1.0.0, 1.0.1)', ['@scope/name@1.0.0', '@scope/name@1.0.1']],
    ['- `chalk@5.6.1`,', ['chalk@5.6.1']],
    ['* chalk (v5.6.1 and v5.6.2)', ['chalk@5.6.1', 'chalk@5.6.2']],
    ['| chalk | 5.6.1 |', ['chalk@5.6.1']],
    ['"chalk@5.6.1",', ['chalk@5.6.1']],
    ['chalk@5.6.1 # bad', ['chalk@5.6.1']],
    ['chalk@5.6.1 // bad', ['chalk@5.6.1']],
    ['chalk@>=5.6.1 <5.6.3', ['chalk@>=5.6.1 <5.6.3']],
    ['chalk >= 5.6.1, < 5.6.3', ['chalk@>= 5.6.1 < 5.6.3']],
    ['chalk@= 1.0.0 || = 1.0.1', ['chalk@1.0.0', 'chalk@1.0.1']],
    ['chalk@1.2.3-beta.1', ['chalk@1.2.3-beta.1']],
    ['chalk@1.2.3+build', ['chalk@1.2.3']],
    ['JSONStream@1.0.0', ['JSONStream@1.0.0']],
    ['__proto__@1.0.0', ['__proto__@1.0.0']],
    ['pkg:npm/%40scope/name@1.0.0', ['@scope/name@1.0.0']],
    ['pkg:npm/chalk', ['chalk@*']],
    ['# a comment', []],
    ['Package Version', []],
    ['|---|---|', []],
    ['', []],
  ])('%j', (line, expected) => {
    const list = read(`${line}\n`);
    expect([said(list), list.unreadable]).toEqual([expected, 0]);
  });

  it('are told by their number where they cannot be read, and the others count', () => {
    const list = read(
      'chalk@5.6.1\r\nThe following packages are bad\r\n\r\n@scope\r\nname@latest\r\nname@>2 <1\r\na/b/c\r\nok@1.0.0',
    );
    expect([said(list), places(list), list.unreadable]).toEqual([['chalk@5.6.1', 'ok@1.0.0'], [2, 4, 5, 6, 7], 5]);
    expect(list.problems[3]?.reason).toBe('a range that holds no version');
  });

  it('of other ecosystems are counted and left out', () => {
    const list = read('pkg:pypi/requests@1.0.0\npkg:npm/chalk@1.0.0\npkg:pypi/flask');
    expect([said(list), [...list.others]]).toEqual([['chalk@1.0.0'], [['pypi', 2]]]);
  });

  it('that say a thing twice, or another, are told', () => {
    const list = read('a@1.0.0\na@1.0.0\na@v1.0.0', 'b\nb@1.0.0');
    expect([list.statements, list.duplicates, list.contradictions]).toEqual([5, 2, 1]);
    expect(list.contradicting).toEqual(['b is named as bad in all versions and in some: all count']);
  });
});

describe('CSV', () => {
  it.each([
    ['package,version\nchalk,5.6.1', ['chalk@5.6.1']],
    ['Package,Version\n02-echo,= 0.0.7\n@a/b,= 3.24.1 || = 3.24.2', ['02-echo@0.0.7', '@a/b@3.24.1', '@a/b@3.24.2']],
    ['name;affected versions\nchalk;"5.6.1, 5.6.2"', ['chalk@5.6.1', 'chalk@5.6.2']],
    ['"date"\t"package_name"\t"version"\nx\tchalk\t5.6.1\n', ['chalk@5.6.1']],
    ['package,"note"\nchalk,"two\nlines, ""quoted"""\nms,', ['chalk@*', 'ms@*']],
    ['package,fixed version\nchalk,5.6.2', ['chalk@?']],
    ['package,version\nchalk,', ['chalk@?']],
    ['name,package,version\nShai,chalk,5.6.1', ['chalk@5.6.1']],
    ['ecosystem,package,version\nnpm,chalk,1.0.0\nPyPI,flask,1.0.0', ['chalk@1.0.0']],
    ['package,version\npkg:npm/chalk@1.0.0,', ['chalk@1.0.0']],
    ['# seen today\npackage,version\nchalk,1.0.0', ['chalk@1.0.0']],
  ])('%j', (text, expected) => {
    const list = read(text);
    expect([said(list).sort(), list.unreadable, list.lists[0]?.form]).toEqual([expected, 0, 'csv']);
  });

  it('has rows that cannot be read', () => {
    const list = read('package,version\nchalk\n,1.0.0\n"two\nlines",1.0.0\nok,1.0.0\nbad,soon\nopen,"1.0.0');
    expect([said(list), places(list)]).toEqual([['ok@1.0.0'], [2, 3, 4, 7, 8]]);
  });
});

const osv = (name: string, affected: object, more: object = {}) => ({
  id: `MAL-1-${name}`,
  affected: [{ package: { ecosystem: 'npm', name }, ...affected }],
  ...more,
});

describe('JSON', () => {
  it.each<[unknown, string[], string]>([
    [['chalk@5.6.1', 'ms'], ['chalk@5.6.1', 'ms@*'], 'json'],
    [[{ name: 'chalk', version: '5.6.1' }], ['chalk@5.6.1'], 'json'],
    [[{ package: 'chalk', versions: ['5.6.1', '5.6.2'] }], ['chalk@5.6.1', 'chalk@5.6.2'], 'json'],
    [{ chalk: ['5.6.1'], ms: '2.1.4', all: '*', some: null }, ['all@*', 'chalk@5.6.1', 'ms@2.1.4', 'some@?'], 'json'],
    [{ chalk: { versions: ['5.6.1'] }, ms: {}, debug: { a: 1 } }, ['chalk@5.6.1', 'debug@?', 'ms@*'], 'json'],
    [{ name: '1.0.0', version: '2.0.0' }, ['1.0.0@2.0.0'], 'json'],
    [{ name: '1.0.0', ms: '2.0.0' }, ['ms@2.0.0', 'name@1.0.0'], 'json'],
    [[{ id: 'x', name: 'an incident', packages: [{ name: 'ms', versions: ['*'], lastGood: null }] }], ['ms@*'], 'json'],
    [{ vulns: [osv('chalk', { versions: ['5.6.1'] })] }, ['chalk@5.6.1'], 'osv'],
    [osv('chalk', { versions: ['5.6.1'] }), ['chalk@5.6.1'], 'osv'],
    [osv('chalk', { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] }), ['chalk@*'], 'osv'],
    [
      osv('chalk', { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }] }),
      ['chalk@<2.0.0'],
      'osv',
    ],
    [
      osv('a', {
        ranges: [
          { type: 'GIT', events: [{ introduced: '0' }] },
          {
            type: 'ECOSYSTEM',
            events: [{ last_affected: '4.0.0' }, { introduced: '3.0.0' }, { fixed: '2.0.0' }, { introduced: '1.0.0' }],
          },
        ],
      }),
      ['a@>=1.0.0 <2.0.0', 'a@>=3.0.0 <=4.0.0'],
      'osv',
    ],
    [osv('a', { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }), ['a@?'], 'osv'],
    [
      {
        packages: {
          '': { name: 'me', version: '1.0.0' },
          'libs/ui': { version: '1.0.0' },
          'node_modules/ui': { resolved: 'libs/ui', link: true },
          'node_modules/a': { version: '1.0.0' },
          'node_modules/a/node_modules/@b/c': { version: '2.0.0' },
          'node_modules/alias': { name: 'real', version: '3.0.0' },
        },
      },
      ['@b/c@2.0.0', 'a@1.0.0', 'real@3.0.0'],
      'lockfile',
    ],
    [
      { dependencies: { a: { version: '1.0.0', dependencies: { b: { version: '2.0.0' } } } } },
      ['a@1.0.0', 'b@2.0.0'],
      'lockfile',
    ],
  ])('%j', (value, expected, form) => {
    const list = read(JSON.stringify(value, undefined, 1));
    expect([said(list).sort(), list.unreadable, list.lists[0]?.form]).toEqual([expected, 0, form]);
  });

  it('may be entries cut out of a lockfile', () => {
    const list = read('"node_modules/a": { "version": "1.0.0" },\n"node_modules/@b/c": { "version": "2.0.0" },\n');
    expect([said(list), list.lists[0]?.form]).toEqual([['@b/c@2.0.0', 'a@1.0.0'], 'lockfile']);
  });

  it('may be a record on each line', () => {
    const [a, b] = [JSON.stringify(osv('a', { versions: ['1.0.0'] })), JSON.stringify({ name: 'b', version: '2.0.0' })];
    const list = read(`${a}\n{"broken\n\n${b}\n`);
    expect([said(list), places(list)]).toEqual([['a@1.0.0', 'b@2.0.0'], [2]]);
  });

  it('leaves out what was withdrawn, and says so where others disagree', () => {
    const gone = osv('a', { versions: ['1.0.0'] }, { withdrawn: '2025-01-01T00:00:00Z' });
    expect([read(JSON.stringify(gone)).withdrawn, said(read(JSON.stringify(gone)))]).toEqual([1, []]);
    const both = read(JSON.stringify([gone, osv('a', { versions: ['1.0.0'] })]));
    expect([said(both), both.contradictions]).toEqual([['a@1.0.0'], 1]);
    const other = read(JSON.stringify([gone, osv('a', { versions: ['1.0.1'] })]));
    expect(other.contradictions).toBe(0);
  });

  it('counts other ecosystems', () => {
    const value = { affected: [{ package: { ecosystem: 'PyPI', name: 'x' }, versions: ['1'] }] };
    expect([...read(JSON.stringify([value, value])).others]).toEqual([['PyPI', 2]]);
  });

  it.each<[string, string]>([
    ['{', 'not valid JSON'],
    ['[1]', 'expected a text or an object'],
    ['[""]', 'an empty text'],
    ['{"a": 1}', 'expected versions'],
    ['{"a": ["1.0.0", 2]}', 'expected versions'],
    ['{"a": "1.0.0", "a": "2.0.0"}', 'a key that its object has twice'],
    ['[{"affected": []}]', 'names no package'],
    ['[{"affected": [{"package": {"name": "a"}}]}]', 'no name and ecosystem'],
    [JSON.stringify(osv('a', { versions: ['one'] })), 'no semver version'],
    [JSON.stringify(osv('a', { ranges: [{ type: 'SEMVER', events: [{ fixed: '1.0.0' }] }] })), 'introduced nowhere'],
    [`${'['.repeat(5000)}${']'.repeat(5000)}`, 'nested too deep'],
    ['{"node_modules/a": {"version": "soon"}}', 'without a version'],
  ])('%s is told', (text, reason) => {
    const list = read(text);
    expect(list.unreadable).toBeGreaterThan(0);
    expect(list.problems.some((problem) => problem.reason.includes(reason))).toBe(true);
  });
});

describe('a list', () => {
  it.each(['', ' \n\n', '\uFEFF'])('may be empty: %j', (text) => {
    expect(read(text).lists[0]?.form).toBe('empty');
  });

  it('never throws, and counts what it drops', () => {
    const junk = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.json(),
      fc
        .array(fc.constantFrom('@', ' ', '"', '{', '[', ',', '\n', '1.0.0', 'a', '/', '||', '>', ':', '}', ']', '#'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(junk, (text) => {
        const list = read(text);
        expect(list.problems.length).toBe(Math.min(list.unreadable, 100));
        for (const { name } of list.packages) expect(name).not.toMatch(/\s/);
      }),
      { numRuns: 500 },
    );
  });

  const name = fc.constantFrom(
    'a',
    'ab',
    'a.b',
    '@s/a',
    '@S/a',
    '__proto__',
    'constructor',
    'toString',
    'name',
    'UPPER',
  );
  const version = fc
    .tuple(fc.nat(9), fc.nat(20), fc.nat(20), fc.constantFrom('', '-rc.1', '-0'))
    .map(([x, y, z, pre]) => `${x}.${y}.${z}${pre}`);
  const packages = fc
    .array(fc.tuple(name, fc.uniqueArray(version, { minLength: 1, maxLength: 4 })), { minLength: 1 })
    .map((pairs) => {
      const found = new Map<string, Set<string>>();
      for (const [of, versions] of pairs) found.set(of, new Set([...(found.get(of) ?? []), ...versions]));
      return found;
    });
  type Packages = ReadonlyMap<string, ReadonlySet<string>>;
  const each = <T>(of: Packages, make: (name: string, version: string) => T): T[] =>
    [...of].flatMap(([known, versions]) => [...versions].map((one) => make(known, one)));
  const record = (known: string, versions: ReadonlySet<string>) => osv(known, { versions: [...versions] });
  const WRITERS: Readonly<Record<string, (of: Packages) => string>> = {
    'lines with @': (of) => each(of, (known, one) => `${known}@${one}`).join('\n'),
    'lines with spaces': (of) => each(of, (known, one) => `${known} ${one}`).join('\r\n'),
    'lines of versions': (of) => [...of].map(([known, all]) => `${known}: ${[...all].join(', ')}`).join('\n'),
    csv: (of) => `package,version\n${each(of, (known, one) => `"${known}",${one}`).join('\n')}`,
    'csv of versions': (of) =>
      `Name;Bad versions\n${[...of].map(([known, all]) => `${known};"${[...all].join(' || ')}"`).join('\n')}`,
    'array of texts': (of) => JSON.stringify(each(of, (known, one) => `${known}@${one}`)),
    'array of objects': (of) => JSON.stringify(each(of, (known, one) => ({ name: known, version: one }))),
    'object of lists': (of) =>
      `{${[...of].map(([known, all]) => `${JSON.stringify(known)}:${JSON.stringify([...all])}`).join(',')}}`,
    'OSV array': (of) => JSON.stringify([...of].map(([known, all]) => record(known, all))),
    'OSV lines': (of) => [...of].map(([known, all]) => JSON.stringify(record(known, all))).join('\n'),
    'OSV ranges': (of) =>
      JSON.stringify(
        each(of, (known, one) =>
          osv(known, { ranges: [{ type: 'SEMVER', events: [{ introduced: one }, { last_affected: one }] }] }),
        ),
      ),
    'lockfile entries': (of) =>
      JSON.stringify({
        packages: Object.fromEntries(
          each(of, (known, one) => [`node_modules/x${one}/node_modules/${known}`, { version: one }]),
        ),
      }),
  };

  it.each(Object.keys(WRITERS))('comes back as it was written: %s', (form) => {
    fc.assert(
      fc.property(packages, (of) => {
        const list = read(WRITERS[form]!(of));
        const expected = each(of, (known, one) =>
          form === 'OSV ranges' ? `${known}@>=${one} <=${one}` : `${known}@${one}`,
        );
        expect([said(list).sort(), list.unreadable, list.duplicates]).toEqual([expected.sort(), 0, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it('may be long', () => {
    const long = Array.from({ length: 500_000 }, (_, at) => `package-${at % 50_000}@1.${at % 10}.${at >> 8}`).join(
      '\n',
    );
    const list = read(long);
    expect([list.packages.length, list.statements, list.unreadable]).toEqual([50_000, 500_000, 0]);
  });

  it('may be one hostile line', () => {
    for (const piece of [' ', '@', '||', ',', 'a ', '1.0.0 ', '"', '(', '- ', '1 - ', '>=']) {
      const list = read(`a@${piece.repeat(200_000 / piece.length)}`);
      expect(list.statements + list.unreadable).toBeGreaterThan(0);
    }
  });
});
