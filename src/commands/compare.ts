/** spof-deps compare A B [C...]: are these services independent? */
import { comparisonOf } from '../analysis/comparison.ts';
import type { LayerName } from '../causes/layer.ts';
import { UsageError } from '../errors.ts';
import { exitCode } from '../exit.ts';
import { nearest } from '../nearest.ts';
import { COMPARE_REPORTS } from '../reports/index.ts';
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
  const services = [...new Set(names)].map((name) => indexOf(name, known));
  if (services.length < 2) {
    throw new UsageError([
      { code: 'USAGE', message: 'compare needs two services that are not the same', next: `there are ${list(known)}` },
    ]);
  }
  const comparison = comparisonOf(audit, services);
  writeReports(COMPARE_REPORTS, { audit, gates: [], top: options.top, comparison }, options, streams);
  return exitCode(audit, [], options);
}

function indexOf(name: string, known: readonly string[]): number {
  const index = known.indexOf(name);
  if (index !== -1) return index;
  const near = nearest(name, known);
  throw new UsageError([
    {
      code: 'USAGE',
      message: `no service is called ${JSON.stringify(name)}${near === undefined ? '' : `; did you mean ${near}?`}`,
      next: `there are ${list(known)}`,
    },
  ]);
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown || 'none';
}
