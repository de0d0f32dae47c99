/** spof-deps merge SNAPSHOT...: several snapshots as one fleet, written as a snapshot or reported. */
import { UsageError } from '../errors.ts';
import { isSnapshot } from '../snapshot/recognise.ts';
import { type AuditOptions, auditCommand } from './audit.ts';
import type { Streams } from './output.ts';

/** Joins snapshots, audits the fleet, writes what is wanted and returns the exit code. */
export async function mergeCommand(
  snapshots: readonly string[],
  options: AuditOptions,
  streams: Streams,
): Promise<number> {
  const others = snapshots.filter((path) => !isSnapshot(path));
  if (others.length > 0) {
    throw new UsageError(
      others.map((path) => ({
        code: 'USAGE',
        message: `${path} is no snapshot: expected a file *.spof, or a directory with run.parquet`,
        next: 'write one with --out FILE.spof or --out DIR/',
      })),
    );
  }
  return auditCommand(snapshots, { ...options, joined: true }, streams);
}
