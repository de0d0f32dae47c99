/** spof-deps compare A B [C...]: are these services independent? */
import { comparisonOf } from '../analysis/comparison.ts';
import type { LayerName } from '../causes/layer.ts';
import { UsageError } from '../errors.ts';
import { exitCode } from '../exit.ts';
import { COMPARE_REPORTS } from '../reports/index.ts';
import { indexCalled, someOf } from './named.ts';
import type { CommonOptions } from './options.ts';
import { type Streams, writeReports } from './output.ts';
import { runOver } from './running.ts';

export interface CompareOptions extends CommonOptions {
  readonly in: readonly string[];
  readonly layer: readonly LayerName[];
  readonly verify: boolean;
}

/** Compares services by name, writes the reports and returns the exit code. */
export async function compareCommand(
  names: readonly string[],
  options: CompareOptions,
  streams: Streams,
): Promise<number> {
  const question = { verify: options.verify, ...(options.layer.length > 0 ? { layers: options.layer } : {}) };
  const { audit } = await runOver(options.in, options, question, streams);
  const known = audit.services.map(({ name }) => name);
  const services = [...new Set(names)].map((name) => indexCalled(name, known, 'service'));
  if (services.length < 2) {
    throw new UsageError([
      {
        code: 'USAGE',
        message: 'compare needs two services that are not the same',
        next: `there are ${someOf(known)}`,
      },
    ]);
  }
  const comparison = comparisonOf(audit, services);
  writeReports(COMPARE_REPORTS, { audit, gates: [], top: options.top, comparison }, options, streams);
  return exitCode(audit, [], options);
}
