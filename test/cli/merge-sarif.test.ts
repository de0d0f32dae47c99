/** SARIF of what was read elsewhere: a snapshot knows repositories and lines, so that nothing is read again. */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { project } from '../sources/api/fleet.ts';
import { FakeClock } from '../sources/api/http.ts';
import { gitEnv } from '../sources/git/made.ts';
import { Github } from '../sources/github/server.ts';
import { copyOf, npmLock, scratch, spofDeps, tree } from './harness.ts';

const ACME = new URL('../../fixtures/acme', import.meta.url).pathname;
const SHARDS = 3;
let github: Github;

beforeEach(async () => {
  github = new Github(new FakeClock());
  github.organisations.add('acme');
  await github.start();
});

afterEach(() => github.loopback.close());

function filesIn(directory: string): Record<string, string> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

const env = () => ({ env: { ...gitEnv(), GITHUB_API_URL: github.url } });

/** SARIF of a scan, and of its shards joined, once what was read is gone. */
async function both(sources: readonly string[], gone: () => void): Promise<Record<string, string>[]> {
  const place = scratch();
  const whole = join(place, 'whole');
  await spofDeps([...sources, '--no-config', '--sarif-dir', whole], env());
  const snapshots = Array.from({ length: SHARDS }, (_, at) => join(place, `${at + 1}.spof`));
  for (const [at, file] of snapshots.entries()) {
    await spofDeps([...sources, '--no-config', '--shard', `${at + 1}/${SHARDS}`, '--out', file], env());
  }
  gone();
  const fleet = join(place, 'fleet.spof');
  const merged = join(place, 'merged');
  await spofDeps(['merge', ...snapshots, '--no-config', '--sarif-dir', merged, '--out', fleet]);
  const again = join(place, 'again');
  await spofDeps([fleet, '--sarif-dir', again]);
  return [whole, merged, again].map(filesIn);
}

describe('merge --sarif-dir', () => {
  it('has for repositories of a host the files, places and commits that one scan has', async () => {
    const lock = { ms: '2.1.3', debug: '4.0.0' };
    github.add('acme/pay', { ...project('pay'), 'services/a/package-lock.json': npmLock(lock) });
    github.add('acme/web', { 'package-lock.json': npmLock(lock), 'b/package-lock.json': npmLock({ ms: '2.0.0' }) });
    github.add('acme/docs', { 'README.md': '' });
    github.add('acme/broken', { 'package-lock.json': '{' });
    const [whole, merged, again] = await both(['github:acme'], () => {});
    expect(Object.keys(whole!)).toHaveLength(4);
    expect(merged).toEqual(whole);
    expect(again).toEqual(whole);
    const run = JSON.parse(Object.entries(whole!).find(([name]) => name.includes('web'))![1]).runs[0];
    expect(run.versionControlProvenance[0].revisionId).toBe(github.repositories[1]!.refs.get('main')!.id);
  });

  it('has for a fleet on disk what one scan has, wherever its repositories begin', async () => {
    const root = copyOf(ACME);
    mkdirSync(join(root, 'web', '.git'));
    mkdirSync(join(root, '.git'));
    const [whole, merged, again] = await both([root], () => rmSync(root, { recursive: true }));
    expect(Object.keys(whole!)).toEqual([`${basename(root)}.sarif`, 'web.sarif']);
    expect(merged).toEqual(whole);
    expect(again).toEqual(whole);
  });

  it('names files from the root of a repository of which a part was scanned', async () => {
    const root = tree({
      '.git/HEAD': '',
      'services/a/package-lock.json': npmLock({ ms: '2.1.3' }),
      'services/b/package-lock.json': npmLock({ ms: '2.1.3' }),
    });
    symlinkSync(join(root, 'services'), join(root, 'link'));
    for (const source of ['services', 'link']) {
      const [whole, merged] = await both([join(root, source)], () => {});
      expect(merged).toEqual(whole);
      expect(Object.values(whole!)[0]).toContain('"uri":"services/a/package-lock.json"');
    }
  });
});

describe('impact --sarif-dir', () => {
  it('has of a snapshot what it has of the repositories themselves', async () => {
    const lock = npmLock({ ms: '2.1.3', debug: '4.0.0' });
    github.add('acme/pay', { 'package-lock.json': lock });
    github.add('acme/docs', { 'README.md': '' });
    const place = scratch();
    const snapshot = join(place, 'fleet.spof');
    await spofDeps(['github:acme', '--no-config', '--out', snapshot], env());
    const written = async (source: string, name: string) => {
      const directory = join(place, name);
      const args = ['impact', 'ms@2.1.3', '--in', source, '--evidence', place, '--no-config', '--sarif-dir', directory];
      const { code } = await spofDeps(args, env());
      return { code, files: filesIn(directory) };
    };
    const live = await written('github:acme', 'live');
    expect(live.code).toBe(1);
    expect(Object.keys(live.files)).toHaveLength(2);
    expect(await written(snapshot, 'kept')).toEqual(live);
  });
});
