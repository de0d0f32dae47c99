import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import type { LockGraph } from '../../src/graph/model.ts';
import { readNpm } from '../../src/lockfiles/npm/npm.ts';
import type { LockfileInput } from '../../src/lockfiles/reader.ts';
import { lockfileText } from '../../src/lockfiles/text.ts';
import { edgeLines, FIXTURES, inputOf, nodeLines } from '../readers.ts';

async function fixture(name: string, file = 'package-lock.json'): Promise<LockGraph> {
  return readNpm(inputOf(join(FIXTURES, 'npm', name, file)));
}

async function read(text: string, manifest?: string): Promise<LockGraph> {
  const input: LockfileInput = {
    path: 'package-lock.json',
    text: lockfileText('package-lock.json', Buffer.from(text)),
    siblings: {
      read: (path) => (path === 'package.json' ? manifest : undefined),
      packageDirectories: () => [],
    },
  };
  return readNpm(input);
}

async function refusal(reading: () => Promise<LockGraph>): Promise<string> {
  const error = await reading().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LockfileError)) return `no refusal: ${String(error)}`;
  return `${error.diagnostic.code}:${error.diagnostic.line ?? '-'}`;
}

function found(graph: LockGraph): string[] {
  return graph.diagnostics.map(({ code, severity, line }) => `${code} ${severity} ${line ?? '-'}`);
}

describe('edges of version 3', () => {
  it('go to the nearest node_modules above', async () => {
    const graph = await fixture('hoisted-and-nested');
    expect(edgeLines(graph)).toEqual([
      ' -prod-> a@^1.0.0 = node_modules/a',
      ' -prod-> b@^1.0.0 = node_modules/b',
      'node_modules/@s/c -prod-> a@^1.0.0 = node_modules/a',
      'node_modules/a -prod-> @s/c@^1.0.0 = node_modules/@s/c',
      'node_modules/b -prod-> @s/c@^2.0.0 = node_modules/b/node_modules/@s/c',
      'node_modules/b -prod-> a@^2.0.0 = node_modules/b/node_modules/a',
      'node_modules/b/node_modules/@s/c -prod-> a@^2.0.0 = node_modules/b/node_modules/a',
    ]);
    expect(graph).toMatchObject({ kind: 'npm', formatVersion: '3', roots: 'declared', diagnostics: [] });
    expect(graph.projects).toEqual([{ node: 0, path: '', name: 'app' }]);
  });

  it('have one kind each, dev before optional before prod before peer', async () => {
    const graph = await fixture('edge-kinds');
    expect(edgeLines(graph)).toEqual([
      ' -dev-> both@2 = node_modules/both',
      ' -dev-> d@^1.0.0 = node_modules/d',
      ' -optional-> gone@^1.0.0 = none',
      ' -optional-> o@^1.0.0 = node_modules/o',
      ' -peer-> p@^1.0.0 = node_modules/p',
      ' -peerOptional-> q@^1.0.0 = none',
      ' -prod-> a@^1.0.0 = node_modules/a',
      'node_modules/a -optional-> o@^1.1.0 = node_modules/o',
      'node_modules/a -peer-> missing-peer@* = none',
      'node_modules/a -peerOptional-> d@* = node_modules/d',
      'node_modules/a -prod-> p@* = node_modules/p',
    ]);
    expect(graph.diagnostics).toEqual([]);
  });

  it('are named by the alias, nodes by the real name', async () => {
    const graph = await fixture('alias');
    expect(edgeLines(graph)).toEqual([
      ' -prod-> old@npm:@s/real@^1.0.0 = node_modules/old',
      ' -prod-> real@^2.0.0 = node_modules/real',
    ]);
    expect(nodeLines(graph)[1]).toContain('node_modules/old | npm/@s/real@1.0.0 | registry');
  });

  it('keep the declared range under an override', async () => {
    expect(edgeLines(await fixture('overrides'))).toContain('node_modules/a -prod-> b@^1.0.0 = node_modules/b');
  });

  it('find a name in another case, as npm does', async () => {
    expect(edgeLines(await fixture('other-case'))).toEqual([' -prod-> jsonstream@1 = node_modules/JSONStream']);
  });

  it('may form cycles', async () => {
    expect(edgeLines(await fixture('cycle'))).toHaveLength(4);
  });

  it('without a required target are reported once, with names', async () => {
    const graph = await fixture('required-missing');
    expect(found(graph)).toEqual(['EDGE_UNRESOLVED incomplete -']);
    expect(graph.diagnostics[0]?.message).toContain('2 required dependencies are not in the lockfile (gone, gone-too)');
    expect(edgeLines(graph)).toContain(' -prod-> gone@1 = none');
  });

  it('without an optional target or a peer are nothing to report', async () => {
    const graph = await fixture('optional-missing');
    expect(graph.diagnostics).toEqual([]);
    expect(edgeLines(graph)).toContain('node_modules/a -peer-> gone-too@1 = none');
  });

  it('of extraneous packages are nothing to report either', async () => {
    const graph = await fixture('extraneous');
    expect(graph.diagnostics).toEqual([]);
    expect(graph.nodeCount).toBe(2);
  });
});

