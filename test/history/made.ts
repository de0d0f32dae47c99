/** Repositories with a history, made by git fast-import: every commit at a time of its own, without anything of the user's. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ServiceExposure, Window } from '../../src/analysis/history/exposures.ts';
import type { Scope } from '../../src/graph/closure.ts';
import { historyOf, type ImpactHistory } from '../../src/history/index.ts';
import type { BadPackage } from '../../src/incidents/builder.ts';
import { versionsOf } from '../../src/incidents/versions.ts';
import { run } from '../../src/run.ts';
import type { WalkLimits } from '../../src/sources/git/history.ts';
import { scratch } from '../cli/harness.ts';
import { type Entry, gitEnv } from '../sources/git/made.ts';

/** Files of a commit; null for one that is taken away. */
export type Files = Readonly<Record<string, Entry | null>>;

export interface CommitOptions {
  readonly branch?: string;
  /** Branch that is merged: its files are not taken over, they are to be given. */
  readonly merge?: string;
  /** Branch that this one begins at, where it is not there yet. */
  readonly from?: string;
  /** Seconds since 1970. */
  readonly at?: number;
}

const START = Date.parse('2025-09-01T00:00:00Z') / 1000;
const DAY = 24 * 60 * 60;

/** Midnight of a day in September 2025. */
export function day(of: number): number {
  return START + (of - 1) * DAY;
}

export class MadeHistory {
  /** Absolute path of the worktree. */
  readonly root: string;
  readonly #dates = new Map<string, number>();
  #count = 0;

  constructor(root = scratch(), branch = 'main') {
    this.root = root;
    mkdirSync(root, { recursive: true });
    git(root, 'init', '--quiet', '--template=', '-b', branch, root);
  }

  /** A commit on top of a branch that changes these files, on the next day unless a time is given. */
  commit(files: Files, { branch = 'main', merge, from, at }: CommitOptions = {}): string {
    this.#count++;
    const time = at ?? day(this.#count);
    const entries = Object.entries(files).map(([path, entry]) => entryOf(path, entry));
    const base = this.#has(branch) ? branch : from;
    const lines = [
      `commit refs/heads/${branch}\n`,
      `committer a <a@b> ${time} +0000\n`,
      'data 1\nx\n',
      ...(base === undefined ? [] : [`from refs/heads/${base}^0\n`]),
      ...(merge === undefined ? [] : [`merge refs/heads/${merge}^0\n`]),
      ...entries,
      '\n',
    ];
    execFileSync('git', ['-C', this.root, 'fast-import', '--quiet', '--force', '--date-format=raw'], {
      env: gitEnv(),
      input: Buffer.concat(lines.map((line) => (typeof line === 'string' ? Buffer.from(line) : line))),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const id = this.git('rev-parse', `refs/heads/${branch}`);
    this.#dates.set(id, time);
    return id;
  }

  /** Writes the files of the last commit of a branch to the worktree. */
  checkout(branch = 'main'): this {
    this.git('checkout', '--quiet', '--force', branch);
    return this;
  }

  git(...args: string[]): string {
    return git(this.root, ...args);
  }

  /** Writes files beside git. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  configure(text: string): void {
    appendFileSync(join(this.root, '.git', 'config'), text);
  }

  #has(branch: string): boolean {
    return this.git('for-each-ref', `refs/heads/${branch}`) !== '';
  }
}

export function git(directory: string, ...args: string[]): string {
  return execFileSync('git', ['-C', directory, '-c', 'protocol.file.allow=always', ...args], {
    env: {
      ...gitEnv(),
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@b',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@b',
    },
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  }).trim();
}

function entryOf(path: string, entry: Entry | null): string {
  const quoted = JSON.stringify(path);
  if (entry === null) return `D ${quoted}\n`;
  if (typeof entry !== 'string' && 'module' in entry) return `M 160000 ${entry.module} ${quoted}\n`;
  const [mode, text] = typeof entry === 'string' ? ['100644', entry] : ['120000', entry.link];
  return `M ${mode} inline ${quoted}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
}

/** `chalk@5.6.1`, as a list has it. */
export function bad(...specs: string[]): BadPackage[] {
  return specs.map((spec) => {
    const at = spec.indexOf('@', 1);
    const [name, text] = at === -1 ? [spec, undefined] : [spec.slice(0, at), spec.slice(at + 1)];
    const versions = text === undefined ? { kind: 'all' as const } : versionsOf(text);
    if ('problem' in versions) throw new Error(versions.problem);
    const some = versions.kind === 'some' ? versions : { exact: [], ranges: [] };
    return {
      name,
      all: versions.kind === 'all',
      versions: new Set(some.exact),
      ranges: new Set(some.ranges),
      unsaid: false,
      records: [],
    };
  });
}

export interface Asked {
  readonly window?: Partial<Window>;
  readonly allBranches?: boolean;
  readonly offline?: boolean;
  readonly scope?: Scope;
  readonly limits?: WalkLimits;
  readonly cache?: string;
}

/** Runs over sources and walks their histories. */
export async function walked(
  sources: readonly string[],
  packages: readonly BadPackage[],
  { window, scope = 'all', cache, ...asked }: Asked = {},
): Promise<ImpactHistory> {
  const ran = await run({ sources, config: false, verify: false, layers: [], scope, cache, remote: { env: gitEnv() } });
  return historyOf(ran, packages, {
    ...{ allBranches: false, offline: false, ...asked },
    window: { since: undefined, until: undefined, ...window },
    env: gitEnv(),
    cache,
  });
}

/** Exposures in short: service, versions, from and until as days of September 2025. */
export function told(exposures: readonly ServiceExposure[]): string[] {
  return exposures.map(({ service, versions, from, until }) => {
    const end = until === undefined ? '' : `${dayOf(until.time)}${until.gone ? ' gone' : ''}`;
    return `${service} ${versions.join('+')} ${from.exact ? '' : '<='}${dayOf(from.time)}..${end}`;
  });
}

function dayOf(time: number): number {
  return (time - START) / DAY + 1;
}

export const incomplete = ({ diagnostics }: Pick<ImpactHistory, 'diagnostics'>): string[] =>
  diagnostics.filter(({ severity }) => severity === 'incomplete').map(({ code, file }) => `${code} ${file}`);
