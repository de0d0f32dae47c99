/**
 * Which repositories a run has read, and at which commits, one line each as they are done: what --resume goes on from. Of
 * one question there is one journal, that of the last run that did not come to its end.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { asString, isObject } from '../../json.ts';
import { branchOf } from '../revision.ts';
import { isObjectId } from './blobs.ts';

/** What a run that goes on takes as it is; older than this it would pass for what is there today. */
const LONGEST_MS = 24 * 60 * 60 * 1000;
/** A line is some hundred bytes. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Where a repository was: its commit, and the branch where that is known; or that it has none. */
export type Done = { readonly commit: string; readonly branch?: string | undefined } | 'empty';

export class Journal {
  /** When the first of the runs began that it tells of; milliseconds since the epoch. */
  readonly began: number;
  readonly #done: Map<string, Done>;
  readonly #file: string;
  #descriptor: number | undefined;

  private constructor(file: string, descriptor: number, began: number, done: Map<string, Done>) {
    this.#file = file;
    this.#descriptor = descriptor;
    this.began = began;
    this.#done = done;
  }

  /**
   * Begins a journal, in the place of the one there may be.
   *
   * @param directory of all journals
   * @param question what tells one run from another; never a secret
   * @param isResumed whether to go on from the one that is there; where it is too old, or none, nothing is done yet
   * @returns undefined where it cannot be written: a run does not fail for want of it
   */
  static open(directory: string, question: string, isResumed: boolean, now = Date.now()): Journal | undefined {
    const file = join(directory, `${createHash('sha256').update(question).digest('hex')}.jsonl`);
    const before = isResumed ? read(file, now) : undefined;
    const { began = now, done = new Map<string, Done>() } = before ?? {};
    const beside = join(directory, `${randomUUID()}.tmp`);
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const descriptor = openSync(beside, 'wx', 0o600);
      appendFileSync(
        descriptor,
        [{ began }, ...[...done].map(lineOf)].map((line) => `${JSON.stringify(line)}\n`).join(''),
      );
      renameSync(beside, file);
      return new Journal(file, descriptor, began, done);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      removed(beside);
      return undefined;
    }
  }

  /** How many were read by the runs that this one goes on from. */
  get size(): number {
    return this.#done.size;
  }

  /** What an earlier run found; undefined for what is to be asked for. */
  done(place: string): Done | undefined {
    return this.#done.get(place);
  }

  add(place: string, done: Done): void {
    if (this.#descriptor === undefined || this.#done.has(place)) return;
    this.#done.set(place, done);
    try {
      appendFileSync(this.#descriptor, `${JSON.stringify(lineOf([place, done]))}\n`);
    } catch {
      // Then it is asked for again.
    }
  }

  /** @param isWhole nothing is left to go on with: the journal is removed, unless another run has begun its own */
  close(isWhole: boolean): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    this.#descriptor = undefined;
    const own = fstatSync(descriptor).ino;
    closeSync(descriptor);
    if (isWhole && statSync(this.#file, { throwIfNoEntry: false })?.ino === own) rmSync(this.#file, { force: true });
  }
}

function removed(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // There was no directory to write it to.
  }
}

function lineOf([place, done]: readonly [string, Done]): object {
  return done === 'empty' ? { place } : { place, ...done };
}

/** A line that was cut when the run was killed is none; the same place may stand there twice. */
function read(file: string, now: number): { began: number; done: Map<string, Done> } | undefined {
  let text: string;
  try {
    if (statSync(file).size > MOST_BYTES) return undefined;
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const [head, ...lines] = text.split('\n').map(parsed);
  const began = head?.began;
  if (typeof began !== 'number' || began > now || now - began > LONGEST_MS) return undefined;
  const done = new Map<string, Done>();
  for (const line of lines) {
    if (line === undefined || typeof line.place !== 'string') continue;
    const { place, commit } = line;
    const branch = branchOf(asString(line.branch));
    if (commit === undefined) done.set(place, 'empty');
    else if (typeof commit === 'string' && isObjectId(commit)) done.set(place, { commit, branch });
  }
  return { began, done };
}

function parsed(line: string): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
