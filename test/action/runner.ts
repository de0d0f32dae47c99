/** What a runner does for the action: inputs to environment as action.yml says, files for outputs and summary, commands read back. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { isObject, type JsonObject } from '../../src/json.ts';
import { scratch } from '../cli/harness.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Of the made-up action. */
export const VERSION = '9.8.7';

export function yamlOf(file: string): JsonObject {
  return objectOf(load(readFileSync(join(ROOT, file), 'utf8')));
}

export function objectOf(value: unknown): JsonObject {
  if (!isObject(value)) throw new Error(`expected an object, not ${JSON.stringify(value)}`);
  return value;
}

export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`expected a list, not ${JSON.stringify(value)}`);
  return value;
}

export const action = yamlOf('action.yml');
export const step = objectOf(listOf(objectOf(action.runs).steps)[0]);

/** Records its arguments, writes the reports it is asked for, and ends as told. */
const PROGRAM = `#!/usr/bin/env bash
printf '%s\\0' "$@" >"$RECORD/arguments"
printf '%s' "$PWD" >"$RECORD/directory"
for argument in "$@"; do
  case "$argument" in
    --) break ;;
    --baseline=*) cp -- "\${argument#--baseline=}" "$RECORD/baseline" 2>/dev/null ;;
    --out=*.md) if [ -f "$RECORD/markdown" ]; then cp -- "$RECORD/markdown" "\${argument#--out=}"; fi ;;
    --out=*) if [ ! -f "$RECORD/silent" ]; then printf 'new %s' "\${argument##*.}" >"\${argument#--out=}"; fi ;;
  esac
done
cat "$RECORD/stdout" 2>/dev/null
cat "$RECORD/stderr" >&2 2>/dev/null
exit "$CODE"
`;

/** Installs the program above where it is told to, as npm would. */
const NPM = `#!/usr/bin/env bash
printf '%s\\0' "$@" >>"$RECORD/npm"
printf '%s\\0' "$PWD" >>"$RECORD/npm-directories"
[ ! -f "$RECORD/npm-fails" ] || exit 1
mkdir -p node_modules/.bin && cp "$RECORD/program" node_modules/.bin/spof-deps
`;

export interface Job {
  readonly workspace: string;
  readonly temp: string;
  readonly record: string;
  readonly actionPath: string;
  readonly path: string;
}

/** Inputs without reports, annotations and summary, so that what a test is about stands alone. */
export const BARE = { sarif: '', annotations: 'false', summary: 'false' };

/** A fresh machine: its workspace, and an action directory with the script under test. */
export function job(): Job {
  const root = scratch();
  const made = (name: string): string => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  const record = made('record');
  const actionPath = made('action path');
  cpSync(join(ROOT, 'action'), join(actionPath, 'action'), { recursive: true });
  writeFileSync(join(actionPath, 'package.json'), JSON.stringify({ version: VERSION }));
  executable(join(record, 'program'), PROGRAM);
  const bin = made('bin');
  executable(join(bin, 'npm'), NPM);
  executable(join(bin, 'npx'), '#!/bin/sh\nexit 99\n');
  return {
    workspace: made('work space'),
    temp: made('temp'),
    record,
    actionPath,
    path: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  };
}

export function executable(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  /** Of the program: undefined where it did not run. */
  readonly given: readonly string[] | undefined;
  readonly outputs: ReadonlyMap<string, string>;
  readonly summary: string;
}

/** Runs the step of the action; of a version that is told, because looking it up takes a process of Node. */
export function act(inputs: Readonly<Record<string, string>>, on: Job = job(), code = 0): Result {
  const files = { output: join(on.record, 'output'), summary: join(on.record, 'summary') };
  writeFileSync(files.output, '');
  if (!existsSync(files.summary)) writeFileSync(files.summary, '');
  const ended = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', String(step.run)], {
    cwd: on.workspace,
    encoding: 'utf8',
    env: {
      ...environmentOf({ version: '1.0.0', ...inputs }),
      PATH: on.path,
      HOME: on.temp,
      RUNNER_TEMP: on.temp,
      GITHUB_ACTION_PATH: on.actionPath,
      GITHUB_WORKSPACE: on.workspace,
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      RECORD: on.record,
      CODE: String(code),
    },
  });
  if (ended.stderr !== '') throw new Error(`something reached stderr apart: ${ended.stderr}`);
  return {
    code: ended.status,
    stdout: ended.stdout,
    given: recorded(on, 'arguments'),
    outputs: outputsOf(readFileSync(files.output, 'utf8')),
    summary: readFileSync(files.summary, 'utf8'),
  };
}

/** NUL-separated words that a fake program kept. */
export function recorded(on: Job, name: string): string[] | undefined {
  const file = join(on.record, name);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\0').slice(0, -1) : undefined;
}

/** The environment of the step, from its `env` and the inputs' defaults. */
function environmentOf(inputs: Readonly<Record<string, string>>): Record<string, string> {
  const declared = objectOf(action.inputs);
  for (const name of Object.keys(inputs)) objectOf(declared[name]);
  return Object.fromEntries(
    Object.entries(objectOf(step.env)).map(([variable, value]) => {
      const [, name = ''] = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(String(value)) ?? [];
      return [variable, inputs[name] ?? String(objectOf(declared[name]).default)];
    }),
  );
}

/** As the runner reads it: NAME<<END, lines, END. */
function outputsOf(text: string): Map<string, string> {
  const outputs = new Map<string, string>();
  const lines = text.split('\n');
  for (let at = 0; at < lines.length - 1; at++) {
    const [, name, end] = /^([a-z-]+)<<(end-[0-9a-f]{32})$/.exec(lines[at]!) ?? [];
    const last = end === undefined ? -1 : lines.indexOf(end, at + 1);
    if (name === undefined || last === -1) throw new Error(`not an output: ${lines[at]}`);
    outputs.set(name, lines.slice(at + 1, last).join('\n'));
    at = last;
  }
  return outputs;
}

/** The lines that the runner would take for commands, but for those that stop and resume them. */
export function commandsOf(stdout: string): string[] {
  const commands: string[] = [];
  let resume: string | undefined;
  for (const line of stdout.split('\n')) {
    const [, name, data] = /^\s*::([^\s:]+)[^:]*::(.*)$/.exec(line) ?? [];
    if (resume !== undefined) {
      if (name === resume) resume = undefined;
    } else if (name === 'stop-commands') {
      resume = data;
    } else if (name !== undefined || line.includes('##[')) {
      commands.push(line);
    }
  }
  if (resume !== undefined) throw new Error('commands stay stopped for the rest of the job');
  return commands;
}
