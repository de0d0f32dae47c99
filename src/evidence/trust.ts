/** Where the trusted root and the keys of registries come from: files the user pins, TUF, an earlier run, the library. */
import { createHash } from 'node:crypto';
import type { Store } from '../network/store.ts';
import type { RegistryKey } from '../registry/key.ts';
import { parseKeys } from '../registry/keys.ts';
import type { Origin, TrustedDocument } from './evidence.ts';
import { checkTuf, pinnedKeys, pinnedRoot } from './pinned.ts';
import { parseTrustedRoot } from './sigstore/trust.ts';
import { embeddedTarget, keysTarget, openTuf, TRUSTED_ROOT, type Tuf } from './sigstore/tuf.ts';

export interface TrustOptions {
  readonly offline: boolean;
  /** Keeps what TUF and registries gave, for runs without them. */
  readonly store: Store;
  /** Directory of the TUF metadata. */
  readonly tufDirectory: string;
  readonly trustedRootFile?: string | undefined;
  readonly keysFile?: string | undefined;
  readonly tufMirror?: string | undefined;
  readonly tufRootFile?: string | undefined;
  /** Asks a registry for its keys document: its text, undefined where it has none. Throws where it does not answer. */
  readonly askKeys: (registry: string) => Promise<string | undefined>;
}

export interface TrustedText extends TrustedDocument {
  readonly text: string;
}

export interface KeyText extends TrustedText {
  readonly keys: readonly RegistryKey[];
  /** Whether they are the keys of this very registry, so that publish attestations must name it. */
  readonly ofRegistry: boolean;
}

export type Keys = { readonly found: KeyText } | { readonly found: undefined; readonly why: 'none' | 'failed' };

export class TrustLoader {
  readonly #options: TrustOptions;
  readonly #pinnedRoot: TrustedText | undefined;
  readonly #pinnedKeys: KeyText | undefined;
  #tuf: Promise<Tuf | undefined> | undefined;
  #tufFailure: string | undefined;
  readonly #documents = new Map<string, string>();

  /** @throws UsageError where a pinned file cannot be read or is not what it should be */
  constructor(options: TrustOptions) {
    this.#options = options;
    checkTuf(options.tufMirror, options.tufRootFile);
    if (options.trustedRootFile !== undefined) {
      this.#pinnedRoot = document('file', pinnedRoot(options.trustedRootFile));
    }
    if (options.keysFile !== undefined) {
      const { text, keys } = pinnedKeys(options.keysFile);
      this.#pinnedKeys = { ...document('file', text), keys, ofRegistry: false };
    }
  }

  /** The documents used so far, by the name of a file to keep each in: they can be given to a later run. */
  get documents(): ReadonlyMap<string, string> {
    return this.#documents;
  }

  /** Why TUF could not be used, where it was tried and could not. */
  get tufFailure(): string | undefined {
    return this.#tufFailure;
  }

  /** The Sigstore trusted root; never undefined, because the library ships one. */
  async root(): Promise<TrustedText> {
    const root = await this.#root();
    this.#documents.set(TRUSTED_ROOT, root.text);
    return root;
  }

  /** The keys of a registry, by its URL. */
  async keys(registry: string): Promise<Keys> {
    const keys = await this.#keys(registry);
    const { host, pathname } = new URL(registry);
    const place = (host + pathname).replace(/\/$/, '').replace(/[^\w.-]/g, '_');
    if (keys.found) this.#documents.set(`keys.${place}.json`, keys.found.text);
    return keys;
  }

  async #root(): Promise<TrustedText> {
    if (this.#pinnedRoot) return this.#pinnedRoot;
    const target = await this.#target(TRUSTED_ROOT, isRoot);
    if (target.state === 'had') return document('tuf', target.text, target.version);
    const kept = await this.#kept(TRUSTED_ROOT, isRoot);
    if (kept !== undefined) return document('kept', kept);
    return document('embedded', (await embeddedTarget(TRUSTED_ROOT))!);
  }

  async #keys(registry: string): Promise<Keys> {
    if (this.#pinnedKeys) return { found: this.#pinnedKeys };
    const { offline, store, askKeys } = this.#options;
    const name = keysTarget(registry);
    const target = await this.#target(name, isKeys);
    if (target.state === 'had') return keysOf('tuf', target.text, true, target.version);
    if (target.state === 'unknown') {
      const known = await this.#kept(name, isKeys);
      if (known !== undefined) return keysOf('kept', known, true);
      const shipped = this.#options.tufMirror === undefined ? await embeddedTarget(name) : undefined;
      if (shipped !== undefined) return keysOf('embedded', shipped, true);
    }
    if (offline) {
      const served = await store.read('keys', [registry]);
      return typeof served === 'string' ? keysOf('kept', served, false) : { found: undefined, why: 'none' };
    }
    let served: string | undefined;
    try {
      served = await askKeys(registry);
    } catch {
      return { found: undefined, why: 'failed' };
    }
    if (served === undefined) return { found: undefined, why: 'none' };
    await store.write('keys', [registry], served);
    return keysOf('registry', served, false);
  }

  #openTuf(): Promise<Tuf | undefined> {
    const { offline, tufMirror, tufRootFile, tufDirectory } = this.#options;
    if (offline) return Promise.resolve(undefined);
    this.#tuf ??= openTuf({ mirror: tufMirror, rootFile: tufRootFile, cacheDirectory: tufDirectory }).catch((error) => {
      this.#tufFailure = codeOf(error);
      return undefined;
    });
    return this.#tuf;
  }

  /** @param usable what is not is no target, and must not take the place of what an earlier run kept */
  async #target(name: string, usable: (text: string) => boolean): Promise<Target> {
    const tuf = await this.#openTuf();
    if (!tuf) return { state: 'unknown' };
    try {
      const text = await tuf.target(name);
      if (text === undefined) return { state: 'absent' };
      if (!usable(text)) {
        this.#tufFailure = 'TARGET_UNUSABLE';
        return { state: 'unknown' };
      }
      await this.#options.store.write('trust', this.#question(name), text);
      return { state: 'had', text, version: tuf.version };
    } catch (error) {
      this.#tufFailure = codeOf(error);
      return { state: 'unknown' };
    }
  }

  async #kept(name: string, usable: (text: string) => boolean): Promise<string | undefined> {
    const text = await this.#options.store.read('trust', this.#question(name));
    return typeof text === 'string' && usable(text) ? text : undefined;
  }

  // What one mirror vouches for must not be found again as another's.
  #question(name: string): string[] {
    return [this.#options.tufMirror ?? '', name];
  }
}

/** `unknown`: TUF was not asked, or did not answer. */
type Target =
  | { readonly state: 'had'; readonly text: string; readonly version: number | undefined }
  | { readonly state: 'absent' | 'unknown' };

function isRoot(text: string): boolean {
  return 'root' in parseTrustedRoot(text);
}

function isKeys(text: string): boolean {
  return parseKeys(text) !== undefined;
}

function keysOf(origin: Origin, text: string, ofRegistry: boolean, version?: number): Keys {
  const keys = parseKeys(text) ?? [];
  if (keys.length === 0) return { found: undefined, why: 'none' };
  return { found: { ...document(origin, text, version), keys, ofRegistry } };
}

function document(origin: Origin, text: string, version?: number): TrustedText {
  return { origin, text, version, sha256: createHash('sha256').update(text).digest('hex') };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
}
