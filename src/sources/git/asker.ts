/**
 * Asks a web server where its refs are without a process of git for each repository: that is most of the time of a run in
 * which nothing has changed. Whatever is out of the ordinary is left to git, whose word counts.
 */
import type { Response } from 'make-fetch-happen';
import { shownCode, timedOut } from '../../network/faults.ts';
import type { Fetch } from '../../network/fetch.ts';
import { retryAfter } from '../../network/retry.ts';
import { VERSION } from '../../version.ts';
import type { RemoteCache } from '../remote/cache.ts';
import { RepositoryFailure } from '../remote/repository.ts';
import type { GitAddress } from './address.ts';
import { type AdvertisedRef, advertisedRef } from './advertisement.ts';
import { makeBare, NO_COMMIT } from './bare.ts';
import { filledCredentials } from './credentials.ts';
import type { Environment } from './process.ts';
import { type UserSettings, userSettings } from './user-settings.ts';

export interface AskerOptions {
  /** The environment git runs in. */
  readonly env: Environment;
  /** Milliseconds that an answer may take. */
  readonly timeout?: number | undefined;
  /** Requests in flight to one host. */
  readonly sockets: number;
}

/** As long as git waits for a byte. */
const MOST_MS = 60_000;
/** Bytes of a list of refs, of which there may be hundreds of thousands. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Bytes that cost less than a new connection. */
const MOST_DRAINED = 64 * 1024;
const TYPE = 'application/x-git-upload-pack-advertisement';

/** Milliseconds before another question, where a server wants fewer and does not say when. */
const WAIT = 5_000;
const LONGEST_WAIT = 60_000;
const MOST_WAITS = 3;

type Answer = AdvertisedRef | 'empty' | 'refused' | { readonly wait: number } | undefined;

interface Ready {
  readonly fetch: Fetch;
  readonly settings: UserSettings;
}

export class RefAsker {
  readonly #options: AskerOptions;
  readonly #cache: RemoteCache;
  #directory: Promise<string> | undefined;
  #ready: Promise<Ready | undefined> | undefined;
  /** Headers by server, or by address, that asked for credentials. Secret: for the wire only. */
  readonly #access = new Map<string, Promise<string | undefined>>();

  constructor(cache: RemoteCache, options: AskerOptions) {
    this.#cache = cache;
    this.#options = options;
  }

  /**
   * @param candidates names of refs, the best first
   * @returns undefined where git is to be asked
   * @throws RepositoryFailure where git would be told the same
   */
  async find(address: GitAddress, candidates: readonly string[]): Promise<AdvertisedRef | 'empty' | undefined> {
    if (address.protocol !== 'https' && address.protocol !== 'http') return undefined;
    this.#ready ??= this.#start();
    const ready = await this.#ready;
    if (!ready?.settings.isPlain(address)) return undefined;
    const place = this.#placeOf(address, ready.settings);
    const known = await this.#access.get(place);
    const first = await this.#ask(ready, address, candidates, known);
    if (first !== 'refused' || known !== undefined) return first === 'refused' ? undefined : first;
    const access = this.#access.get(place) ?? this.#fill(address);
    this.#access.set(place, access);
    const header = await access;
    const second = header === undefined ? 'refused' : await this.#ask(ready, address, candidates, header);
    return second === 'refused' ? undefined : second;
  }

  async #start(): Promise<Ready | undefined> {
    try {
      const [{ default: fetch }, settings] = await Promise.all([
        import('make-fetch-happen'),
        userSettings(await this.#own(), this.#options.env),
      ]);
      return { fetch, settings };
    } catch (error) {
      // Without git, or with a configuration that it cannot read: it says so itself.
      if (error instanceof RepositoryFailure) return undefined;
      throw error;
    }
  }

