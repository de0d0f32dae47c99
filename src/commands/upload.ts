/** spof-deps upload SARIF...: findings to the repositories that they are of. */
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { githubHost } from '../hosts/github.ts';
import { loadNpmSettings } from '../network/npm-config.ts';
import type { UploadFormat } from '../reports/formats.ts';
import { UPLOAD_REPORTS } from '../reports/index.ts';
import { sarifFiles } from '../upload/files.ts';
import { isIncomplete } from '../upload/outcome.ts';
import { checkTargets, type TargetOptions, workflowOf } from '../upload/target.ts';
import { uploadAll } from '../upload/upload.ts';
import { tellWait } from './options.ts';
import { type OutputOptions, type Streams, writeReports } from './output.ts';
import { progressLine } from './progress.ts';

export interface UploadCommandOptions extends OutputOptions<UploadFormat>, TargetOptions {
  readonly dryRun: boolean;
  readonly wait: boolean;
  /** Minutes that limits may be waited for in total. */
  readonly maxWait: number;
  readonly allowIncomplete: boolean;
  readonly quiet: boolean;
}

const MINUTE = 60_000;

/**
 * Uploads SARIF files to GitHub's code scanning, writes what became of each and returns the exit code.
 *
 * @throws UsageError for files that do not exist, for options that cannot be, and where there is no token
 */
export async function uploadCommand(
  named: readonly string[],
  options: UploadCommandOptions,
  streams: Streams,
): Promise<number> {
  const { env } = streams;
  const { repository, commit, ref, only, dryRun, wait, maxWait, quiet } = options;
  const files = sarifFiles(named);
  const told = { repository, commit, ref, only };
  checkTargets(told, files.length === 1);
  const host = githubHost(env);
  if (!host.hasToken && !dryRun) throw noToken(host.tokenVariables);
  const progress = progressLine(streams, quiet);
  const outcomes = await uploadAll(files, {
    host,
    targets: { told, workflow: workflowOf(env, host) },
    dryRun,
    wait,
    patience: maxWait * MINUTE,
    network: dryRun ? undefined : (await loadNpmSettings({ env })).fetchOptions,
    onWait: tellWait(quiet, streams, progress),
    onProgress: (done, total) => progress.step('uploading', done, total),
  }).finally(() => progress.clear());
  writeReports(UPLOAD_REPORTS, { outcomes, dryRun, host: host.webHost }, options, streams);
  return isIncomplete(outcomes) && !options.allowIncomplete ? EXIT.incomplete : EXIT.ok;
}

function noToken(variables: readonly string[]): UsageError {
  return new UsageError([
    {
      code: 'USAGE',
      message: 'nobody may upload without a token',
      next: `set ${variables.join(' or ')} to one with Code scanning alerts: write, or see what would be uploaded with --dry-run`,
    },
  ]);
}
