/** Runs a pipeline of GitLab CI as far as the example needs it: stages, parallel jobs, rules, caches and artifacts. */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, type JsonObject } from '../../../src/json.ts';
import { scratch } from '../../cli/harness.ts';
import { listOf, objectOf } from '../runner.ts';
import type { Machine } from './machine.ts';

export interface PipelineOptions {
  readonly machine: Machine;
  /** By key: what outlives a pipeline. */
  readonly caches: Map<string, string>;
  readonly variables: Readonly<Record<string, string>>;
  /** What a job begins with. */
  readonly checkout: string;
}

export interface PipelineJob {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
  /** Where its artifacts are. */
  readonly artifacts: string;
}

const KEYWORDS = new Set(['workflow', 'stages', 'variables', 'default', 'include']);

export async function runPipeline(pipeline: JsonObject, options: PipelineOptions): Promise<PipelineJob[]> {
  const defaults = objectOf(pipeline.default);
  const jobs = Object.entries(pipeline).flatMap(([name, job]) =>
    KEYWORDS.has(name) || name.startsWith('.') || !isObject(job) ? [] : [{ name, job }],
  );
  const ended: PipelineJob[] = [];
  for (const stage of listOf(pipeline.stages).map(String)) {
    const before = [...ended];
    for (const { name, job } of jobs.filter((each) => each.job.stage === stage)) {
      const isWanted = job.when === 'always' || before.every(({ ok }) => ok);
      if (!isWanted || !isIncluded(job, options.variables)) continue;
      const parts = matrixOf(job);
      for (const part of parts) {
        const variables = { ...variablesOf(pipeline), ...options.variables, ...variablesOf(job), ...part };
        const own = { ...variables, CI_NODE_TOTAL: String(parts.length) };
        ended.push(await runJob(name, { ...defaults, ...job }, own, before, options));
      }
    }
  }
  return ended;
}

async function runJob(
  name: string,
  job: JsonObject,
  variables: Record<string, string>,
  before: readonly PipelineJob[],
  { machine, caches, checkout }: PipelineOptions,
): Promise<PipelineJob> {
  const workspace = scratch();
  cpSync(checkout, workspace, { recursive: true });
  const kept = (job.cache === undefined ? [] : listOf(job.cache)).map(objectOf).map(({ key, paths, policy }) => ({
    key: String(key).replace(/\$(\w+)/g, (_, variable: string) => variables[variable] ?? ''),
    paths: listOf(paths).map(String),
    isPushed: policy !== 'pull',
  }));
  for (const { key } of kept) if (caches.has(key)) cpSync(caches.get(key)!, workspace, { recursive: true });
  // Those of a failed job too, where it keeps them.
  for (const { artifacts } of before) cpSync(artifacts, workspace, { recursive: true });
  const lines = [...listOf(job.before_script ?? []), ...listOf(job.script)].map(String);
  const env = { ...variables, CI_PROJECT_DIR: workspace };
  const { code, output } = await machine.script(['set -o pipefail', ...lines].join('\n'), workspace, env, []);
  for (const { key, paths, isPushed } of kept) if (isPushed) caches.set(key, taken(workspace, paths));
  const { paths = [], when } = job.artifacts === undefined ? {} : objectOf(job.artifacts);
  const isKept = code === 0 || when === 'always';
  return { name, ok: code === 0, output, artifacts: taken(workspace, isKept ? listOf(paths).map(String) : []) };
}

function taken(workspace: string, paths: readonly string[]): string {
  const to = scratch();
  for (const path of paths) {
    if (!existsSync(join(workspace, path))) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(workspace, path), join(to, path), { recursive: true });
  }
  return to;
}

function matrixOf({ parallel }: JsonObject): Record<string, string>[] {
  if (parallel === undefined) return [{}];
  return listOf(objectOf(parallel).matrix)
    .map(objectOf)
    .flatMap((each) =>
      Object.entries(each).flatMap(([name, values]) => listOf(values).map((value) => ({ [name]: String(value) }))),
    );
}

/** Rules of the form `$NAME == "text"`. */
function isIncluded({ rules }: JsonObject, variables: Readonly<Record<string, string>>): boolean {
  if (rules === undefined) return true;
  return listOf(rules)
    .map(objectOf)
    .some((rule) => {
      const [, name, text] = /^\$(\w+) == "(.*)"$/.exec(String(rule.if)) ?? [];
      if (name === undefined) throw new Error(`no such rule: ${String(rule.if)}`);
      return variables[name] === text;
    });
}

function variablesOf({ variables }: JsonObject): Record<string, string> {
  const given = Object.entries(variables === undefined ? {} : objectOf(variables));
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
