/** Diagnostics and findings as sentences with their place, what is missing first. */
import type { Audit } from '../analysis/audit.ts';
import { findingText } from './messages.ts';
import { count } from './numbers.ts';
import { placeOf } from './place.ts';
import { forTerminal } from './safe.ts';

export interface Skipped {
  /** What those of one kind have in common. */
  readonly code: string;
  readonly text: string;
  readonly level: 'error' | 'warning' | 'note';
}

/** Shown of one code and level, where a report is read from its end. */
export const MOST_OF_A_KIND = 50;

const LEVELS = { error: 0, warning: 1, note: 2 } as const;

/** For sorting: errors first. */
export function byLevel(a: Pick<Skipped, 'level'>, b: Pick<Skipped, 'level'>): number {
  return LEVELS[a.level] - LEVELS[b.level];
}

export function skipped(audit: Audit): Skipped[] {
  const findings = audit.findings.map(
    (finding): Skipped => ({
      code: finding.code,
      level: finding.level,
      text: sentence(finding.level, { ...finding, ...findingText(finding) }),
    }),
  );
  const [diagnostics, held] = [toldDiagnostics(audit), heldByNobody(audit)];
  return [...diagnostics, ...findings, ...held].sort(byLevel);
}

/**
 * At most so many of a kind, and how many more there are of it: a terminal that scrolls away what is missing tells nothing.
 *
 * @param most of one code and level
 */
export function bounded(all: readonly Skipped[], most: number): Skipped[] {
  const counts = new Map<string, { readonly first: Skipped; seen: number }>();
  const shown = all.filter((each) => {
    const key = `${each.level} ${each.code}`;
    const count = counts.get(key) ?? { first: each, seen: 0 };
    counts.set(key, count);
    return ++count.seen <= most;
  });
  const more = [...counts.values()].flatMap(({ first: { code, level }, seen }): Skipped[] => {
    const text = `${count(seen - most)} more ${code} (--format json lists all)`;
    return seen > most ? [{ code, level, text }] : [];
  });
  return [...shown, ...more].sort(byLevel);
}

/** The same without findings, for a report that tells them apart. */
export function skippedInput(audit: Audit): Skipped[] {
  return [...toldDiagnostics(audit), ...heldByNobody(audit)].sort(byLevel);
}

function toldDiagnostics(audit: Audit): Skipped[] {
  return audit.diagnostics.map(
    (diagnostic): Skipped => ({
      code: diagnostic.code,
      level: diagnostic.severity === 'incomplete' ? 'error' : 'note',
      text: sentence(diagnostic.severity === 'incomplete' ? 'incomplete' : 'note', diagnostic),
    }),
  );
}

function heldByNobody(audit: Audit): Skipped[] {
  const lockfiles = audit.unreached.filter((nodes) => nodes > 0);
  if (lockfiles.length === 0) return [];
  const nodes = lockfiles.reduce((sum, count) => sum + count, 0);
  return [
    {
      code: 'UNREACHED',
      level: 'note',
      text: `note ${count(nodes, 'entry', 'entries')} of ${count(lockfiles.length, 'lockfile')} ${nodes === 1 ? 'is' : 'are'} reached by no service: stale, patched over, or of a service left out (--format json counts them by lockfile)`,
    },
  ];
}

interface Placed {
  readonly code: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly next: string;
}

function sentence(word: string, placed: Placed): string {
  const what = forTerminal(`${word} ${placed.code} ${placeOf(placed)}${placed.message}`);
  return `${what}; ${forTerminal(placed.next)}`;
}
