/**
 * Where a checkout comes from and what it is at, as the files of its `.git` say: nothing of git is run, because the settings
 * of a repository name programs. A worktree or submodule, whose `.git` is a file that leads elsewhere, is not followed.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isObjectId } from '../remote/blobs.ts';
import type { Revision } from '../revision.ts';
import { isRef } from './address.ts';

/** Bytes: settings of real repositories have some hundred, and a list of refs of the largest has some megabytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * @param root directory that holds `.git`
 * @returns undefined where there is no origin with an address on a host
 */
export function revisionOfCheckout(root: string): Revision | undefined {
  const directory = join(root, '.git');
  if (!lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const url = webAddress(originOf(contentOf(join(directory, 'config')) ?? '') ?? '');
  if (url === undefined) return undefined;
  const head = (contentOf(join(directory, 'HEAD')) ?? '').trim();
  if (isObjectId(head)) return { url, branch: undefined, commit: head, says: 'checkout' };
  const [, branch] = /^ref: refs\/heads\/(.+)$/.exec(head) ?? [];
  if (branch === undefined || !isRef(branch)) return { url, branch: undefined, commit: undefined, says: 'checkout' };
  return { url, branch, commit: commitOf(directory, `refs/heads/${branch}`), says: 'checkout' };
}

function commitOf(directory: string, ref: string): string | undefined {
  const loose = (contentOf(join(directory, ref)) ?? '').trim();
  if (isObjectId(loose)) return loose;
  for (const line of (contentOf(join(directory, 'packed-refs')) ?? '').split('\n')) {
    const [id = '', name] = line.trim().split(' ');
    if (name === ref && isObjectId(id)) return id;
  }
  return undefined;
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

/** The content of a file, and nothing of what a link leads to. */
function contentOf(file: string): string | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const found = fstatSync(handle);
    if (!found.isFile() || found.size > MOST_BYTES) return undefined;
    const bytes = Buffer.alloc(found.size);
    return bytes.toString('utf8', 0, readSync(handle, bytes, 0, found.size, 0));
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
