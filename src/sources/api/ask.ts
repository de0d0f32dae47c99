/** Documents of an interface, asked for only if they have changed since they were kept; lists of them page by page. */

import { apiAddress, nextLink, sameApi } from '../../hosts/address.ts';
import type { ApiHost } from '../../hosts/base.ts';
import type { ApiClient } from '../../hosts/client.ts';
import { asString, isObject } from '../../json.ts';
import type { Store } from '../../network/store.ts';
import { RepositoryFailure } from '../remote/repository.ts';

/** What is needed to ask. */
export interface Asker {
  readonly host: ApiHost;
  /** undefined: nobody is asked, what is kept counts. */
  readonly client: ApiClient | undefined;
  /** Answers of earlier runs; undefined: nothing is kept. */
  readonly store: Store | undefined;
  /** The media type of documents. */
  readonly accept: string;
}

/**
 * What is taken of a document: plain JSON that the same function takes again when it is read back.
 *
 * @returns undefined for what it is not
 */
export type Parse<T> = (value: unknown) => T | undefined;

export type Told<T> =
  | {
      readonly kind: 'ok';
      readonly value: T;
      /** The next page; never asked for where it is not below the interface. */
      readonly next: URL | 'elsewhere' | undefined;
      /** The server redirected to where it is now. */
      readonly moved: boolean;
    }
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'failed'; readonly failure: RepositoryFailure };

/** Bytes of a document. The largest tree that GitHub gives whole takes less. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_PAGES = 20_000;

/** @param path below the interface, with its query */
export function ask<T>(asker: Asker, path: string, parse: Parse<T>): Promise<Told<T>> {
  const url = apiAddress(asker.host.base, path);
  return url ? askAt(asker, url, parse) : Promise.resolve(failed(new RepositoryFailure('not-found')));
}

async function askAt<T>({ host, client, store, accept }: Asker, url: URL, parse: Parse<T>): Promise<Told<T>> {
  const kept = keptOf(await store?.read('host', [url.href]), parse);
  if (!client) return kept ? told(kept, host, url, false) : failed(new RepositoryFailure('not-cached'));
  const answer = await client.get({ url, accept, most: MOST_BYTES, etag: kept?.etag });
  if (answer.kind === 'refused') return answer;
  if (answer.kind === 'failed') return failed(RepositoryFailure.of(answer.failure));
  if (answer.kind === 'too-large') return { kind: 'too-large' };
  if (answer.kind === 'unchanged') {
    return kept ? told(kept, host, url, answer.moved) : failed(notUnderstood());
  }
  const value = parseBody(answer.body, parse);
  if (value === undefined) return failed(notUnderstood());
  const link = nextLink(answer.headers.get('link'));
  const etag = etagOf(answer.headers.get('etag'));
  // Without a tag too: it is what a run that asks nobody has.
  await store?.write('host', [url.href], { etag, link, value });
  return told({ etag, link, value }, host, url, answer.moved);
}

/** Takes what was kept, where there is to be no question that was answered before. */
export async function askUnlessDone<T>(
  asker: Asker,
  isDone: boolean,
  question: (asker: Asker) => Promise<Told<T>>,
): Promise<Told<T>> {
  const kept = isDone ? await question({ ...asker, client: undefined }) : undefined;
  return kept?.kind === 'ok' ? kept : question(asker);
}

/**
 * The pages of a list, one after the other; the last of them may be why there are no more.
 *
 * @param path of the first
 */
export async function* askPages<T>(asker: Asker, path: string, parse: Parse<T>): AsyncGenerator<Told<T>> {
  const seen = new Set<string>();
  let url = apiAddress(asker.host.base, path);
  while (url) {
    if (seen.has(url.href) || seen.size >= MOST_PAGES) {
      yield failed(new RepositoryFailure('too-large', 'its list has no end'));
      return;
    }
    seen.add(url.href);
    const page: Told<T> = await askAt(asker, url, parse);
    yield page;
    const next = page.kind === 'ok' ? page.next : undefined;
    if (next === 'elsewhere') {
      yield failed(new RepositoryFailure('unreachable', 'the next page is elsewhere, which is not followed'));
      return;
    }
    url = next;
  }
}

/** Items of a list, as many as could be had. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** Why there may be more. */
  readonly failure: { readonly status?: number; readonly failure: RepositoryFailure } | undefined;
}

/** All items of a list over its pages. */
export async function askAll<T>(asker: Asker, path: string, parse: Parse<readonly T[]>): Promise<Listed<T>> {
  const items: T[] = [];
  for await (const page of askPages(asker, path, parse)) {
    if (page.kind !== 'ok') return { items, failure: { ...statusOf(page), failure: failureOf(page) } };
    for (const item of page.value) items.push(item);
  }
  return { items, failure: undefined };
}

function statusOf(page: Told<unknown>): { readonly status?: number } {
  return page.kind === 'refused' ? { status: page.status } : {};
}

/** What a refusal means of a repository, where its status says nothing more particular. */
export function failureOf(told: Exclude<Told<unknown>, { kind: 'ok' }>): RepositoryFailure {
  if (told.kind === 'failed') return told.failure;
  if (told.kind === 'too-large')
    return new RepositoryFailure('too-large', `an answer of more than ${MOST_BYTES} bytes`);
  return refusal(told.status);
}

export function refusal(status: number): RepositoryFailure {
  if (status === 404 || status === 410) return new RepositoryFailure('not-found', `${status}`);
  if (status === 401 || status === 403) return new RepositoryFailure('denied', `${status}`);
  if (status === 451) return new RepositoryFailure('unreachable', '451, withheld for legal reasons');
  return new RepositoryFailure('unreachable', `the server answered ${status}`);
}

export function notUnderstood(): RepositoryFailure {
  return new RepositoryFailure('unreachable', 'an answer that is not what was asked for');
}

interface Kept<T> {
  readonly etag: string | undefined;
  readonly link: string | undefined;
  readonly value: T;
}

// A link is checked when it is followed, whether it was kept or not.
function told<T>({ link, value }: Kept<T>, host: ApiHost, url: URL, moved: boolean): Told<T> {
  if (link === undefined) return { kind: 'ok', value, next: undefined, moved };
  const next = sameApi(host.base, url, link);
  return { kind: 'ok', value, next: next ?? 'elsewhere', moved };
}

function keptOf<T>(value: unknown, parse: Parse<T>): Kept<T> | undefined {
  if (!isObject(value)) return undefined;
  const parsed = parse(value.value);
  if (parsed === undefined) return undefined;
  return { etag: etagOf(asString(value.etag) ?? null), link: asString(value.link), value: parsed };
}

/** An entity tag (RFC 9110, section 8.8.3). */
export function etagOf(header: string | null): string | undefined {
  return header !== null && header.length <= 256 && /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(header) ? header : undefined;
}

function parseBody<T>(body: Buffer, parse: Parse<T>): T | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return parse(value);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function failed(failure: RepositoryFailure): { readonly kind: 'failed'; readonly failure: RepositoryFailure } {
  return { kind: 'failed', failure };
}
