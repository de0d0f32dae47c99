import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RemoteCache } from '../../../src/sources/remote/cache.ts';
import { type Contents, openCheckout, writeCheckout } from '../../../src/sources/remote/checkout.ts';
import { scratch } from '../../cli/harness.ts';
import { objectId } from '../api/objects.ts';

const HOUR = 60 * 60 * 1000;
const NOW = Date.now();
const NOTHING = { count: 0, shown: [] };
const NOTES: Contents['notes'] = { links: [], large: [], modules: NOTHING, refused: NOTHING, installed: NOTHING };
const COMMIT = 'c'.repeat(40);
const SIZE = 10_000;

async function keep(cache: RemoteCache, text: string): Promise<string> {
  const bytes = Buffer.from(text.padEnd(SIZE));
  const id = objectId('blob', bytes);
  await cache.blobs.keep(
    id,
    bytes.length,
    (async function* () {
      yield bytes;
    })(),
  );
  return id;
}

/** A tree of one repository, last used so many hours ago, of files with these texts. */
async function made(cache: RemoteCache, name: string, hours: number, texts: readonly string[]): Promise<string> {
  const files = new Map<string, string>();
  for (const [at, text] of texts.entries()) files.set(`${at}/package-lock.json`, await keep(cache, text));
  const { root } = await writeCheckout(cache, name, COMMIT, { files, names: [], notes: NOTES });
  aged(join(root, '..', 'tree.json'), hours);
  return root;
}

function aged(file: string, hours: number): void {
  const then = new Date(NOW - hours * HOUR);
  utimesSync(file, then, then);
}

function bytesBelow(directory: string): number {
  const inodes = new Map<number, number>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const stat = statSync(join(entry.parentPath, entry.name));
    if (entry.isFile()) inodes.set(stat.ino, stat.size);
  }
  return [...inodes.values()].reduce((sum, size) => sum + size, 0);
}

describe('what is kept of repositories', () => {
  it('stays within a bound: what was not used for longest goes first, with what none but it had', async () => {
    const place = scratch();
    const writing = await RemoteCache.open(place);
    const old = await made(writing, 'git.example/old', 90, ['old', 'shared']);
    const older = await made(writing, 'git.example/older', 100, ['older', 'shared']);
    const recent = await made(writing, 'git.example/recent', 20, ['recent', 'shared']);
    await writing.close();
    const cache = await RemoteCache.open(place);
    cache.prune(4 * SIZE + 2_000, NOW);
    expect([old, older, recent].map(existsSync)).toEqual([true, false, true]);
    cache.prune(2 * SIZE + 1_000, NOW);
    expect([old, older, recent].map(existsSync)).toEqual([false, false, true]);
    expect(bytesBelow(join(place, 'repositories'))).toBeLessThanOrEqual(2 * SIZE + 1_000);
    expect(await openCheckout(cache, 'git.example/recent', COMMIT)).toBeDefined();
    expect(await openCheckout(cache, 'git.example/old', COMMIT)).toBeUndefined();
    await cache.close();
  });

  it('never loses what this run uses, nor what another may be at', async () => {
    const place = scratch();
    const writing = await RemoteCache.open(place);
    const used = await made(writing, 'git.example/used', 100, ['used']);
    const fresh = await made(writing, 'git.example/fresh', 1, ['fresh']);
    const idle = await made(writing, 'git.example/idle', 100, ['idle']);
    await writing.close();
    const cache = await RemoteCache.open(place);
    await openCheckout(cache, 'git.example/used', COMMIT);
    aged(join(used, '..', 'tree.json'), 100);
    cache.prune(0, NOW);
    expect([used, fresh, idle].map(existsSync)).toEqual([true, true, false]);
    // One that is opened says so at once.
    const other = await RemoteCache.open(place);
    aged(join(fresh, '..', 'tree.json'), 100);
    await openCheckout(other, 'git.example/fresh', COMMIT);
    cache.prune(0, NOW);
    expect(existsSync(fresh)).toBe(true);
    await Promise.all([cache.close(), other.close()]);
  });

  it('is not counted, and not looked at, where nothing was written', async () => {
    const place = scratch();
    const writing = await RemoteCache.open(place);
    const idle = await made(writing, 'git.example/idle', 100, ['idle']);
    await writing.close();
    await (await RemoteCache.open(place)).close(0);
    expect(existsSync(idle)).toBe(true);
    const again = await RemoteCache.open(place);
    await made(again, 'git.example/new', 100, ['new']);
    await again.close(0);
    expect(existsSync(idle)).toBe(false);
  });

  it('loses blobs of runs that were killed, and what nobody came back to for half a year', async () => {
    const place = scratch();
    const cache = await RemoteCache.open(place);
    const [loose, young] = [await keep(cache, 'loose'), await keep(cache, 'young')];
    aged(cache.blobs.file(loose), 10);
    await cache.keepLastCommit('one', COMMIT);
    await cache.keepLastCommit('two', COMMIT);
    const heads = readdirSync(join(place, 'repositories', 'v1', 'heads'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    aged(heads[0]!, 181 * 24);
    cache.prune(SIZE, NOW);
    expect([cache.blobs.file(loose), cache.blobs.file(young), ...heads].map(existsSync)).toEqual([
      false,
      true,
      false,
      true,
    ]);
    await cache.close();
  });

  it('may hold anything: what is no tree of ours is dropped like one, and leads nowhere else', async () => {
    const place = scratch();
    const cache = await RemoteCache.open(place);
    const root = await made(cache, 'git.example/odd', 100, ['odd']);
    const outside = join(scratch(), 'x');
    writeFileSync(outside, 'kept');
    for (const files of ['{', '{"files":[["a","../../../x"],7,["__proto__"]]}', '[]']) {
      writeFileSync(join(root, '..', 'tree.json'), files);
      aged(join(root, '..', 'tree.json'), 100);
    }
    await cache.close();
    const next = await RemoteCache.open(place);
    next.prune(0, NOW);
    expect([existsSync(root), existsSync(outside)]).toEqual([false, true]);
    await next.close();
  });
});
