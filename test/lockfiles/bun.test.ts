import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type ParseError, parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import type { LockGraph } from '../../src/graph/model.ts';
import { readBun } from '../../src/lockfiles/bun/bun.ts';
import { parseBunText } from '../../src/lockfiles/bun/text.ts';
import type { LockfileInput } from '../../src/lockfiles/reader.ts';
import { edgeLines, FIXTURES, inputOf, nodeLines } from '../readers.ts';
import { BUN, bunReferee, difference, graphLines } from '../referees/bun.ts';

const DIRECTORY = join(FIXTURES, 'bun');
const fixture = (name: string) => inputOf(join(DIRECTORY, name, 'bun.lock'));
const read = (name: string) => readBun(fixture(name));
const inputFrom = (text: string): LockfileInput => ({
  path: 'bun.lock',
  text,
  siblings: { read: () => undefined, packageDirectories: () => [] },
});

/** Nodes and edges of a fixture, without the diagnostics, which have to be none. */
async function lines(name: string): Promise<{ nodes: string[]; edges: string[] }> {
  const graph = await read(name);
  expect(graph.diagnostics).toEqual([]);
  return { nodes: nodeLines(graph), edges: edgeLines(graph) };
}

async function refusal(input: LockfileInput): Promise<object> {
  try {
    await readBun(input);
  } catch (error) {
    if (error instanceof LockfileError) return error.diagnostic;
    throw error;
  }
  throw new Error('was read');
}

const messages = (graph: LockGraph) => graph.diagnostics.map(({ code, line, message }) => [code, line, message]);

describe('packages and their dependencies', () => {
  it('reads what every kind of dependency of the root resolves to', async () => {
    const sha = (letter: string, end: string) => `sha512-${letter}${end}==`;
    const { nodes, edges } = await lines('basic');
    expect(nodes).toEqual([
      ' | npm/basic@- | workspace | - |  | 0',
      `@scope/d | npm/@scope/d@4.0.0 | registry | ${sha('3d'.repeat(42), '3Q')} | - | 0`,
      `a | npm/a@1.2.3 | registry | ${sha('a'.repeat(85), 'A')} | - | 0`,
      'b | npm/b@2.0.1 | registry | - | - | 0',
      'c | npm/c@3.1.0 | registry | - | - | 4',
    ]);
    expect(edges).toEqual([
      ' -dev-> b@~2.0.0 = b',
      ' -optional-> c@3.x = c',
      ' -peer-> @scope/d@* = @scope/d',
      ' -prod-> a@^1.0.0 = a',
      'a -prod-> @scope/d@^4.0.0 = @scope/d',
      'b -prod-> a@1 = a',
    ]);
    const graph = await read('basic');
    expect([graph.kind, graph.formatVersion, graph.roots]).toEqual(['bun', '1', 'declared']);
    expect(graph.projects).toEqual([{ node: 0, path: '', name: 'basic' }]);
  });

  it('keeps the URL of a package of another registry', async () => {
    expect((await lines('custom-registry')).nodes).toContain(
      '@own/a | npm/@own/a@1.0.0 | registry | - | https://registry.example/@own/a/-/a-1.0.0.tgz | 0',
    );
  });

  it('looks for a dependency in the node_modules of the package, then in those above', async () => {
    expect((await lines('nested-versions')).edges).toEqual([
      ' -prod-> @s/a@^1.0.0 = @s/a',
      ' -prod-> c@^1.0.0 = c',
      ' -prod-> d@^1.0.0 = d',
      '@s/a -prod-> @s/b@^1.0.0 = @s/b',
      '@s/a -prod-> c@^2.0.0 = @s/a/c',
      '@s/a/c -prod-> @s/b@^2.0.0 = @s/a/c/@s/b',
      '@s/a/c -prod-> d@^2.0.0 = @s/a/c/d',
      '@s/a/c/@s/b -prod-> c@^2.0.0 = @s/a/c',
      '@s/a/c/@s/b -prod-> d@^2.0.0 = @s/a/c/d',
      '@s/b -prod-> c@^1.0.0 = c',
      'c -prod-> d@^1.0.0 = d',
    ]);
  });

  it('names a package by its real name and the edge by the alias', async () => {
    const { nodes, edges } = await lines('alias');
    expect(nodes).toContain('new | npm/@scope/real@2.0.0 | registry | - | - | 0');
    expect(edges).toContain('new -prod-> old@npm:@scope/real@^1.0.0 = old');
  });

  it('takes a range from the catalog, and keeps it where the catalog lacks it', async () => {
    expect((await lines('catalogs')).edges).toEqual([
      ' -prod-> a@^1.0.0 = a',
      ' -prod-> b@^2.0.0 = b',
      ' -prod-> c@catalog:gone = c',
    ]);
  });

  it('keeps the declared range of what an override changes', async () => {
    expect((await lines('overrides')).edges).toContain('a -prod-> b@^1.0.0 = b');
    expect((await lines('version-3-scoped-overrides')).edges).toContain('a -prod-> b@^1.0.0 = a/b');
  });

  it('gives a cycle its edges', async () => {
    expect((await lines('cycle')).edges).toEqual([
      ' -prod-> a@^1.0.0 = a',
      'a -prod-> a@^1.0.0 = a',
      'a -prod-> b@^1.0.0 = b',
      'b -prod-> a@^1.0.0 = a',
    ]);
  });

  it('takes names of Object.prototype for names', async () => {
    const { nodes, edges } = await lines('prototype-names');
    expect(nodes).toHaveLength(6);
    expect(edges).toContain(' -prod-> __proto__@^1.0.0 = __proto__');
    expect(edges).toContain(' -prod-> constructor@catalog: = constructor');
    expect(edges).toContain(' -prod-> toString@catalog:__proto__ = toString');
    expect(edges).toContain('__proto__ -prod-> hasOwnProperty@1 = __proto__/hasOwnProperty');
  });
});