describe('workspaces and links', () => {
  it('are projects and directories, with edges straight to them', async () => {
    const graph = await fixture('workspaces');
    expect(graph.projects.map(({ path, name }) => [path, name])).toEqual([
      ['', 'app'],
      ['packages/a', '@w/a'],
      ['packages/b', 'b'],
    ]);
    expect(nodeLines(graph).filter((line) => !line.startsWith('node_modules/'))).toEqual([
      ' | npm/app@1.0.0 | workspace | - |  | 0',
      'lib | npm/lib@0.1.0 | link | - | lib | 0',
      'packages/a | npm/@w/a@1.0.0 | workspace | - | packages/a | 0',
      'packages/b | npm/b@1.0.0 | workspace | - | packages/b | 0',
      expect.stringContaining('packages/b/node_modules/x | npm/x@2.0.0 | registry'),
      'packages/gone | npm/gone@1.0.0 | link | - | packages/gone | 0',
    ]);
    expect(edgeLines(graph)).toEqual([
      ' -dev-> lib@file:lib = lib',
      ' -prod-> @w/a@* = packages/a',
      'lib -dev-> x-dev@^1.0.0 = node_modules/x-dev',
      'lib -prod-> x@^1.0.0 = node_modules/x',
      'packages/a -dev-> x-dev@^1.0.0 = node_modules/x-dev',
      'packages/a -prod-> b@^1.0.0 = packages/b',
      'packages/a -prod-> x@^1.0.0 = node_modules/x',
      'packages/b -prod-> x@^2.0.0 = packages/b/node_modules/x',
      'packages/gone -prod-> nowhere@* = none',
    ]);
    expect(graph.diagnostics).toEqual([]);
  });

  it('may exclude a directory, which is a link then', async () => {
    const graph = await fixture('workspaces-excluded');
    expect(graph.projects.map(({ path }) => path)).toEqual(['', 'packages/a']);
    expect(edgeLines(graph)).toEqual([' -prod-> b@file:packages/b = packages/b']);
  });

  it('outside of the tree do not see the node_modules inside', async () => {
    const graph = await fixture('link-outside');
    expect(edgeLines(graph).filter((line) => line.startsWith('..'))).toEqual([
      '../shared -dev-> tool@^1.0.0 = none',
      '../shared -prod-> a@^1.0.0 = none',
      '../shared -prod-> own@^1.0.0 = ../shared/node_modules/own',
    ]);
    expect(graph.diagnostics[0]?.message).toContain('1 required dependencies are not in the lockfile (a)');
  });

  it('may lead to the root', async () => {
    expect(edgeLines(await fixture('link-to-root'))).toEqual([' -prod-> self@file:. = ']);
  });

  it('that climb far out keep their component', async () => {
    const graph = await fixture('link-climbs');
    expect(nodeLines(graph)[1]).toBe(
      '../../../../../../../../etc | npm/etc@1.0.0 | link | - | ../../../../../../../../etc | 0',
    );
    expect(edgeLines(graph)[0]).toMatch(/ = \.\.\/.*etc$/);
  });

  it('without an entry for their directory are kept and reported', async () => {
    const graph = await fixture('link-without-target');
    expect(found(graph)).toEqual(['ENTRY_SKIPPED incomplete 13']);
    expect(nodeLines(graph)[1]).toBe('node_modules/lib | npm/lib@- | link | - | lib | 0');
    expect(edgeLines(graph)).toEqual([' -prod-> lib@file:lib = node_modules/lib']);
  });
});

