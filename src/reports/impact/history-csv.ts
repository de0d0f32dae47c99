/** Exposures as rows of the CSV report of the impact command: status `exposed`, in the columns of the others and some more. */
import type { ServiceExposure } from '../../analysis/history/exposures.ts';
import { isoTime } from '../../analysis/history/times.ts';
import { badWords, type CsvValue, type ImpactContent } from './content.ts';
import { branchText, exposureScope } from './history-words.ts';

/** After those of every row, and empty in rows of what is so today. `fromExact` is false where history does not go back further. */
export const HISTORY_COLUMNS = [
  ...['repository', 'branches', 'today', 'from', 'fromCommit', 'fromExact', 'until', 'untilCommit', 'gone'],
] as const;

export function exposureCells(
  { audit, impact, contactsOf }: ImpactContent,
  exposure: ServiceExposure,
): Readonly<Record<string, CsvValue>> {
  const { service, today, lockfiles, versions, direct, scripts, reached, from, until } = exposure;
  const { bad } = impact.entries[exposure.entry]!;
  const contacts = today === undefined ? undefined : contactsOf(today);
  return {
    service,
    lockfile: lockfiles,
    status: 'exposed',
    package: bad.name,
    bad: badWords(bad),
    versions,
    scope: exposureScope(exposure),
    direct,
    installScript: reached ? scripts : '',
    weight: today === undefined ? '' : audit.services[today]!.weight,
    contact: contacts?.contact ?? '',
    owners: contacts?.owners ?? [],
    records: bad.records,
    repository: exposure.repository,
    branches: exposure.branches.map(branchText),
    today: today !== undefined,
    from: isoTime(from.time) ?? '',
    fromCommit: from.commit,
    fromExact: from.exact,
    until: until === undefined ? '' : (isoTime(until.time) ?? ''),
    untilCommit: until?.commit ?? '',
    gone: until?.gone ?? '',
  };
}