describe('peers', () => {
  it('marks optional peers, and leaves without a target what nobody installed', async () => {
    expect((await lines('peers')).edges).toEqual([
      ' -prod-> a@^1.0.0 = a',
      ' -prod-> host@^1.0.0 = host',
      'a -peer-> host@^1.0.0 = host',
      'a -peerOptional-> gone@* = none',
      'a -peerOptional-> there@* = there',
      'host -prod-> there@^1.0.0 = there',
    ]);
    expect((await lines('peer-not-installed')).edges).toContain('a -peer-> missing@^1.0.0 = none');
  });

  it('gives a package at two places the peer of each place', async () => {
    const { edges } = await lines('peer-at-its-place');
    expect(edges).toContain('a -peer-> host@^1.0.0 = host');
    expect(edges).toContain('b/a -peer-> host@^1.0.0 = b/host');
  });
});

describe('projects', () => {
  it('has every workspace as a project, and its own packages under its name', async () => {
    const graph = await read('workspaces');
    expect(graph.projects.map(({ path, name }) => [path, name])).toEqual([
      ['', 'workspaces'],
      ['apps/web', '@team/web'],
      ['packages/ui', '@team/ui'],
    ]);
    expect(nodeLines(graph)).toEqual([
      ' | npm/workspaces@- | workspace | - |  | 0',
      '@team/web/a | npm/a@2.0.0 | registry | - | - | 0',
      'a | npm/a@1.0.0 | registry | - | - | 0',
      'apps/web | npm/@team/web@0.1.0 | workspace | - | apps/web | 0',
      'b | npm/b@1.0.0 | registry | - | - | 0',
      'packages/ui | npm/@team/ui@- | workspace | - | packages/ui | 0',
    ]);
    expect(edgeLines(graph)).toEqual([
      ' -dev-> a@^1.0.0 = a',
      '@team/web/a -prod-> b@* = b',
      'apps/web -prod-> @team/ui@workspace:* = packages/ui',
      'apps/web -prod-> a@^2.0.0 = @team/web/a',
      'apps/web -prod-> b@^1.0.0 = b',
      'packages/ui -dev-> a@^1.0.0 = a',
      'packages/ui -peer-> b@^1.0.0 = b',
      'packages/ui -prod-> b@^1.0.0 = b',
    ]);
  });

  it('finds a workspace that has no entry among the packages', async () => {
    expect((await lines('workspace-unlisted-in-packages')).edges).toEqual(['a -prod-> b@workspace:* = b']);
  });

  it('leads a dependency on the root to the root', async () => {
    expect((await lines('root-as-dependency')).edges).toEqual([
      ' -prod-> root@link:. = ',
      'packages/a -prod-> root@workspace:* = ',
    ]);
  });

  it('does not take packages under a package that has the name of the root for those of the root', async () => {
    const text = JSON.stringify({
      lockfileVersion: 1,
      workspaces: { '': { name: 'a', dependencies: { a: '*', b: '*' } } },
      packages: { a: ['a@1.0.0', '', {}, ''], b: ['b@1.0.0', '', {}, ''], 'a/b': ['b@2.0.0', '', {}, ''] },
    });
    expect(edgeLines(await readBun(inputFrom(text)))).toContain(' -prod-> b@* = b');
  });

  it('reads version 0, which repeats the dependencies of workspaces', async () => {
    expect((await lines('version-0')).edges).toEqual([
      ' -prod-> a@^1.0.0 = a',
      ' -prod-> lib@workspace:* = lib',
      'lib -prod-> a@^1.0.0 = a',
    ]);
  });

  it('takes the name of the root from its manifest where the lockfile has none', async () => {
    expect((await read('version-2')).projects[0]?.name).toBe('named-in-its-manifest');
    expect((await read('nothing-locked')).projects).toEqual([{ node: 0, path: '', name: undefined }]);
  });
});

