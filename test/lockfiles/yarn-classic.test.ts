import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Diagnostic, LockfileError } from '../../src/diagnostics.ts';
import type { LockGraph } from '../../src/graph/model.ts';
import type { LockfileInput } from '../../src/lockfiles/reader.ts';
import { lockfileText } from '../../src/lockfiles/text.ts';
import { readYarnClassic } from '../../src/lockfiles/yarn/classic.ts';
import { edgeLines, FIXTURES, inputOf, nodeLines } from '../readers.ts';
import { graphEntries, graphTree, refereeEntries, refereeTree } from '../referees/yarn-classic.ts';

const DIRECTORY = join(FIXTURES, 'yarn-classic');
const fixture = (name: string) => inputOf(join(DIRECTORY, name, 'yarn.lock'));
const read = (name: string) => readYarnClassic(fixture(name));
const inputFrom = (text: string): LockfileInput => ({
  path: 'yarn.lock',
  text,
  siblings: { read: () => undefined, packageDirectories: () => [] },
});

/** Edges of a fixture that has to be read without a diagnostic. */
async function edges(name: string): Promise<string[]> {
  const graph = await read(name);
  expect(graph.diagnostics).toEqual([]);
  return edgeLines(graph);
}

/** 'name@version source resolved' of the nodes that are no projects, in the order of the file. */
function sources(graph: LockGraph): string[] {
  return entryLines(graph).map(([, component, source, , resolved]) => `${component} ${source} ${resolved}`);
}

/** name -> digests, the long one of the fixtures shortened. */
function digests(graph: LockGraph): Record<string, string> {
  const short = (digest: string) => digest.replaceAll(/a{86}==/g, '...');
  return Object.fromEntries(
    entryLines(graph).map(([, component, , digest]) => [component!.split('@')[0], short(digest!)]),
  );
}

function entryLines(graph: LockGraph): string[][] {
  return nodeLines(graph)
    .map((line) => line.replace('npm/', '').split(' | '))
    .filter(([, , source]) => source !== 'workspace');
}

async function refusal(input: LockfileInput): Promise<Diagnostic> {
  try {
    await readYarnClassic(input);
  } catch (error) {
    if (error instanceof LockfileError) return error.diagnostic;
    throw error;
  }
  throw new Error('was read');
}

const codes = (graph: LockGraph) => graph.diagnostics.map(({ code, severity }) => `${code} ${severity}`);

describe('dependencies', () => {
  it('reads every kind of edge, and what only optional edges reach', async () => {
    const graph = await read('minimal');
    expect(graph.kind).toBe('yarn-classic');
    expect(graph.formatVersion).toBe('1');
    expect(graph.roots).toBe('declared');
    expect(graph.projects).toEqual([{ node: 0, path: '', name: 'root' }]);
    expect(edgeLines(graph)).toEqual([
      ' -dev-> d@~1.0.0 = d@~1.0.0',
      ' -optional-> o@1.x = o@1.x, o@^1.0.0',
      ' -prod-> a@^1.0.0 = a@^1.0.0',
      'a@^1.0.0 -optional-> o@^1.0.0 = o@1.x, o@^1.0.0',
      'a@^1.0.0 -prod-> @scope/b@>=1.0.0 <2 = "@scope/b@>=1.0.0 <2"',
      'd@~1.0.0 -prod-> a@^1.0.0 = a@^1.0.0',
      'o@1.x, o@^1.0.0 -prod-> p@* = p@*',
    ]);
    const optional = nodeLines(graph).filter((line) => line.endsWith('| 4'));
    expect(optional.map((line) => line.split(' | ')[1])).toEqual(['npm/o@1.5.0', 'npm/p@1.0.0']);
  });

  it('counts a name in several groups once, with the first range that says something', async () => {
    expect(await edges('groups-overlap')).toEqual([
      ' -dev-> c@ = c@',
      ' -optional-> a@^1.0.0 = a@^1.0.0',
      ' -prod-> b@1 = b@1',
    ]);
  });

  it('names the real package of an alias, the edge keeps the alias', async () => {
    expect(await edges('alias')).toContain(
      '"foo@npm:bar@^1.0.0" -prod-> bar-cjs@npm:bar@^1.0.0 = "bar-cjs@npm:bar@^1.0.0"',
    );
    const names = entryLines(await read('alias')).map(([key, component]) => `${key} ${component}`);
    expect(names).toEqual([
      '"bar-cjs@npm:bar@^1.0.0" bar@1.0.0',
      '"foo@npm:bar@^1.0.0" bar@1.0.0',
      '"real@npm:real" real@1.0.0',
      '"scoped@npm:@scope/bar" @scope/bar@1.0.0',
    ]);
  });

  it('finds patterns without a range: empty, bare name of the root, tag', async () => {
    expect(await edges('patterns-without-range')).toEqual([
      ' -prod-> bare@^5.0.0 = bare',
      ' -prod-> empty@ = empty@',
      ' -prod-> tag@latest = tag@latest',
      'empty@ -prod-> bare2@ = bare2@',
    ]);
  });

  it('reports required dependencies without an entry once, optional ones not at all', async () => {
    const graph = await read('missing-targets');
    expect(codes(graph)).toEqual(['EDGE_UNRESOLVED incomplete']);
    expect(graph.diagnostics[0]?.message).toContain('2 dependencies are not in the lockfile: gone, lost');
    expect(edgeLines(graph)).toEqual([
      ' -optional-> maybe@1 = none',
      ' -prod-> a@1 = a@1',
      ' -prod-> gone@1 = none',
      'a@1 -optional-> perhaps@1 = none',
      'a@1 -prod-> lost@^2 = none',
    ]);
  });

  it('reads cycles', async () => {
    expect(await edges('cycle')).toEqual([
      ' -prod-> a@1 = a@1',
      'a@1 -prod-> a@1 = a@1',
      'a@1 -prod-> b@1 = b@1',
      'b@1 -prod-> a@1 = a@1',
    ]);
  });

  it('takes names of Object.prototype for names', async () => {
    const graph = await read('prototype-names');
    expect(graph.diagnostics[0]?.message).toMatch(/1 dependencies .*: hasOwnProperty$/);
    expect(edgeLines(graph)).toContain('constructor@1 -prod-> __proto__@1 = "__proto__@1"');
    expect(edgeLines(graph)).toContain(' -prod-> toString@1 = toString@1');
  });
});

