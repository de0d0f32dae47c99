/**
 * Where a checkout comes from and what it is at, as the files of its `.git` say: nothing of git is run, because the settings
 * of a repository name programs. A worktree or submodule, whose `.git` is a file that leads elsewhere, is not followed.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Revision } from '../revision.ts';
import { contentOf, headRef } from './refs-on-disk.ts';

/**
 * @param root directory that holds `.git`
 * @returns undefined where there is no origin with an address on a host
 */
export function revisionOfCheckout(root: string): Revision | undefined {
  const directory = join(root, '.git');
  if (!lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const url = webAddress(originOf(contentOf(join(directory, 'config')) ?? '') ?? '');
  if (url === undefined) return undefined;
  const head = headRef({ gitDirectory: directory, commonDirectory: directory });
  const branch = /^refs\/heads\/(.+)$/.exec(head?.ref ?? '')?.[1];
  return {
    url,
    branch,
    commit: branch === undefined && head?.ref !== undefined ? undefined : head?.commit,
    says: 'checkout',
  };
}

/** The address of `remote.origin.url`: https://git-scm.com/docs/git-config#_syntax, without what it includes. */
function originOf(config: string): string | undefined {
  let isOrigin = false;
  for (const written of config.split('\n')) {
    const line = written.trim();
    if (line.startsWith('[')) isOrigin = /^\[remote\s+"origin"\]$/.test(line);
    const [, value] = isOrigin ? (/^url\s*=\s*(\S+)$/i.exec(line) ?? []) : [];
    if (value !== undefined) return value.replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}

const PART = /^[\w.~-]+$/;

/**
 * The address for people of a repository that git reaches at another: without credentials, port of ssh and `.git`.
 *
 * @param address https, http, ssh or git, or `user@host:path`
 */
export function webAddress(address: string): string | undefined {
  const [, host, path] = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(address) ?? [];
  const text = host === undefined ? address : `ssh://${host}/${path}`;
  if (text.length > 2048 || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!['https:', 'http:', 'ssh:', 'git:'].includes(url.protocol) || url.hostname === '') return undefined;
  const parts = url.pathname
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .filter((part) => part !== '');
  if (parts.length === 0 || parts.some((part) => !PART.test(part) || part === '.' || part === '..')) return undefined;
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return `${isWeb ? url.protocol : 'https:'}//${isWeb ? url.host : url.hostname}/${parts.join('/')}`;
}
