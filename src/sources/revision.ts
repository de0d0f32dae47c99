/** Where a repository comes from, and the state of it that was read. Plain data. */

import { isRef } from './git/address.ts';

/** Who says where a repository comes from: a host's list, the address that was given, or a `.git` among what is scanned. */
export const ORIGINS = ['github', 'gitlab', 'git', 'checkout'] as const;
export type Origin = (typeof ORIGINS)[number];

export interface RemoteOrigin {
  /** Address of the repository for people, without credentials: `https://git.example/acme/pay`. */
  readonly url: string;
  /** Name of the branch that was read; undefined where it was a tag or a commit, or nothing says so. */
  readonly branch: string | undefined;
  /** `checkout`: may say anything, because it lies where everything is hostile. */
  readonly says: Origin;
}

/** The name of a branch as a host says it, if it can be one. */
export function branchOf(name: string | undefined): string | undefined {
  return name !== undefined && isRef(name) ? name : undefined;
}

export interface Revision extends RemoteOrigin {
  /** Id of the commit. */
  readonly commit: string | undefined;
}
