import { describe, expect, it } from 'vitest';
import { type Files, type Project, read, shown } from './read.ts';

const rules = (files: Files, project: Project) => read(files, project).overrides.rules.map(shown);
const json = (value: unknown): Files => ({ 'package.json': JSON.stringify(value) });

describe('npm', () => {
  const npm = { kind: 'npm' } as const;

  it('nested objects, selectors, dots and references', () => {
    const manifest = {
      devDependencies: { ref: '^4.0.0' },
      dependencies: { ref: '^3.0.0' },
      overrides: {
        a: '1.0.0',
        'b@^2': '2.1.0',
        '@s/c': { '.': '3.0.0', d: { e: '5.0.0' } },
        'f@^6': { g: 'npm:h@7' },
        i: '$ref',
        j: '$missing',
        k: '',
      },
    };
    expect(rules(json(manifest), npm)).toEqual([
      'a = 1.0.0',
      'b@^2 = 2.1.0',
      '@s/c = 3.0.0',
      '@s/c>>d = as-declared',
      '@s/c>>d>>e = 5.0.0',
      'f@^6 = ^6',
      'f@^6>>g = npm:h@7',
      'i = ^4.0.0',
      'j = unknown',
      'k = as-declared',
    ]);
  });

  it('none without the field, and those of other managers do not count', () => {
    const others = { resolutions: { a: '1' }, pnpm: { overrides: { a: '1' } } };
    expect(read(json(others), npm).overrides).toEqual({ manager: 'npm', rules: [], complete: true });
    expect(read({}, npm).overrides.complete).toBe(true);
  });

  it.each([
    ['{', 'package.json'],
    ['[]', 'package.json'],
    ['{"overrides":["a"]}', 'package.json'],
    ['{"overrides":"a"}', 'package.json'],
    ['{"overrides":{"":"1"}}', 'package.json'],
  ])('%s leaves the rules incomplete', (text, file) => {
    const { overrides, notes } = read({ 'package.json': text }, npm);
    expect(overrides.complete).toBe(false);
    expect(notes.map((note) => note.file)).toContain(file);
  });

  it('values that are no text are unknown, and __proto__ is a name', () => {
    const text = '{"overrides":{"a":5,"b":null,"__proto__":"1.0.0","constructor":{"toString":"2"}}}';
    expect(rules({ 'package.json': text }, npm)).toEqual([
      'a = unknown',
      'b = unknown',
      '__proto__ = 1.0.0',
      'constructor = as-declared',
      'constructor>>toString = 2',
    ]);
  });

  it('references do not follow each other', () => {
    const manifest = { dependencies: { a: '$b', b: '$a' }, overrides: { c: '$a', d: '$b' } };
    expect(rules(json(manifest), npm)).toEqual(['c = unknown', 'd = unknown']);
  });

  it('ten thousand are read, more than a bound or nested deeply leaves them incomplete', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, '1.0.0']));
    expect(read(json({ overrides: many(10_000) }), npm).overrides).toMatchObject({ complete: true });
    const over = read(json({ overrides: many(30_000) }), npm);
    expect(over.overrides.complete).toBe(false);
    expect(over.notes).toHaveLength(1);
    const deep = `{"overrides":${'{"a":'.repeat(5000)}"1"${'}'.repeat(5000)}}`;
    expect(read({ 'package.json': deep }, npm).overrides.complete).toBe(false);
  });
});

describe('pnpm', () => {
  const workspace = [
    'catalog:',
    '  react: ^19.0.0',
    'catalogs:',
    '  old:',
    '    react: ^18.0.0',
    'overrides:',
    '  foo: ^1.0.0',
    '  bar@^2.1.0: 3.0.0',
    '  "qar@1>zoo": "2"',
    '  "a@>=1 <3>@s/b@>1": 4.0.0',
    '  gone: "-"',
    '  ref: $direct',
    '  react: "catalog:"',
    '  "x>react": catalog:old',
    '  lost: catalog:none',
    '',
  ].join('\n');
  const read10 = (files: Files, major?: number) =>
    rules(files, { kind: 'pnpm', format: '9.0', ...(major === undefined ? {} : { major }) });

  it('selectors, removals, references and catalogs', () => {
    const manifest = { dependencies: { direct: '^5.0.0' } };
    expect(read10({ ...json(manifest), 'pnpm-workspace.yaml': workspace }, 11)).toEqual([
      'foo = ^1.0.0',
      'bar@^2.1.0 = 3.0.0',
      'qar@1>zoo = 2',
      'a@>=1 <3>@s/b@>1 = 4.0.0',
      'gone = removed',
      'ref = ^5.0.0',
      'react = ^19.0.0',
      'x>react = ^18.0.0',
      'lost = unknown',
    ]);
  });

  it('from the file that the version reads', () => {
    const manifest = json({ resolutions: { a: '1', b: '1' }, pnpm: { overrides: { b: '2' } } });
    const yaml = { 'pnpm-workspace.yaml': 'overrides:\n  c: "3"\n' };
    expect(read10(manifest, 9)).toEqual(['a = 1', 'b = 2']);
    expect(read10({ ...manifest, ...yaml }, 9)).toEqual(['a = 1', 'b = 2']);
    expect(read10({ ...manifest, ...yaml }, 10)).toEqual(['c = 3']);
    expect(read10(manifest, 10)).toEqual(['a = 1', 'b = 2']);
    expect(read10(manifest, 11)).toEqual([]);
    expect(read(manifest, { kind: 'pnpm', format: '9.0', major: 11 }).notes[0]?.file).toBe('package.json');
    expect(read10(manifest)).toEqual(['a = 1', 'b = 2']);
    expect(read10({ 'pnpm-workspace.yaml': 'packages: []\n' }, 11)).toEqual([]);
  });

  it('what cannot be read leaves them incomplete', () => {
    const state = (text: string) =>
      read({ 'pnpm-workspace.yaml': text }, { kind: 'pnpm', format: '9.0', major: 11 }).overrides;
    expect(state('overrides: [a\n').complete).toBe(false);
    expect(state('overrides: [a]\n').complete).toBe(false);
    expect(state('overrides:\n  "a>b>c": "1"\n').complete).toBe(false);
    expect(state('a: &x 1\nb: *x\n').complete).toBe(false);
    expect(state('overrides:\n  a: 1\n  b: "$' + '{HOME}"\n').rules.map(shown)).toEqual(['a = unknown', 'b = unknown']);
  });
});

