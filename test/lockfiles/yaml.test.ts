/** Whatever the fast cursor reads, js-yaml reads the same; what js-yaml refuses is refused with its place. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { dump, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import type { YamlCursor } from '../../src/lockfiles/yaml/cursor.ts';
import { OUTSIDE } from '../../src/lockfiles/yaml/scan.ts';
import { TextCursor } from '../../src/lockfiles/yaml/text.ts';
import { parseYaml, parseYamlDocuments, readYaml } from '../../src/lockfiles/yaml/yaml.ts';

const DOCUMENTS = (cursor: YamlCursor): unknown[] => {
  const documents: unknown[] = [];
  while (cursor.document()) documents.push(cursor.value());
  return documents;
};

/** What the fast cursor makes of a text, or 'outside'. */
function fast(text: string): unknown {
  try {
    return DOCUMENTS(new TextCursor(text));
  } catch (error) {
    if (error !== OUTSIDE) throw error;
    return 'outside';
  }
}

/** Whether the fast cursor gets over a text without taking values. */
function skips(text: string): boolean {
  try {
    const cursor = new TextCursor(text);
    while (cursor.document()) if (cursor.enter()) while (cursor.key() !== undefined) cursor.skip();
    return true;
  } catch (error) {
    if (error !== OUTSIDE) throw error;
    return false;
  }
}

function expectSame(text: string): void {
  const ours = fast(text);
  expect(skips(text), JSON.stringify(text)).toBe(ours !== 'outside');
  if (ours === 'outside') return;
  let theirs: unknown;
  try {
    theirs = loadAll(text);
  } catch (error) {
    expect.fail(`js-yaml refuses what the cursor reads: ${(error as Error).message}\n${JSON.stringify(text)}`);
  }
  // Not toStrictEqual: it takes a key named constructor for the object's own.
  if (isDeepStrictEqual(ours, theirs) && JSON.stringify(ours) === JSON.stringify(theirs)) return;
  expect.fail(`${JSON.stringify(text)}: ${JSON.stringify(ours)} instead of ${JSON.stringify(theirs)}`);
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!(error instanceof LockfileError)) throw error;
    const { code, line, column, message } = error.diagnostic;
    return `${code} ${line ?? '-'}:${column ?? '-'} ${message}`;
  }
  return 'read';
}

describe('the fast cursor reads', () => {
  it.each([
    ['nested maps', 'a:\n  b:\n    c: d\n  e: f\ng: h\n'],
    ['null at the end', 'a:\n  b:\nc:'],
    ['strings that look like numbers', 'a: 1.2.3\nb: 1.0.0-rc.1\nc: 0b1bee5e8332\nd: .\ne: ..\nf: +x\ng: -\u00e9\n'],
    ['numbers', 'a: 5.4\nb: 5\nc: 007\n'],
    ['words', 'a: true\nb: False\nc: null\nd: ~\n'],
    ['quoted scalars', `'a b': 'it''s'\n"c": "d"\ne: "g\\"\\u00e9\\n"\n'': ""\n`],
    ['flow collections', "a: {b: c, 'd e': [f, {g: h}], i: []}\nj: {}\nk: [ x, 'y' ]\n"],
    ['colons and hashes inside', 'a: b:c#d\ne: link:../x#y\nf: {g: h:i#j}\nk:l: m\n'],
    ['block sequences', 'a:\n  - b\n  - c d\ne:\n- f\n- g: h\n  i: j\n-   k: {l: m}\n'],
    ['explicit keys', "? long\n: short\n? 'quoted'\n:\n  a: b\n? x\n:\n- y\n"],
    ['literal scalars', 'a: |-\n  b\n   c: #d\n\n  e\nf: |\n  g\n\n\nh: i\n'],
    ['folded scalars', 'a: >-\n  b\n  c\n\n\n  d\ne: >\n\n  f\n'],
    ['comments', '# first\na: b\n  # between\n\n# more\nc: d\n# last'],
    ['several documents', '---\na: b\n---\nc: d\n'],
    ['CRLF', 'a: b\r\nc:\r\n  - d\r\ne: |-\r\n  f\r\n  g\r\n'],
    ['characters beyond a byte', 'a: \u2019quoted\u2019\n\u4e2d: [\u6587, b]\n'],
    ['prototype names', '__proto__: {constructor: a}\nconstructor:\n  __proto__: b\ntoString: c\n'],
  ])('%s', (_, text) => {
    expect(fast(text)).not.toBe('outside');
    expectSame(text);
  });

  it('names of the prototype as own properties', () => {
    const value = parseYaml('x', '__proto__: {polluted: true}\n') as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(value.polluted).toBeUndefined();
  });
});

