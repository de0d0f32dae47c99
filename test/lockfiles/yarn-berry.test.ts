import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import { type LockGraph, NODE_FLAGS } from '../../src/graph/model.ts';
import type { LockfileInput } from '../../src/lockfiles/reader.ts';
import { readYarnBerry } from '../../src/lockfiles/yarn/berry.ts';
import { scanBerry } from '../../src/lockfiles/yarn/berry-text.ts';
import { edgeLines, FIXTURES, inputOf, nodeLines } from '../readers.ts';
import { askYarn, graphLines, type RefereeAnswer, refereeLines } from '../referees/yarn-berry.ts';

const fixture = (name: string): LockfileInput => inputOf(join(FIXTURES, 'yarn-berry', name, 'yarn.lock'));
const read = (name: string): Promise<LockGraph> => readYarnBerry(fixture(name));
const codes = (graph: LockGraph): string[] => graph.diagnostics.map(({ code, severity }) => `${code} ${severity}`);

async function failure(name: string): Promise<Record<string, unknown>> {
  try {
    await read(name);
  } catch (error) {
    if (error instanceof LockfileError) return { ...error.diagnostic };
    throw error;
  }
  throw new Error('expected the file to be refused');
}

describe('edges', () => {
  it('take the kind of a workspace dependency from its manifest', async () => {
    const graph = await read('kinds');
    expect(edgeLines(graph)).toEqual([
      'a@npm:^1.0.0 -prod-> d@^1.0.0 = d@npm:1.0.0, d@npm:^1.0.0',
      'app@workspace:. -dev-> b@^1.0.0 = b@npm:^1.0.0',
      'app@workspace:. -optional-> c@^1.0.0 = c@npm:^1.0.0',
      'app@workspace:. -prod-> a@^1.0.0 = a@npm:^1.0.0',
      'app@workspace:. -prod-> both@^1.1.0 = both@npm:^1.1.0',
      'b@npm:^1.0.0 -prod-> d@1.0.0 = d@npm:1.0.0, d@npm:^1.0.0',
      'c@npm:^1.0.0 -prod-> e@^1.0.0 = e@npm:^1.0.0',
    ]);
    expect(nodeLines(graph)).toEqual([
      'a@npm:^1.0.0 | npm/a@1.0.1 | registry | yarn10c0-aa01 | - | 0',
      'app@workspace:. | npm/app@1.2.3 | workspace | - |  | 0',
      'b@npm:^1.0.0 | npm/b@1.0.2 | registry | yarn10c0-bb02 | - | 0',
      'both@npm:^1.1.0 | npm/both@1.1.0 | registry | - | - | 0',
      `c@npm:^1.0.0 | npm/c@1.0.3 | registry | - | - | ${NODE_FLAGS.optional | NODE_FLAGS.platform}`,
      'd@npm:1.0.0, d@npm:^1.0.0 | npm/d@1.0.0 | registry | yarn10c0-dd04 | - | 0',
      `e@npm:^1.0.0 | npm/e@1.0.0 | registry | - | - | ${NODE_FLAGS.optional}`,
    ]);
    expect(graph.formatVersion).toBe('8');
    expect(graph.diagnostics).toEqual([]);
  });

  it('are found without npm: in old lock versions, and 1.10 is not 1.1', async () => {
    const graph = await read('version-4');
    expect(edgeLines(graph)).toEqual([
      'a@npm:^1.0.0 -prod-> b@1.10 = b@npm:1.10',
      'a@npm:^1.0.0 -prod-> c@>=1 <2 = c@npm:>=1 <2',
      'old@workspace:. -prod-> a@^1.0.0 = a@npm:^1.0.0',
      'old@workspace:. -prod-> next@latest = next@npm:latest',
      'old@workspace:. -prod-> typescript@^4.0.0 = typescript@patch:typescript@^4.0.0#builtin<compat/typescript>',
    ]);
    expect(nodeLines(graph).slice(0, 2)).toEqual([
      'a@npm:^1.0.0 | npm/a@1.0.0 | registry | yarn2-aa01 | - | 0',
      'b@npm:1.10 | npm/b@1.10.0 | registry | yarn7-bb02 | - | 0',
    ]);
  });

  it('find 1.10 also where YAML has made a number of it', async () => {
    const input = fixture('version-4');
    const graph = await readYarnBerry({ ...input, text: `${input.text}\n# \\\n` });
    expect(edgeLines(graph)[0]).toBe('a@npm:^1.0.0 -prod-> b@1.1 = b@npm:1.10');
  });

  it('follow the resolutions of the root manifest', async () => {
    expect(edgeLines(await read('resolutions'))).toEqual([
      'a@npm:^1.0.0 -prod-> c@^1.0.0 = c@npm:2.0.0',
      'a@npm:^1.0.0 -prod-> d@^1.0.0 = d@npm:^3.0.0',
      'app@workspace:. -prod-> a@^1.0.0 = a@npm:^1.0.0',
      'app@workspace:. -prod-> b@^1.0.0 = b@npm:^1.0.0',
      'app@workspace:. -prod-> d@^1.0.0 = d@npm:1.5.0',
      'b@npm:^1.0.0 -prod-> d@^2.0.0 = d@npm:4.0.0',
    ]);
  });

  it('lead to what is patched, which is the package itself with a flag', async () => {
    const graph = await read('patches');
    const { patched, platform } = NODE_FLAGS;
    expect(edgeLines(graph).map((line) => line.split(' = ')[1])).toEqual([
      'fsevents@patch:fsevents@npm%3A~2.3.2#optional!builtin<compat/fsevents>',
      'left@patch:left@npm%3A^1.0.0#./patches/left.patch::locator=app%40workspace%3A.',
      'right@patch:right@npm:^1.0.0#~/.yarn/patches/right.patch',
    ]);
    expect(nodeLines(graph).filter((line) => line.includes('@patch:'))).toEqual([
      `fsevents@patch:fsevents@npm%3A~2.3.2#optional!builtin<compat/fsevents> | npm/fsevents@2.3.3 | registry | - | - | ${patched | platform}`,
      `left@patch:left@npm%3A^1.0.0#./patches/left.patch::locator=app%40workspace%3A. | npm/left@1.0.0 | registry | yarn10c0-2e | - | ${patched}`,
      `right@patch:right@npm:^1.0.0#~/.yarn/patches/right.patch | npm/right@1.0.0 | registry | yarn10c0-3e | - | ${patched}`,
    ]);
    expect(graph.diagnostics).toEqual([]);
  });

  it('follow catalogs', async () => {
    expect(edgeLines(await read('catalogs'))).toEqual([
      'app@workspace:. -prod-> a@catalog: = a@npm:^1.0.0',
      'app@workspace:. -prod-> b@catalog:legacy = b@npm:^2.0.0',
    ]);
  });

  it('of catalogs that are not there are reported, and the package stays in reach', async () => {
    const graph = await read('catalogs-without-settings');
    expect(codes(graph)).toEqual(['EDGE_UNRESOLVED incomplete', 'ROOTS_ASSUMED notice']);
    expect(edgeLines(graph)).toEqual([
      'app@workspace:. -prod-> a@- = a@npm:^1.0.0',
      'app@workspace:. -prod-> a@catalog: = none',
    ]);
  });

  it('of packageExtensions are there for the versions they are meant for', async () => {
    expect(edgeLines(await read('package-extensions'))).toEqual([
      'a@npm:^1.0.0 -peer-> b@* = b@npm:^1.0.0',
      'a@npm:^1.0.0 -peerOptional-> c@* = none',
      'a@npm:^1.0.0 -prod-> added@^1.0.0 = added@npm:^1.0.0',
      'app@workspace:. -prod-> a@^1.0.0 = a@npm:^1.0.0',
      'app@workspace:. -prod-> b@^1.0.0 = b@npm:^1.0.0',
    ]);
  });

  it('without a target are reported where they are required', async () => {
    const graph = await read('missing-entries');
    expect(edgeLines(graph).filter((line) => line.endsWith('none'))).toEqual([
      'a@npm:^1.0.0 -optional-> maybe@^1.0.0 = none',
      'a@npm:^1.0.0 -prod-> lost@^1.0.0 = none',
      'app@workspace:. -optional-> perhaps@^1.0.0 = none',
      'app@workspace:. -prod-> gone@^1.0.0 = none',
    ]);
    expect(graph.diagnostics).toMatchObject([
      {
        code: 'EDGE_UNRESOLVED',
        severity: 'incomplete',
        file: 'yarn.lock',
        message: expect.stringMatching(/^2 .*: lost, gone$/),
      },
    ]);
  });
});