  /** A repository of our own, for what git itself is asked. */
  #own(): Promise<string> {
    this.#directory ??= this.#cache.directory().then(async (made) => {
      await makeBare(made, '', NO_COMMIT);
      return made;
    });
    return this.#directory;
  }

  /** What shares credentials. */
  #placeOf({ url, credentials }: GitAddress, { isByPath }: UserSettings): string {
    return JSON.stringify([isByPath ? url : new URL(url).origin, credentials?.username, credentials?.password]);
  }

  async #fill(address: GitAddress): Promise<string | undefined> {
    const { env } = this.#options;
    const found = await filledCredentials(address, await this.#own(), env);
    return found && `Basic ${Buffer.from(`${found.username}:${found.password}`).toString('base64')}`;
  }

  async #ask(
    ready: Ready,
    address: GitAddress,
    candidates: readonly string[],
    authorization: string | undefined,
  ): Promise<AdvertisedRef | 'empty' | 'refused' | undefined> {
    for (let tries = 0; ; tries++) {
      const answer = await this.#askOnce(ready, address, candidates, authorization);
      if (typeof answer !== 'object' || !('wait' in answer)) return answer;
      if (tries >= MOST_WAITS || answer.wait > LONGEST_WAIT) throw new RepositoryFailure('rate-limited');
      await new Promise((resolve) => setTimeout(resolve, answer.wait));
    }
  }

  async #askOnce(
    ready: Ready,
    { url }: GitAddress,
    candidates: readonly string[],
    authorization: string | undefined,
  ): Promise<Answer> {
    const { timeout = MOST_MS } = this.#options;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeout);
    try {
      const response = await this.#send(ready, url, authorization, abort.signal);
      return await answerOf(response, candidates, abort);
    } catch (error) {
      if (error instanceof RepositoryFailure) throw error;
      if (timedOut(error) || abort.signal.aborted) throw new RepositoryFailure('timeout');
      if (shownCode(error) === undefined) throw error;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  #send(
    { fetch, settings }: Ready,
    url: string,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    const { timeout = MOST_MS, sockets } = this.#options;
    return fetch(`${url.replace(/\/$/, '')}/info/refs?service=git-upload-pack`, {
      strictSSL: true,
      ca: settings.authorities,
      timeout,
      maxSockets: sockets,
      redirect: 'manual',
      retry: { retries: 0 },
      cache: 'no-store',
      compress: false,
      signal,
      headers: {
        accept: TYPE,
        'accept-encoding': 'identity',
        // Hosts tell git from browsers by it.
        'user-agent': `git/spof-deps-${VERSION}`,
        ...(authorization === undefined ? {} : { authorization }),
      },
    });
  }
}

/** What a reader of these leaves can still be read. */
async function* each(pieces: AsyncIterator<unknown>): AsyncGenerator<unknown> {
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
}

/** Reads a little more, so that the connection can be used again; whether that was all. */
async function drained(pieces: AsyncIterator<unknown>): Promise<boolean> {
  for (let left = MOST_DRAINED; left > 0; ) {
    const { done, value } = await pieces.next();
    if (done) return true;
    left -= value instanceof Uint8Array ? value.length : left;
  }
  return false;
}

async function answerOf(response: Response, candidates: readonly string[], abort: AbortController): Promise<Answer> {
  const { status, headers, body } = response;
  const type = headers.get('content-type')?.trim().toLowerCase();
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (body !== null) {
    const pieces: AsyncIterator<unknown> = body[Symbol.asyncIterator]();
    const isList = status === 200 && type === TYPE && encoding === 'identity';
    const found = isList ? await advertisedRef(each(pieces), candidates, MOST_BYTES) : undefined;
    if (!(await drained(pieces))) abort.abort();
    if (isList) return found;
  }
  if (status === 401) return 'refused';
  if (status === 429) return { wait: retryAfter(headers.get('retry-after'), Date.now()) ?? WAIT };
  if (status === 403) throw new RepositoryFailure('denied');
  if (status === 404 || status === 410) throw new RepositoryFailure('not-found');
  if (status >= 500) throw new RepositoryFailure('unreachable', `HTTP ${status}`);
  return undefined;
}
