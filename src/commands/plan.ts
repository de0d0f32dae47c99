/** spof-deps plan: the changes that shrink the blast radius most, each with its effect. */
import { planOf } from '../analysis/plan/plan.ts';
import type { LayerName } from '../causes/layer.ts';
import { ignoresOf } from '../config/apply.ts';
import { exitCode } from '../exit.ts';
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
  readonly verify: boolean;
}

/**
 * Plans, writes the reports and returns the exit code.
 *
 * @throws UsageError for a system that there is not
 */
export async function planCommand(options: PlanOptions, streams: Streams): Promise<number> {
  const question = { verify: options.verify, ...(options.layer.length > 0 ? { layers: options.layer } : {}) };
  const { audit, config, today } = await runOver(options.in, options, question, streams);
  const known = audit.systems.map(({ name }) => name);
  const wanted = [...new Set(options.system)].map((name) => indexCalled(name, known, 'system'));
  const progress = progressLine(streams, options.quiet);
  const plan = planOf(audit, {
    budget: options.budget,
    layers: options.layer.length > 0 ? options.layer : undefined,
    systems: wanted.length > 0 ? wanted : undefined,
    keep: new Set(options.keep),
    ignores: ignoresOf(config),
    today,
    onProgress: (done, total) => progress.step('planning changes', done, total),
  });
  progress.clear();
  writeReports(PLAN_REPORTS, { audit, plan, top: options.top }, options, streams);
  return exitCode(audit, [], options);
}