describe('peers', () => {
  it('make one node per set of what they resolve to', async () => {
    const graph = await read('peers');
    const named = (name: string) => nodeLines(graph).filter((line) => line.includes(` npm/${name}@`)).length;
    expect([named('hooks'), named('ui'), named('wrap'), named('brings')]).toEqual([2, 2, 1, 1]);
    expect(edgeLines(graph).filter((line) => /^(?:hooks|plugin|brings)@/.test(line))).toEqual([
      'brings@npm:^1.0.0 -prod-> react@^17.0.0 = react@npm:^17.0.0',
      'hooks@npm:^1.0.0 -peer-> react@>=16 = react@npm:^17.0.0',
      'hooks@npm:^1.0.0 -peer-> react@>=16 = react@npm:^18.0.0',
      'hooks@npm:^1.0.0 -peerOptional-> @types/react@- = @types/react@npm:^18.0.0',
      'hooks@npm:^1.0.0 -peerOptional-> vue@>=3 = none',
      'hooks@npm:^1.0.0 -peerOptional-> vue@>=3 = none',
      'plugin@npm:^1.0.0 -peer-> missing@* = none',
      'plugin@npm:^1.0.0 -peer-> wrap@* = wrap@npm:^1.0.0',
    ]);
  });

  it('in cycles come to an end', async () => {
    expect((await read('peers-of-cycles')).nodeCount).toBe(4);
  });

  it('of a package on itself below itself come to an end', async () => {
    const entry = (name: string, needs: string, peer: string) =>
      `\n"${name}@npm:1":\n  version: 1.0.0\n  resolution: "${name}@npm:1.0.0"\n  dependencies:\n    ${needs}: "npm:1"\n  peerDependencies:\n    ${peer}: "*"\n  languageName: node\n  linkType: hard\n`;
    const input = fixture('kinds');
    const text = `__metadata:\n  version: 8\n${entry('a', 'b', 'b')}${entry('b', 'a', 'a')}\n"app@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "app@workspace:."\n  dependencies:\n    a: "npm:1"\n  languageName: unknown\n  linkType: soft\n`;
    const graph = await readYarnBerry({ ...input, text });
    expect(graph.nodeCount).toBeLessThan(12);
  });

  it('of workspaces are what the workspace installs itself', async () => {
    const graph = await read('workspaces');
    expect(edgeLines(graph).filter((line) => line.startsWith('lib@'))).toEqual([
      'lib@workspace:*, lib@workspace:^, lib@workspace:packages/lib -dev-> react@^17.0.0 = react@npm:^17.0.0',
      'lib@workspace:*, lib@workspace:^, lib@workspace:packages/lib -peer-> react@* = react@npm:^17.0.0',
      'lib@workspace:*, lib@workspace:^, lib@workspace:packages/lib -peer-> redux@* = none',
      'lib@workspace:*, lib@workspace:^, lib@workspace:packages/lib -prod-> app@^1.0.0 = app@npm:^1.0.0, app@workspace:packages/app',
    ]);
  });
});