describe('nodes', () => {
  it('have the source that their URL shows', async () => {
    const graph = await fixture('sources');
    const sources = nodeLines(graph)
      .map((line) => line.split(' | '))
      .map(([key, , source, , resolved]) => [key, source, resolved]);
    expect(sources.map(([key, source]) => `${key} ${source}`)).toEqual([
      ' workspace',
      'node_modules/@s/hosted registry',
      'node_modules/@s/registry registry',
      'node_modules/alias registry',
      'node_modules/encoded registry',
      'node_modules/git git',
      'node_modules/github git',
      'node_modules/mirror registry',
      'node_modules/no-url registry',
      'node_modules/packed file',
      'node_modules/registry registry',
      'node_modules/same-name url',
      'node_modules/tarball url',
    ]);
    expect(sources.find(([key]) => key === 'node_modules/packed')?.[2]).toBe('vendor/packed-1.0.0.tgz');
    expect(sources.find(([key]) => key === 'node_modules/no-url')?.[2]).toBe('-');
  });

  it('have flags; what the root bundles itself has bytes of its own', async () => {
    const flags = nodeLines(await fixture('flags'))
      .map((line) => line.split(' | '))
      .map((parts) => `${parts[0]} ${parts[5]}`);
    expect(flags).toEqual([
      ' 0',
      'node_modules/bundler 0',
      'node_modules/bundler/node_modules/inside 2',
      'node_modules/by-root 0',
      'node_modules/dev-or-optional 4',
      'node_modules/linux-only 12',
      'node_modules/script 1',
    ]);
  });

  it('of a package with its own shrinkwrap are ordinary', async () => {
    expect(edgeLines(await fixture('has-shrinkwrap', 'npm-shrinkwrap.json'))).toContain(
      'node_modules/a -prod-> b@1 = node_modules/a/node_modules/b',
    );
  });

  it('may have any name', async () => {
    const graph = await fixture('prototype-names');
    expect(edgeLines(graph)).toEqual([
      ' -prod-> __proto__@1 = node_modules/__proto__',
      ' -prod-> constructor@1 = node_modules/constructor',
      ' -prod-> toString@* = node_modules/toString',
      'node_modules/__proto__ -peer-> valueOf@1 = none',
      'node_modules/constructor -prod-> __proto__@1 = node_modules/__proto__',
    ]);
  });

  it('come from packages alone in version 2', async () => {
    const graph = await fixture('version-2');
    expect(graph.formatVersion).toBe('2');
    expect(nodeLines(graph)[1]).toContain('npm/a@1.0.0');
  });

  it('are the last of two under one key, as npm reads it', async () => {
    expect(nodeLines(await fixture('duplicate-keys'))[1]).toContain('npm/a@1.0.1');
  });
});

describe('roots', () => {
  it('are assumed where nothing says what the project depends on', async () => {
    const graph = await fixture('no-root-entry');
    expect(graph.roots).toBe('assumed');
    expect(found(graph)).toEqual(['ROOTS_ASSUMED notice -']);
    expect(edgeLines(graph).filter((line) => line.startsWith(' '))).toEqual([
      ' -prod-> a@- = node_modules/a',
      ' -prod-> c@- = node_modules/c',
    ]);
  });

  it('come from the manifest where the lockfile has no root entry', async () => {
    const graph = await fixture('no-root-entry-manifest');
    expect(graph.roots).toBe('declared');
    expect(edgeLines(graph).filter((line) => line.startsWith(' '))).toEqual([
      ' -dev-> c@1 = node_modules/c',
      ' -prod-> a@1 = node_modules/a',
    ]);
  });

  it('are assumed, with a report, where the manifest cannot be read', async () => {
    const graph = await read('{"lockfileVersion":3,"packages":{}}', '{');
    expect(found(graph)).toEqual(['MANIFEST_UNREADABLE incomplete -', 'ROOTS_ASSUMED notice -']);
  });
});

