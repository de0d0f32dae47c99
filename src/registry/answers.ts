/** Questions to registries, answered from what an earlier run kept where that is settled, else over the network. */
import { asString, isObject } from '../json.ts';
import type { Validity } from '../network/answer-kinds.ts';
import type { Store } from '../network/store.ts';
import { type Answer, attestationsPath, KEYS_PATH, packagePath, type RegistryClient } from './client.ts';
import { excerptOf } from './excerpt.ts';
import { parsePackument, type ServesEvidence, servesEvidence } from './packument.ts';
import type { Packument } from './release.ts';

/** `offline`: nobody was asked. `refused`, `failed`: see Answer. */
export type NoAnswer =
  | { readonly kind: 'absent' }
  | { readonly kind: 'offline' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export interface PackageAnswer {
  readonly kind: 'known';
  readonly from: 'registry' | 'store';
  readonly packument: Packument;
  readonly serves: ServesEvidence;
}

export interface KeptPackage extends PackageAnswer {
  readonly from: 'store';
  /** Versions that the answer was kept for. */
  readonly wanted: ReadonlySet<string>;
  readonly etag: string | undefined;
  /** Until when it holds without asking, milliseconds since 1970. */
  readonly until: number;
  /** Whether what may change of it, which is who may publish the package, is from the last day. */
  readonly recent: boolean;
}

export interface TextAnswer {
  readonly kind: 'known';
  readonly text: string;
  readonly from: 'registry' | 'store';
}

const RECENT = 24 * 60 * 60 * 1000;
/** A clock that was wrong, or a directory from elsewhere, must not make an answer last. */
const LONGEST_VALIDITY = 60 * 60 * 1000;

export class Answers {
  readonly #client: RegistryClient | undefined;
  readonly #store: Store;
  /** Attestations asked for in this run: two lockfiles may pin one release, and one release may precede another. */
  readonly #attestations = new Map<string, Promise<TextAnswer | NoAnswer>>();

  /** @param client undefined: offline */
  constructor(client: RegistryClient | undefined, store: Store) {
    this.#client = client;
    this.#store = store;
  }

  get offline(): boolean {
    return this.#client === undefined;
  }

  /** What an earlier run kept of a package, or undefined. */
  async kept(registry: string, name: string): Promise<KeptPackage | undefined> {
    const value = await this.#store.read('package', [registry, name]);
    if (!isObject(value) || !isObject(value.serves)) return undefined;
    const packument = parsePackument(JSON.stringify(value.packument) ?? '', name);
    if (!packument) return undefined;
    // Of the whole packument, of which only a part is kept.
    const part = servesEvidence(packument);
    const serves = {
      signatures: part.signatures || value.serves.signatures === true,
      attestations: part.attestations || value.serves.attestations === true,
    };
    const wanted = Array.isArray(value.wanted) ? value.wanted.filter((version) => typeof version === 'string') : [];
    const until = typeof value.until === 'number' ? value.until : 0;
    const age = Date.now() - (typeof value.asked === 'number' ? value.asked : 0);
    return {
      kind: 'known',
      from: 'store',
      packument,
      serves,
      wanted: new Set(wanted),
      etag: asString(value.etag),
      until,
      recent: age >= 0 && age < RECENT,
    };
  }

  /**
   * Asks for a package, and keeps its releases.
   *
   * @param wanted versions to keep, besides those of their lines
   * @param kept what an earlier run kept: it is the answer as long as it holds, or the registry says that it still does
   */
  async ask(
    registry: string,
    name: string,
    wanted: ReadonlySet<string>,
    kept?: KeptPackage,
  ): Promise<PackageAnswer | NoAnswer> {
    const usable = kept !== undefined && [...wanted].every((version) => kept.wanted.has(version)) ? kept : undefined;
    const now = Date.now();
    if (usable && now < usable.until && usable.until <= now + LONGEST_VALIDITY) return usable;
    const answer = await this.#get(registry, packagePath(name), usable?.etag);
    if (answer.kind === 'unchanged' && usable) {
      await this.#keep(registry, usable, usable.wanted, answer.validity);
      return usable;
    }
    if (answer.kind !== 'ok') return noAnswer(answer);
    const packument = parsePackument(answer.text, name);
    if (!packument) return { kind: 'failed', code: 'not-a-packument', message: 'the answer is no list of releases' };
    const known: PackageAnswer = { kind: 'known', from: 'registry', packument, serves: servesEvidence(packument) };
    await this.#keep(registry, known, wanted, answer.validity);
    return known;
  }

  #keep(
    registry: string,
    { packument, serves }: PackageAnswer,
    wanted: ReadonlySet<string>,
    validity: Validity | undefined,
  ): Promise<void> {
    const excerpt = excerptOf(packument, wanted);
    const { etag, milliseconds = 0 } = validity ?? {};
    const asked = Date.now();
    const until = asked + milliseconds;
    const answer = {
      serves,
      packument: excerpt,
      wanted: [...wanted].sort(),
      asked,
      until,
      ...(etag !== undefined && { etag }),
    };
    return this.#store.write('package', [registry, packument.name], answer);
  }

  /** @param fresh whether to ask the registry even if an earlier run kept an answer */
  async attestations(registry: string, name: string, version: string, fresh: boolean): Promise<TextAnswer | NoAnswer> {
    const question = [registry, name, version];
    const key = JSON.stringify(question);
    let running = this.#attestations.get(key);
    while (running) {
      const answer = await running;
      const stale = fresh && !this.offline && answer.kind === 'known' && answer.from === 'store';
      if (!stale) return answer;
      const now = this.#attestations.get(key);
      if (now === running) break;
      running = now;
    }
    const answer = this.#askAttestations(question, name, version, fresh);
    this.#attestations.set(key, answer);
    return answer;
  }

  async #askAttestations(
    question: readonly string[],
    name: string,
    version: string,
    fresh: boolean,
  ): Promise<TextAnswer | NoAnswer> {
    const registry = question[0]!;
    if (!fresh || this.offline) {
      const text = await this.#store.read('attestations', question);
      if (typeof text === 'string') return { kind: 'known', text, from: 'store' };
    }
    const answer = await this.#get(registry, attestationsPath(name, version));
    if (answer.kind !== 'ok') return noAnswer(answer);
    await this.#store.write('attestations', question, answer.text);
    return { kind: 'known', text: answer.text, from: 'registry' };
  }

  /** The keys document a registry serves, undefined where it has none. Throws where it does not answer. */
  async keys(registry: string): Promise<string | undefined> {
    const answer = await this.#get(registry, KEYS_PATH);
    if (answer.kind === 'ok') return answer.text;
    // Registries without keys answer with one or the other (npm/cli #5479).
    if (answer.kind === 'absent' || (answer.kind === 'refused' && answer.status === 400)) return undefined;
    throw new Error(answer.kind);
  }

  async #get(registry: string, path: string | undefined, etag?: string): Promise<Answer | NoAnswer> {
    if (this.#client === undefined) return { kind: 'offline' };
    if (path === undefined) return { kind: 'failed', code: 'bad-name', message: 'no registry could serve this name' };
    return this.#client.get(registry, path, etag);
  }
}

function noAnswer(answer: Exclude<Answer | NoAnswer, { kind: 'ok' }>): NoAnswer {
  switch (answer.kind) {
    case 'absent':
      return { kind: 'absent' };
    case 'offline':
      return answer;
    case 'unchanged':
      return { kind: 'failed', code: 'server', message: 'the registry says unchanged of what it was not asked' };
    case 'refused':
      return { kind: 'failed', code: `refused-${answer.status}`, message: `the registry refuses (${answer.status})` };
    case 'failed':
      return { kind: 'failed', code: answer.code, message: answer.message };
  }
}
