/** spof-deps verify [source...]: evidence alone. */
import { applyGates, type EvidenceGate } from '../analysis/gate.ts';
import { exitCode } from '../exit.ts';
import { VERIFY_REPORTS } from '../reports/index.ts';
import type { CommonOptions } from './options.ts';
import { type Streams, writeReports } from './output.ts';
import { runOver } from './running.ts';

export interface VerifyCommandOptions extends CommonOptions {
  readonly require: readonly ('signature' | 'provenance')[];
}

/** Verifies what the lockfiles pin, writes the reports and returns the exit code. */
export async function verifyCommand(
  sources: readonly string[],
  options: VerifyCommandOptions,
  streams: Streams,
): Promise<number> {
  const { audit } = await runOver(sources, options, { layers: [], verify: true }, streams);
  const wanted: EvidenceGate[] = [{ evidence: 'invalid' }, ...options.require.map((evidence) => ({ evidence }))];
  const gates = applyGates(audit, wanted);
  if (audit.fleet.lockfiles.length === 0) {
    streams.stderr.write('spof-deps: no lockfile found; nothing was verified\n');
  }
  writeReports(VERIFY_REPORTS, { audit, gates, top: options.top }, options, streams);
  return exitCode(audit, gates, options);
}
