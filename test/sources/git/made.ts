/** Repositories made for a test, and a world for git in which nothing of the user's is seen. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../../cli/harness.ts';

/** Text; a link to somewhere; another repository's commit. */
export type Entry = string | { readonly link: string } | { readonly module: string };

export interface MadeRepository {
  /** Absolute path, bare. */
  readonly path: string;
  /** Adds a commit that holds these files alone, and returns its id. */
  commit(files: Readonly<Record<string, Entry>>, branch?: string): string;
  git(...args: string[]): string;
}

export interface RepositoryOptions {
  /** Of HEAD. */
  readonly branch?: string;
  /** Lines of its configuration. */
  readonly config?: string;
  /** sha1 by default. */
  readonly format?: 'sha1' | 'sha256';
}

const PARTIAL = '[uploadpack]\n\tallowFilter = true\n';

/** A bare repository without a commit. Blobs can be left out of what it gives, as large hosts have it. */
export function emptyRepository(
  root: string,
  name: string,
  { branch = 'main', config = PARTIAL, format = 'sha1' }: RepositoryOptions = {},
): MadeRepository {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  const git = (args: readonly string[], input = '') =>
    execFileSync('git', [`--git-dir=${path}`, ...args], {
      env: gitEnv(),
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    }).trim();
  git(['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, '-b', branch, path]);
  appendFileSync(join(path, 'config'), config);
  return {
    path,
    git: (...args) => git(args),
    commit(files, to = branch) {
      git(['fast-import', '--quiet', '--force'], importOf(files, to));
      return git(['rev-parse', `refs/heads/${to}`]);
    },
  };
}

/** A bare repository with one commit. */
export function repository(
  root: string,
  name: string,
  files: Readonly<Record<string, Entry>>,
  options: RepositoryOptions = {},
): MadeRepository {
  const made = emptyRepository(root, name, options);
  made.commit(files);
  return made;
}

/** https://git-scm.com/docs/git-fast-import */
function importOf(files: Readonly<Record<string, Entry>>, branch: string): string {
  const entries = Object.entries(files).map(([path, entry]) => {
    if (typeof entry !== 'string' && 'module' in entry) return `M 160000 ${entry.module} ${path}\n`;
    const [mode, text] = typeof entry === 'string' ? ['100644', entry] : ['120000', entry.link];
    return `M ${mode} inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  });
  return `commit refs/heads/${branch}\ncommitter a <a@b> 1700000000 +0000\ndata 1\nx\n${entries.join('')}\n`;
}

let home: string | undefined;

/** The environment of a user without any configuration. */
export function gitEnv(): Record<string, string> {
  home ??= scratch();
  return { PATH: process.env.PATH ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
}
