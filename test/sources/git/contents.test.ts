import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps } from '../../cli/harness.ts';
import { type Entry, emptyRepository, gitEnv, repository } from './made.ts';
import { opened } from './opening.ts';

const ACME = fileURLToPath(new URL('../../../fixtures/acme', import.meta.url));
const root = scratch();
const lock = npmLock({ ms: '2.1.3' });

async function contentsOf(name: string, files: Readonly<Record<string, Entry>>) {
  const { path } = repository(root, `${name}.git`, files);
  const prefix = path.slice(1).replace(/\.git$/, '');
  const seen = await opened([`git+file://${path}`]);
  const short = (texts: readonly string[]) => texts.map((text) => text.replace(prefix, 'R'));
  return {
    lockfiles: short(seen.lockfiles),
    incomplete: short(seen.incomplete),
    notices: short(seen.notices),
    messages: seen.messages,
    read: (file: string) => seen.read(`${prefix}/${file}`),
  };
}

describe('a link', () => {
  it('in the place of a lockfile is not followed: a notice where its target is read, else something is missing', async () => {
    const seen = await contentsOf('links', {
      'a/package-lock.json': lock,
      'b/package-lock.json': { link: '../a/package-lock.json' },
      'c/package-lock.json': { link: '../b/package-lock.json' },
      'd/package-lock.json': { link: '../../../etc/passwd' },
      'e/yarn.lock': { link: '/etc/passwd' },
      'f/yarn.lock': { link: '../src/real.lock' },
      'g/yarn.lock': { link: 'yarn.lock' },
      'src/real.lock': '',
    });
    expect(seen.lockfiles).toEqual(['R/a/package-lock.json']);
    expect(seen.notices).toEqual(['LINK_SKIPPED R/b/package-lock.json', 'LINK_SKIPPED R/c/package-lock.json']);
    expect(seen.incomplete).toEqual(
      ['d/package-lock.json', 'e/yarn.lock', 'f/yarn.lock', 'g/yarn.lock'].map((file) => `LINK_SKIPPED R/${file}`),
    );
  });

  it('in the place of a manifest or a setting is that file, where the repository has it', async () => {
    const seen = await contentsOf('settings', {
      '.npmrc': 'ignore-scripts=true',
      'package.json': '{"name":"one"}',
      'a/.npmrc': { link: '../.npmrc' },
      'a/package.json': { link: '../package.json' },
      'a/package-lock.json': lock,
      'b/package.json': { link: '../../outside.json' },
      'b/.nvmrc': { link: '/etc/hostname' },
    });
    expect(seen.read('a/.npmrc')).toBe('ignore-scripts=true');
    expect(seen.read('a/package.json')).toBe('{"name":"one"}');
    expect(() => seen.read('b/package.json')).toThrow(/ENOENT/);
    expect(seen.incomplete).toEqual(['LINK_SKIPPED R/b/package.json']);
    expect(seen.notices).toEqual(['LINK_SKIPPED R/b/.nvmrc']);
  });

  it('to a directory is not entered', async () => {
    const seen = await contentsOf('directories', {
      'a/package-lock.json': lock,
      b: { link: 'a' },
      out: { link: '/etc' },
    });
    expect(seen.lockfiles).toEqual(['R/a/package-lock.json']);
  });
});

