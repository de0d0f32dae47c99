import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readNodeModules } from '../../src/lockfiles/npm/arborist.ts';
import { edgeLines, nodeLines } from '../readers.ts';

let top: string;
let project: string;

function write(path: string, content: object): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), JSON.stringify(content));
}

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'spof-installed-')));
  project = join(top, 'project');
  write('package.json', {
    name: 'app',
    version: '1.0.0',
    workspaces: ['packages/*', '../../**'],
    dependencies: { a: '^1.0.0', outside: 'file:../outside' },
    scripts: { preinstall: 'touch ran' },
  });
  write('node_modules/a/package.json', {
    name: 'a',
    version: '1.0.0',
    dependencies: { b: '^2.0.0' },
    scripts: { install: 'touch ../../ran' },
  });
  write('node_modules/a/node_modules/b/package.json', { name: 'b', version: '2.0.0', os: ['linux'] });
  write('node_modules/b/package.json', { name: 'b', version: '1.0.0' });
  write('packages/w/package.json', { name: '@w/w', version: '0.0.1', dependencies: { b: '^1.0.0' } });
  write('../outside/package.json', { name: 'outside', version: '6.6.6', dependencies: { secret: '1' } });
  mkdirSync(join(project, 'node_modules/@w'));
  symlinkSync('../../packages/w', join(project, 'node_modules/@w/w'));
});

afterEach(() => rmSync(top, { recursive: true, force: true }));

it('reads what is installed: places, workspaces, flags', async () => {
  const graph = await readNodeModules(project);
  expect(graph).toMatchObject({ kind: 'node_modules', formatVersion: '', roots: 'declared' });
  expect(nodeLines(graph)).toEqual([
    ' | npm/app@1.0.0 | workspace | - |  | 0',
    'node_modules/a | npm/a@1.0.0 | registry | - | - | 1',
    'node_modules/a/node_modules/b | npm/b@2.0.0 | registry | - | - | 8',
    'node_modules/b | npm/b@1.0.0 | registry | - | - | 0',
    'packages/w | npm/@w/w@0.0.1 | workspace | - | packages/w | 0',
  ]);
  expect(edgeLines(graph)).toEqual([
    ' -prod-> a@^1.0.0 = node_modules/a',
    ' -prod-> outside@file:../outside = none',
    'node_modules/a -prod-> b@^2.0.0 = node_modules/a/node_modules/b',
    'packages/w -prod-> b@^1.0.0 = node_modules/b',
  ]);
  expect(graph.projects.map(({ path }) => path)).toEqual(['', 'packages/w']);
  expect(existsSync(join(project, 'ran'))).toBe(false);
});

it('does not follow links out of the directory and says so', async () => {
  symlinkSync('../../outside', join(project, 'node_modules/outside'));
  mkdirSync(join(project, 'node_modules/c'));
  symlinkSync('../../../outside/package.json', join(project, 'node_modules/c/package.json'));
  const graph = await readNodeModules(project);
  expect(JSON.stringify(graph.strings)).not.toContain('secret');
  const link = graph.diagnostics.find(({ code }) => code === 'LINK_SKIPPED');
  expect(link).toMatchObject({ severity: 'incomplete' });
  expect(link?.message).toContain('2 packages are links out of the directory (c, outside)');
});

it.each(['package.json', 'yarn.lock'])('refuses a %s that is a link out of the directory', async (name) => {
  rmSync(join(project, name), { force: true });
  symlinkSync('../outside/package.json', join(project, name));
  await expect(readNodeModules(project)).rejects.toMatchObject({ diagnostic: { code: 'LOCKFILE_UNREADABLE' } });
});

it('refuses a directory that is not there', async () => {
  await expect(readNodeModules(join(top, 'gone'))).rejects.toMatchObject({
    diagnostic: { code: 'LOCKFILE_UNREADABLE' },
  });
});

it('takes digests from the record of npm where it still fits', async () => {
  const entry = (version: string) => ({ version, resolved: 'https://registry.example/x', integrity: 'sha512-AAAA' });
  write('node_modules/.package-lock.json', {
    lockfileVersion: 3,
    packages: { 'node_modules/b': entry('1.0.0'), 'node_modules/a': entry('0.9.0') },
  });
  const lines = nodeLines(await readNodeModules(project));
  expect(lines[3]).toBe('node_modules/b | npm/b@1.0.0 | url | sha512-AAAA | https://registry.example/x | 0');
  expect(lines[1]).toBe('node_modules/a | npm/a@1.0.0 | registry | - | - | 1');
});

it('reports packages without a manifest that can be read', async () => {
  mkdirSync(join(project, 'node_modules/broken'));
  writeFileSync(join(project, 'node_modules/broken/package.json'), '{');
  const graph = await readNodeModules(project);
  expect(graph.diagnostics.map(({ code }) => code)).toEqual(['MANIFEST_UNREADABLE', 'PATH_ESCAPES', 'EDGE_UNRESOLVED']);
});
