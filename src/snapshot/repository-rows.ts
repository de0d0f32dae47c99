/** Repositories as rows: which files are of which, and what of it was read. */

import { isRef } from '../sources/git/address.ts';
import { webAddress } from '../sources/git/checkout.ts';
import type { KeptRepository } from '../sources/kept.ts';
import { isObjectId } from '../sources/remote/blobs.ts';
import { within } from '../sources/repositories.ts';
import { ORIGINS, type Revision } from '../sources/revision.ts';
import type { TableReader } from './parquet-reader.ts';
import type { Row } from './rows.ts';

export function* repositoryRows(repositories: readonly KeptRepository[]): Iterable<Row> {
  for (const [id, { name, start, inside, isGit, isSource, where, revision }] of repositories.entries()) {
    const flags = [isGit, isSource, where === 'here'].map(Number);
    yield [id, name, start, inside, ...flags, revision?.url, revision?.commit, revision?.branch, revision?.says];
  }
}

/** @throws UsageError SNAPSHOT_INVALID */
export function readRepositories(table: TableReader<'repositories'>): KeptRepository[] {
  table.key('repository');
  const [starts, insides] = [table.required('start'), table.required('inside')];
  const flags = { isGit: table.ints('is_git'), isSource: table.ints('is_source'), isHere: table.ints('is_here') };
  const [urls, commits, branches] = [table.texts('url'), table.texts('revision'), table.texts('branch')];
  const saidBy = table.texts('said_by');
  return table.required('name').map((name, row): KeptRepository => {
    const [start, inside] = [starts[row]!, insides[row]!];
    if (inside !== '' && !(inside.endsWith('/') && within(inside.slice(0, -1))))
      table.fail(row, 'inside: no directory');
    if (start !== '' && !start.endsWith('/')) table.fail(row, 'start: no directory');
    const isSet = (of: Int32Array): boolean =>
      of[row] === 1 || of[row] === 0 ? of[row] === 1 : table.fail(row, 'a flag is 0 or 1');
    const said = { url: urls[row], commit: commits[row], branch: branches[row], says: saidBy[row] };
    const revision = revisionOf(said);
    if (revision === undefined && Object.values(said).some((each) => each !== undefined)) {
      table.fail(row, 'url, revision, branch and said_by: not where a repository comes from');
    }
    return {
      ...{ name, start, inside },
      isGit: isSet(flags.isGit),
      isSource: isSet(flags.isSource),
      where: isSet(flags.isHere) ? 'here' : 'elsewhere',
      revision,
    };
  });
}

/** @returns undefined for what could be no revision */
function revisionOf(
  said: Readonly<Record<'url' | 'commit' | 'branch' | 'says', string | undefined>>,
): Revision | undefined {
  const { url, commit, branch } = said;
  const says = ORIGINS.find((known) => known === said.says);
  if (url === undefined || says === undefined || webAddress(url) !== url) return undefined;
  if (commit !== undefined && !isObjectId(commit)) return undefined;
  return branch === undefined || isRef(branch) ? { url, commit, branch, says } : undefined;
}
