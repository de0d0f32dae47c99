/** `gitlab:group[/subgroup…][/project][@ref]`: checked before it becomes part of an address. Pure. */
import { isRef } from '../git/address.ts';

export interface GitlabSource {
  /** Of a group, a user or a project; which one only the server knows. */
  readonly path: string;
  /** Branch, tag or commit of a project; undefined for its default branch. */
  readonly ref: string | undefined;
}

const PREFIX = 'gitlab:';
/** https://docs.gitlab.com/user/reserved_names/#rules-for-usernames-project-and-group-names-and-slugs */
const SEGMENT = /^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,254}$/;
/** Groups in groups, and a project. */
const MOST_SEGMENTS = 21;

export function isGitlabSource(source: string): boolean {
  return source.startsWith(PREFIX);
}

/**
 * @returns the source, or what is wrong with it, in words that hold nothing of it
 */
export function parseGitlabSource(source: string): GitlabSource | { readonly wrong: string } {
  const text = source.slice(PREFIX.length);
  const at = text.indexOf('@');
  const [written, ref] = at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  const path = written.replace(/\.git$/, '');
  if (!isPath(path)) return { wrong: 'expected gitlab:GROUP[/SUBGROUP...][/PROJECT][@REF]' };
  if (ref !== undefined && !path.includes('/')) {
    return { wrong: 'a branch, tag or commit is that of a project: expected gitlab:GROUP/PROJECT@REF' };
  }
  if (ref !== undefined && !isRef(ref))
    return { wrong: 'what stands after @ cannot be the name of a branch, tag or commit' };
  return { path, ref };
}

/** Whether a text is the path of a group or a project, so that it may become part of an address and of paths. */
export function isPath(text: string): boolean {
  const parts = text.split('/');
  return parts.length <= MOST_SEGMENTS && parts.every((part) => SEGMENT.test(part) && !/^\.{1,2}$|\.git$/i.test(part));
}
