import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps, tree } from '../cli/harness.ts';

interface Seen {
  readonly code: number;
  readonly lockfiles: readonly string[];
  readonly services: readonly string[];
  readonly incomplete: readonly string[];
  readonly notices: readonly string[];
}

async function scan(...sources: string[]): Promise<Seen> {
  const outcome = await spofDeps([...sources, '--format', 'json']);
  const report = JSON.parse(outcome.stdout);
  const told = (list: { code: string; file: string }[]) => list.map(({ code, file }) => `${code} ${file}`);
  return {
    code: outcome.code,
    lockfiles: report.fleet.lockfiles.map((lockfile: { path: string }) => lockfile.path),
    services: report.fleet.services.map((service: { name: string }) => service.name),
    incomplete: told(report.incomplete),
    notices: told(report.notices),
  };
}

const lock = npmLock({ debug: '4.4.3' });

describe('walking a directory', () => {
  it('takes every lockfile, and none inside node_modules or .git', async () => {
    const root = tree({
      'package-lock.json': lock,
      'deep/er/service/package-lock.json': lock,
      'node_modules/x/package-lock.json': lock,
      'deep/node_modules/x/package-lock.json': lock,
      '.git/package-lock.json': lock,
    });
    const seen = await scan(root);
    expect(seen.lockfiles).toEqual(['deep/er/service/package-lock.json', 'package-lock.json']);
    expect(seen.services).toEqual(['deep/er/service', 'made']);
    expect(seen.code).toBe(0);
  });

  it('takes the lockfiles pnpm writes per branch', async () => {
    const text = "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n";
    const seen = await scan(tree({ 'a/pnpm-lock.feature!x.yaml': text, 'b/pnpm-lock.yaml': text }));
    expect(seen.lockfiles).toEqual(['a/pnpm-lock.feature!x.yaml', 'b/pnpm-lock.yaml']);
  });

  it('follows no link out of the tree, and says so', async () => {
    const outside = tree({ 'secret/package-lock.json': lock });
    const root = tree({ 'a/package-lock.json': lock });
    symlinkSync(outside, join(root, 'way-out'));
    symlinkSync(join(outside, 'secret/package-lock.json'), join(root, 'package-lock.json'));
    mkdirSync(join(root, 'b'));
    symlinkSync(join(root, 'a/package-lock.json'), join(root, 'b/package-lock.json'));
    const seen = await scan(root);
    expect(seen.lockfiles).toEqual(['a/package-lock.json']);
    expect(seen.incomplete).toEqual(['LINK_SKIPPED package-lock.json']);
    expect(seen.notices).toEqual(['LINK_SKIPPED b/package-lock.json', 'LINK_SKIPPED way-out']);
    expect(seen.code).toBe(3);
  });

  it('does not loop in a link to an ancestor', async () => {
    const root = tree({ 'a/package-lock.json': lock });
    symlinkSync('..', join(root, 'a', 'up'));
    symlinkSync('itself', join(root, 'itself'));
    symlinkSync('/no/such/place', join(root, 'nowhere'));
    const seen = await scan(root);
    expect([seen.lockfiles, seen.notices]).toEqual([['a/package-lock.json'], []]);
  });

  it('takes two lockfiles in one directory for two services and tells', async () => {
    const seen = await scan(tree({ 'a/package-lock.json': lock, 'a/npm-shrinkwrap.json': lock }));
    expect(seen.services).toEqual(['a (npm-shrinkwrap.json)', 'a (package-lock.json)']);
    expect(seen.notices).toEqual(['SEVERAL_LOCKFILES a/npm-shrinkwrap.json']);
  });

  it('is incomplete where a lockfile cannot be read by anyone here', async () => {
    const seen = await scan(
      tree({ 'a/bun.lockb': '#!/usr/bin/env bun\n', 'b/deno.lock': '{"version":"4"}', 'c/poetry.lock': '' }),
    );
    expect(seen.code).toBe(3);
    expect(seen.incomplete).toEqual([
      'LOCKFILE_UNSUPPORTED a/bun.lockb',
      'LOCKFILE_UNSUPPORTED b/deno.lock',
      'LOCKFILE_UNSUPPORTED c/poetry.lock',
    ]);
    expect(seen.services).toEqual(['a', 'b', 'c']);
  });

  it('reads an SBOM instead of a lockfile of its ecosystem', async () => {
    const bom = JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { component: { type: 'application', name: 'py', 'bom-ref': 'py' } },
      components: [],
      dependencies: [{ ref: 'py', dependsOn: [] }],
    });
    const seen = await scan(tree({ 'c/poetry.lock': '', 'c/bom.json': bom }));
    expect([seen.code, seen.notices, seen.lockfiles]).toEqual([0, ['SUPERSEDED c/poetry.lock'], ['c/bom.json']]);
  });

  it('reads an installed tree where there is no lockfile', async () => {
    const root = tree({
      'a/package.json': JSON.stringify({ name: 'a', dependencies: { x: '^1.0.0' } }),
      'a/node_modules/x/package.json': JSON.stringify({ name: 'x', version: '1.2.3' }),
    });
    const seen = await scan(root);
    expect(seen.lockfiles).toEqual(['a/node_modules']);
    expect(seen.services).toEqual(['a']);
  });
});

describe('sources', () => {
  it('takes single files, by name or by content', async () => {
    const root = tree({ 'package-lock.json': lock, 'anything.txt': lock, 'letter.txt': 'Dear all' });
    expect((await scan(join(root, 'package-lock.json'))).lockfiles).toEqual(['package-lock.json']);
    expect((await scan(join(root, 'anything.txt'))).lockfiles).toEqual(['anything.txt']);
    const binary = tree({ 'renamed.lock': '#!/usr/bin/env bun\nbun-lockfile-format-v0\n\u0000' });
    expect((await scan(join(binary, 'renamed.lock'))).incomplete).toEqual(['LOCKFILE_UNSUPPORTED renamed.lock']);
    expect((await scan(join(root, 'letter.txt'))).incomplete).toEqual(['LOCKFILE_UNSUPPORTED letter.txt']);
  });

  it('joins several sources into one fleet', async () => {
    const [a, b] = [tree({ 'package-lock.json': lock }), tree({ 'package-lock.json': lock })];
    const seen = await scan(a, b);
    expect(seen.lockfiles).toHaveLength(2);
    expect(new Set(seen.services).size).toBe(2);
  });

  it('reads no manifest outside the tree for a workspace that climbs out of it', async () => {
    const outer = scratch();
    mkdirSync(join(outer, 'inside'));
    mkdirSync(join(outer, 'secret'));
    writeFileSync(join(outer, 'secret', 'package.json'), JSON.stringify({ name: 'secret-name', version: '6.6.6' }));
    writeFileSync(
      join(outer, 'inside', 'package.json'),
      JSON.stringify({ name: 'x', workspaces: ['../secret', '/etc'] }),
    );
    writeFileSync(join(outer, 'inside', 'yarn.lock'), '# yarn lockfile v1\n\n\ndebug@^4:\n  version "4.4.3"\n');
    const { stdout } = await spofDeps([join(outer, 'inside'), '--format', 'json', '--top', 'all']);
    expect(stdout).not.toContain('secret-name');
  });
});
