/** Earlier runs that a command compares with: a JSON report, or a snapshot, which is audited again as its run was. */
import { type EarlierReport, earlierOf } from '../analysis/earlier.ts';
import { readEarlier } from '../config/earlier.ts';
import { UsageError } from '../errors.ts';
import { run } from '../run.ts';
import { isSnapshot } from '../snapshot/recognise.ts';

/**
 * Reads an earlier run: of a snapshot what the JSON report of the same run would say, to the byte. Nobody is asked.
 *
 * @param option the option or argument that names the file, for messages
 * @throws UsageError where it is neither
 */
export async function earlierRun(file: string, option: string): Promise<EarlierReport> {
  if (!isSnapshot(file)) return readEarlier(file, option);
  const { readHead } = await import('../snapshot/head.ts');
  const { layers, scope, today } = readHead(file);
  const { audit } = await run({ sources: [file], layers, scope, today, verify: false });
  return earlierOf(audit);
}

/** Reach in one scope is neither more nor less than in another. @throws UsageError where the two have different ones */
export function refuseOtherScope(before: EarlierReport['scope'], after: EarlierReport['scope'], what: string): void {
  if (before === after) return;
  const message = `${what}: one is of scope ${before}, the other of scope ${after}; they cannot be compared`;
  const next =
    'give both the same --scope; a snapshot can be asked again: spof-deps FILE.spof --scope SCOPE --out NEW.spof';
  throw new UsageError([{ code: 'USAGE', message, next }]);
}
