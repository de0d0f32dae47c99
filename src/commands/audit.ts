/** spof-deps [source...]: rank what is shared. */
import { applyGates, type Gate } from '../analysis/gate.ts';
import type { LayerName } from '../causes/layer.ts';
import type { FailOnConfig } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { exitCode } from '../exit.ts';
import type { Scope } from '../graph/closure.ts';
import type { Format } from '../reports/index.ts';
import { run } from '../run.ts';
import { type Streams, writeReports } from './output.ts';
import { progressLine } from './progress.ts';

export interface AuditOptions {
  readonly format: Format;
  readonly out: readonly string[];
  readonly top: number;
  readonly layer: readonly LayerName[];
  readonly scope: Scope;
  readonly failOn: readonly Gate[];
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
    layers: options.layer,
    scope: options.scope,
    ...(options.config === undefined ? {} : { config: options.config }),
    onProgress: (done, total) => progress.show(`reading lockfiles ${done} of ${total}`),
  }).finally(() => progress.clear());
  const wanted = options.failOn.length > 0 ? options.failOn : configuredGates(config.failOn);
  refuseBlindGates(wanted, options.layer);
  const gates = applyGates(audit, wanted);
  if (audit.fleet.lockfiles.length === 0) {
    streams.stderr.write('spof-deps: no lockfile found; nothing was audited\n');
  }
  writeReports({ audit, gates, top: options.top }, options, streams);
  return exitCode(audit, gates, options);
}

// A gate on a layer that was not computed would pass whatever is in it.
function refuseBlindGates(gates: readonly Gate[], layers: readonly LayerName[]): void {
  const blind = gates.find(({ layer }) => layer !== undefined && layers.length > 0 && !layers.includes(layer));
  if (!blind) return;
  throw new UsageError([
    {
      code: 'USAGE',
      message: `the gate ${blind.layer}=${blind.blastRadius} is on a layer that --layer leaves out`,
      next: `add --layer ${blind.layer}, or drop the gate`,
    },
  ]);
}

function configuredGates(failOn: FailOnConfig | undefined): Gate[] {
  if (failOn?.blastRadius === undefined) return [];
  const blastRadius = failOn.blastRadius;
  return failOn.layers ? failOn.layers.map((layer) => ({ blastRadius, layer })) : [{ blastRadius }];
}
