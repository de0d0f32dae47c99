/** CSV report of the impact command (RFC 4180): a row for every package and service that it concerns. */
import type { Hit } from '../../analysis/impact/hits.ts';
import { forCsv } from '../safe.ts';
import { badWords, type CsvValue, heldVersions, type ImpactContent, isImpactIncomplete, scopeWord } from './content.ts';
import { exposureCells, HISTORY_COLUMNS } from './history-csv.ts';

/** Lists are parted by semicolons; `complete` is false where rows may be missing. */
const COLUMNS: Readonly<Record<string, (content: ImpactContent, hit: Hit, complete: boolean) => CsvValue>> = {
  service: ({ audit }, { service }) => audit.services[service]!.name,
  lockfile: ({ audit }, { service }) => audit.fleet.lockfiles[audit.services[service]!.lockfile]!.path,
  status: (_, { status }) => status,
  package: ({ impact }, { entry }) => impact.entries[entry]!.bad.name,
  bad: ({ impact }, { entry }) => badWords(impact.entries[entry]!.bad),
  versions: ({ audit }, { components }) => heldVersions(audit, components),
  wouldTake: (_, { takes }) => takes,
  scope: (_, hit) => scopeWord(hit),
  direct: (_, { direct }) => direct,
  installScript: (_, { status, scripts }) => (status === 'name-only' ? '' : scripts),
  waits: (_, { waits }) => waits,
  weight: ({ audit }, { service }) => audit.services[service]!.weight,
  contact: ({ contactsOf }, { service }) => contactsOf(service).contact ?? '',
  owners: ({ contactsOf }, { service }) => contactsOf(service).owners,
  records: ({ impact }, { entry }) => impact.entries[entry]!.bad.records,
  complete: (_, __, complete) => complete,
};

export function* impactCsv(content: ImpactContent): Iterable<string> {
  const complete = !isImpactIncomplete(content);
  const { history, impact } = content;
  const more = history === undefined ? [] : HISTORY_COLUMNS;
  const names = [...Object.keys(COLUMNS), ...more];
  yield `${names.join(',')}\r\n`;
  for (const hit of impact.hits) {
    const fields = Object.values(COLUMNS).map((cell) => field(cell(content, hit, complete)));
    yield `${[...fields, ...more.map(() => '')].join(',')}\r\n`;
  }
  for (const exposure of history?.exposures ?? []) {
    const cells: Readonly<Record<string, CsvValue>> = { ...exposureCells(content, exposure), complete };
    yield `${names.map((name) => field(cells[name] ?? '')).join(',')}\r\n`;
  }
}

function field(value: CsvValue): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : value.join('; ');
  return text === '' ? '' : forCsv(text);
}