describe('resolutions', () => {
  it('finds the ranges that Yarn has put into the entry of a resolution', async () => {
    expect(await edges('resolutions')).toContain('a@^1.0.0 -prod-> right@^1.0.0 = right@2.0.0, right@^1.0.0');
  });

  it('uses a resolution for a range that the lockfile leaves out', async () => {
    expect(await edges('resolutions-pattern-left-out')).toContain('a@^1.0.0 -prod-> left@^1.1.0 = left@1.3.0');
  });
});

describe('workspaces', () => {
  it('goes to a workspace where its version satisfies the range, else to the lockfile', async () => {
    expect(await edges('workspaces')).toEqual([
      ' -dev-> lint@1 = lint@1',
      'ext@1 -prod-> lint@1 = lint@1',
      'packages/app -dev-> lint@1 = lint@1',
      'packages/app -peer-> ext@* = none',
      'packages/app -peer-> lint@* = lint@1',
      'packages/app -peerOptional-> nobody@* = none',
      'packages/app -prod-> any@ = packages/any',
      'packages/app -prod-> lib@^2.0.0 = packages/lib',
      'packages/app -prod-> old@^1.0.0 = old@^1.0.0',
      'packages/lib -prod-> ext@1 = ext@1',
    ]);
    expect((await read('workspaces')).projects.map(({ path, name }) => `${path}=${name}`)).toEqual([
      '=root',
      'packages/any=any',
      'packages/app=app',
      'packages/lib=lib',
      'packages/old=old',
    ]);
  });

  it('reads the object form and deep globs', async () => {
    expect(await edges('workspaces-object')).toEqual(['apps/one -prod-> two@1.0.0 = apps/deep/two']);
  });

  it('links a package of the registry to a workspace, as Yarn does', async () => {
    expect(await edges('workspace-for-a-package')).toContain('ext@1 -prod-> lib@2 = packages/lib');
  });

  it('keeps nameless, doubled and unlocked workspaces', async () => {
    expect(await edges('workspaces-odd')).toEqual([
      'packages/app -prod-> lone@^9.0.0 = packages/lone',
      'packages/app -prod-> pre@* = pre@*',
      'packages/app -prod-> twin@1 = packages/twin-a',
      'packages/no-name -prod-> ext@1 = ext@1',
    ]);
  });

  it('goes straight to a workspace that a link: points at', async () => {
    expect(await edges('link-to-workspace')).toEqual([
      ' -prod-> self@link:. = ',
      ' -prod-> ws@link:packages/ws = packages/ws',
    ]);
    expect((await read('link-to-workspace')).nodeCount).toBe(2);
  });

  it('keeps a workspace whose manifest cannot be read, and says so', async () => {
    const graph = await read('workspace-manifest-unreadable');
    expect(graph.projects).toHaveLength(3);
    expect(graph.diagnostics.map(({ code, file }) => `${code} ${file}`)).toEqual([
      'MANIFEST_UNREADABLE packages/bad/package.json',
      'MANIFEST_UNREADABLE packages/list/package.json',
    ]);
  });
});

