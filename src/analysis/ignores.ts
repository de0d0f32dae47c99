/** Ignores of the config: which hold, and which are to be reported because they do not. */
import type { CauseTable } from '../causes/layer.ts';
import type { Finding } from '../findings.ts';
import { nearest } from '../nearest.ts';

/** One entry of the config. */
export interface Ignore {
  readonly cause: string;
  readonly reason?: string;
  /** YYYY-MM-DD, the last day it holds. */
  readonly expires?: string;
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
}

/**
 * @param today YYYY-MM-DD; an ignore holds through its last day
 * @returns ids of causes that are ignored, and a finding for every entry that has no effect
 */
export function activeIgnores(
  ignores: readonly Ignore[],
  tables: readonly CauseTable[],
  today: string,
): { readonly ids: ReadonlySet<string>; readonly findings: readonly Finding[] } {
  const ids = new Set<string>();
  const findings: Finding[] = [];
  const layers = new Set<string>(tables.map((table) => table.layer));
  const known = new Set(tables.flatMap((table) => table.causes.map((cause) => cause.id)));
  ignores.forEach(({ cause, reason, expires, place: at }) => {
    const place = { level: 'warning' as const, ...at };
    if (reason === undefined || reason.trim() === '') findings.push({ code: 'IGNORE_WITHOUT_REASON', cause, ...place });
    else if (expires !== undefined && expires < today)
      findings.push({ code: 'IGNORE_EXPIRED', cause, expires, ...place });
    else if (known.has(cause)) ids.add(cause);
    else if (layers.has(cause.split(':', 1)[0]!)) {
      findings.push({ code: 'IGNORE_STALE', cause, near: nearest(cause, known) ?? '', ...place, level: 'note' });
    }
  });
  return { ids, findings };
}
