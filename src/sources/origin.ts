/** Where the lockfiles of a fleet stand among all that its scan found: what makes one fleet of shards again. Plain data. */
import type { Diagnostic } from '../diagnostics.ts';

export interface Origin {
  /** SHA-256 over the paths of all lockfiles found, in order. */
  readonly digest: string;
  /** Lockfiles found; the fleet has fewer where it is a shard. */
  readonly found: number;
  /** Instant at which its lockfiles were read, ISO 8601 in UTC; of several snapshots that of the first. */
  readonly readAt: string;
  /** Which shards the fleet is made of; undefined where the scan was not sharded. */
  readonly shards: Shards | undefined;
  /** By lockfile of the fleet: its place among all found, ascending. */
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
}

export interface Remark {
  /**
   * `source`: of finding lockfiles, at a place among all such remarks. `read`: of the lockfile at this place. `config`: of
   * what repositories say of themselves.
   */
  readonly phase: 'source' | 'read' | 'config';
  readonly position: number;
  readonly diagnostic: Diagnostic;
}

/** What is said of a fleet that is not all of what was found. */
export function shardDiagnostics({ shards, found, positions }: Origin): Diagnostic[] {
  if (shards === undefined || shards.have.length === shards.of) return [];
  const missing = Array.from({ length: shards.of }, (_, at) => at + 1).filter((at) => !shards.have.includes(at));
  const some =
    missing.length > 20 ? `${missing.slice(0, 20).join(', ')} and ${missing.length - 20} more` : missing.join(', ');
  const part = `${positions.length} of ${found} lockfiles`;
  if (!shards.joined) {
    return [
      {
        code: 'SHARD',
        severity: 'notice',
        file: '',
        message: `shard ${shards.have.join(', ')} of ${shards.of}: ${part}; systems and ignores are applied by merge`,
        next: 'write it with --out, and join all shards with spof-deps merge',
      },
    ];
  }
  return [
    {
      code: 'SHARD',
      severity: 'incomplete',
      file: '',
      message: `${missing.length} of ${shards.of} shards ${missing.length === 1 ? 'is' : 'are'} missing (${some}): ${part}`,
      next: 'merge the snapshots of all shards',
    },
  ];
}

/** Adds what was odd about the configs of repositories. */
export function withRemarks(origin: Origin, diagnostics: readonly Diagnostic[]): Origin {
  const added = diagnostics.map((diagnostic, position): Remark => ({ phase: 'config', position, diagnostic }));
  return { ...origin, remarks: [...origin.remarks, ...added] };
}
