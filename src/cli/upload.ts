/** spof-deps upload SARIF... */
import { InvalidArgumentError, Option } from 'commander';
import type { UploadCommandOptions } from '../commands/upload.ts';
import { collect } from '../commands/values.ts';
import { UPLOAD_FORMATS } from '../reports/formats.ts';
import type { Declare } from './command.ts';

type GivenUpload = Partial<UploadCommandOptions> & Pick<UploadCommandOptions, 'format' | 'wait' | 'maxWait'>;

export const declareUpload: Declare = (program, { streams, begin, end }) => {
  program
    .command('upload')
    .description('Uploads SARIF to the code scanning of each repository on GitHub; tokens: GH_TOKEN, GITHUB_TOKEN.')
    .argument('<sarif...>', 'files, or directories of them written with --sarif-dir')
    .addOption(new Option('--format <format>', 'report on stdout').choices([...UPLOAD_FORMATS]).default('terminal'))
    .option('--out <file>', 'also write a report to a file, format by extension (repeatable)', collect)
    .option('--repository <owner/name>', 'upload the one file to this repository (default: as the file says)')
    .option('--commit <id>', 'the commit that the one file is of')
    .option('--ref <ref>', 'the branch that the one file is of: refs/heads/main')
    .option('--only <owner[/name]>', 'upload to repositories of this owner or glob alone (repeatable)', collect)
    .option('--dry-run', 'say what would be uploaded where, and ask nobody')
    .option('--no-wait', 'do not ask whether it was processed')
    .option('--max-wait <minutes>', "wait no longer than this for the host's limits", parseMinutes, 360)
    .option('--allow-incomplete', 'exit 0 even if a file was not uploaded or not processed')
    .option('--color', 'colours even where stdout is no terminal')
    .option('--no-color', 'no colours')
    .option('-q, --quiet', 'no progress line')
    .action(async (files: string[], given: GivenUpload) => {
      begin();
      const { uploadCommand } = await import('../commands/upload.ts');
      end(await uploadCommand(files, uploadOptions(given), streams));
    });
};

function uploadOptions(given: GivenUpload): UploadCommandOptions {
  return {
    ...given,
    out: given.out ?? [],
    color: given.color,
    dryRun: given.dryRun ?? false,
    allowIncomplete: given.allowIncomplete ?? false,
    quiet: given.quiet ?? false,
  };
}

function parseMinutes(value: string): number {
  if (/^\d{1,5}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('expected minutes, as a whole number.');
}
