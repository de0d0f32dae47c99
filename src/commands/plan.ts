/** spof-deps plan: the changes that shrink the blast radius most, each with its effect. */
import type { LayerResult } from '../analysis/audit.ts';
import { isPlanWhole, planOf } from '../analysis/plan/plan.ts';
import type { NoticedFrom } from '../analysis/rings/exposure.ts';
import { ringPlan } from '../analysis/rings/ring-plan.ts';
import { withGates } from '../analysis/rings/with-gates.ts';
import { DEFAULT_DETECTION, DEFAULT_RELOCK } from '../analysis/simulation/detection-times.ts';
import { type Scenario, scenarioFor } from '../analysis/simulation/scenarios.ts';
import { DEFAULT_SCENARIOS, simulate } from '../analysis/simulation/simulation.ts';
import type { LayerName } from '../causes/layer.ts';
import { ignoresOf } from '../config/apply.ts';
import { UsageError } from '../errors.ts';
import { EXIT, exitCode } from '../exit.ts';
import { nearest } from '../nearest.ts';
import type { PlanFormat } from '../reports/formats.ts';
import { PLAN_REPORTS } from '../reports/index.ts';
import { indexCalled } from './named.ts';
import type { CommonOptions } from './options.ts';
import { type Streams, writeReports } from './output.ts';
import { progressLine } from './progress.ts';
import { runOver } from './running.ts';

export interface PlanOptions extends CommonOptions<PlanFormat> {
  readonly in: readonly string[];
  readonly layer: readonly LayerName[];
  /** Things that may be changed, at most. */
  readonly budget: number;
  /** Names of systems that count; none for all. */
  readonly system: readonly string[];
  /** Packages that are to stay. */
  readonly keep: readonly string[];
  /** Minutes until a bad release is noticed; undefined for the default. */
  readonly detect?: number | undefined;
  /** Minutes between two re-locks of a lockfile; undefined for the default. */
  readonly relock?: number | undefined;
  readonly simulate: boolean;
  /** What is bad in the simulation: release lines and packages; none for those that would hurt most. */
  readonly bad: readonly string[];
  readonly noticedFrom: NoticedFrom;
  readonly verify: boolean;
}

/**
 * Plans, writes the reports and returns the exit code.
 *
 * @throws UsageError for a system, or a bad release, that there is not
 */
export async function planCommand(options: PlanOptions, streams: Streams): Promise<number> {
  const { layer, detect = DEFAULT_DETECTION, relock = DEFAULT_RELOCK } = options;
  refuseUnplayed(options);
  // Update rings are about releases, whatever is counted.
  const layers = layer.length > 0 ? { layers: [...new Set<LayerName>([...layer, 'release'])] } : {};
  const question = { verify: options.verify, ...layers };
  const { audit, config, repositories, today } = await runOver(options.in, options, question, streams);
  const known = audit.systems.map(({ name }) => name);
  const wanted = [...new Set(options.system)].map((name) => indexCalled(name, known, 'system'));
  const progress = progressLine(streams, options.quiet);
  const plan = planOf(audit, {
    budget: options.budget,
    layers: layer.length > 0 ? layer : undefined,
    systems: wanted.length > 0 ? wanted : undefined,
    keep: new Set(options.keep),
    ignores: ignoresOf(config),
    today,
    onProgress: (done, total) => progress.step('planning changes', done, total),
  });
  progress.clear();
  const publishedAt = Date.parse(today);
  const releases = audit.layers.find(({ table }) => table.layer === 'release')!;
  const pathOf = (lockfile: number) => repositories.of(audit.fleet.lockfiles[lockfile]!.path)?.file;
  const rings = ringPlan(audit, releases, { detect, relock, first: 0 }, publishedAt, pathOf);
  const planned = { ...plan.changed, fleet: withGates(plan.changed.fleet, rings.gates.minutes) };
  const simulation = options.simulate
    ? simulate(audit, planned, {
        noticing: { from: options.noticedFrom, minutes: detect },
        relock,
        publishedAt,
        scenarios: scenariosOf(releases, options.bad),
      })
    : undefined;
  const isDetectionGiven = options.detect !== undefined;
  const content = { audit, plan, rings, simulation, isDetectionGiven, top: options.top };
  writeReports(PLAN_REPORTS, content, options, streams);
  const code = exitCode(audit, [], options);
  return code === EXIT.ok && !isPlanWhole(plan) && !options.allowIncomplete ? EXIT.incomplete : code;
}

function refuseUnplayed({ simulate: isAsked, bad }: PlanOptions): void {
  if (isAsked || bad.length === 0) return;
  const message = '--bad names what is bad in a simulation, which was not asked for';
  throw new UsageError([{ code: 'USAGE', message, next: 'add --simulate' }]);
}

function scenariosOf(layer: LayerResult, bad: readonly string[]): readonly Scenario[] | number {
  if (bad.length === 0) return DEFAULT_SCENARIOS;
  return [...new Set(bad)].map((wanted) => {
    const found = scenarioFor(layer, wanted);
    if (found !== undefined) return found;
    const names = layer.table.causes.flatMap(({ name }) => [name, name.replace(/@[^@]*$/, '')]);
    const near = nearest(wanted.slice(0, 200), new Set(names));
    throw new UsageError([
      {
        code: 'USAGE',
        message: `no service takes a next release of ${JSON.stringify(wanted)}${near === undefined ? '' : `; did you mean ${near}?`}`,
        next: 'name a release line (debug@^4) or a package (debug), as the audit has them in layer release',
      },
    ]);
  });
}
