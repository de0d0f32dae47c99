/** spof-deps [source...]: rank what is shared. */
import { applyGates, type Gate } from '../analysis/gate.ts';
import type { LayerName } from '../causes/layer.ts';
import type { FailOnConfig } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { exitCode } from '../exit.ts';
import type { Scope } from '../graph/closure.ts';
import { type Format, REPORTS } from '../reports/index.ts';
import { run } from '../run.ts';
import { type EvidenceOptions, verifyOptions } from './evidence.ts';
import { type Streams, writeReports } from './output.ts';
import { progressLine } from './progress.ts';

export interface AuditOptions extends EvidenceOptions {
  readonly format: Format;
  readonly out: readonly string[];
  readonly top: number;
  readonly layer: readonly LayerName[];
  readonly scope: Scope;
  readonly failOn: readonly FailOn[];
  readonly verify: boolean;
  readonly allowIncomplete: boolean;
  readonly failOnEmpty: boolean;
  readonly config: string | false | undefined;
  readonly color: boolean | undefined;
  readonly quiet: boolean;
}

/** Runs the audit, writes its reports and returns the exit code. */
export async function auditCommand(
  sources: readonly string[],
  options: AuditOptions,
  streams: Streams,
): Promise<number> {
  const progress = progressLine(streams, options.quiet);
  const { audit, config } = await run({
    sources,
    ...(options.layer.length > 0 ? { layers: options.layer } : {}),
    scope: options.scope,
    ...(options.config === undefined ? {} : { config: options.config }),
    verify: options.verify && verifyOptions(options, streams, progress),
    onProgress: (done, total) => progress.step('reading lockfiles', done, total),
  }).finally(() => progress.clear());
  const wanted = wantedGates(options.failOn, config.failOn, options.verify);
  refuseBlindGates(wanted, options.layer);
  const gates = applyGates(audit, wanted);
  if (audit.fleet.lockfiles.length === 0) {
    streams.stderr.write('spof-deps: no lockfile found; nothing was audited\n');
  }
  writeReports(REPORTS, { audit, gates, top: options.top }, options, streams);
  return exitCode(audit, gates, options);
}

// A gate on a layer that was not computed would pass whatever is in it.
function refuseBlindGates(gates: readonly Gate[], layers: readonly LayerName[]): void {
  if (layers.length === 0) return;
  const blind = gates.flatMap((gate) => ('layer' in gate ? [gate] : [])).find((gate) => !layers.includes(gate.layer!));
  if (!blind) return;
  throw new UsageError([
    {
      code: 'USAGE',
      message: `the gate ${blind.layer}=${blind.blastRadius} is on a layer that --layer leaves out`,
      next: `add --layer ${blind.layer}, or drop the gate`,
    },
  ]);
}

/** What --fail-on takes: a gate, or `never` for none at all. */
export type FailOn = Gate | 'never';

// Invalid evidence fails every run that looked for it, unless the user says otherwise.
function wantedGates(given: readonly FailOn[], configured: FailOnConfig | undefined, verify: boolean): Gate[] {
  if (given.includes('never')) return [];
  const gates = given.filter((gate) => gate !== 'never');
  const wanted = gates.length > 0 ? gates : configuredGates(configured);
  const asked = wanted.some((gate) => 'evidence' in gate && gate.evidence === 'invalid');
  return verify && !asked ? [{ evidence: 'invalid' }, ...wanted] : wanted;
}

function configuredGates(failOn: FailOnConfig | undefined): Gate[] {
  if (failOn?.blastRadius === undefined) return [];
  const blastRadius = failOn.blastRadius;
  return failOn.layers ? failOn.layers.map((layer) => ({ blastRadius, layer })) : [{ blastRadius }];
}
