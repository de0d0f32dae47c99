/** A repository of our own for git to fetch into: bare, empty, without hooks, templates or anything of the user's. */
import { readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RepositoryFailure } from '../remote/repository.ts';

/** Name of the remote; nobody's configuration has settings for it. */
export const REMOTE = 'spof-deps-source';
/** How git fetches into it: what is asked for and nothing else. */
export const FETCH = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
];

/** Where no commit is known: SHA-1 is what most have, and a list of refs needs none. */
export const NO_COMMIT = '0'.repeat(40);

/** @param commit an object id of the repository that is fetched: its length tells the kind of hash */
export async function makeBare(directory: string, url: string, commit: string): Promise<void> {
  const format = commit.length === 64 ? '[extensions]\n\tobjectFormat = sha256\n' : '';
  const version = commit.length === 64 ? 1 : 0;
  await mkdir(join(directory, 'objects', 'pack'), { recursive: true });
  await mkdir(join(directory, 'refs'));
  await writeFile(join(directory, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(
    join(directory, 'config'),
    `[core]\n\trepositoryFormatVersion = ${version}\n\tbare = true\n${format}[remote "${REMOTE}"]\n\turl = ${quoted(url)}\n`,
  );
}

/** https://git-scm.com/docs/git-config#_syntax */
function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/** Says when more has come in than is taken. */
export function packWatch(directory: string, most: number): () => RepositoryFailure | undefined {
  return () => {
    const bytes = packBytes(join(directory, 'objects', 'pack'));
    return bytes > most ? new RepositoryFailure('too-large', `more than ${most} bytes`) : undefined;
  };
}

function packBytes(directory: string): number {
  try {
    return readdirSync(directory).reduce(
      (sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  } catch {
    return 0;
  }
}
