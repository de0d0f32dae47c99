/** The TUF repository that publishes Sigstore's trusted root and the keys of registries, and the copy the library ships. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isObject } from '../../json.ts';

export interface TufOptions {
  /** Base URL of the repository; the public one by default. */
  readonly mirror?: string | undefined;
  /** File with the root.json to start from; needed for another mirror than the public one. */
  readonly rootFile?: string | undefined;
  /** Directory for its metadata, kept between runs so that a rollback is noticed. */
  readonly cacheDirectory: string;
}

/** A refreshed repository. */
export interface Tuf {
  /** Version of the root its metadata was verified with. */
  readonly version: number | undefined;
  /** Text of a target, or undefined where the repository has none of that name. Throws where it cannot be had. */
  target(name: string): Promise<string | undefined>;
}

export const TRUSTED_ROOT = 'trusted_root.json';

/** Name of the target with a registry's keys: host and path of its URL, as npm looks it up. */
export function keysTarget(registry: string): string {
  const { host, pathname } = new URL(registry);
  return `${host}${pathname.replace(/\/$/, '')}/keys.json`;
}

/** Refreshes the repository over the network. Throws where it cannot be reached or does not verify. */
export async function openTuf({ mirror, rootFile, cacheDirectory }: TufOptions): Promise<Tuf> {
  const { DEFAULT_MIRROR_URL, initTUF, TUFError } = await import('@sigstore/tuf');
  const mirrorURL = (mirror ?? DEFAULT_MIRROR_URL).replace(/\/$/, '');
  const tuf = await initTUF({
    mirrorURL,
    cachePath: cacheDirectory,
    retry: { retries: 1 },
    ...(rootFile === undefined ? {} : { rootPath: rootFile, forceInit: true }),
  });
  const { host, pathname } = new URL(mirrorURL);
  const metadata = join(cacheDirectory, encodeURIComponent(host + pathname.replace(/\/$/, '')));
  return {
    version: await rootVersion(join(metadata, 'root.json')),
    async target(name) {
      try {
        return await tuf.getTarget(name);
      } catch (error) {
        if (error instanceof TUFError && error.code === 'TUF_FIND_TARGET_ERROR') return undefined;
        throw error;
      }
    },
  };
}

async function rootVersion(file: string): Promise<number | undefined> {
  try {
    const root: unknown = JSON.parse(await readFile(file, 'utf8'));
    const version = isObject(root) && isObject(root.signed) ? root.signed.version : undefined;
    return typeof version === 'number' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** The library's own copy of a target of the public repository: as old as the library. */
export async function embeddedTarget(name: string): Promise<string | undefined> {
  const { DEFAULT_MIRROR_URL } = await import('@sigstore/tuf');
  const seeds: unknown = createRequire(import.meta.url)('@sigstore/tuf/seeds.json');
  const seed = isObject(seeds) ? seeds[DEFAULT_MIRROR_URL] : undefined;
  const targets = isObject(seed) && isObject(seed.targets) ? seed.targets : {};
  const key = encodeURIComponent(name);
  const text = Object.hasOwn(targets, key) ? targets[key] : undefined;
  return typeof text === 'string' ? Buffer.from(text, 'base64').toString('utf8') : undefined;
}
