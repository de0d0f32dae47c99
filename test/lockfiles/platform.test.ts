import { describe, expect, it } from 'vitest';
import { platformsOf } from '../../src/lockfiles/platform.ts';
import type { Siblings } from '../../src/lockfiles/reader.ts';

/** Claims of projects at these paths beside files, as `tool@major file`. */
function claims(
  files: Readonly<Record<string, string>>,
  { paths = [''], kind = 'cyclonedx' }: { paths?: readonly string[]; kind?: 'cyclonedx' | 'yarn-classic' | 'npm' } = {},
): string[][] {
  const siblings: Siblings = {
    read: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
    packageDirectories: () => [],
  };
  const projects = paths.map((path, node) => ({ node, path, name: undefined }));
  const found = platformsOf(siblings, { projects, kind });
  return paths.map((_, at) =>
    found
      .filter(({ project }) => project === at)
      .map(({ tool, major, file }) => `${tool}@${major ?? '?'} ${file}`.trim()),
  );
}

const one = (files: Readonly<Record<string, string>>) => claims(files)[0];

describe('a project runs on', () => {
  it.each([
    ['.nvmrc', 'v20.11.1\n', 'node@20'],
    ['.nvmrc', '22', 'node@22'],
    ['.nvmrc', '# ours\n\nlts/jod # the line\n', 'node@22'],
    ['.nvmrc', 'lts/*', 'node@?'],
    ['.nvmrc', 'node', 'node@?'],
    ['.nvmrc', '0.12', 'node@0'],
    ['.node-version', '18.19.0', 'node@18'],
    ['.tool-versions', 'ruby 3.3.0\nnodejs 20.1.0 # x\n', 'node@20'],
    ['Dockerfile', 'FROM node:20-slim\n', 'node@20'],
    ['Dockerfile', 'FROM --platform=linux/amd64 registry.example/mirror/node:22.1.0-alpine AS run\n', 'node@22'],
    ['Dockerfile', 'FROM node:18 AS build\nRUN x\nFROM node:22@sha256:abc\nCOPY --from=build . .\n', 'node@22'],
    ['Dockerfile', 'FROM node:20 AS base\nFROM base\n', 'node@20'],
    ['Dockerfile', 'FROM node\n', 'node@?'],
    ['Dockerfile', 'from oven/bun:1.1\n', 'bun@1'],
    ['package.json', '{"engines":{"node":"^20.1.0"}}', 'node@20'],
    ['package.json', '{"engines":{"node":"20.x"}}', 'node@20'],
    ['package.json', '{"engines":{"node":">=18"}}', 'node@?'],
    ['package.json', '{"engines":{"node":">=20 <21"}}', 'node@20'],
    ['package.json', '{"engines":{"node":"^18 || ^20"}}', 'node@?'],
    ['package.json', '{"packageManager":"pnpm@9.1.0+sha512.abc"}', 'pnpm@9'],
    ['package.json', '{"volta":{"node":"20.1.0"}}', 'node@20'],
    ['package.json', '{"devEngines":{"runtime":{"name":"node","version":"^22.0.0"}}}', 'node@22'],
  ])('%s: %j', (file, text, claim) => expect(one({ [file]: text })).toEqual([`${claim} ${file}`]));

  it('what its image has, before what a version manager or a manifest says', () => {
    const files = { Dockerfile: 'FROM node:22', '.nvmrc': '20', 'package.json': '{"engines":{"node":"18.x"}}' };
    expect(one(files)).toEqual(['node@22 Dockerfile']);
    expect(one({ ...files, Dockerfile: 'FROM debian' })).toEqual(['node@20 .nvmrc']);
    expect(one({ ...files, Dockerfile: 'FROM node:latest' })).toEqual(['node@20 .nvmrc']);
  });

  it('what the nearest directory above it says', () => {
    const files = { '.nvmrc': '20', 'apps/web/.nvmrc': '22', '../.node-version': '18' };
    expect(claims(files, { paths: ['', 'apps/web', 'apps/api'] })).toEqual([
      ['node@20 .nvmrc'],
      ['node@22 apps/web/.nvmrc'],
      ['node@20 .nvmrc'],
    ]);
    expect(one({ '../../.node-version': '18' })).toEqual(['node@18 ../../.node-version']);
  });

  it('the package manager that writes its lockfile, where nothing else is said of it', () => {
    expect(claims({}, { kind: 'yarn-classic' })).toEqual([['yarn@1']]);
    expect(claims({}, { kind: 'npm' })).toEqual([['npm@?']]);
    expect(claims({ 'package.json': '{"packageManager":"npm@10.2.0"}' }, { kind: 'npm' })).toEqual([
      ['npm@10 package.json'],
    ]);
  });

  it.each([
    ['package.json', 'not json'],
    ['package.json', '[]'],
    ['package.json', '{"engines":"node 20","volta":7,"packageManager":["npm@1"],"devEngines":{"runtime":[null,7,{}]}}'],
    ['package.json', '{"engines":{"node":{"x":1}},"__proto__":{"engines":{"node":"20"}}}'],
    ['package.json', `{"engines":{"node":"${'>=1 '.repeat(10_000)}"}}`],
    ['.nvmrc', ''],
    ['Dockerfile', `${'FROM x AS y\n'.repeat(1000)}`],
    ['Dockerfile', 'FROM x'.repeat(100_000)],
  ])('nothing, for all that a hostile %s says', (file, text) => {
    const major = (one({ [file]: text }) ?? []).filter((claim) => !claim.includes('@?'));
    expect(major).toEqual([]);
  });

  it('nothing, where a file may not be read', () => {
    const siblings: Siblings = {
      read: () => {
        throw new Error('EACCES');
      },
      packageDirectories: () => [],
    };
    expect(platformsOf(siblings, { projects: [{ node: 0, path: '', name: undefined }], kind: 'spdx' })).toEqual([]);
  });
});