describe('where packages come from', () => {
  it('tells git, URLs, files, directories and links apart', async () => {
    const sha = `sha512-${'a'.repeat(85)}A==`;
    const { nodes, edges } = await lines('sources');
    const commit = '0123456789abcdef0123456789abcdef01234567';
    expect(nodes).toEqual([
      ' | npm/sources@- | workspace | - |  | 0',
      'a | npm/a@1.0.0 | registry | - | - | 0',
      'directory | npm/directory@- | file | - | vendor/directory | 0',
      `from-git | npm/from-git@- | git | - | git+ssh://git@code.example/team/from-git.git#${commit} | 0`,
      `from-github | npm/real-name@- | git | ${sha} | git+https://github.com/team/from-github.git#abcdef0 | 0`,
      'global | npm/global@- | link | - | - | 0',
      'linked | npm/linked@- | link | - | ../linked | 0',
      `remote | npm/remote@- | url | ${sha} | https://files.example/remote-1.0.0.tgz | 0`,
      `tarball | npm/tarball@- | file | ${sha} | vendor/tarball-1.0.0.tgz | 0`,
    ]);
    expect(edges).toContain('from-git -prod-> a@1 = a');
    expect(edges).toContain('tarball -prod-> a@* = a');
  });

  it('reads the path of a tarball from the project that asks for it', async () => {
    const paths = (await lines('tarball-of-a-workspace')).nodes.filter((line) => line.includes('| file |'));
    expect(paths).toEqual([
      'one/t | npm/t@- | file | - | vendor/t-1.0.0.tgz | 0',
      't | npm/t@- | file | - | vendor/t-1.0.0.tgz | 0',
      'u | npm/u@- | file | - | vendor/u-1.0.0.tgz | 0',
    ]);
  });

  it('has the development dependencies of a local directory, which bun installs', async () => {
    expect((await lines('file-with-dev-dependencies')).edges).toContain('d -dev-> e@file:../e = d/e');
  });

  it('keeps components whose path leaves the tree', async () => {
    const { nodes } = await lines('climbing-paths');
    expect(nodes).toContain('d | npm/d@- | file | - | ../../d | 0');
    expect(nodes).toContain('t | npm/t@- | file | - | ../../t.tgz | 0');
    expect(nodes).toContain('../w | npm/w@- | workspace | - | ../w | 0');
  });
});

describe('flags', () => {
  const flags = async (name: string) =>
    Object.fromEntries((await lines(name)).nodes.map((line) => [line.split(' | ')[0], Number(line.split(' | ')[5])]));

  it('marks trusted packages as running scripts and patched ones as patched', async () => {
    expect(await flags('trusted-and-patched')).toEqual({ '': 0, a: 16, b: 1, 'b/a': 0 });
  });

  it('marks bundled packages', async () => {
    expect(await flags('bundled')).toEqual({ '': 0, a: 0, 'a/b': 2 });
  });

  it('marks platforms, and as optional what only optional dependencies bring', async () => {
    expect(await flags('platforms')).toEqual({ '': 0, a: 0, 'a-darwin': 12, 'a-linux': 12, deeper: 4, shared: 0 });
    expect((await lines('platforms')).edges).toContain('a -optional-> a-left-out@1.0.0 = none');
  });
});

