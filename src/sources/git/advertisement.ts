/**
 * What a server lists of its refs before anything is asked for, as `GET info/refs?service=git-upload-pack` gives it in
 * version 0 of the protocol: https://git-scm.com/docs/gitprotocol-http, and reference discovery in
 * https://git-scm.com/docs/gitprotocol-pack. Pure.
 */
import { isObjectId } from '../remote/blobs.ts';
import { branchOf } from '../revision.ts';
import type { Ref } from './refs.ts';

/** A line is at most this long, its length included. */
const LONGEST_LINE = 65_520;
const LENGTH = 4;
const SERVICE = '# service=git-upload-pack';
/** Stands in the place of a ref where there is none. */
const NO_REFS = 'capabilities^{}';

export interface AdvertisedRef extends Ref {
  /** Name of the branch that HEAD is at, where the server says so. */
  readonly head: string | undefined;
}

/**
 * Reads no further than it takes: HEAD is the first of all, and a repository may have a hundred thousand others.
 *
 * @param candidates names of refs, the best first
 * @returns the first candidate that is there; undefined where none is, or the answer is anything else
 */
export async function advertisedRef(
  stream: AsyncIterable<unknown>,
  candidates: readonly string[],
  mostBytes: number,
): Promise<AdvertisedRef | 'empty' | undefined> {
  let head: string | undefined;
  const ids = new Map<string, string>();
  let isFirst = true;
  let isListing = false;
  let refs = 0;
  for await (const line of packetLines(stream, mostBytes)) {
    if (!isListing) {
      // The service, and the end of that.
      if (isFirst ? line !== SERVICE : line !== undefined) return undefined;
      isListing = !isFirst;
      isFirst = false;
      continue;
    }
    if (line === undefined) return refs === 0 ? 'empty' : best(ids, candidates, head);
    const [, id = '', name = ''] = /^([0-9a-f]+) ([^\0]+)/.exec(line) ?? [];
    if (name === NO_REFS) return 'empty';
    if (!isObjectId(id)) return undefined;
    // What a server can do stands behind the first ref, and what HEAD is a name for is among it.
    if (refs++ === 0) head = branchOf(/\0(?:.* )?symref=HEAD:refs\/heads\/(\S+)/.exec(line)?.[1]);
    if (candidates.includes(name)) ids.set(name, id);
    if (ids.has(candidates[0]!)) return best(ids, candidates, head);
  }
  return undefined;
}

function best(
  ids: ReadonlyMap<string, string>,
  candidates: readonly string[],
  head: string | undefined,
): AdvertisedRef | undefined {
  for (const name of candidates) {
    const id = ids.get(name);
    if (id !== undefined) return { id, name: name.replace(/\^\{\}$/, ''), head };
  }
  return undefined;
}

/** Lines without their ends, undefined for the end of a section. It ends early where something is no such line. */
async function* packetLines(stream: AsyncIterable<unknown>, mostBytes: number): AsyncGenerator<string | undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let seen = 0;
  for await (const piece of stream) {
    if (!(piece instanceof Uint8Array)) return;
    seen += piece.length;
    if (seen > mostBytes) return;
    rest = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    while (rest.length >= LENGTH) {
      const digits = rest.toString('latin1', 0, LENGTH);
      const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : 1;
      if (length !== 0 && (length <= LENGTH || length > LONGEST_LINE)) return;
      if (length > rest.length) break;
      const end = Math.max(length, LENGTH);
      yield length === 0 ? undefined : rest.toString('utf8', LENGTH, end).replace(/\n$/, '');
      rest = rest.subarray(end);
    }
  }
}
