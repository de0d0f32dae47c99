import { describe, expect, it } from 'vitest';
import { type Diagnostic, LockfileError } from '../../src/diagnostics.ts';
import { isObject } from '../../src/json.ts';
import type { Siblings } from '../../src/lockfiles/reader.ts';
import { readManifest, type WorkspaceOptions, workspaceDirectories } from '../../src/lockfiles/workspaces.ts';

const DIRECTORIES = [
  '',
  '.hidden/a',
  'apps/web',
  'packages',
  'packages/[x]',
  'packages/a',
  'packages/a/nested',
  'packages/b',
  'packages/b-test',
  'tools',
];

function siblingsOf(directories: readonly string[], files: Record<string, string> = {}): Siblings {
  return {
    read: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
    packageDirectories: () => directories,
  };
}

function chosen(
  workspaces: unknown,
  options?: WorkspaceOptions,
  directories = DIRECTORIES,
): { found: string[]; codes: string[] } {
  const diagnostics: Diagnostic[] = [];
  const context = { lockfile: 'sub/yarn.lock', report: (d: Diagnostic) => diagnostics.push(d) };
  const found = workspaceDirectories({ workspaces }, siblingsOf(directories), context, options);
  return { found, codes: diagnostics.map(({ code, severity, file }) => `${code} ${severity} ${file}`) };
}

describe('workspaceDirectories', () => {
  it.each([
    [['packages/*'], ['packages/[x]', 'packages/a', 'packages/b', 'packages/b-test']],
    [['./packages/*/'], ['packages/[x]', 'packages/a', 'packages/b', 'packages/b-test']],
    [
      ['packages/a', 'tools', 'absent'],
      ['packages/a', 'tools'],
    ],
    [['**'], DIRECTORIES.slice(2)],
    [['packages/**'], ['packages', 'packages/[x]', 'packages/a', 'packages/a/nested', 'packages/b', 'packages/b-test']],
    [['packages/{a,b}'], ['packages/a', 'packages/b']],
    [['packages/!(b*|a)'], ['packages/[x]']],
    [['.hidden/*'], ['.hidden/a']],
    [['.', '', './'], []],
    [{ packages: ['tools'] }, ['tools']],
    [{ nohoist: ['tools'] }, []],
    ['packages/*', []],
    [[3, null, ['tools'], 'tools'], ['tools']],
    [undefined, []],
    [null, []],
  ])('%j', (workspaces, expected) => {
    expect(chosen(workspaces)).toEqual({ found: expected, codes: [] });
  });

  it('takes out what a later negation names, unless negations are names', () => {
    expect(chosen(['packages/*', '!packages/b*', 'packages/b']).found).toEqual([
      'packages/[x]',
      'packages/a',
      'packages/b',
    ]);
    expect(chosen(['!packages/a', 'packages/a']).found).toEqual(['packages/a']);
    expect(chosen(['packages/a', '!packages/a'], { negations: false }).found).toEqual(['packages/a']);
  });

  it('matches below the directory of the manifest', () => {
    expect(chosen(['*'], { from: 'packages' }).found).toEqual([
      'packages/[x]',
      'packages/a',
      'packages/b',
      'packages/b-test',
    ]);
    expect(chosen(['*'], { from: 'packages/a' }).found).toEqual(['packages/a/nested']);
    expect(
      chosen(['*'], { from: 'packages/[x]' }, ['packages/[x]', 'packages/[x]/in', 'packages/x/not']).found,
    ).toEqual(['packages/[x]/in']);
  });

  it.each(['../*', '..', '/packages/*', 'packages/../../x'])('reports %s, which leaves the directory', (glob) => {
    expect(chosen([glob, 'tools'])).toEqual({ found: ['tools'], codes: ['PATH_ESCAPES incomplete sub/package.json'] });
  });

  it.each([
    ['many wildcards', '*a*a*a*a*a'],
    ['repeated groups', '+(a|aa)'],
    ['many braces', '{a,b}'.repeat(40)],
    ['large ranges', '{1..1000000}'],
    ['many globstars', '**/a/**/a/**/a/**/a/**/a'],
    ['length', 'a?'.repeat(500)],
  ])('reports a glob with too many: %s', (_, glob) => {
    const long = `${'a'.repeat(250)}/${'a/'.repeat(100)}b`;
    expect(chosen([glob], {}, [long])).toEqual({ found: [], codes: ['ENTRY_SKIPPED incomplete sub/package.json'] });
  });

  it('gives up where globs and directories together take too long', () => {
    const directories = Array.from({ length: 3_000 }, (_, i) => `${'a'.repeat(200)}${i}`);
    const globs = Array.from({ length: 100 }, (_, i) => `*a*a*a${i}b`);
    expect(() => chosen(globs, {}, directories)).toThrow(LockfileError);
  }, 5_000);
});

describe('readManifest', () => {
  const read = (directory: string, files: Record<string, string>) => {
    const diagnostics: Diagnostic[] = [];
    const context = { lockfile: 'sub/yarn.lock', report: (d: Diagnostic) => diagnostics.push(d) };
    return { manifest: readManifest(siblingsOf([], files), directory, context), diagnostics };
  };

  it('reads an object, with a byte order mark too', () => {
    expect(read('', { 'package.json': '\ufeff{ "name": "a" }' })).toEqual({ manifest: { name: 'a' }, diagnostics: [] });
    expect(read('packages/a', { 'packages/a/package.json': '{}' }).manifest).toEqual({});
  });

  it('keeps __proto__ an ordinary key', () => {
    const { manifest } = read('', { 'package.json': '{ "dependencies": { "__proto__": "1" } }' });
    expect(isObject(manifest?.dependencies) && Object.keys(manifest.dependencies)).toEqual(['__proto__']);
  });

  it('has nothing to say about an absent one', () => {
    expect(read('', {})).toEqual({ manifest: undefined, diagnostics: [] });
  });

  it.each(['', '{', '[]', '"a"', 'null', '{} x'])('reports %j', (text) => {
    const { manifest, diagnostics } = read('packages/a', { 'packages/a/package.json': text });
    expect(manifest).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { code: 'MANIFEST_UNREADABLE', severity: 'incomplete', file: 'sub/packages/a/package.json' },
    ]);
  });
});
