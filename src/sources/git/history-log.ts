/** Reads what `git rev-list --parents --timestamp` and `git diff-tree --stdin -r -z --raw` write. */
import { isObjectId } from '../remote/blobs.ts';
import { RepositoryFailure, type TreeEntry } from '../remote/repository.ts';
import { kindOfMode } from './listing.ts';

export interface CommitLine {
  readonly id: string;
  /** Committer date, seconds since 1970. */
  readonly time: number;
  /** The first; undefined for a commit without one, or whose history is not there. */
  readonly parent: string | undefined;
}

/** What one commit does to one path. */
export interface FileChange {
  readonly path: string;
  /** undefined where there was none before, or is none after. */
  readonly before: Blob | undefined;
  readonly after: Blob | undefined;
}

export interface Blob {
  readonly kind: TreeEntry['kind'];
  readonly id: string;
}

/** A path longer than this is no path of a file system; a line of an octopus merge stays below. */
const LONGEST = 64 * 1024;

/** @throws RepositoryFailure where it is anything else */
export async function* commitLines(stdout: AsyncIterable<Uint8Array>): AsyncGenerator<CommitLine> {
  for await (const line of pieces(stdout, 0x0a)) {
    const [time = '', id = '', parent] = line.split(' ');
    if (!isObjectId(id) || !/^-?\d+$/.test(time)) throw unreadable();
    yield { id, time: Number(time), parent };
  }
}

/**
 * Each commit that changes anything, followed by its changes.
 *
 * @throws RepositoryFailure where it is anything else
 */
export async function* commitChanges(stdout: AsyncIterable<Uint8Array>): AsyncGenerator<string | FileChange> {
  let change: Omit<FileChange, 'path'> | undefined;
  for await (const piece of pieces(stdout, 0)) {
    if (change) {
      yield { path: piece, ...change };
      change = undefined;
    } else if (piece.startsWith(':')) change = changeOf(piece);
    else if (isObjectId(piece)) yield piece;
    else throw unreadable();
  }
  if (change) throw unreadable();
}

/** https://git-scm.com/docs/git-diff-tree#_raw_output_format, without renames. */
function changeOf(line: string): Omit<FileChange, 'path'> {
  const [, oldMode = '', newMode = '', oldId = '', newId = ''] =
    /^:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) [A-Z]$/.exec(line) ?? [];
  if (!isObjectId(newId)) throw unreadable();
  return { before: blobOf(oldMode, oldId), after: blobOf(newMode, newId) };
}

function blobOf(mode: string, id: string): Blob | undefined {
  return mode === '000000' ? undefined : { kind: kindOfMode(mode), id };
}

async function* pieces(stdout: AsyncIterable<Uint8Array>, end: number): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stdout) {
    const bytes: Buffer = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let at = bytes.indexOf(end, start); at !== -1; at = bytes.indexOf(end, start)) {
      yield bytes.toString('utf8', start, at);
      start = at + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > LONGEST) throw unreadable();
  }
  if (rest.length > 0) throw unreadable();
}

function unreadable(): RepositoryFailure {
  return new RepositoryFailure('unreachable', 'its history cannot be read');
}