describe('left to js-yaml', () => {
  it.each([
    ['timestamps', 'a: 2020-01-01\nb: 2020-01-01T00:00:00Z\n'],
    ['exponents and bases', 'a: 1e3\nb: 0x1f\nc: 0o17\nd: .5\ne: .inf\nf: -1\n'],
    ['multi-line scalars', 'a: b\n  c\nd: "e\n  f"\n'],
    ['multi-line flow', 'a: {b: c,\n  d: e}\n'],
    ['tags', 'a: !!str 5\n'],
    ['comments behind values', 'a: b # c\n'],
    ['tabs', 'a:\tb\n'],
    ['keys that do not read as they are written', '1.0: a\ntrue: b\n~: c\n'],
    ['escapes in keys', `'it''s': a\n"b\\n": c\n`],
    ['keep and indentation indicators', 'a: |+\n  b\n\nc: |2\n   d\n'],
    ['surrogates', 'a: \ud83d\ude00\n'],
    ['scalar documents', 'a\n'],
    ['sequences at the top', '- a\n'],
    ['an empty document', '---\n---\na: b\n'],
    ['end markers', 'a: b\n...\n'],
    ['nothing', '# only a comment\n'],
  ])('%s', (_, text) => {
    expect(fast(text)).toBe('outside');
    expect(parseYamlDocuments('x', text)).toStrictEqual(loadAll(text));
  });
});

