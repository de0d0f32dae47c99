/** spof-deps [source...]: rank what is shared. */
import type { Audit } from '../analysis/audit.ts';
import { changesSince } from '../analysis/changes.ts';
import type { EarlierReport } from '../analysis/earlier.ts';
import { fleetEffect } from '../analysis/fleet-effect.ts';
import { applyGates, type Gate } from '../analysis/gate.ts';
import { isTrendRead, type Trend } from '../analysis/trend.ts';
import { ASKED_LAYERS, type LayerName } from '../causes/layer.ts';
import type { FailOnConfig } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { EXIT, exitCode } from '../exit.ts';
import { ruleCalled } from '../findings.ts';
import { nearest } from '../nearest.ts';
import { type AuditFormat, REPORTS } from '../reports/index.ts';
import { sarifByRepository } from '../reports/sarif.ts';
import { HISTORY_ROWS } from '../reports/trend/parts.ts';
import type { ChosenCause } from '../reports/witness.ts';
import type { Shard } from '../sources/shard.ts';
import { earlierRun, refuseOtherScope } from './earlier.ts';
import type { CommonOptions } from './options.ts';
import { type Streams, writeFiles, writeReports } from './output.ts';
import { runOver } from './running.ts';
import { writeSnapshots } from './snapshots.ts';

export interface AuditOptions extends CommonOptions<AuditFormat> {
  readonly layer: readonly LayerName[];
  readonly failOn: readonly FailOn[];
  readonly verify: boolean;
  /** Directory for a SARIF file of each repository. */
  readonly sarifDir?: string | undefined;
  /** JSON reports or snapshots of an earlier run, and of the whole fleet. */
  readonly baseline?: string | undefined;
  readonly fleet?: string | undefined;
  /** Folder of snapshots to show the history from. */
  readonly trend?: string | undefined;
  /** Id of a cause, or the name of one in the first layer that has it. */
  readonly witness?: string | undefined;
  /** Only this part of what is found. */
  readonly shard?: Shard | undefined;
  /** The sources are snapshots to be joined: what they know is taken, and nobody is asked. */
  readonly joined?: boolean | undefined;
}

/** Runs the audit, writes its reports and returns the exit code. */
export async function auditCommand(
  sources: readonly string[],
  options: AuditOptions,
  streams: Streams,
): Promise<number> {
  const { layer, shard, joined } = options;
  const verify = options.verify && !joined;
  const question = { verify, shard, joined, ...(layer.length > 0 ? { layers: layer } : {}) };
  const ran = await runOver(sources, options, question, streams);
  const { audit, config, locate, repositories } = ran;
  const judged = options.joined ? { ...options, verify: audit.evidence.mode !== 'off' } : options;
  const wanted = wantedGates(judged, config.failOn);
  refuseBlindGates(wanted, judged);
  const baseline = options.baseline === undefined ? undefined : await earlierRun(options.baseline, '--baseline');
  const published = options.fleet === undefined ? undefined : await earlierRun(options.fleet, '--fleet');
  const layers = audit.layers.map(({ table }) => table.layer);
  if (baseline) refuseUnlike(options.baseline!, '--baseline', baseline, audit.scope, layers);
  if (published) refuseUnlike(options.fleet!, '--fleet', published, audit.scope, layers);
  const changes = baseline && changesSince(audit, baseline);
  if (changes && changes.unknown.length > 0 && wanted.some((gate) => 'since' in gate))
    throw uncompared(changes.unknown);
  const fleet = published && fleetEffect(audit, published);
  const gates = applyGates(audit, wanted, changes, fleet);
  if (audit.fleet.lockfiles.length === 0) {
    streams.stderr.write('spof-deps: no lockfile found; nothing was audited\n');
  }
  const witness = options.witness === undefined ? undefined : chosenCause(audit, options.witness);
  // Written first: the history has this run too where it is kept there.
  const out = await writeSnapshots(options.out, ran);
  const trend = options.trend === undefined ? undefined : await historyIn(options.trend, layers, options.top);
  const content = { audit, gates, top: options.top, locate, witness, changes, fleet, repositories, trend };
  if (options.sarifDir !== undefined) writeFiles(options.sarifDir, sarifByRepository(content));
  writeReports(REPORTS, content, { ...options, out }, streams);
  const code = exitCode(audit, gates, options);
  return code === EXIT.ok && trend && !isTrendRead(trend) && !options.allowIncomplete ? EXIT.incomplete : code;
}

