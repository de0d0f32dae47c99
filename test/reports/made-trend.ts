/** Histories without snapshots: what reports are made of. */
import type { PastLayer, PastRun, PastSystem } from '../../src/analysis/past-run.ts';
import { type Trend, trendOf, type Unread, wantedCauses } from '../../src/analysis/trend.ts';

export interface MadeRun {
  /** Blast radius by name of the package. */
  readonly causes: Readonly<Record<string, number>>;
  /** Effective members of two by name of the system. */
  readonly systems?: Readonly<Record<string, number>>;
  readonly complete?: boolean;
  readonly scope?: PastRun['scope'];
  readonly asked?: boolean;
  readonly file?: string;
}

/** One run a day. */
export function madeTrend(runs: readonly MadeRun[], top = 5, unread: readonly Unread[] = []): Trend {
  const past = runs.map((run, at) => pastRun(run, at, top));
  const wanted = wantedCauses(past, top);
  const found = runs.map((run) => {
    const all = causesOf(run).filter(({ id }) => wanted.get('package')!.has(id));
    return new Map([['package' as const, new Map(all.map((cause) => [cause.id, cause]))]]);
  });
  return trendOf(past, found, top, unread);
}

function causesOf({ causes }: MadeRun) {
  const sorted = Object.entries(causes).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, blastRadius], at) => ({
    ...{ id: `package:npm/${name}`, name, rank: at + 1, blastRadius },
    ...{ lost: Math.round(blastRadius * 10), reach: 2 },
  }));
}

function pastRun(run: MadeRun, at: number, top: number): PastRun {
  const causes = causesOf(run);
  const layer: PastLayer = {
    causes: causes.length,
    defeating: causes.filter(({ blastRadius }) => blastRadius > 0).length,
    known: 40,
    of: 40,
    top: causes.slice(0, top),
  };
  const declared = Object.entries(run.systems ?? {}).map(
    ([name, effectiveMembers]): PastSystem => ({
      ...{ name, need: 1, weight: 1, members: [`${name}-a`, `${name}-b`] },
      against: new Map([
        [
          'package',
          {
            ...{ members: 2, unknown: 0, survivesAnyOne: effectiveMembers === 2 ? 'yes' : 'no', survivesAnyTwo: 'no' },
            ...{ defeating: 1, effectiveMembers },
          },
        ],
      ]),
    }),
  );
  const one = { verified: 10 + at, invalid: 0, of: 40 };
  return {
    file: run.file ?? `history/${at}.spof`,
    readAt: new Date(Date.UTC(2026, 0, 1 + at)).toISOString(),
    tool: 'spof-deps 0.1.0',
    scope: run.scope ?? 'all',
    complete: run.complete ?? true,
    lockfiles: 10,
    unread: 0,
    services: 10 + at,
    systems: 10,
    joined: at === 0 ? 0 : 1,
    left: 0,
    layers: new Map([['package', layer]]),
    declared,
    evidence: run.asked === false ? undefined : { signature: one, publish: one, provenance: one },
    config: new Map(),
  };
}
