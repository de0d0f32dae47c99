/** Blobs over an interface, a few at a time, handed on one after the other. */

import { apiAddress } from '../../hosts/address.ts';
import type { ApiHost } from '../../hosts/base.ts';
import type { ApiClient } from '../../hosts/client.ts';
import { LIMITS } from '../../lockfiles/reader.ts';
import { type KeepBlob, RepositoryFailure } from '../remote/repository.ts';
import { refusal } from './ask.ts';

export interface Blobs {
  readonly host: ApiHost;
  readonly client: ApiClient;
  readonly accept: string;
  /** Address of a blob below the interface. */
  readonly pathOf: (id: string) => string;
  /** Bytes, where they are known before. */
  readonly sizeOf: (id: string) => number | undefined;
}

/** Held in memory at once, at most. */
const AT_ONCE = 3;

/**
 * Has the content of blobs; one that is too large is announced with content that is not there to be read.
 *
 * @throws RepositoryFailure, and whatever `keep` throws
 */
export async function deliver(blobs: Blobs, ids: readonly string[], keep: KeepBlob): Promise<void> {
  const waiting = ids[Symbol.iterator]();
  let last: Promise<void> = Promise.resolve();
  let failed = false;
  const inTurn = (id: string, size: number, content: AsyncIterable<Uint8Array>): Promise<void> => {
    // Where one cannot be kept none after it is; what was fetched before a server failed is.
    last = last.then(() => keep(id, size, content));
    return last;
  };
  const work = async (): Promise<void> => {
    for (const id of waiting) {
      if (failed) return;
      const blob = await fetched(blobs, id);
      await inTurn(id, blob.size, blob.content);
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    work().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

async function fetched(
  { host, client, accept, pathOf, sizeOf }: Blobs,
  id: string,
): Promise<{ readonly size: number; readonly content: AsyncIterable<Uint8Array> }> {
  const known = sizeOf(id);
  if (known !== undefined && known > LIMITS.bytes) return { size: known, content: refused() };
  const url = apiAddress(host.base, pathOf(id));
  if (!url) throw new RepositoryFailure('not-found');
  const answer = await client.get({ url, accept, most: LIMITS.bytes });
  if (answer.kind === 'ok') return { size: answer.body.length, content: once(answer.body) };
  if (answer.kind === 'too-large') return { size: answer.size ?? LIMITS.bytes + 1, content: refused() };
  if (answer.kind === 'failed') throw RepositoryFailure.of(answer.failure);
  throw answer.kind === 'refused' ? refusal(answer.status) : new RepositoryFailure('unreachable');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

// biome-ignore lint/correctness/useYield: there is nothing to give
async function* refused(): AsyncGenerator<Uint8Array> {
  throw new RepositoryFailure('too-large', 'a file of more than is read');
}
