/** spof-deps verify [source...] */

import { collectKind } from '../commands/values.ts';
import type { VerifyCommandOptions } from '../commands/verify.ts';
import { TEXT_FORMATS } from '../reports/formats.ts';
import type { Declare } from './command.ts';
import { common, type Given, SOURCES, shared } from './options.ts';

type GivenVerify = Given<VerifyCommandOptions, 'format' | 'top' | 'scope'> & { readonly json?: boolean };

export const declareVerify: Declare = (program, { streams, begin, end }) => {
  const command = program
    .command('verify')
    .description('Evidence alone: is what the lockfiles pin signed by its registry, attested, and by whom?')
    .argument('[source...]', SOURCES)
    .option('--require <kind>', 'exit 1 unless all is verified: signature or provenance (repeatable)', collectKind)
    .option('--json', 'the same as --format json')
    .action(async (sources: string[], given: GivenVerify) => {
      begin();
      const { verifyCommand } = await import('../commands/verify.ts');
      end(await verifyCommand(sources, verifyCommandOptions(given), streams));
    });
  common(command, TEXT_FORMATS);
};

function verifyCommandOptions(given: GivenVerify): VerifyCommandOptions {
  const format = given.json ? 'json' : given.format;
  return { ...given, ...shared(given), format, require: given.require ?? [] };
}
