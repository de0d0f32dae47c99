/** Lockfiles that were read before: the same as read anew, never older than what is beside them, and never worth a failure. */
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphCache } from '../../src/lockfiles/cache/cache.ts';
import { decodeEntry, encodeEntry } from '../../src/lockfiles/cache/entry.ts';
import { type ReadResult, readFound } from '../../src/lockfiles/read-found.ts';
import { openSources } from '../../src/sources/index.ts';
import type { FoundLockfile } from '../../src/sources/source.ts';
import { npmLock, scratch, spofDeps, tree } from '../cli/harness.ts';

const ROOT = new URL('../../fixtures', import.meta.url).pathname;

const lockfilesOf = async (directory: string): Promise<readonly FoundLockfile[]> =>
  (await openSources([directory])).lockfiles.filter(({ format }) => format !== 'node_modules');
const readable = (result: ReadResult) => {
  if ('failed' in result) return result;
  const { graph, surroundings } = result;
  return { graph, surroundings };
};
const filesOf = (directory: string): string[] =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

describe('a lockfile that was read before', () => {
  it('is the same as read anew, in every format, and is not read again', async () => {
    const directory = scratch();
    const cache = new GraphCache(directory);
    let kept = 0;
    for (const found of await lockfilesOf(ROOT)) {
      const anew = readable(await readFound(found));
      expect(readable(await readFound(found, cache))).toEqual(anew);
      const again = new GraphCache(directory);
      expect(readable(await readFound(found, again))).toEqual(anew);
      if ('graph' in anew) expect(again.written).toBe(0);
      if ('graph' in anew) kept++;
    }
    expect(kept).toBeGreaterThan(200);
    expect(filesOf(directory).every((file) => !file.endsWith('.tmp'))).toBe(true);
  });

  it('is read again where a file beside it has changed, came or went', async () => {
    const root = tree({
      'package-lock.json': npmLock({ ms: '1.0.0' }),
      'package.json': '{"name":"x","overrides":{"ms":"1.0.0"}}',
    });
    const directory = scratch();
    const overrides = async () => {
      const [found] = await lockfilesOf(root);
      const cache = new GraphCache(directory);
      const result = await readFound(found!, cache);
      if ('failed' in result) throw new Error('not read');
      const { policies, platforms } = result.surroundings;
      return [policies.overrides.rules.length, platforms.map(({ tool }) => tool).join(), cache.written];
    };
    expect(await overrides()).toEqual([1, 'npm', 1]);
    expect(await overrides()).toEqual([1, 'npm', 0]);
    writeFileSync(join(root, 'package.json'), '{"name":"x"}');
    expect(await overrides()).toEqual([0, 'npm', 1]);
    writeFileSync(join(root, '.nvmrc'), '22');
    expect(await overrides()).toEqual([0, 'node,npm', 1]);
    expect(await overrides()).toEqual([0, 'node,npm', 0]);
  });
});

describe('an entry', () => {
  it('that is damaged anywhere is none, and is dropped', async () => {
    const root = tree({ 'package-lock.json': npmLock({ ms: '1.0.0', debug: '2.0.0' }) });
    const [found] = await lockfilesOf(root);
    const directory = scratch();
    const whole = readable(await readFound(found!, new GraphCache(directory)));
    const [file] = filesOf(directory);
    const bytes = readFileSync(file!);
    expect(decodeEntry(bytes)).toBeDefined();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= change;
        expect(decodeEntry(damaged)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (end) => {
        expect(decodeEntry(bytes.subarray(0, end))).toBeUndefined();
      }),
    );
    writeFileSync(file!, bytes.subarray(0, 100));
    expect(readable(await readFound(found!, new GraphCache(directory)))).toEqual(whole);
    expect(decodeEntry(readFileSync(file!))).toBeDefined();
  });

  it('of another shape is none', () => {
    for (const value of [null, 1, [], {}, { graph: {}, surroundings: {}, seen: {} }]) {
      expect(decodeEntry(encodeEntry(value as never))).toBeUndefined();
    }
  });
});

describe('the cache', () => {
  it('keeps what was used last within its bound', async () => {
    const directory = scratch();
    const cache = new GraphCache(directory);
    const names = ['a', 'b', 'c'];
    const root = tree(
      Object.fromEntries(names.map((name) => [`${name}/package-lock.json`, npmLock({ [name]: '1.0.0' })])),
    );
    for (const found of await lockfilesOf(root)) await readFound(found, cache);
    const files = filesOf(directory);
    for (const [at, file] of files.entries()) utimesSync(file, at + 1, at + 1);
    cache.prune(statSync(files[2]!).size);
    expect(filesOf(directory)).toEqual([files[2]]);
  });

  it('that cannot be used costs nothing', async () => {
    const blocked = join(scratch(), 'file');
    writeFileSync(blocked, '');
    const root = tree({ 'package-lock.json': npmLock({ ms: '1.0.0' }) });
    const [found] = await lockfilesOf(root);
    const cache = new GraphCache(blocked);
    expect('graph' in (await readFound(found!, cache))).toBe(true);
    expect(cache.written).toBe(0);
    cache.prune();
  });

  it('changes no report', async () => {
    const acme = join(ROOT, 'acme');
    const directory = scratch();
    const args = [acme, '--format', 'json', '--layer', 'package', '--layer', 'release'];
    const none = await spofDeps([...args, '--no-cache']);
    expect((await spofDeps([...args, '--cache-dir', directory])).stdout).toBe(none.stdout);
    const kept = filesOf(directory).length;
    expect(kept).toBe(13);
    expect((await spofDeps([...args, '--cache-dir', directory])).stdout).toBe(none.stdout);
    expect(filesOf(directory)).toHaveLength(kept);
  });
});