describe('version 1', () => {
  it('takes root edges from the manifest and places from the nesting', async () => {
    const graph = await fixture('version-1');
    expect(graph).toMatchObject({ formatVersion: '1', roots: 'declared', diagnostics: [] });
    expect(edgeLines(graph)).toEqual([
      ' -dev-> d@^1.0.0 = node_modules/d',
      ' -prod-> a@^1.0.0 = node_modules/a',
      ' -prod-> alias@npm:@s/real@^1.0.0 = node_modules/alias',
      ' -prod-> b@^1.0.0 = node_modules/b',
      ' -prod-> bundler@1 = node_modules/bundler',
      ' -prod-> git@git+https://git.example/o/git.git = node_modules/git',
      ' -prod-> lib@file:lib = lib',
      ' -prod-> packed@file:vendor/packed-1.0.0.tgz = node_modules/packed',
      ' -prod-> tarball@https://files.example/tarball-1.0.0.tgz = node_modules/tarball',
      'lib -prod-> b@^1.0.0 = node_modules/b',
      'node_modules/a -optional-> o@^1.0.0 = node_modules/o',
      'node_modules/a -prod-> b@^2.0.0 = node_modules/a/node_modules/b',
      'node_modules/bundler -prod-> inside@1 = node_modules/bundler/node_modules/inside',
    ]);
    expect(
      nodeLines(graph)
        .map((line) => line.split(' | '))
        .map((parts) => [parts[0], parts[1], parts[2], parts[5]].join(' ')),
    ).toEqual([
      ' npm/app@1.0.0 workspace 0',
      'lib npm/lib@- link 0',
      'node_modules/a npm/a@1.0.0 registry 0',
      'node_modules/a/node_modules/b npm/b@2.0.0 registry 0',
      'node_modules/alias npm/@s/real@1.0.0 registry 0',
      'node_modules/b npm/b@1.0.0 registry 0',
      'node_modules/bundler npm/bundler@1.0.0 registry 0',
      'node_modules/bundler/node_modules/inside npm/inside@1.0.0 registry 2',
      'node_modules/d npm/d@1.0.0 registry 0',
      'node_modules/git npm/git@- git 0',
      'node_modules/o npm/o@1.0.0 registry 4',
      'node_modules/packed npm/packed@1.0.0 file 0',
      'node_modules/tarball npm/tarball@1.0.0 url 0',
    ]);
  });

  it('has assumed roots without a manifest', async () => {
    const graph = await fixture('version-1-no-manifest');
    expect(found(graph)).toEqual(['ROOTS_ASSUMED notice -']);
    expect(edgeLines(graph)).toEqual([
      ' -prod-> a@- = node_modules/a',
      ' -prod-> c@- = node_modules/c',
      'node_modules/a -prod-> b@1 = node_modules/b',
    ]);
  });

  it('counts what a package requires of the development tools', async () => {
    expect(edgeLines(await fixture('version-1-dev-required'))).toContain(
      'node_modules/a -prod-> d@^1.0.0 = node_modules/d',
    );
  });

  it('may be empty', async () => {
    expect(await fixture('version-1-empty')).toMatchObject({ nodeCount: 1, diagnostics: [] });
  });

  it('keeps paths as they were meant, without the machine in them', async () => {
    const graph = await fixture('version-1-outside');
    const paths = nodeLines(graph)
      .map((line) => line.split(' | '))
      .map((parts) => `${parts[2]} ${parts[4]}`);
    expect(paths).toEqual(['workspace ', 'link ../up', 'link /srv/absolute', 'file /srv/tar-1.0.0.tgz', 'link ~/home']);
  });

  it('without requires hangs what nothing depends on from the root', async () => {
    const graph = await fixture('no-version', 'npm-shrinkwrap.json');
    expect(graph).toMatchObject({ formatVersion: '', roots: 'assumed' });
    expect(found(graph)).toEqual(['ROOTS_ASSUMED notice -']);
    expect(edgeLines(graph)).toEqual([
      ' -prod-> a@^1.0.0 = node_modules/a',
      ' -prod-> b@- = node_modules/a/node_modules/b',
    ]);
  });

  it('reports what has a wrong shape', async () => {
    const graph = await fixture('version-1-wrong-types');
    expect(found(graph)).toEqual([
      'ENTRY_SKIPPED incomplete 5',
      'ENTRY_SKIPPED incomplete 5',
      'ROOTS_ASSUMED notice -',
    ]);
    expect(edgeLines(graph)).toContain('node_modules/a -prod-> b@1 = node_modules/b');
    expect(nodeLines(graph).map((line) => line.split(' | ')[0])).toEqual([
      '',
      'node_modules/__proto__',
      'node_modules/a',
      'node_modules/b',
    ]);
  });
});

