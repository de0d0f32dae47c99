import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import { type LockGraph, NODE_FLAGS } from '../../src/graph/model.ts';
import { readYarnJson } from '../../src/lockfiles/yarn/json.ts';
import { edgeLines, FIXTURES, inputOf, nodeLines } from '../readers.ts';
import { jsonGraphLines, yarn4Lines } from '../referees/yarn-json.ts';

const fixture = (name: string) => inputOf(join(FIXTURES, 'yarn-json', name, 'yarn.lock'));
const read = (name: string): Promise<LockGraph> => readYarnJson(fixture(name));
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

describe('Yarn 6', () => {
  it('workspaces, profiles, variants, optional dependencies and peers', async () => {
    const graph = await read('workspaces');
    const { optional, platform } = NODE_FLAGS;
    expect(graph.projects.map(({ path, name }) => [path, name])).toEqual([
      ['', 'root'],
      ['packages/lib', 'lib'],
    ]);
    expect(edgeLines(graph)).toEqual([
      ' -dev-> @builtin/node@builtin:^24.0.0 = @builtin/node@builtin:^24.0.0',
      ' -dev-> a@^1.0.0 = a@npm:^1.0.0',
      ' -dev-> lib@workspace:* = lib@workspace:packages/lib',
      '@builtin/node@builtin:^24.0.0 -optional-> @builtin/node-linux-x64@builtin:24.1.0 = @builtin/node-linux-x64@builtin:24.1.0',
      'a@npm:^1.0.0 -prod-> d@^1.0.0 = d@npm:^1.0.0, d@npm:^1.1.0',
      'b@npm:^1.0.0 -optional-> e@^1.0.0 = e@npm:^1.0.0',
      'b@npm:^1.0.0 -peer-> a@* = a@npm:^1.0.0',
      'b@npm:^1.0.0 -peerOptional-> q@* = none',
      'lib@workspace:packages/lib -dev-> @builtin/node@builtin:^24.0.0 = @builtin/node@builtin:^24.0.0',
      'lib@workspace:packages/lib -optional-> c@^1.0.0 = c@npm:^1.0.0',
      'lib@workspace:packages/lib -peer-> p@* = none',
      'lib@workspace:packages/lib -prod-> a@^1.0.0 = a@npm:^1.0.0',
      'lib@workspace:packages/lib -prod-> b@^1.0.0 = b@npm:^1.0.0',
    ]);
    expect(nodeLines(graph).filter((line) => !line.endsWith('| 0'))).toEqual([
      `@builtin/node-linux-x64@builtin:24.1.0 | npm/@builtin/node-linux-x64@24.1.0 | url | - | - | ${optional | platform}`,
      `c@npm:^1.0.0 | npm/c@1.0.0 | registry | yarnzpm-aa | - | ${optional}`,
      `e@npm:^1.0.0 | npm/e@1.0.0 | registry | yarnzpm-aa | - | ${optional | platform}`,
    ]);
    expect(graph.diagnostics).toEqual([]);
  });

  it('what the lockfile does not list: aliases, patches, paths', async () => {
    const graph = await read('not-listed');
    const { patched } = NODE_FLAGS;
    expect(nodeLines(graph)).toEqual([
      ' | npm/app@- | workspace | - |  | 0',
      'archive@file:./a.tgz | npm/archive@- | file | - | a.tgz | 0',
      'folder@file:./folder | npm/folder@- | file | - | folder | 0',
      'in-archive@npm:^1.0.0 | npm/in-archive@1.0.0 | registry | yarnzpm-aa | - | 0',
      'linked@link:./linked | npm/linked@- | link | - | linked | 0',
      'port@portal:./port | npm/port@- | link | - | port | 0',
      'real@npm:^1.0.0 | npm/real@1.0.0 | registry | yarnzpm-aa | - | 0',
      `real@npm:^1.0.0 | npm/real@1.0.0 | registry | yarnzpm-aa | - | ${patched}`,
      'sub@npm:^2.0.0 | npm/sub@2.0.0 | registry | yarnzpm-aa | - | 0',
      `typescript@npm:^5.0.0 | npm/typescript@5.0.0 | registry | yarnzpm-aa | - | ${patched}`,
    ]);
    expect(edgeLines(graph)).toEqual([
      ' -prod-> alias@npm:real@^1.0.0 = real@npm:^1.0.0',
      ' -prod-> archive@file:./a.tgz = archive@file:./a.tgz',
      ' -prod-> folder@file:./folder = folder@file:./folder',
      ' -prod-> in-archive@- = in-archive@npm:^1.0.0',
      ' -prod-> linked@link:./linked = linked@link:./linked',
      ' -prod-> mine@patch:real@npm%3A^1.0.0#./fix.patch = real@npm:^1.0.0',
      ' -prod-> port@portal:./port = port@portal:./port',
      ' -prod-> typescript@^5.0.0 = typescript@npm:^5.0.0',
      'folder@file:./folder -prod-> real@^1.0.0 = real@npm:^1.0.0',
      'port@portal:./port -prod-> sub@^1.0.0 = sub@npm:^2.0.0',
    ]);
    expect(codes(graph)).toEqual(['ENTRY_SKIPPED incomplete', 'ROOTS_ASSUMED notice']);
  });

  it('sources', async () => {
    expect(nodeLines(await read('sources')).slice(1)).toEqual([
      'by-git@https://git.example/by-git.git | npm/by-git@1.0.0 | git | yarnzpm-aa | https://git.example/by-git.git#0123456789abcdef0123456789abcdef01234567 | 0',
      'by-url@https://files.example/by-url.tgz | npm/by-url@1.0.0 | url | yarnzpm-aa | https://files.example/by-url.tgz | 0',
      'odd@npm:^1.0.0 | npm/odd@1.0.0 | registry | yarnzpm-aa | https://registry.example/odd.tgz | 0',
    ]);
  });

  it('missing entries and roots', async () => {
    const missing = await read('missing-entries');
    expect(edgeLines(missing)).toEqual([' -optional-> perhaps@^1.0.0 = none', ' -prod-> gone@^1.0.0 = none']);
    expect(codes(missing)).toEqual(['EDGE_UNRESOLVED incomplete']);
    const rootless = await read('no-manifest');
    expect(rootless.roots).toBe('assumed');
    expect(edgeLines(rootless)).toEqual([
      ' -prod-> a@- = a@npm:^1.0.0',
      'a@npm:^1.0.0 -prod-> b@^1.0.0 = b@npm:^1.0.0',
    ]);
  });

  it('names of object members are names', async () => {
    expect(edgeLines(await read('names-of-objects'))).toEqual([
      ' -prod-> __proto__@^1.0.0 = __proto__@npm:^1.0.0',
      ' -prod-> constructor@^1.0.0 = constructor@npm:^1.0.0',
      '__proto__@npm:^1.0.0 -prod-> __proto__@^1.0.0 = __proto__@npm:^1.0.0',
      '__proto__@npm:^1.0.0 -prod-> constructor@^1.0.0 = constructor@npm:^1.0.0',
    ]);
  });

  it.each([
    ['truncated', 'LOCKFILE_SYNTAX', 6],
    ['no-entries', 'LOCKFILE_SHAPE', 1],
  ])('%s is refused with %s in line %d', async (name, code, line) => {
    expect(await failure(name)).toMatchObject({ code, line, severity: 'incomplete' });
  });

  it('fields of wrong types count as absent, entries are reported', async () => {
    const graph = await read('wrong-types');
    expect(nodeLines(graph)).toEqual([
      ' | npm/app@- | workspace | - |  | 0',
      'd@npm:^1.0.0 | npm/d@- | registry | - | - | 0',
    ]);
    expect(codes(graph)).toEqual(['ENTRY_SKIPPED incomplete', 'ROOTS_ASSUMED notice']);
  });

  it('workspaces as Yarn 4 resolves the same entries', async () => {
    expect(jsonGraphLines(await read('workspaces'))).toEqual(yarn4Lines(fixture('workspaces'), ['.', 'packages/lib']));
  });
});
