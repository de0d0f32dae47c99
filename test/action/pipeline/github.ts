/**
 * Runs a workflow as far as the examples need it: jobs in order, matrices, conditions, steps with their environment, caches and
 * artifacts. What it does not know is an error.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Minimatch } from 'minimatch';
import type { JsonObject } from '../../../src/json.ts';
import { scratch } from '../../cli/harness.ts';
import { listOf, objectOf } from '../runner.ts';
import type { Machine } from './machine.ts';

/** What outlives a run. */
export class Caches {
  /** In the order they were saved; directories that hold what was under the paths. */
  readonly saved: { readonly key: string; readonly paths: string; readonly directory: string }[] = [];

  find(paths: string, key: string, prefixes: readonly string[]): string | undefined {
    const same = this.saved.filter((each) => each.paths === paths);
    for (const wanted of [key, ...prefixes]) {
      const found = same.findLast((each) => each.key === key || each.key.startsWith(wanted));
      if (found) return found.directory;
    }
    return undefined;
  }
}

export interface RunOptions {
  readonly machine: Machine;
  readonly caches: Caches;
  /** By the name that an expression has for it: `inputs.owner`, `secrets.private-key`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Of every step. */
  readonly env: Readonly<Record<string, string>>;
  /** What a checkout has. */
  readonly checkout: string;
  /** The token that an App makes with these permissions. */
  readonly token: (permissions: readonly string[]) => string;
}

export interface JobResult {
  readonly name: string;
  readonly ok: boolean;
  readonly summary: string;
  /** By step, that ran: its name or what it uses, and how it ended. */
  readonly steps: readonly { readonly name: string; readonly ok: boolean; readonly output: string }[];
}

export interface WorkflowResult {
  readonly jobs: readonly JobResult[];
  /** Directories by the names of artifacts. */
  readonly artifacts: ReadonlyMap<string, string>;
}

export async function runWorkflow(workflow: JsonObject, options: RunOptions): Promise<WorkflowResult> {
  const artifacts = new Map<string, string>();
  const jobs: JobResult[] = [];
  const isOk = new Map<string, boolean>();
  for (const [id, given] of Object.entries(objectOf(workflow.jobs))) {
    const job = objectOf(given);
    const needs = typeof job.needs === 'string' ? [job.needs] : [];
    const before = needs.every((each) => isOk.get(each) === true);
    const { scope } = new Run(options, artifacts, {}, before);
    if (!scope.isTrue(job.if)) {
      isOk.set(id, false);
      continue;
    }
    const strategy = job.strategy === undefined ? {} : objectOf(job.strategy);
    const matrix = strategy.matrix === undefined ? {} : objectOf(strategy.matrix);
    const shards = matrix.shard === undefined ? [undefined] : listOf(scope.value(String(matrix.shard)));
    for (const shard of shards) {
      const own = shard === undefined ? {} : { 'matrix.shard': shard, 'strategy.job-total': shards.length };
      const name = shard === undefined ? id : `${id} (${String(shard)})`;
      jobs.push(await new Run(options, artifacts, own, true).job(name, job));
    }
    isOk.set(
      id,
      jobs.filter(({ name }) => name.split(' ')[0] === id).every(({ ok }) => ok),
    );
  }
  return { jobs, artifacts };
}

/** One job. */
class Run {
  readonly scope: Scope;
  readonly #options: RunOptions;
  readonly #artifacts: Map<string, string>;
  readonly #workspace = scratch();
  readonly #temp = scratch();