describe('what else a repository may hold', () => {
  it('submodules, which are told', async () => {
    const seen = await contentsOf('modules', {
      'package-lock.json': lock,
      lib: { module: '1'.repeat(40) },
      'vendor/package-lock.json': { module: '2'.repeat(40) },
    });
    expect(seen.lockfiles).toEqual(['R/package-lock.json']);
    expect(seen.notices).toEqual(['SUBMODULE_SKIPPED R']);
    expect(seen.messages.join()).toContain('2 submodules are not read: lib, vendor/package-lock.json');
  });

  it('lockfiles that are not read: their names are enough, and what stands in their place counts', async () => {
    const seen = await contentsOf('kinds', {
      'a/Cargo.lock': 'x',
      'b/bun.lockb': 'x',
      'b/bun.lock': '{}',
      'c/go.sum': 'x',
      'c/bom.json': '{}',
    });
    expect(seen.read('a/Cargo.lock')).toBe('');
    expect(seen.lockfiles).toEqual(['R/b/bun.lock', 'R/c/bom.json']);
    expect(seen.incomplete).toEqual(['LOCKFILE_UNSUPPORTED R/a/Cargo.lock']);
    expect(seen.notices).toEqual(['SUPERSEDED R/b/bun.lockb', 'SUPERSEDED R/c/go.sum']);
  });

  it('committed node_modules: passed over beside a lockfile, told where there is none', async () => {
    const seen = await contentsOf('installed', {
      'a/package.json': '{}',
      'a/package-lock.json': lock,
      'a/node_modules/ms/package.json': '{}',
      'a/node_modules/ms/package-lock.json': lock,
      'a/sub/package.json': '{}',
      'a/sub/node_modules/x/package.json': '{}',
      'b/package.json': '{}',
      'b/node_modules/ms/package.json': '{}',
    });
    expect(seen.lockfiles).toEqual(['R/a/package-lock.json']);
    expect(seen.incomplete).toEqual(['SOURCE_UNREADABLE R']);
    expect(seen.messages.join()).toContain('without a lockfile are not fetched: in b');
  });

  it('nothing that matters', async () => {
    const seen = await contentsOf('nothing', { 'README.md': 'x' });
    expect([...seen.lockfiles, ...seen.incomplete, ...seen.notices]).toEqual([]);
  });

  it('names that lead out, or are something else to git or a file system: refused, and told', async () => {
    const made = emptyRepository(root, 'hostile.git');
    const blob = made.git('hash-object', '-w', join(ACME, 'web', 'package-lock.json'));
    const inner = tree(made.path, [['100644', 'package-lock.json', blob]]);
    const top = tree(made.path, [
      ['40000', '..', inner],
      ['40000', '.GIT', inner],
      ['40000', '.g\u200cit', inner],
      ['40000', 'GIT~1', inner],
      ['40000', 'a\nb', inner],
      ['40000', 'back\\slash', inner],
      ['40000', 'good', inner],
      ['40000', 'good', inner],
      ['40000', 'x'.repeat(300), inner],
      ['120000', 'zz', blob],
      ['40000', 'zz', inner],
    ]);
    const commit = made.git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit-tree', '-m', 'x', top);
    made.git('update-ref', 'refs/heads/main', commit);
    const seen = await opened([`git+file://${made.path}`]);
    const name = made.path.slice(1).replace(/\.git$/, '');
    expect(seen.lockfiles).toEqual([`${name}/good/package-lock.json`, `${name}/zz/package-lock.json`]);
    expect(seen.incomplete).toEqual([`PATH_SKIPPED ${name}`]);
    expect(seen.messages.join()).toContain('8 files are not read');
  });
});

/** A tree object as no git would write it. */
function tree(repositoryPath: string, entries: readonly (readonly [mode: string, name: string, id: string])[]): string {
  const bytes = entries.map(([mode, name, id]) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
  );
  return execFileSync(
    'git',
    [`--git-dir=${repositoryPath}`, 'hash-object', '-t', 'tree', '-w', '--literally', '--stdin'],
    {
      env: gitEnv(),
      input: Buffer.concat(bytes),
      encoding: 'utf8',
    },
  ).trim();
}

describe('a fleet over git', () => {
  it('is the fleet of its directory', async () => {
    const files = readdirSync(ACME, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ACME.length + 1));
    const { path } = repository(
      root,
      'acme.git',
      Object.fromEntries(files.map((file) => [file, readFileSync(join(ACME, file), 'utf8')])),
    );
    const args = ['--no-config', '--format', 'json', '--top', 'all'];
    const byDirectory = await spofDeps([ACME, ...args]);
    const byGit = await spofDeps([`git+file://${path}`, ...args], { env: gitEnv() });
    const name = path.slice(1).replace(/\.git$/, '');
    expect(byGit.code).toBe(byDirectory.code);
    expect(byGit.stdout.replaceAll(`${name}/`, '')).toBe(byDirectory.stdout);
  });
});
