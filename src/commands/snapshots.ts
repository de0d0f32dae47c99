/** Which of the outputs are snapshots, and writing them: tables are made for them alone. */
import type { Run } from '../run.ts';
import { isSnapshotOutput } from '../snapshot/recognise.ts';

/**
 * Writes a run to the outputs that are snapshots.
 *
 * @returns the other outputs, which are reports
 * @throws UsageError where a snapshot cannot be written
 */
export async function writeSnapshots(out: readonly string[], run: Run): Promise<string[]> {
  const snapshots = out.filter(isSnapshotOutput);
  if (snapshots.length > 0) {
    const { writeSnapshot } = await import('../snapshot/write.ts');
    for (const target of snapshots) writeSnapshot(target, run);
  }
  return out.filter((file) => !isSnapshotOutput(file));
}
