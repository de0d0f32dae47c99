/** spof-deps [source...] */
import type { Command } from 'commander';
import type { AuditOptions } from '../commands/audit.ts';
import { collectGate, parseShard } from '../commands/values.ts';
import { AUDIT_FORMATS } from '../reports/formats.ts';
import type { Invocation } from './command.ts';
import { common, type Given, ofLayers, SOURCES, shared, withHistory } from './options.ts';

export type GivenAudit = Given<AuditOptions, 'format' | 'top' | 'scope' | 'verify'>;

/** The default command is the program itself. */
export function declareAudit(program: Command, { streams, end }: Invocation): void {
  ofLayers(program.argument('[source...]', SOURCES))
    .option(
      '--fail-on <gate>',
      'exit 1 from this blast radius on: 0.8 or package=0.8; for a rule: redundancy-defeated; for what is new since --baseline: new (repeatable). Invalid evidence always does; never: nothing does',
      collectGate,
    )
    .option(
      '--baseline <file>',
      'say what is worse than in this earlier run: a snapshot, or a JSON report made with --top all',
    )
    .option('--fleet <file>', 'snapshot or JSON report of the whole fleet: say what the causes found here mean for it')
    .option('--sarif-dir <dir>', 'also write one SARIF file per repository into a directory')
    .option('--witness <cause>', 'how this cause gets into each service: its id (package:npm/ms), or a package')
    .option(
      '--shard <i/n>',
      'only part i of n of the repositories and directories, for merge; asks for no other',
      parseShard,
    )
    .option('--no-verify', 'ask no registry: rank only')
    .action(async (sources: string[], given: GivenAudit) => {
      const { auditCommand } = await import('../commands/audit.ts');
      end(await auditCommand(sources, auditOptions(given), streams));
    });
  withHistory(program);
  common(program, AUDIT_FORMATS);
}

export function auditOptions(given: GivenAudit): AuditOptions {
  return { ...given, ...shared(given), layer: given.layer ?? [], failOn: given.failOn ?? [] };
}
