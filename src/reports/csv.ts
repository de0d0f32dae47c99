/** CSV report (RFC 4180): a row for every cause that is ranked, of every layer asked for, under the names that JSON has. */
import { isIncomplete, type LayerResult } from '../analysis/audit.ts';
import { type CauseDetail, Details } from '../analysis/detail.ts';
import type { RankedCause } from '../analysis/rank.ts';
import type { Cause } from '../causes/layer.ts';
import type { ReportInput } from './report.ts';
import { forCsv } from './safe.ts';

interface CsvRow {
  readonly input: ReportInput;
  readonly layer: LayerResult;
  /** From 1. */
  readonly rank: number;
  readonly cause: Cause;
  readonly ranked: RankedCause;
  readonly detail: CauseDetail;
}

type CsvValue = string | number | boolean | readonly string[] | undefined;

/** Shares are 0 to 1, lists parted by semicolons; `complete` is false where every number is a lower bound. */
const COLUMNS: Readonly<Record<string, (row: CsvRow) => CsvValue>> = {
  layer: ({ layer }) => layer.table.layer,
  rank: ({ rank }) => rank,
  id: ({ cause }) => cause.id,
  name: ({ cause }) => cause.name,
  ecosystem: ({ cause }) => cause.ecosystem,
  firstParty: ({ cause }) => cause.firstParty,
  identity: ({ cause }) => cause.identity,
  blastRadius: ({ ranked }) => ranked.blastRadius,
  lostSystems: ({ ranked }) => ranked.lost,
  systems: ({ input }) => input.audit.systems.length,
  reach: ({ ranked }) => ranked.reach,
  weightedReach: ({ ranked }) => ranked.weightedReach,
  runtimeReach: ({ ranked }) => ranked.runtimeReach,
  buildReach: ({ ranked }) => ranked.buildReach,
  load: ({ ranked }) => ranked.load,
  direct: ({ ranked }) => ranked.direct,
  evidence: ({ input, ranked }) => (input.audit.evidence.mode === 'off' ? undefined : ranked.evidence),
  sameBytes: ({ detail }) => detail.sameBytes.share,
  next: ({ detail }) => detail.release?.next,
  delayed: ({ detail }) => detail.release?.delayed,
  scriptsRun: ({ detail }) => detail.release?.scripts.run,
  complete: ({ input }) => !isIncomplete(input.audit),
  versions: ({ detail }) => detail.versions,
  lostSystemNames: ({ detail }) => detail.lostSystems,
  services: ({ detail }) => detail.services,
};

export function* csvReport(input: ReportInput): Iterable<string> {
  const details = new Details(input.audit);
  yield line(Object.keys(COLUMNS));
  for (const layer of input.audit.layers) {
    for (const [at, ranked] of layer.ranked.slice(0, input.top).entries()) {
      const cause = layer.table.causes[ranked.cause]!;
      const row = { input, layer, rank: at + 1, cause, ranked, detail: details.of(layer, ranked) };
      yield line(Object.values(COLUMNS).map((cell) => field(cell(row))));
    }
  }
}

function field(value: CsvValue): string {
  if (value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return forCsv(typeof value === 'string' ? value : value.join('; '));
}

function line(fields: readonly string[]): string {
  return `${fields.join(',')}\r\n`;
}