describe('roots', () => {
  it('hangs what nothing depends on from the root where there is no manifest', async () => {
    const graph = await read('no-manifest');
    expect(graph.roots).toBe('assumed');
    expect(codes(graph)).toEqual(['ROOTS_ASSUMED notice']);
    expect(edgeLines(graph).filter((line) => line.startsWith(' '))).toEqual([
      ' -prod-> a@- = a@1',
      ' -prod-> c@- = c@1',
    ]);
  });

  it('does so where the manifest cannot be read, which is more than a notice', async () => {
    const graph = await read('manifest-unreadable');
    expect(graph.roots).toBe('assumed');
    expect(codes(graph)).toEqual(['MANIFEST_UNREADABLE incomplete', 'ROOTS_ASSUMED notice']);
  });

  it('takes fields of a wrong type as absent', async () => {
    expect(await edges('manifest-wrong-types')).toEqual([' -dev-> a@1 = a@1', ' -peer-> q@1 = none']);
  });
});

describe('sources', () => {
  it('reads URLs of repositories', async () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    expect(sources(await read('git-urls'))).toEqual([
      `https@1.0.0 git https://git.example/u/https.git#${commit}`,
      `page@1.0.0 git https://github.com/u/page#${commit}`,
      `plain@1.0.0 git git://git.example/u/plain.git#${commit}`,
      `scp@1.0.0 git ssh://git@git.example:u/scp.git#${commit}`,
      `ssh@1.0.0 git git+ssh://git@git.example/u/r.git#${commit}`,
    ]);
  });

  it('reads shortcuts of hosted repositories, whose archives name the commit', async () => {
    const commit = 'b'.repeat(40);
    expect(sources(await read('git-shortcuts'))).toEqual([
      `bucket@1.0.0 git https://bitbucket.org/user/bucket/get/${commit}.tar.gz#${commit}`,
      `hub@1.0.0 git https://codeload.github.com/user/hub/tar.gz/${commit}#${commit}`,
      `lab@1.0.0 git https://gitlab.com/user/lab/repository/archive.tar.gz?ref=${commit}#${commit}`,
      `short@1.0.0 git https://codeload.github.com/user/short/tar.gz/${commit}#${commit}`,
      'tagged@1.0.0 git git+ssh://git@github.com/user/tagged.git#0123456789abcdef0123456789abcdef01234567',
    ]);
    expect(digests(await read('git-shortcuts')).hub).toBe('sha1-ASNFZ4mrze8BI0VniavN7wEjRWc=');
    expect(digests(await read('git-shortcuts')).tagged).toBe('-');
  });

  it('reads tarballs by URL', async () => {
    expect(sources(await read('url-tarballs'))).toEqual([
      't@1.0.0 url https://files.example/t.tgz',
      'u@1.0.0 url http://files.example/u',
    ]);
  });

  it('reads file: and link:, inside and outside of the tree', async () => {
    expect(await edges('files-and-links')).toContain('"dir@file:./vendor/dir/" -prod-> ext@1 = ext@1');
    expect(sources(await read('files-and-links')).filter((line) => !line.includes('registry'))).toEqual([
      'dir@2.0.0 file vendor/dir',
      'link@0.0.0 link vendor/link',
      'missing@0.0.0 link missing',
      'out@0.0.0 link ../outside',
      'tar@1.0.0 file vendor/tar-1.0.0.tgz',
      'dot@3.0.0 file vendor/dot',
    ]);
    expect(digests(await read('files-and-links')).tar).toBe('sha1-ASNFZ4mrze8BI0VniavN7wEjRWc=');
  });

  it('looks paths of manifests up as Yarn rewrites them, or as they are written', async () => {
    expect(await edges('paths-in-workspaces')).toEqual([
      ' -prod-> slash@file:./vendor/slash/ = "slash@file:./vendor/slash"',
      'packages/app -prod-> down@file:./vendor = "down@file:./packages/app/vendor"',
      'packages/app -prod-> out@link:../../../out = "out@link:../out"',
      'packages/app -prod-> plain@link:lib = "plain@link:packages/app/lib"',
      'packages/app -prod-> up@link:../../vendor/up = "up@link:vendor/up"',
    ]);
    expect(await edges('paths-as-written')).toEqual([' -prod-> dir@file:./vendor/dir/ = "dir@file:./vendor/dir/"']);
  });

  it('keeps the file names of an offline mirror', async () => {
    expect(sources(await read('offline-mirror'))).toEqual([
      '@scope/b@1.0.0 registry @scope-b-1.0.0.tgz',
      'a@1.0.0 registry a-1.0.0.tgz',
    ]);
  });

  it('reads entries without resolved', async () => {
    expect(sources(await read('patterns-without-resolved'))).toEqual(['a@1.0.0 registry -', 'b@1.0.0 registry -']);
  });

  it('reads the patterns without a name of old lockfiles', async () => {
    expect(
      entryLines(await read('patterns-without-name')).map(([, component, source]) => `${component} ${source}`),
    ).toEqual(['one@1.0.0 git', 'two@1.2.3 url', 'three@1.0.0 git']);
    expect(sources(await read('name-guessed'))).toEqual(['two@1.2.3 url https://files.example/x/two-1.2.3.tgz?a=b/c']);
  });
});