describe('refusals', () => {
  it.each([
    ['conflict-markers', 'LOCKFILE_CONFLICT:4'],
    ['truncated', 'LOCKFILE_SYNTAX:5'],
    ['version-4', 'LOCKFILE_VERSION:3'],
    ['version-text', 'LOCKFILE_VERSION:3'],
    ['no-packages', 'LOCKFILE_SHAPE:1'],
    ['packages-array', 'LOCKFILE_SHAPE:4'],
    ['empty-object', 'LOCKFILE_SHAPE:1'],
    ['top-level-array', 'LOCKFILE_SHAPE:1'],
    ['version-1-dependencies-array', 'LOCKFILE_SHAPE:3'],
  ])('%s: %s', async (name, expected) => {
    expect(await refusal(() => fixture(name))).toBe(expected);
  });

  it('bound how deep packages nest', async () => {
    const deep = 'node_modules/a/'.repeat(300);
    const packages: Record<string, unknown> = { '': {} };
    for (let end = 14; end < deep.length; end += 15) packages[deep.slice(0, end)] = { dependencies: { b: '1' } };
    packages['node_modules/a/node_modules/b'] = {};
    packages[`${deep}node_modules/b`] = {};
    expect(await refusal(() => read(JSON.stringify({ lockfileVersion: 3, packages })))).toBe('LOCKFILE_TOO_COMPLEX:-');
    const path = JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ['a/'.repeat(300)]: {} } });
    expect(await refusal(() => read(path))).toBe('LOCKFILE_TOO_COMPLEX:-');
  });

  it('bound how deep version 1 nests', async () => {
    const text = `${'{"dependencies":{"a":'.repeat(300)}{}${'}}'.repeat(300)}`;
    const lock = `{"lockfileVersion":1,"requires":true,${text.slice(1)}`;
    expect(await refusal(() => read(lock))).toBe('LOCKFILE_TOO_COMPLEX:-');
  });

  it('bound what an unfinished nesting costs', async () => {
    expect(await refusal(() => read(`{"lockfileVersion":3,"packages":${'['.repeat(100_000)}`))).toBe(
      'LOCKFILE_TOO_COMPLEX:1',
    );
    expect(
      (await read(`{"lockfileVersion":3,"packages":{"":{}},"x":${'['.repeat(5000)}${']'.repeat(5000)}}`)).nodeCount,
    ).toBe(1);
  });
});

describe('odd files', () => {
  it('reads wrong types as absent and reports entries that are none', async () => {
    const graph = await fixture('wrong-types');
    expect(found(graph)).toEqual(['ENTRY_SKIPPED incomplete 6', 'EDGE_UNRESOLVED incomplete -']);
    expect(nodeLines(graph)).toEqual([
      ' | npm/@- | workspace | - |  | 0',
      'node_modules/a | npm/a@- | registry | - | - | 0',
      'node_modules/c | npm/c@1.0.0 | registry | - | - | 0',
    ]);
    expect(edgeLines(graph)).toEqual([
      ' -prod-> a@- = node_modules/a',
      ' -prod-> b@1 = none',
      ' -prod-> c@1 = node_modules/c',
      'node_modules/c -peer-> a@- = node_modules/a',
    ]);
  });

  it('reads CRLF and a byte order mark', async () => {
    const written = readFileSync(join(FIXTURES, 'npm', 'crlf-and-bom', 'package-lock.json'));
    expect([written[0], written.includes('\r\n')]).toEqual([0xef, true]);
    expect(edgeLines(await fixture('crlf-and-bom'))).toEqual([' -prod-> ms@^2.1.0 = node_modules/ms']);
    const text = inputOf(join(FIXTURES, 'npm', 'hoisted-and-nested', 'package-lock.json')).text;
    const odd = await read(`\ufeff${text.replaceAll('\n', '\r\n')}`);
    expect(edgeLines(odd)).toEqual(edgeLines(await fixture('hoisted-and-nested')));
  });
});