describe('projects', () => {
  it('are the workspaces, the root first', async () => {
    const graph = await read('workspaces');
    expect(graph.projects.map(({ path, name }) => [path, name])).toEqual([
      ['', 'root'],
      ['packages/app', 'app'],
      ['packages/lib', 'lib'],
    ]);
  });

  it('without a manifest have dependencies of unknown scope', async () => {
    const graph = await read('workspace-without-manifest');
    expect(codes(graph)).toEqual(['SCOPE_ASSUMED notice']);
    expect(edgeLines(graph)).toEqual(['gone@workspace:gone -prod-> a@^1.0.0 = a@npm:^1.0.0']);
  });

  it('the lockfile does not know yet are read from their manifest', async () => {
    const graph = await read('workspace-not-locked');
    expect(edgeLines(graph)).toEqual([
      'new@workspace:new -optional-> o@^1.0.0 = none',
      'new@workspace:new -prod-> a@^1.0.0 = a@npm:^1.0.0',
      'new@workspace:new -prod-> b@^1.0.0 = none',
    ]);
    expect(codes(graph)).toEqual(['EDGE_UNRESOLVED incomplete']);
  });

  it('are assumed where nothing says what the root needs', async () => {
    const graph = await read('no-manifest');
    expect(graph.roots).toBe('assumed');
    expect(edgeLines(graph).filter((line) => line.startsWith(' '))).toEqual([
      ' -prod-> a@- = a@npm:^1.0.0',
      ' -prod-> c@- = c@npm:^1.0.0',
    ]);
    expect(codes(graph)).toEqual(['ROOTS_ASSUMED notice']);
  });

  it('have a root from the manifest alone', async () => {
    const graph = await read('manifest-only-root');
    expect(graph.roots).toBe('declared');
    expect(edgeLines(graph)).toEqual([' -dev-> gone@^1.0.0 = none', ' -prod-> a@^1.0.0 = a@npm:^1.0.0']);
    expect(codes(graph)).toEqual(['EDGE_UNRESOLVED incomplete']);
  });

  it('keep in reach what nobody asks for', async () => {
    const graph = await read('nobody-asks');
    expect(edgeLines(graph).filter((line) => line.startsWith('app@'))).toEqual([
      'app@workspace:. -prod-> a@^1.0.0 = a@npm:^1.0.0',
      'app@workspace:. -prod-> left-over@- = left-over@npm:^1.0.0',
    ]);
    expect(codes(graph)).toEqual(['ROOTS_ASSUMED notice']);
  });
});

