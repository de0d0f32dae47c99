/** The trend as CSV (RFC 4180): a row for every number of every run; what a run does not have has no row. */
import type { PastRun } from '../../analysis/past-run.ts';
import type { Trend } from '../../analysis/trend.ts';
import { EVIDENCE_KINDS } from '../../evidence/state.ts';
import { forCsv } from '../safe.ts';
import type { TrendContent } from './parts.ts';

/** `of`: cause, system, evidence or fleet; `name`: which, `id` of causes; shares are 0 to 1. */
const COLUMNS = ['readAt', 'file', 'complete', 'scope', 'of', 'layer', 'id', 'name', 'measure', 'value'] as const;

type Row = Readonly<Record<'of' | 'layer' | 'id' | 'name' | 'measure', string>> & { readonly value: number | string };

export function* trendCsv({ trend }: TrendContent): Iterable<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for (const [at, run] of trend.runs.entries()) {
    const head = [run.readAt, forCsv(run.file), String(run.complete), run.scope];
    for (const { of, layer, id, name, measure, value } of rowsOf(trend, run, at)) {
      const texts = [of, layer, id, name, measure].map((text) => (text === '' ? '' : forCsv(text)));
      yield `${[...head, ...texts, String(value)].join(',')}\r\n`;
    }
  }
}

function* rowsOf({ layers, systems }: Trend, run: PastRun, at: number): Iterable<Row> {
  const none = { layer: '', id: '', name: '' };
  for (const measure of ['services', 'lockfiles', 'unread', 'systems', 'joined', 'left'] as const) {
    yield { ...none, of: 'fleet', measure, value: run[measure] };
  }
  for (const kind of run.evidence ? EVIDENCE_KINDS : []) {
    const found = run.evidence![kind];
    for (const measure of ['verified', 'invalid', 'of'] as const) {
      yield { ...none, of: 'evidence', name: kind, measure, value: found[measure] };
    }
  }
  for (const { layer, causes } of layers) {
    for (const { id, name, values } of causes) {
      const value = values[at];
      if (value === undefined) continue;
      const own = { of: 'cause', layer, id, name };
      yield { ...own, measure: 'blastRadius', value: value.blastRadius };
      yield { ...own, measure: 'lostSystems', value: value.lost };
      yield { ...own, measure: 'reach', value: value.reach };
      if (value.rank !== undefined) yield { ...own, measure: 'rank', value: value.rank };
    }
  }
  for (const { name, layers: against } of systems) {
    for (const { layer, values } of against) {
      const value = values[at];
      if (value === undefined) continue;
      const own = { of: 'system', layer, id: '', name };
      yield { ...own, measure: 'services', value: value.members };
      yield { ...own, measure: 'defeating', value: value.defeating };
      yield { ...own, measure: 'survivesAnyOne', value: value.survivesAnyOne };
      if (value.effectiveMembers !== undefined) {
        yield { ...own, measure: 'effectiveMembers', value: value.effectiveMembers };
      }
    }
  }
}
