/** `github:owner`, `github:owner/repo[@ref]`: what the user names, checked before it becomes part of an address. Pure. */
import { isRef } from '../git/address.ts';

export interface GithubSource {
  readonly owner: string;
  /** undefined for all of the owner's. */
  readonly repository: string | undefined;
  /** Branch, tag or commit; undefined for the default branch. */
  readonly ref: string | undefined;
}

const PREFIX = 'github:';
/** Accounts that a company manages have an underscore. */
const OWNER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const REPOSITORY = /^[A-Za-z0-9._-]{1,100}$/;

export function isGithubSource(source: string): boolean {
  return source.startsWith(PREFIX);
}

/**
 * @returns the source, or what is wrong with it, in words that hold nothing of it
 */
export function parseGithubSource(source: string): GithubSource | { readonly wrong: string } {
  const text = source.slice(PREFIX.length);
  const at = text.indexOf('@');
  const [path, ref] = at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  const [owner = '', name, ...more] = path.split('/');
  const repository = name?.replace(/\.git$/, '');
  if (more.length > 0 || !OWNER.test(owner) || (repository !== undefined && !isRepositoryName(repository))) {
    return { wrong: 'expected github:OWNER or github:OWNER/REPOSITORY[@REF]' };
  }
  if (ref !== undefined && repository === undefined) {
    return { wrong: 'a branch, tag or commit is that of a repository: expected github:OWNER/REPOSITORY@REF' };
  }
  if (ref !== undefined && !isRef(ref))
    return { wrong: 'what stands after @ cannot be the name of a branch, tag or commit' };
  return { owner, repository, ref };
}

function isRepositoryName(name: string): boolean {
  return REPOSITORY.test(name) && name !== '.' && name !== '..' && name.toLowerCase() !== '.git';
}

/** Whether a text is owner and name of a repository, so that it may become part of an address and of paths. */
export function isFullName(text: string): boolean {
  const [owner = '', name = '', ...more] = text.split('/');
  return more.length === 0 && OWNER.test(owner) && isRepositoryName(name);
}