describe('sources', () => {
  it('of paths are relative to the lockfile', async () => {
    const graph = await read('local-paths');
    const places = nodeLines(graph).map((line) => line.split(' | ').slice(1, 5).join(' | '));
    expect(places).toEqual([
      'npm/app@- | workspace | - | ',
      'npm/archive@1.0.0 | file | yarn10c0-a1 | vendor/archive.tgz',
      'npm/folder@1.0.0 | file | - | vendor/folder',
      'npm/folder@1.0.0 | file | yarn10c0-f1 | vendor/folder',
      'npm/generated@0.0.0 | file | - | gen.js',
      'npm/linked@- | link | - | ../outside',
      'npm/pkg@- | workspace | - | pkg',
      'npm/port@- | link | - | port',
      'npm/sub@- | link | - | port/sub',
    ]);
  });

  it('that are remote have their URL or commit', async () => {
    const graph = await read('remote');
    expect(nodeLines(graph).map((line) => line.split(' | ').slice(1, 5).join(' | '))).toEqual([
      'npm/real@1.0.0 | registry | yarn10c0-a1 | -',
      'npm/app@- | workspace | - | ',
      'npm/by-git@1.0.0 | git | yarn10c0-b1 | https://git.example/by-git.git#0123456789abcdef0123456789abcdef01234567',
      'npm/by-github@1.0.0 | git | - | https://git.example/o/by-github.git#89abcdef0123456789abcdef0123456789abcdef',
      'npm/by-url@1.0.0 | url | yarn10c0-b2 | https://files.example/by-url.tgz',
      'npm/odd@1.0.0 | registry | yarn10c0-00 | https://registry.example/odd/-/odd-1.0.0.tgz',
    ]);
    expect(edgeLines(graph)[0]).toBe('app@workspace:. -prod-> alias@npm:real@^1.0.0 = alias@npm:real@^1.0.0');
  });
});

