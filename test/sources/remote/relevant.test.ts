import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { LockGraph } from '../../../src/graph/model.ts';
import { readLockfile } from '../../../src/lockfiles/index.ts';
import { platformsOf } from '../../../src/lockfiles/platform.ts';
import { policiesOf } from '../../../src/lockfiles/policies/index.ts';
import type { Siblings } from '../../../src/lockfiles/reader.ts';
import { directorySource } from '../../../src/sources/directory.ts';
import { installedIn, RELEVANT_PATHSPECS, relevanceOf } from '../../../src/sources/remote/relevant.ts';
import { bytesOf, siblingsOf } from '../../../src/sources/tree.ts';

const FIXTURES = fileURLToPath(new URL('../../../fixtures', import.meta.url));

/** Every file that anything looks for beside the lockfiles of the fixtures, as it would stand at the root of a repository. */
async function askedFor(): Promise<Set<string>> {
  const asked = new Set<string>();
  for (const found of directorySource(FIXTURES).lockfiles) {
    if (found.format === 'node_modules') continue;
    const siblings = siblingsOf(found);
    const watching: Siblings = {
      packageDirectories: () => siblings.packageDirectories(),
      read(path) {
        asked.add(posix.normalize(path).replace(/^(?:\.\.\/)+/, ''));
        return siblings.read(path);
      },
    };
    let graph: Pick<LockGraph, 'projects' | 'kind' | 'formatVersion'>;
    try {
      const text = new TextDecoder().decode(bytesOf(found)).replace(/^\uFEFF/, '');
      graph = await readLockfile(found.format, { path: found.path, text, siblings: watching });
    } catch {
      continue;
    }
    const platforms = platformsOf(watching, graph);
    policiesOf(watching, graph, platforms, found.path);
  }
  return asked;
}

describe('what matters of a repository', () => {
  it('is all that is looked for beside a lockfile', async () => {
    const asked = await askedFor();
    expect(asked.size).toBeGreaterThan(25);
    const overlooked = [...asked].filter((path) => relevanceOf(path) === undefined);
    expect(overlooked).toEqual([]);
  });

  it.each([
    ['package-lock.json', 'lockfile'],
    ['a/b/pnpm-lock.feature.yaml', 'lockfile'],
    ['a/bom.cdx.json', 'lockfile'],
    ['Cargo.lock', 'name'],
    ['a/bun.lockb', 'name'],
    ['package.json', 'settings'],
    ['a/Dockerfile', 'settings'],
    ['.github/dependabot.yml', 'settings'],
    ['.gitlab/renovate.json5', 'settings'],
    ['.github/CODEOWNERS', 'settings'],
    ['.config/spof-deps.jsonc', 'settings'],
    ['a/spof-deps.json', undefined],
    ['a/CODEOWNERS', undefined],
    ['dependabot.yml', undefined],
    ['index.js', undefined],
    ['node_modules/x/package.json', undefined],
    ['a/node_modules/x/package-lock.json', undefined],
    ['.yarn/cache/package.json', undefined],
    ['.git/package.json', undefined],
    ['a/.hg/yarn.lock', undefined],
    ['node_modules', undefined],
    ['package.json/x', undefined],
  ])('%s: %s', (path, relevance) => {
    expect(relevanceOf(path)).toBe(relevance);
  });

  it('is what the directory source takes of the fixtures', () => {
    const lockfiles = directorySource(FIXTURES).lockfiles.filter(({ format }) => format !== 'node_modules');
    const files = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => posix.join(entry.parentPath.slice(FIXTURES.length + 1), entry.name));
    expect(files.filter((file) => relevanceOf(file) === 'lockfile').sort()).toEqual(
      lockfiles.map(({ file }) => file).sort(),
    );
    expect(readFileSync(posix.join(FIXTURES, lockfiles[0]!.file)).length).toBeGreaterThan(0);
  });

  it('is left out by no pathspec of git', async () => {
    const patterns = RELEVANT_PATHSPECS.map((pathspec) => {
      const parts = pathspec.split('*').map((part) => part.replace(/[.]/g, '\\.'));
      return new RegExp(`^${parts.join('.*')}$`, 's');
    });
    const names = ['npm-shrinkwrap.json', 'pnpm-lock.a.yaml', 'bun.lock', 'sbom.json', 'x.bom.json', 'x.spdx.json'];
    const files = readdirSync(FIXTURES, { recursive: true, withFileTypes: true }).map((entry) => entry.name);
    const asked = [...(await askedFor()), ...names, ...files, 'bun.lockb', 'deno.lock', '.github/dependabot.yaml'];
    // Owners and configs are those of today.
    const beside = asked.filter((path) => !/spof-deps|CODEOWNERS/.test(path));
    const relevant = beside.filter((path) => relevanceOf(path) === 'lockfile' || relevanceOf(path) === 'settings');
    expect(relevant.length).toBeGreaterThan(100);
    expect(relevant.filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  it('knows where node_modules are committed', () => {
    expect(installedIn('node_modules/ms/x.js')).toBe('');
    expect(installedIn('a/b/node_modules/ms/node_modules/x')).toBe('a/b');
    expect(installedIn('a/node_modules')).toBeUndefined();
    expect(installedIn('.yarn/x/node_modules/y')).toBeUndefined();
  });
});