describe('text', () => {
  it('reads comments and commas however they are written', async () => {
    expect((await lines('commented')).edges).toEqual([' -prod-> a@1 // 2 ,} = a', 'a -prod-> b@/* , ] */ = b']);
  });

  it('reads carriage returns', async () => {
    const text = fixture('workspaces').text.replaceAll('\n', '\r\n');
    expect(edgeLines(await readBun(inputFrom(text)))).toEqual((await lines('workspaces')).edges);
  });

  it('gives the place of a syntax error', async () => {
    expect(await refusal(fixture('truncated'))).toMatchObject({ code: 'LOCKFILE_SYNTAX', line: 22, column: 44 });
    expect(await refusal(inputFrom('{"lockfileVersion": 1,\n "workspaces": {,}}'))).toMatchObject({
      code: 'LOCKFILE_SYNTAX',
      line: 2,
    });
  });

  it('refuses conflict markers', () => {
    expect(() => fixture('conflict')).toThrow(expect.objectContaining({ name: 'LockfileError' }));
  });

  it('survives nesting without end', async () => {
    expect(await refusal(inputFrom('{"a":'.repeat(100_000)))).toMatchObject({ code: 'LOCKFILE_SYNTAX' });
  });

  it('reads any JSON with trailing commas and comments as jsonc-parser does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key(), value()), fc.infiniteStream(fc.nat()), async (object, stream) => {
        const text = written(object, stream);
        const errors: ParseError[] = [];
        const expected: unknown = parse(text, errors, { allowTrailingComma: true });
        expect(errors).toEqual([]);
        expect(await parseBunText('bun.lock', text)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('reads or refuses any text', async () => {
    const text = fixture('workspaces').text;
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.nat(20), fc.string(), async (at, length, insert) => {
        const broken = text.slice(0, at) + insert + text.slice(at + length);
        const result = await readBun(inputFrom(broken)).catch((error: unknown) => error);
        expect(result instanceof LockfileError || !(result instanceof Error)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what cannot be used', () => {
  it.each([
    ['version-unknown', { code: 'LOCKFILE_VERSION', line: 1, message: expect.stringContaining('4 is newer') }],
    ['version-missing', { code: 'LOCKFILE_VERSION', line: 1 }],
    ['version-of-wrong-type', { code: 'LOCKFILE_VERSION', line: 1 }],
    ['workspaces-missing', { code: 'LOCKFILE_SHAPE', message: 'expected an object "workspaces"' }],
    ['root-missing', { code: 'LOCKFILE_SHAPE', message: expect.stringContaining('root project') }],
    ['packages-of-wrong-type', { code: 'LOCKFILE_SHAPE', message: 'expected an object "packages"' }],
    ['not-an-object', { code: 'LOCKFILE_SHAPE', line: 1 }],
  ])('refuses %s', async (name, expected) => {
    expect(await refusal(fixture(name))).toMatchObject({ ...expected, severity: 'incomplete', file: 'bun.lock' });
  });

  it('refuses install paths without end', async () => {
    const text = (key: string) =>
      JSON.stringify({ lockfileVersion: 1, workspaces: { '': {} }, packages: { [key]: ['a@1.0.0', '', {}, ''] } });
    expect(await refusal(inputFrom(text(`${'a/'.repeat(201)}a`)))).toMatchObject({ code: 'LOCKFILE_TOO_COMPLEX' });
    expect(await refusal(inputFrom(text('/'.repeat(1_000_000))))).toMatchObject({ code: 'LOCKFILE_TOO_COMPLEX' });
    expect((await readBun(inputFrom(text(`${'a/'.repeat(150)}a`)))).nodeCount).toBe(2);
  });
});

describe('what is read in part', () => {
  it('reports entries with the same key', async () => {
    expect(messages(await read('duplicate-entry'))).toEqual([
      ['ENTRY_SKIPPED', 13, 'a is there twice: only the last entry was read'],
    ]);
  });

  it('reports wrong types and keeps what can be kept', async () => {
    const graph = await read('wrong-types');
    expect(nodeLines(graph)).toEqual([
      ' | npm/@- | workspace | - |  | 0',
      'a | npm/a@1.0.0 | registry | - | - | 0',
      'nameless | npm/@- | workspace | - | nameless | 0',
    ]);
    expect(edgeLines(graph)).toEqual([' -prod-> a@- = a', ' -prod-> b@* = none', 'nameless -prod-> a@* = a']);
    expect(messages(graph)).toEqual([
      ['ENTRY_SKIPPED', 17, expect.stringContaining('10 (nothing, trustedDependencies, patchedDependencies, nameless')],
      ['EDGE_UNRESOLVED', undefined, 'needed but not locked: 1 (b)'],
    ]);
  });

  it('reports what is needed but not locked, but for optional dependencies', async () => {
    const graph = await read('unresolved');
    expect(messages(graph)).toEqual([
      ['EDGE_UNRESOLVED', undefined, 'needed but not locked: 3 (gone, gone-too, gone of a)'],
    ]);
    expect(edgeLines(graph)).toContain(' -optional-> left-out@* = none');
  });

  it('keeps a workspace whose dependencies are not there, and says so', async () => {
    const graph = await read('unknown-workspace');
    expect(edgeLines(graph)).toEqual([' -prod-> a@workspace:* = a']);
    expect(graph.projects.map(({ path }) => path)).toEqual(['', 'packages/a']);
    expect(messages(graph)).toEqual([['ENTRY_SKIPPED', 11, expect.stringContaining('1 (a)')]]);
  });

  it('reports names that two projects, or a project and a package, share', async () => {
    expect(messages(await read('workspace-name-taken'))).toEqual([
      ['ENTRY_SKIPPED', 8, expect.stringContaining('2 (two, b)')],
    ]);
  });
});

/** Fixtures bun 1.3 cannot judge, or of which it says something else, and why. */
const UNJUDGED: Readonly<Record<string, string>> = {
  'duplicate-entry': 'refused: read in part here',
  'peer-at-its-place': 'bun hoists anew when it reads, and here would put both at one place',
  'peer-not-installed': 'bun 1.4 writes and reads this, 1.3 refuses it',
  unresolved: 'refused: read in part here',
  'unknown-workspace': 'refused: read in part here',
  'version-0': 'bun leaves the dependencies of workspaces open until it installs',
  'version-2': 'bun 1.4 writes and reads this, 1.3 refuses it',
  'version-3-scoped-overrides': 'bun 1.4 writes and reads this, 1.3 refuses it',
  'workspace-name-taken': 'refused: read in part here',
  'wrong-types': 'refused: read in part here',
};

describe.skipIf(BUN === undefined)('bun as the referee', () => {
  const names = readdirSync(DIRECTORY).filter((name) => name !== 'conflict');

  it.each(names.filter((name) => !(name in UNJUDGED)))('agrees on %s', async (name) => {
    const input = fixture(name);
    const referee = bunReferee(input.text);
    const ours = await readBun(input).then(graphLines, () => undefined);
    if (referee === undefined || ours === undefined) {
      expect([referee, ours]).toEqual([undefined, undefined]);
      return;
    }
    expect(difference(referee.packages, ours.packages)).toEqual([]);
    expect(difference(referee.places, ours.places)).toEqual([]);
    expect(difference(referee.edges, ours.edges)).toEqual([]);
    expect(difference(referee.bindings, ours.bindings)).toEqual([]);
  });
});

function key(): fc.Arbitrary<string> {
  // jsonc-parser takes __proto__ for the prototype.
  return fc.string().filter((text) => text !== '__proto__');
}

function value(): fc.Arbitrary<unknown> {
  const tricky = fc.constantFrom(', ]', '",\n}', '// a', '/* b */', '\\",]', 'x",', ',');
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      tricky,
      fc.boolean(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(key(), tie('value')),
    ),
  })).value;
}

/** JSON of a value with spaces, line breaks, comments and trailing commas as the stream of numbers has it. */
function written(value: unknown, stream: fc.Stream<number>): string {
  const next = () => stream.next().value as number;
  const spaces = ['', ' ', '\n', '\r\n    ', '\t'];
  const gaps = next() % 2 === 0 ? spaces : [...spaces, '// , ]\n', '/* } , */', ' /* a\n"b */ '];
  const gap = () => gaps[next() % gaps.length]!;
  const list = (open: string, items: string[], close: string) => {
    const comma = items.length > 0 && next() % 2 === 0 ? `${gap()},${gap()}` : '';
    return `${open}${gap()}${items.join(`${gap()},${gap()}`)}${comma}${gap()}${close}`;
  };
  const write = (item: unknown): string => {
    if (Array.isArray(item)) return list('[', item.map(write), ']');
    if (typeof item !== 'object' || item === null) return JSON.stringify(item);
    const entries = Object.entries(item).map(([name, of]) => `${JSON.stringify(name)}${gap()}:${gap()}${write(of)}`);
    return list('{', entries, '}');
  };
  return write(value);
}
