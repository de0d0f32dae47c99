/** Where the lockfiles of a fleet stand among all that its scan found: what makes one fleet of shards again. Plain data. */
import type { Diagnostic } from '../diagnostics.ts';

export interface Origin {
  /** SHA-256 over what was found on disk and which repositories there are: equal in the shards of one scan. */
  readonly digest: string;
  /** Places of lockfiles in all shards together. */
  readonly places: number;
  /** Instant at which its lockfiles were read, ISO 8601 in UTC; of several snapshots that of the first. */
  readonly readAt: string;
  /** Which shards the fleet is made of; undefined where the scan was not sharded. */
  readonly shards: Shards | undefined;
  /** By lockfile of the fleet: its place, ascending; those of one repository share one, in their order. */
  readonly positions: readonly number[];
  /** What was odd while finding and reading, in the order of the audit; without what is said of shards. */
  readonly remarks: readonly Remark[];
}

export interface Shards {
  readonly of: number;
  /** Ascending, from 1. */
  readonly have: readonly number[];
  /** Whether snapshots were joined: then a shard that is not there is missing. */
  readonly joined: boolean;
  /** Shards of scans that found or listed different things, which are no whole. */
  readonly mixed: boolean;
}

export interface Remark {
  /**
   * `source`: of finding lockfiles, at a place among all such remarks. `read`: of the lockfiles at this place. `config`: of
   * what repositories say of themselves.
   */
  readonly phase: 'source' | 'read' | 'config';
  readonly position: number;
  readonly diagnostic: Diagnostic;
}

/** What is said of a fleet that is not all of what was found. */
export function shardDiagnostics({ shards, positions }: Origin): Diagnostic[] {
  if (shards === undefined) return [];
  if (shards.mixed) return [MIXED];
  if (shards.have.length === shards.of) return [];
  const missing = Array.from({ length: shards.of }, (_, at) => at + 1).filter((at) => !shards.have.includes(at));
  const some =
    missing.length > 20 ? `${missing.slice(0, 20).join(', ')} and ${missing.length - 20} more` : missing.join(', ');
  const part = `${positions.length} ${positions.length === 1 ? 'lockfile' : 'lockfiles'}`;
  if (!shards.joined) {
    return [
      {
        code: 'SHARD',
        severity: 'notice',
        file: '',
        message: `shard ${shards.have.join(', ')} of ${shards.of}: ${part}; systems, ignores and what repositories say of their services are applied by merge`,
        next: 'write it with --out, and join all shards with spof-deps merge',
      },
    ];
  }
  return [
    {
      code: 'SHARD',
      severity: 'incomplete',
      file: '',
      message: `${missing.length} of ${shards.of} shards ${missing.length === 1 ? 'is' : 'are'} missing (${some}): the others hold ${part}`,
      next: 'merge the snapshots of all shards',
    },
  ];
}

const MIXED: Diagnostic = {
  code: 'SHARD',
  severity: 'incomplete',
  file: '',
  message:
    'shards of different scans: they found other lockfiles, or listed other repositories, so that some may be in none',
  next: 'run all shards again over the same sources, at about the same time or from one list (--from)',
};

/** Puts what is odd about the configs of repositories now in the place of what was. */
export function withConfigRemarks(origin: Origin, diagnostics: readonly Diagnostic[]): Origin {
  const others = origin.remarks.filter(({ phase }) => phase !== 'config');
  const added = diagnostics.map((diagnostic, position): Remark => ({ phase: 'config', position, diagnostic }));
  return { ...origin, remarks: [...others, ...added] };
}