describe('digests', () => {
  it('adds the SHA-1 behind the URL where the integrity has none', async () => {
    expect(digests(await read('digests'))).toEqual({
      both: 'sha512-... sha1-ASNFZ4mrze8BI0VniavN7wEjRWc=',
      fragment: 'sha1-ASNFZ4mrze8BI0VniavN7wEjRWc=',
      none: '-',
      odd: '-',
      several: 'sha1-ASNFZ4mrze8BI0VniavN7wEjRWc= sha512-...',
      'sha1-sri': 'sha1-ASNFZ4mrze8BI0VniavN7wEjRWc=',
      sri: 'sha512-...',
      upper: 'sha1-ASNFZ4mrze8BI0VniavN7wEjRWc=',
    });
  });

  it('reads several digests without quotes, which Yarn refuses', async () => {
    expect(digests(await read('digests-without-quotes'))).toEqual({
      several: 'sha1-ASNFZ4mrze8BI0VniavN7wEjRWc= sha512-...',
    });
  });
});

describe('text', () => {
  it('reads a file without a header or a last line end, and one with nothing but a header', async () => {
    expect((await read('no-header')).formatVersion).toBe('');
    expect(await edges('no-header')).toEqual([' -prod-> a@1 = a@1']);
    expect((await read('header-only')).nodeCount).toBe(1);
  });

  it('reads CRLF and a byte order mark the same', async () => {
    const plain = fixture('minimal');
    const bytes = new TextEncoder().encode(`\ufeff${plain.text.replaceAll('\n', '\r\n')}`);
    const graph = await readYarnClassic({ ...plain, text: lockfileText('yarn.lock', bytes) });
    const expected = await readYarnClassic(plain);
    expect(nodeLines(graph)).toEqual(nodeLines(expected));
    expect(edgeLines(graph)).toEqual(edgeLines(expected));
  });

  it('skips fields and maps that say nothing about the graph', async () => {
    expect(await edges('unknown-fields')).toEqual([' -prod-> a@1 = a@1', 'a@1 -prod-> b@1 = b@1']);
  });

  it('takes the later one of equal patterns and fields, as Yarn does, and keeps the component', async () => {
    const graph = await read('duplicate-keys');
    expect(sources(graph)).toHaveLength(2);
    expect(graph.strings[graph.version[graph.edgeTo[0]!]!]).toBe('1.1.0');
    expect(await edges('duplicate-fields')).toEqual([' -prod-> a@1 = a@1', 'a@1 -prod-> c@1 = c@1']);
  });

  it('reads escapes in quotes', async () => {
    const graph = await read('escapes');
    expect(edgeLines(graph)).toEqual([String.raw` -prod-> a@1 || "2" = "a@1 || \"2\""`]);
    expect(sources(graph)[0]).toMatch(/^a@1\.0\.0 /);
  });

  it('reports an entry without a version', async () => {
    const graph = await read('invalid-truncated-entry');
    expect(graph.diagnostics.map(({ code, severity, line }) => [code, severity, line])).toEqual([
      ['LOCKFILE_SHAPE', 'incomplete', 10],
    ]);
    expect(sources(graph)).toContain('b@- registry -');
  });

  it.each([
    ['invalid-after-value', 6, 19],
    ['invalid-deep-indent', 7, 7],
    ['invalid-escape', 6, 11],
    ['invalid-field-without-entry', 1, 3],
    ['invalid-header-without-colon', 5, 4],
    ['invalid-indent', 6, 4],
    ['invalid-item-without-field', 7, 5],
    ['invalid-pattern', 5, 6],
    ['invalid-tab', 6, 1],
    ['invalid-truncated-field', 7, 8],
    ['invalid-truncated-in-quotes', 7, 12],
    ['invalid-value', 6, 11],
  ])('refuses %s at line %i, column %i', async (name, line, column) => {
    expect(await refusal(fixture(name))).toMatchObject({ code: 'LOCKFILE_SYNTAX', line, column });
  });

  it('refuses a later version of the format', async () => {
    expect(await refusal(fixture('version-2'))).toMatchObject({ code: 'LOCKFILE_VERSION', line: 1 });
  });

  it('is not slowed down by one name with many ranges, a long line or deep indents', async () => {
    const ranges = Array.from({ length: 20_000 }, (_, i) => `a@${i}`).join(', ');
    const asked = Array.from({ length: 20_000 }, (_, i) => `    a "${i}"\n`).join('');
    const graph = await readYarnClassic(inputFrom(`${ranges}:\n  version "1"\n  dependencies:\n${asked}`));
    expect(graph.diagnostics.map(({ code }) => code)).toEqual(['ROOTS_ASSUMED']);
    expect(await refusal(inputFrom(`a@1:\n${' '.repeat(1e6)}x "1"\n`))).toMatchObject({
      code: 'LOCKFILE_SYNTAX',
      line: 2,
    });
    expect(await refusal(inputFrom(`"${'/'.repeat(1e6)}`))).toMatchObject({ code: 'LOCKFILE_SYNTAX', line: 1 });
  }, 5_000);

  it('reads any text or refuses it with a place', async () => {
    const texts = readdirSync(DIRECTORY).map((name) => fixture(name).text);
    const cut = fc
      .tuple(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.nat(5),
        fc.constantFrom('', '"', '\n', ' ', ':', '\\', ',', '#', '@'),
      )
      .map(([text, at, count, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + count));
    await fc.assert(
      fc.asyncProperty(cut, async (text) => {
        try {
          await readYarnClassic(inputFrom(text));
        } catch (error) {
          expect(error).toBeInstanceOf(LockfileError);
          expect((error as LockfileError).diagnostic.line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** What a referee says differently, or cannot say, by fixture. */
const PARSER_DIFFERS: Record<string, string> = {
  'digests-without-quotes': 'Yarn refuses the text',
  'duplicate-keys': 'its object holds the later entry alone',
  'link-to-workspace': 'an entry that links to a project is no node here',
  'name-guessed': 'it takes the whole URL for the name',
  'resolutions-pattern-left-out': 'it knows no manifests',
  'workspace-for-a-package': 'it knows no manifests',
};
const YARN_DIFFERS: Record<string, string> = {
  'digests-without-quotes': 'Yarn refuses the text',
  'invalid-truncated-entry': 'the entry has no resolved, so Yarn would resolve it anew',
  'link-to-workspace': 'Yarn keeps the link beside the workspace',
  'manifest-unreadable': 'Yarn stops at the manifest',
  'manifest-wrong-types': 'Yarn stops at the manifest',
  'name-guessed': 'there is no manifest',
  'no-manifest': 'there is no manifest',
  'patterns-without-name': 'there is no manifest',
  'patterns-without-resolved': 'Yarn would resolve these entries anew',
  'workspace-manifest-unreadable': 'Yarn stops at the manifest',
  'workspaces-odd': 'Yarn stops at two workspaces of one name',
};

describe('referees', () => {
  const readable = readdirSync(DIRECTORY).filter(
    (name) => name === 'invalid-truncated-entry' || !/^invalid-|^version-2$/.test(name),
  );

  it.each(readable)('Yarn’s parser has the entries of %s', async (name) => {
    const ours = graphEntries(await read(name));
    const theirs = attempt(() => refereeEntries(fixture(name).text));
    if (Object.hasOwn(PARSER_DIFFERS, name)) expect(theirs).not.toEqual(ours);
    else expect(ours).toEqual(theirs);
  });

  it.each(readable)('Yarn resolves %s to the same tree', async (name) => {
    const ours = graphTree(await read(name));
    const theirs = await refereeTree(join(DIRECTORY, name)).catch(() => undefined);
    if (Object.hasOwn(YARN_DIFFERS, name)) expect(theirs).not.toEqual(ours);
    else expect(ours).toEqual(theirs);
  });
});

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