  constructor(
    options: RunOptions,
    artifacts: Map<string, string>,
    own: Readonly<Record<string, unknown>>,
    ok: boolean,
  ) {
    this.#options = options;
    this.#artifacts = artifacts;
    this.scope = new Scope({ ...options.values, ...own }, this.#workspace, ok);
  }

  async job(name: string, job: JsonObject): Promise<JobResult> {
    const files = {
      path: join(this.#temp, 'path'),
      output: join(this.#temp, 'output'),
      summary: join(this.#temp, 'summary'),
    };
    for (const file of Object.values(files)) writeFileSync(file, '');
    const steps: { name: string; ok: boolean; output: string }[] = [];
    for (const step of listOf(job.steps).map(objectOf)) {
      if (!this.scope.isTrue(step.if)) continue;
      const shown = String(step.name ?? step.uses ?? step.run);
      const given = Object.entries(step.env === undefined ? {} : objectOf(step.env));
      const env = Object.fromEntries(given.map(([key, value]) => [key, String(this.scope.value(value))]));
      const ended =
        typeof step.run === 'string'
          ? await this.#options.machine.script(
              step.run,
              this.#workspace,
              {
                ...this.#options.env,
                ...env,
                RUNNER_TEMP: this.#temp,
                GITHUB_PATH: files.path,
                GITHUB_OUTPUT: files.output,
                GITHUB_STEP_SUMMARY: files.summary,
              },
              readFileSync(files.path, 'utf8').split('\n').filter(Boolean).reverse(),
            )
          : this.#use(step);
      const ok = ended.code === 0;
      steps.push({ name: shown, ok, output: ended.output });
      if (!ok) this.scope.ok = false;
    }
    return { name, ok: this.scope.ok, summary: readFileSync(files.summary, 'utf8'), steps };
  }

  #use(step: JsonObject): { code: number; output: string } {
    const [action = ''] = String(step.uses).split('@');
    const given = Object.entries(step.with === undefined ? {} : objectOf(step.with));
    const inputs = Object.fromEntries(given.map(([key, value]) => [key, String(this.scope.value(value))]));
    const done = { code: 0, output: '' };
    switch (action) {
      case 'actions/checkout':
        cpSync(this.#options.checkout, this.#workspace, { recursive: true });
        return done;
      case 'actions/create-github-app-token': {
        const permissions = Object.entries(inputs).filter(([name]) => name.startsWith('permission-'));
        const token = this.#options.token(
          permissions.map(([name, value]) => `${name.slice('permission-'.length)}:${value}`),
        );
        this.scope.values[`steps.${String(step.id)}.outputs.token`] = token;
        return done;
      }
      case 'actions/cache/restore': {
        const { path = '', key = '' } = inputs;
        const prefixes = (inputs['restore-keys'] ?? '').split('\n').filter(Boolean);
        const found = this.#options.caches.find(path, key, prefixes);
        if (found) cpSync(found, this.#workspace, { recursive: true });
        return { code: 0, output: found ? 'found' : '' };
      }
      case 'actions/cache/save': {
        const { path = '', key = '' } = inputs;
        this.#options.caches.saved.push({ key, paths: path, directory: this.#taken(path.split('\n').filter(Boolean)) });
        return done;
      }
      case 'actions/upload-artifact': {
        const { name = '', path = '' } = inputs;
        const from = join(this.#workspace, path);
        if (!existsSync(from)) return { code: inputs['if-no-files-found'] === 'error' ? 1 : 0, output: 'no files' };
        const to = scratch();
        cpSync(from, to, { recursive: true });
        this.#artifacts.set(name, to);
        return done;
      }
      case 'actions/download-artifact': {
        const { name, pattern = '', path = '' } = inputs;
        const isWanted = (each: string) => (name === undefined ? new Minimatch(pattern).match(each) : each === name);
        const wanted = [...this.#artifacts].filter(([each]) => isWanted(each));
        if (name !== undefined && wanted.length === 0) return { code: 1, output: 'no artifact' };
        for (const [, directory] of wanted) cpSync(directory, join(this.#workspace, path), { recursive: true });
        return done;
      }
      default:
        throw new Error(`no such action: ${action}`);
    }
  }

  /** A directory with what is under paths of the workspace. */
  #taken(paths: readonly string[]): string {
    const to = scratch();
    for (const path of paths) {
      if (!existsSync(join(this.#workspace, path))) continue;
      mkdirSync(join(to, dirname(path)), { recursive: true });
      cpSync(join(this.#workspace, path), join(to, dirname(path), basename(path)), { recursive: true });
    }
    return to;
  }
}

/** Expressions: names, texts, `!`, `&&`, `||`, `==`, `!=`, and four functions. */
class Scope {
  readonly values: Record<string, unknown>;
  /** Whether all before has ended well. */
  ok: boolean;
  readonly #workspace: string;

  constructor(values: Readonly<Record<string, unknown>>, workspace: string, ok: boolean) {
    this.values = { ...values };
    this.ok = ok;
    this.#workspace = workspace;
  }

  isTrue(condition: unknown): boolean {
    if (condition === undefined) return this.ok;
    const text = String(condition);
    const value = Boolean(this.value(text));
    return /cancelled\(\)/.test(text) ? value : this.ok && value;
  }

  /** A text with its expressions replaced; what is one expression as a whole keeps its type. */
  value(text: unknown): unknown {
    const whole = /^\$\{\{(.*)\}\}$/s.exec(String(text));
    if (whole && !whole[1]!.includes('}}')) return this.#expression(whole[1]!);
    return String(text).replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(this.#expression(expression)));
  }

  #expression(expression: string): unknown {
    const functions = {
      cancelled: () => false,
      fromJSON: (text: string): unknown => JSON.parse(text),
      hashFiles: (path: string) => (existsSync(join(this.#workspace, path)) ? 'hash' : ''),
      named: (name: string) => {
        if (!Object.hasOwn(this.values, name)) throw new Error(`no such value: ${name}`);
        return this.values[name];
      },
    };
    const script = expression.replace(/'[^']*'|[a-z][\w-]*(?:\.[\w-]+)+/g, (part) =>
      part.startsWith("'") ? part : `named('${part}')`,
    );
    const body = new Function(...Object.keys(functions), `return (${script});`);
    return body(...Object.values(functions));
  }
}
