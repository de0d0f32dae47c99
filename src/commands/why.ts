/** spof-deps why PACKAGE[@RANGE]: what brings a package in, and what would remove it. */
import { whyOf } from '../analysis/why/why.ts';
import { UsageError } from '../errors.ts';
import { EXIT, exitCode } from '../exit.ts';
import { parsePackageSpec } from '../package-spec.ts';
import type { WhyFormat } from '../reports/formats.ts';
import { WHY_REPORTS } from '../reports/index.ts';
import type { CommonOptions } from './options.ts';
import { type Streams, writeReports } from './output.ts';
import { runOver } from './running.ts';

export interface WhyOptions extends CommonOptions<WhyFormat> {
  readonly in: readonly string[];
}

/**
 * Explains why a package is in the fleet, writes the reports and returns the exit code. No registry is asked.
 *
 * @throws UsageError for what is no package and no range
 */
export async function whyCommand(wanted: string, options: WhyOptions, streams: Streams): Promise<number> {
  const spec = parsePackageSpec(wanted);
  if (typeof spec === 'string') {
    throw new UsageError([{ code: 'USAGE', message: spec, next: 'spof-deps why debug, or spof-deps why debug@^4' }]);
  }
  const { audit } = await runOver(options.in, options, { layers: [], verify: false }, streams);
  const why = whyOf(audit, spec);
  writeReports(WHY_REPORTS, { audit, why, top: options.top }, options, streams);
  const code = exitCode(audit, [], options);
  return code === EXIT.ok && why.unjudged.length > 0 && !options.allowIncomplete ? EXIT.incomplete : code;
}