describe('refuses', () => {
  it.each([
    ['a duplicate key', 'a: b\nc: d\na: e\n', 'LOCKFILE_SYNTAX 3:1 not valid YAML: duplicated mapping key'],
    [
      'a duplicate key in a flow map',
      'a: {b: c, b: d}\n',
      'LOCKFILE_SYNTAX 1:11 not valid YAML: duplicated mapping key',
    ],
    [
      'a duplicate among many',
      `${Array.from({ length: 40 }, (_, i) => `k${(i * 7) % 40}: v\n`).join('')}k3: v\n`,
      'LOCKFILE_SYNTAX 41:1 not valid YAML: duplicated mapping key',
    ],
    [
      'bad indentation',
      'a:\n    b: c\n  d: e\n',
      'LOCKFILE_SYNTAX 3:3 not valid YAML: bad indentation of a mapping entry',
    ],
    ['an unknown tag without its name', 'a: !secret b\n', 'LOCKFILE_SYNTAX 1:13 not valid YAML: unknown tag'],
    ['an unknown alias without its name', 'a: *secret\n', 'LOCKFILE_SYNTAX 1:11 not valid YAML: unidentified alias'],
    [
      'anchors',
      'a: &x b\n',
      'LOCKFILE_TOO_COMPLEX 1:8 anchors, aliases or merge keys: expected the plain YAML a package manager writes',
    ],
    [
      'anchors of mappings',
      'a: &x\n  b: c\nd: *x\n',
      'LOCKFILE_TOO_COMPLEX 3:1 anchors, aliases or merge keys: expected the plain YAML a package manager writes',
    ],
    [
      'merge keys',
      'a:\n  <<: {b: c}\n',
      'LOCKFILE_TOO_COMPLEX 2:5 anchors, aliases or merge keys: expected the plain YAML a package manager writes',
    ],
    [
      'a second document',
      'a: b\n---\nc: d\n',
      'LOCKFILE_SYNTAX -:- not valid YAML: expected a single document in the stream, but found more',
    ],
  ])('%s', (_, text, expected) => {
    expect(refusal(() => parseYaml('x', text))).toBe(expected);
  });

  it.each([
    ['flow sequences', `a: ${'['.repeat(50_000)}`],
    ['flow maps', `a: ${'{b: '.repeat(50_000)}`],
    ['block maps', Array.from({ length: 2_000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
    ['block sequences', `a:\n${Array.from({ length: 2_000 }, (_, i) => `${'  '.repeat(i)}- b:\n`).join('')}`],
  ])('%s nested too deeply', (_, text) => {
    expect(refusal(() => parseYaml('x', text))).toMatch(/^LOCKFILE_TOO_COMPLEX/);
  });

  it('an alias bomb at once', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 30; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(refusal(() => parseYaml('x', lines.join('\n')))).toMatch(/^LOCKFILE_TOO_COMPLEX 1:/);
  });
});

describe('a cursor', () => {
  const text = "a: b\nskipped: {x: y}\nalso: [1, 2]\nmap:\n  n: {o: p}\n  q: 5\nlist:\n  - r\nlast: 'it''s'\n";
  const walk = (cursor: YamlCursor): unknown[] => {
    const seen: unknown[] = [cursor.document(), cursor.enter()];
    for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
      seen.push(key);
      if (key === 'skipped' || key === 'also') cursor.skip();
      else if (key === 'map') {
        seen.push(cursor.enter(), cursor.key(), cursor.enter(), cursor.key(), cursor.string(), cursor.key());
        seen.push(cursor.key(), cursor.string(), cursor.key());
      } else if (key === 'list') seen.push(cursor.enter());
      else seen.push(cursor.string());
    }
    return [...seen, cursor.document()];
  };

  it('gives the same over a text and over what js-yaml read', () => {
    const overText = walk(new TextCursor(text));
    const cursors: string[] = [];
    // The comment makes the text one for js-yaml.
    const overTree = readYaml('x', text.replace('a: b', 'a: b # c'), (cursor) => {
      cursors.push(cursor.constructor.name);
      return walk(cursor);
    });
    expect(cursors).toEqual(['TextCursor', 'TreeCursor']);
    expect(overTree).toEqual(overText);
    expect(overText).toEqual([
      ...[true, true, 'a', 'b', 'skipped', 'also', 'map', true, 'n', true, 'o', 'p', undefined],
      ...['q', undefined, undefined, 'list', false, 'last', "it's", false],
    ]);
  });
});

describe('on anything', () => {
  const runs = { numRuns: 3_000 };

  it('what js-yaml writes is read as js-yaml reads it', () => {
    const text = fc.oneof(
      fc.constantFrom(
        '',
        'a',
        '1.0.0',
        '^1.2.3',
        '>=8',
        '1.0',
        '5',
        'true',
        'null',
        '~',
        '<<',
        '- x',
        'a: b',
        'a #b',
        "it's",
      ),
      fc.constantFrom(
        'x\ny',
        'x\n\ny\n',
        ' x',
        'x ',
        '2020-01-01',
        '0x1f',
        '1e3',
        '{a}',
        '[b]',
        '@scope/x@1.0.0(y@2)',
        '"',
        '__proto__',
      ),
      fc.string({ maxLength: 12 }),
      fc.string({ maxLength: 6, unit: 'grapheme' }),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.dictionary(text, tie('node'), { maxKeys: 5, noNullPrototype: true }),
      node: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        text,
        fc.oneof(fc.boolean(), fc.constant(null), fc.integer(), fc.double({ noNaN: true })),
        fc.array(tie('node'), { maxLength: 4 }),
        tie('tree'),
      ),
    }));
    const options = fc.record({
      flowLevel: fc.constantFrom(-1, 1, 2),
      lineWidth: fc.constantFrom(-1, 20, 1000),
      noArrayIndent: fc.boolean(),
      quotingType: fc.constantFrom<"'" | '"'>("'", '"'),
    });
    fc.assert(
      fc.property(tree, options, (value, dumping) => {
        const written = dump(value, { ...dumping, noRefs: true });
        expectSame(written);
      }),
      runs,
    );
  });

  it('what is put together from pieces is read as js-yaml reads it, or not at all', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b',
        'c1',
        '1',
        '1.0',
        '1.0.0',
        'true',
        '~',
        '.',
        '-',
        '- ',
        '? ',
        ': ',
        ':',
        ',',
        ', ',
        '{',
        '}',
        '[',
        ']',
        "'",
        "''",
      ],
      ...[
        '"',
        '\\',
        '#',
        ' #',
        ' ',
        '  ',
        '    ',
        '\n',
        '\n  ',
        '\n    ',
        '\n- ',
        '\n  - ',
        '|',
        '|-',
        '>-',
        '>',
        '---',
        '\n---\n',
        '...',
        '\r\n',
      ],
      ...[
        '\u00e9',
        '\u2019',
        '<<',
        '&',
        '*',
        '!',
        '%',
        '@',
        '`',
        '\t',
        "'a': ",
        'k: ',
        'b:\n',
        'd: {e: f}',
        'g: [h, i]',
        '\na: ',
        '\nz: ',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => expectSame(pieces.join(''))),
      { numRuns: 30_000 },
    );
  });

  it('a lockfile that was changed somewhere is read as js-yaml reads it, or not at all', () => {
    const lockfile = [
      ...["lockfileVersion: '9.0'", '', 'importers:', '', '  .:', '    dependencies:', "      '@a/b':"],
      ...['        specifier: ^1.0.0', '        version: 1.0.0(c@2.0.0)', '', 'packages:', '', "  '@a/b@1.0.0':"],
      ...[
        '    resolution: {integrity: sha512-YQ==, tarball: https://x.example/y}',
        "    engines: {node: '>=8'}",
        '    cpu: [x64, arm]',
      ],
      ...[
        '    deprecated: |-',
        '      Use another',
        '',
        '      one',
        '    hasBin: true',
        '    peers:',
        '      - c',
        "      - 'd'",
        '',
      ],
      ...['snapshots:', '', '  c@2.0.0: {}', '', '  ? a-very-long-key', '  : optional: true', ''],
    ].join('\n');
    const change = fc.tuple(
      fc.nat(lockfile.length),
      fc.nat(3),
      fc.constantFrom(
        '',
        ' ',
        '\n',
        ':',
        ': ',
        "'",
        '"',
        '{',
        '}',
        ',',
        '#',
        ' #',
        '-',
        '- ',
        '\n  ',
        '1',
        '|',
        '?',
        '\r',
        '\u2028',
        '\u0085',
        '\0',
      ),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let text = lockfile;
        for (const [at, removed, added] of changes) text = text.slice(0, at) + added + text.slice(at + removed);
        expectSame(text);
      }),
      { numRuns: 10_000 },
    );
  });
});
