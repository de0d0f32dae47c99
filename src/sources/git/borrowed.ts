/**
 * The history of a repository on this machine, through a repository of our own that borrows its objects: git never sees its
 * configuration, hooks, attributes or index, and has no server that it could ask for what is missing.
 */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBare } from './bare.ts';
import type { Head, HistoryRepository } from './history.ts';
import { type Environment, git } from './process.ts';
import { branchesOf, headOf, onDisk, shallowOf } from './refs-on-disk.ts';
import { type Ask, GitTree, remove } from './tree.ts';

export interface BorrowOptions {
  readonly env: Environment;
  /** Milliseconds that one call of git may take. */
  readonly timeout?: number | undefined;
  /** Whether all branches are wanted, or HEAD alone. */
  readonly allBranches: boolean;
}

const NO_BRANCHES = { heads: [], more: 0 };

/** @throws RepositoryFailure */
export async function borrowed(gitDirectory: string, options: BorrowOptions): Promise<HistoryRepository> {
  const disk = onDisk(gitDirectory);
  const head = headOf(disk);
  const { heads: others, more } = options.allBranches ? branchesOf(disk) : NO_BRANCHES;
  const shallow = shallowOf(disk);
  const directory = await mkdtemp(join(tmpdir(), 'spof-deps-'));
  const { env, timeout } = options;
  const look: Ask = (args, read, input) =>
    git(args, {
      directory,
      env,
      protocols: [],
      // It may say of commits what is not so.
      settings: [['core.commitGraph', 'false']],
      read,
      ...(input === undefined ? {} : { input }),
      ...(timeout === undefined ? {} : { timeout }),
    });
  try {
    await makeBare(directory, '', head.commit);
    await mkdir(join(directory, 'objects', 'info'));
    await writeFile(join(directory, 'objects', 'info', 'alternates'), `${quotedPath(disk.objects)}\n`);
    if (shallow.size > 0) await writeFile(join(directory, 'shallow'), [...shallow].map((id) => `${id}\n`).join(''));
  } catch (error) {
    await remove(directory);
    throw error;
  }
  const treeOf = (commit: string): GitTree => new GitTree(commit, directory, { ask: look, look, plainer: undefined });
  const { commit } = head;
  return {
    heads: unique([head, ...others]),
    branchesLeftOut: more,
    shallow,
    look,
    treeOf,
    blobs: (ids, keep) => treeOf(commit).blobs(ids, keep),
    close: () => remove(directory),
  };
}

/** HEAD first, and what it is at not again. */
function unique([head, ...others]: readonly [Head, ...Head[]]): Head[] {
  return [head, ...others.filter(({ branch, commit }) => branch !== head.branch || commit !== head.commit)];
}

/** As git unquotes it where it starts with a quote: https://git-scm.com/docs/gitrepository-layout, objects/info/alternates. */
function quotedPath(path: string): string {
  const escaped = path.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
  return escaped === path ? path : `"${escaped}"`;
}
