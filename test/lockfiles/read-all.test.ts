import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics.ts';
import { Fleet } from '../../src/graph/fleet.ts';
import { readAll } from '../../src/lockfiles/read-all.ts';
import { directorySource } from '../../src/sources/directory.ts';
import { FIXTURES } from '../readers.ts';

const ACME = join(FIXTURES, 'acme');
/** Threads run the build. What it reads is compared with what it reads without threads, so an old one does no harm. */
const DIST = join(FIXTURES, '..', 'dist');

describe('readAll', () => {
  it('adds every lockfile in order and reports progress', async () => {
    const fleet = new Fleet();
    const { lockfiles } = directorySource(ACME);
    const progress: string[] = [];
    await readAll(fleet, lockfiles, { onProgress: (done, total) => progress.push(`${done}/${total}`) });
    expect(fleet.lockfiles.map(({ path }) => path)).toEqual(lockfiles.map(({ path }) => path));
    expect(progress).toEqual(lockfiles.map((_, at) => `${at + 1}/${lockfiles.length}`));
  });

  it('counts a lockfile that cannot be read', async () => {
    const fleet = new Fleet();
    const tree = { root: ACME, packages: [] };
    const diagnostics = await readAll(fleet, [
      { path: 'gone/yarn.lock', format: 'yarn', tree, file: 'gone/yarn.lock' },
    ]);
    expect(fleet.lockfiles.map(({ path, kind }) => [path, kind])).toEqual([['gone/yarn.lock', 'unread']]);
    expect(diagnostics.map(({ code, file }) => [code, file])).toEqual([['LOCKFILE_UNREADABLE', 'gone/yarn.lock']]);
  });

  it.skipIf(!existsSync(join(DIST, 'lockfiles', 'worker.js')))('gives the same to the last id on threads', async () => {
    const built = (module: string) => import(pathToFileURL(join(DIST, module)).href);
    const [reading, graph, sources] = (await Promise.all(
      ['lockfiles/read-all.js', 'graph/fleet.js', 'sources/directory.js'].map(built),
    )) as [{ readAll: typeof readAll }, { Fleet: typeof Fleet }, { directorySource: typeof directorySource }];
    const contents = async (directory: string, threads: number): Promise<unknown> => {
      const fleet = new graph.Fleet();
      const found = sources.directorySource(directory).lockfiles;
      const diagnostics: Diagnostic[] = await reading.readAll(fleet, found, { pool: { threads } });
      return { diagnostics, lockfiles: fleet.lockfiles, strings: fleet.strings.since(0) };
    };
    expect(await contents(FIXTURES, 2)).toEqual(await contents(FIXTURES, 0));
  });
});