// Of a thousand snapshots only what is shown is looked up.
async function historyIn(folder: string, layers: readonly LayerName[], top: number): Promise<Trend> {
  const { readHistory } = await import('../snapshot/history.ts');
  return readHistory([folder], { top: Math.min(top, HISTORY_ROWS), layers });
}

function chosenCause(audit: Audit, wanted: string): ChosenCause {
  for (const layer of audit.layers) {
    const cause = layer.table.causes.findIndex(({ id, name }) => id === wanted || name === wanted);
    if (cause !== -1) return { layer, cause };
  }
  const names = audit.layers.flatMap(({ table }) => table.causes.flatMap(({ id, name }) => [id, name]));
  const near = nearest(wanted, names);
  throw new UsageError([
    {
      code: 'USAGE',
      message: `--witness: no cause is called ${JSON.stringify(wanted)}${near === undefined ? '' : `; did you mean ${near}?`}`,
      next: 'give the id of a cause as --format json has it (package:npm/ms), or the name of a package',
    },
  ]);
}

// A gate on a layer that was not computed, or of which nothing was asked, would pass whatever is in it.
function refuseBlindGates(gates: readonly Gate[], { layer: layers, verify, baseline }: AuditOptions): void {
  for (const gate of gates) {
    if ('since' in gate && baseline === undefined) {
      throw blind(
        'new compares with an earlier report',
        'give one with --baseline FILE, made with --format json --top all',
      );
    }
    if (!('blastRadius' in gate) || gate.layer === undefined) continue;
    const { layer, blastRadius } = gate;
    if (layers.length > 0 && !layers.includes(layer)) {
      throw blind(
        `${layer}=${blastRadius} is on a layer that --layer leaves out`,
        `add --layer ${layer}, or drop the gate`,
      );
    }
    if (!verify && ASKED_LAYERS.has(layer)) {
      throw blind(
        `${layer}=${blastRadius} is on a layer that only registries know of`,
        'drop --no-verify, or the gate',
      );
    }
  }
}

function blind(what: string, next: string): UsageError {
  return new UsageError([{ code: 'USAGE', message: `the gate ${what}`, next }]);
}

/** What --fail-on takes: a gate, or `never` for none at all. */
export type FailOn = Gate | 'never';

// Invalid evidence fails every run that looked for it, unless the user says otherwise.
function wantedGates({ failOn: given, verify, format }: AuditOptions, configured: FailOnConfig | undefined): Gate[] {
  if (given.includes('never')) return [];
  const gates = given.filter((gate) => gate !== 'never');
  const wanted = gates.length > 0 ? gates : configuredGates(configured);
  const asked = wanted.some((gate) => 'evidence' in gate && gate.evidence === 'invalid');
  // Where SARIF is uploaded, its reader decides what blocks: a step that fails before would keep it from being told.
  const isImplied = verify && (format !== 'sarif' || wanted.length > 0);
  return isImplied && !asked ? [{ evidence: 'invalid' }, ...wanted] : wanted;
}

function configuredGates(failOn: FailOnConfig | undefined): Gate[] {
  const rules = (failOn?.rules ?? []).flatMap((name) => ruleCalled(name) ?? []).map((rule): Gate => ({ rule }));
  if (failOn?.blastRadius === undefined) return rules;
  const blastRadius = failOn.blastRadius;
  return [...rules, ...(failOn.layers ? failOn.layers.map((layer) => ({ blastRadius, layer })) : [{ blastRadius }])];
}

// Of a layer with its first causes alone nothing can be said: neither what is new nor what is not.
function refuseUnlike(
  file: string,
  option: string,
  { cut, scope }: EarlierReport,
  wanted: Audit['scope'],
  asked: readonly LayerName[],
): void {
  refuseOtherScope(scope, wanted, option);
  const partial = cut.filter((layer) => asked.includes(layer));
  if (partial.length === 0) return;
  throw new UsageError([
    {
      code: 'REPORT_INVALID',
      file,
      message: `${option}: the report lists the first causes alone of ${partial.join(', ')}`,
      next: 'make it with --format json --top all',
    },
  ]);
}

// A gate that passes because there was nothing to compare with would say that all is well.
function uncompared(layers: readonly LayerName[]): UsageError {
  return blind(
    `new cannot be applied: the baseline does not have ${layers.join(', ')}, or one of the two asked no registry`,
    'make the baseline with the same layers and the same --no-verify, or name those that both know with --layer',
  );
}