describe('hostile and broken files', () => {
  it('names of object members are names', async () => {
    const graph = await read('names-of-objects');
    expect(edgeLines(graph)).toEqual([
      '__proto__@npm:^1.0.0 -peer-> hasOwnProperty@* = none',
      '__proto__@npm:^1.0.0 -peer-> hasOwnProperty@* = none',
      '__proto__@npm:^1.0.0 -peer-> toString@* = none',
      '__proto__@npm:^1.0.0 -peer-> toString@* = toString@npm:^1.0.0',
      '__proto__@npm:^1.0.0 -prod-> constructor@^1.0.0 = constructor@npm:^1.0.0',
      '__proto__@npm:^1.0.0 -prod-> constructor@^1.0.0 = constructor@npm:^1.0.0',
      'app@workspace:. -prod-> __proto__@^1.0.0 = __proto__@npm:^1.0.0',
      'app@workspace:. -prod-> constructor@^1.0.0 = constructor@npm:^1.0.0',
      'app@workspace:. -prod-> toString@^1.0.0 = toString@npm:^1.0.0',
      'constructor@npm:^1.0.0 -prod-> __proto__@^1.0.0 = __proto__@npm:^1.0.0',
    ]);
  });

  it.each(['crlf', 'byte-order-mark', 'not-as-yarn-writes-it'])('%s is read', async (name) => {
    const graph = await read(name);
    expect(edgeLines(graph)).toEqual(['app@workspace:. -prod-> a@^1.0.0 = a@npm:^1.0.0']);
    expect(nodeLines(graph)[0]).toBe('a@npm:^1.0.0 | npm/a@1.0.0 | registry | yarn10c0-aa | - | 0');
    expect(graph.diagnostics).toEqual([]);
  });

  it('keys over two lines are read', async () => {
    const graph = await read('long-key');
    expect(graph.nodeCount).toBe(2);
    expect(graph.edgeTo).toEqual(Int32Array.of(0));
  });

  it.each([
    ['truncated', 'LOCKFILE_SYNTAX', 15],
    ['duplicate-key', 'LOCKFILE_SYNTAX', 23],
    ['conflict', 'LOCKFILE_CONFLICT', 9],
    ['not-a-mapping', 'LOCKFILE_SHAPE', 1],
    ['deep-nesting', 'LOCKFILE_TOO_COMPLEX', 9],
  ])('%s is refused with %s in line %d', async (name, code, line) => {
    expect(await failure(name)).toMatchObject({ code, line, severity: 'incomplete' });
  });

  it('fields of wrong types count as absent, entries are reported', async () => {
    const graph = await read('wrong-types');
    expect(nodeLines(graph)).toEqual([
      ' | npm/app@- | workspace | - |  | 0',
      'c@npm:1.0.0 | npm/c@1.0.0 | registry | - | - | 0',
    ]);
    expect(codes(graph)).toEqual(['ENTRY_SKIPPED incomplete', 'ROOTS_ASSUMED notice']);
  });

  it('paths that climb out stay components and are not read', async () => {
    const graph = await read('climbing-paths');
    expect(nodeLines(graph).map((line) => line.split(' | ')[4])).toEqual(['', '../elsewhere', '../../out']);
    expect(codes(graph)).toEqual(['PATH_ESCAPES incomplete']);
  });

  it('newer lock versions and broken settings are noted', async () => {
    expect(codes(await read('newer-version'))).toEqual(['LOCKFILE_VERSION notice']);
    expect(codes(await read('broken-settings'))).toEqual(['MANIFEST_UNREADABLE incomplete']);
  });

  it('chains of any depth are read', async () => {
    const lines = ['__metadata:', '  version: 8'];
    for (let n = 0; n < 5000; n++) {
      lines.push('', `"p${n}@npm:1":`, '  version: 1.0.0', `  resolution: "p${n}@npm:1.0.0"`);
      lines.push('  dependencies:', `    p${n + 1}: "npm:1"`, '  languageName: node', '  linkType: hard');
    }
    const directory = mkdtempSync(join(tmpdir(), 'spof-chain-'));
    try {
      writeFileSync(join(directory, 'yarn.lock'), `${lines.join('\n')}\n`);
      writeFileSync(join(directory, 'package.json'), '{ "dependencies": { "p0": "1" } }');
      const graph = await readYarnBerry(inputOf(join(directory, 'yarn.lock')));
      expect(graph.nodeCount).toBe(5001);
      expect(codes(graph)).toEqual(['EDGE_UNRESOLVED incomplete']);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it.each([
    ['a tab', '__metadata:\n  version: 8\n\n"a@npm:1":\n\tversion: 1.0.0\n'],
    ['an unknown field', '__metadata:\n  version: 8\n\n"a@npm:1":\n  odd: 1\n'],
    ['a repeated field', '__metadata:\n  version: 8\n\n"a@npm:1":\n  version: 1\n  version: 2\n'],
    [
      'a repeated dependency',
      '__metadata:\n  version: 8\n\n"a@npm:1":\n  dependencies:\n    b: 1\n    c: 1\n    b: 2\n',
    ],
    ['an entry without fields', '__metadata:\n  version: 8\n\n"a@npm:1":\n\n"b@npm:1":\n  version: 1\n'],
    ['a comment in an entry', '__metadata:\n  version: 8\n\n"a@npm:1":\n  # odd\n  version: 1\n'],
    ['a comment behind a value', '__metadata:\n  version: 8\n\n"a@npm:1":\n  version: 1 # odd\n'],
    ['a value over two lines', '__metadata:\n  version: 8\n\n"a@npm:1":\n  version: 1\n    more\n'],
    ['a key in a value', '__metadata:\n  version: 8\n\n"a@npm:1":\n  version: b: 1\n'],
    ['a quote that goes on', '__metadata:\n  version: 8\n\n"a@npm:1":\n  version: "1"0\n'],
    ['two documents', '__metadata:\n  version: 8\n---\n"a@npm:1":\n  version: 1\n'],
    ['no metadata', '"a@npm:1":\n  version: 1\n'],
  ])('leaves %s to the YAML parser', (_, text) => {
    expect(scanBerry(text)).toBeUndefined();
  });
});

/** Fixtures Yarn can read as they are; `workspace-not-locked` is out because Yarn would first change the lockfile. */
const COMPARED = [
  'kinds',
  'version-4',
  'resolutions',
  'patches',
  'peers',
  'peers-of-cycles',
  'workspaces',
  'workspace-without-manifest',
  'local-paths',
  'remote',
  'catalogs',
  'package-extensions',
  'nobody-asks',
  'names-of-objects',
  'crlf',
  'byte-order-mark',
  'long-key',
  'not-as-yarn-writes-it',
  'climbing-paths',
];

describe('as Yarn itself resolves it', () => {
  let answers: RefereeAnswer[];
  beforeAll(() => {
    answers = askYarn(COMPARED.map(fixture));
  }, 60_000);

  it.each(COMPARED.map((name, nth) => [name, nth] as const))('%s', async (name, nth) => {
    const answer = answers[nth]!;
    expect(answer.refused).toBeUndefined();
    const input = fixture(name);
    expect(graphLines(await readYarnBerry(input), input.text)).toEqual(refereeLines(answer.packages!));
  });
});
