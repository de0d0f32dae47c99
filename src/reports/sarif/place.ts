/** Where a result is: a file of the repository as SARIF names it, or a stand-in for what is no file of it. */
import type { Finding } from '../../findings.ts';
import type { Revision } from '../../sources/revision.ts';

/** A file as the repository names it, POSIX; undefined for what is no file of it. */
export type FileOf = (file: string, isConfig: boolean) => string | undefined;

/** What results of a repository are placed by. */
export interface Repo {
  readonly fileOf: FileOf;
  /** Where results about no file of the repository are placed: its lockfile nearest to the root. */
  readonly standIn: string;
  /** Where the repository comes from, where one is reported and something says so. */
  readonly revision: Revision | undefined;
}

/** A file beside every lockfile, for a repository that has none. */
const NO_LOCKFILE = 'package.json';

/** @param lockfiles of the repository, as it names them */
export function repoOf(fileOf: FileOf, lockfiles: Iterable<string>, revision: Revision | undefined): Repo {
  let best: string | undefined;
  for (const file of lockfiles) if (best === undefined || nearer(file, best)) best = file;
  return { fileOf, standIn: best ?? NO_LOCKFILE, revision };
}

function nearer(a: string, b: string): boolean {
  const difference = a.split('/').length - b.split('/').length;
  return difference < 0 || (difference === 0 && a < b);
}

/** Whether a finding names its file from the working directory, as the config does. */
export function isAboutConfig({ code }: Finding): boolean {
  return code === 'IGNORE_EXPIRED' || code === 'IGNORE_STALE' || code === 'IGNORE_WITHOUT_REASON';
}

/** A relative URI reference: each segment percent-encoded, so that no name is a scheme, a query or a way out. */
export function uriOf(file: string): string {
  return file
    .split('/')
    .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\uFFFD')))
    .join('/');
}