describe('Yarn', () => {
  it('Yarn 1 reads globs', () => {
    const resolutions = {
      a: '1.0.0',
      '**/b': '2.0.0',
      'c/d': '3.0.0',
      'c/**/@s/d': '4.0.0',
      '**/@s/e/f': 'file:./f',
      'g-*/h': '1.0.0',
      'i/*': '1.0.0',
      j: 'latest',
      k: 5,
    };
    const { overrides, notes } = read(json({ resolutions }), { kind: 'yarn-classic' });
    expect(overrides.rules.map(shown)).toEqual([
      'a = 1.0.0',
      'b = 2.0.0',
      '^c>d = 3.0.0',
      '^c>>@s/d = 4.0.0',
      '@s/e>f = file:./f',
      'h = unknown',
    ]);
    expect(overrides.complete).toBe(true);
    expect(notes).toHaveLength(2);
  });

  it('later ones read descriptors', () => {
    const resolutions = {
      a: '1.0.0',
      '@s/b@npm:^2.0.0': '2.1.0',
      'c/d': 'npm:e@3',
      'c@npm:1.0.0/@s/d@npm:^4.0.0': 'patch:@s/d@npm%3A4.0.0#./x.patch',
      f: 'catalog:',
    };
    expect(rules(json({ resolutions }), { kind: 'yarn-berry', format: '8' })).toEqual([
      'a = 1.0.0',
      '@s/b@npm:^2.0.0 = 2.1.0',
      'c>d = npm:e@3',
      'c@npm:1.0.0>@s/d@npm:^4.0.0 = patch:@s/d@npm%3A4.0.0#./x.patch',
      'f = unknown',
    ]);
    expect(read(json({ resolutions: { '**/a': '1' } }), { kind: 'yarn-berry' }).overrides.complete).toBe(false);
  });
});

describe('bun', () => {
  const manifest = json({
    dependencies: { foo: '^6.0.0' },
    catalog: { c: '^1.0.0' },
    overrides: {
      a: { '.': '1.0.0', b: '2.0.0', deep: { '.': '3.0.0', deeper: '4' } },
      'x>y@^1': '5.0.0',
      bar: '$foo',
      c: 'catalog:',
      gone: '-',
    },
    resolutions: { a: '9.0.0', 'm/n': '7.0.0', '**/p/**/q': '8.0.0' },
  });

  it('all forms since it has scoped ones', () => {
    expect(rules(manifest, { kind: 'bun', format: '3' })).toEqual([
      'a = 1.0.0',
      'a>b = 2.0.0',
      'a>deep = 3.0.0',
      'x>y@^1 = 5.0.0',
      'bar = ^6.0.0',
      'c = ^1.0.0',
      'm>n = 7.0.0',
      'p>q = 8.0.0',
    ]);
  });

  it('names alone before', () => {
    const { overrides, notes } = read(manifest, { kind: 'bun', format: '1' });
    expect(overrides.rules.map(shown)).toEqual(['a = 1.0.0', 'bar = ^6.0.0', 'c = ^1.0.0']);
    expect(notes).toHaveLength(1);
    const both = json({ overrides: { a: '1' }, resolutions: { b: '2' } });
    expect(rules(both, { kind: 'bun', format: '1' })).toEqual(['a = 1', 'b = unknown']);
  });
});

it('nothing is known where no package manager owns the lockfile', () => {
  expect(read(json({ overrides: { a: '1' } }), { kind: 'spdx' }).overrides).toEqual({
    manager: undefined,
    rules: [],
    complete: false,
  });
});

it('crosses threads', () => {
  const policies = read(json({ overrides: { a: { b: '1' } } }), { kind: 'npm' });
  expect(structuredClone(policies)).toEqual(policies);
});
