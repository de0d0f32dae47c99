/** What a job of a pipeline runs on: a shell, a workspace, and spof-deps, which this process runs for it. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { delimiter, join } from 'node:path';
import { type Outcome, scratch, spofDeps } from '../../cli/harness.ts';
import { executable } from '../runner.ts';

/** A command of spof-deps that a job ran. */
export interface Command extends Outcome {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Passes its arguments, directory and environment on, and ends as it is told. */
const SHIM = `#!/usr/bin/env node
const socket = require('node:net').connect(process.env.SPOF_DEPS_SOCKET);
const given = { args: process.argv.slice(2), cwd: process.cwd(), env: process.env };
let text = '';
socket.on('data', (data) => { text += data; });
socket.on('end', () => {
  const { code, stdout, stderr } = JSON.parse(text);
  process.stderr.write(stderr);
  process.stdout.write(stdout, () => { process.exitCode = code; });
});
socket.end(JSON.stringify(given));
`;

/** Puts the program where npm would, and writes down what it was to install. */
const NPM = `#!/usr/bin/env bash
set -eu
printf '%s\\n' "$*" >>"$RECORD/npm"
while [ "$1" != --prefix ]; do shift; done
mkdir -p "$2/node_modules/.bin"
cp "$RECORD/shim" "$2/node_modules/.bin/spof-deps"
`;

export class Machine {
  readonly commands: Command[] = [];
  readonly #record = scratch();
  readonly #bin = scratch();
  readonly #also: (args: readonly string[]) => readonly string[];
  #server: Server | undefined;

  /** @param also options that keep a test off the network: which keys to trust */
  constructor(also: (args: readonly string[]) => readonly string[]) {
    this.#also = also;
    executable(join(this.#record, 'shim'), SHIM);
    executable(join(this.#bin, 'npm'), NPM);
  }

  async start(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      let text = '';
      socket.on('data', (data) => {
        text += data.toString();
      });
      socket.on('end', async () => {
        const { args, cwd, env } = JSON.parse(text);
        socket.end(JSON.stringify(await this.#run(args, cwd, env)));
      });
    });
    await new Promise<void>((resolve) => {
      this.#server!.listen(this.#socket, resolve);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server?.close(() => resolve());
    });
  }

  /** What npm was to install, a line for each time. */
  get installed(): readonly string[] {
    return readFileSync(join(this.#record, 'npm'), 'utf8').trim().split('\n');
  }

  get #socket(): string {
    return join(this.#record, 'socket');
  }

  async #run(args: readonly string[], cwd: string, env: Record<string, string>): Promise<Outcome> {
    const start = process.cwd();
    process.chdir(cwd);
    try {
      const outcome = await spofDeps([...args, ...this.#also(args)], { env });
      this.commands.push({ args, env, ...outcome });
      return outcome;
    } finally {
      process.chdir(start);
    }
  }

  /** Runs a script as a runner does: in a file, with a shell that stops at the first command that fails. */
  script(
    text: string,
    directory: string,
    env: Readonly<Record<string, string>>,
    path: readonly string[],
  ): Promise<Ended> {
    const file = join(scratch(), 'script.sh');
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, text);
    const child = spawn('bash', ['--noprofile', '--norc', '-e', file], {
      cwd: directory,
      env: {
        ...env,
        PATH: [...path, this.#bin, process.env.PATH ?? ''].join(delimiter),
        RECORD: this.#record,
        SPOF_DEPS_SOCKET: this.#socket,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
    return new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, output }));
    });
  }
}
