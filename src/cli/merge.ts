/** spof-deps merge SNAPSHOT... */
import { collectGate } from '../commands/values.ts';
import { AUDIT_FORMATS } from '../reports/formats.ts';
import { auditOptions, type GivenAudit } from './audit.ts';
import type { Declare } from './command.ts';
import { common, ofLayers, withHistory } from './options.ts';

export const declareMerge: Declare = (program, { streams, begin, end }) => {
  const command = program
    .command('merge')
    .description('Joins the snapshots of shards, or of several fleets, into one; asks nobody.')
    .argument('<snapshot...>', 'files *.spof, or directories of tables, written with --out');
  ofLayers(command)
    .option('--fail-on <gate>', 'as for the audit (repeatable)', collectGate)
    .option('--sarif-dir <dir>', 'as for the audit: one SARIF file per repository, for upload')
    .action(async (snapshots: string[], given: GivenAudit) => {
      begin();
      const { mergeCommand } = await import('../commands/merge.ts');
      end(await mergeCommand(snapshots, auditOptions({ ...given, verify: true }), streams));
    });
  withHistory(command);
  common(command, AUDIT_FORMATS);
};
