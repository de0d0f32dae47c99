/**
 * The user's own git as a child process: no shell, no prompt, no hooks, no protocol that was not named, an environment
 * without what a surrounding git or a trace would bring along, limits on time and output, and an end for all it started.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { RepositoryFailure } from '../remote/repository.ts';
import { onSignal } from '../remote/signals.ts';
import { failureOf } from './failures.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Milliseconds that one process may take: a large repository over a slow line. */
export const MOST_MS = 10 * 60 * 1000;
/** Bytes of packs, and of what is in them: more than any repository's lockfiles, less than a disk. */
export const MOST_BYTES = 2 * 1024 * 1024 * 1024;
const MOST_STDERR = 64 * 1024;

// Of a git that this runs within (a hook, a rebase), and what would write secrets to a file.
const DROPPED =
  /^(?:GIT_(?:DIR|WORK_TREE|INDEX_FILE|INDEX_VERSION|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|SHALLOW_FILE|GRAFT_FILE|PREFIX|QUARANTINE_PATH|INTERNAL_.*|TRACE.*|TR2_.*|CURL_VERBOSE|ASKPASS|EXTERNAL_DIFF|PAGER|EDITOR|LITERAL_PATHSPECS|DEFAULT_HASH)|SSH_ASKPASS|LANGUAGE|LC_.*|LANG)$/;

const SETTINGS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', devNull],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  ['credential.interactive', 'false'],
  ['protocol.version', '2'],
  ['protocol.ext.allow', 'never'],
  ['http.followRedirects', 'initial'],
  // Bytes a second, for so many seconds.
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '60'],
  ['transfer.bundleURI', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['fetch.unpackLimit', '1'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
];

/** As `git config --list` names them. */
export const SETTING_KEYS: ReadonlySet<string> = new Set(SETTINGS.map(([key]) => key.toLowerCase()));

export interface GitCall<T> {
  /** The repository it works in, of our own making. */
  readonly directory: string;
  readonly env: Environment;
  /** Protocols it may go over; none for what needs no server. */
  readonly protocols: readonly string[];
  /** More settings, by key. */
  readonly settings?: readonly (readonly [string, string])[];
  /** Written to stdin. */
  readonly input?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Says now and then what has become too large, which ends the process. */
  readonly watch?: () => RepositoryFailure | undefined;
  /** Bytes that it may write. */
  readonly mostOutput?: number;
  /** Takes what it writes. It may leave early, and the process is ended. */
  readonly read: (stdout: AsyncIterable<Uint8Array>) => Promise<T>;
}

/**
 * Runs git.
 *
 * @returns what `read` made of its output, and what it wrote to stderr, for us to look at alone
 * @throws RepositoryFailure where it fails, takes too long or is not there
 */
export async function git<T>(
  args: readonly string[],
  call: GitCall<T>,
): Promise<{ readonly value: T; readonly said: string }> {
  const settings = [...SETTINGS, ...(call.settings ?? [])].flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const child = spawn('git', ['--no-pager', `--git-dir=${call.directory}`, ...settings, ...args], {
    cwd: call.directory,
    env: environmentOf(call.env, call.protocols),
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, and no terminal that ssh could ask on.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const forget = onSignal(() => endGroup(child));
  let stopped: RepositoryFailure | undefined;
  const stop = (why: RepositoryFailure): void => {
    stopped ??= why;
    endGroup(child);
  };
  const timer = setTimeout(() => stop(new RepositoryFailure('timeout')), call.timeout ?? MOST_MS);
  const { watch } = call;
  const watching = watch && setInterval(() => void (stopped ?? failIf(watch(), stop)), 250);
  try {
    const ended = once(child, 'close');
    ended.catch(() => {});
    await once(child, 'spawn');
    // A process that ends before it has read everything is told apart by its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(call.input ?? '');
    const said = textOf(child.stderr);
    const value = await call.read(limited(child.stdout, call.mostOutput ?? MOST_BYTES));
    child.stdout.resume();
    const [code] = await ended;
    stopped ??= watch?.();
    if (stopped || code !== 0) throw stopped ?? failureOf(await said);
    return { value, said: await said };
  } catch (error) {
    if (stopped) throw stopped;
    if (error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn')) {
      throw new RepositoryFailure('no-git');
    }
    throw error;
  } finally {
    clearTimeout(timer);
    clearInterval(watching);
    endGroup(child);
    forget();
  }
}

function failIf(failure: RepositoryFailure | undefined, stop: (why: RepositoryFailure) => void): void {
  if (failure) stop(failure);
}

async function* limited(stream: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of stream) {
    length += piece.length;
    if (length > most) throw new RepositoryFailure('too-large', `more than ${most} bytes`);
    yield piece;
  }
}

/** Reads all, of which nothing is wanted. */
export async function nothing(stdout: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stdout);
}

/** Text of at most so many bytes; what is longer is cut. */
export async function textOf(stream: AsyncIterable<Uint8Array>, most = MOST_STDERR): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    if (length < most) pieces.push(piece);
    length += piece.length;
  }
  return Buffer.concat(pieces).subarray(0, most).toString('utf8');
}

function environmentOf(env: Environment, protocols: readonly string[]): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !DROPPED.test(name));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALLOW_PROTOCOL: allowed(env.GIT_ALLOW_PROTOCOL, protocols),
  };
}

// What the user allows of git at all is not widened. A list without a name allows nothing.
function allowed(byUser: string | undefined, protocols: readonly string[]): string {
  const ofUser = byUser?.split(':');
  return protocols.filter((protocol) => ofUser?.includes(protocol) ?? true).join(':') || 'none';
}

/** Ends a process and what it started. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
