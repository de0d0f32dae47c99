/** Opens the network edge of a run from the user's npm configuration, gathers the evidence and closes it again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from './cache-directory.ts';
import type { Diagnostic } from './diagnostics.ts';
import { UsageError } from './errors.ts';
import type { Evidence } from './evidence/evidence.ts';
import { gatherEvidence } from './evidence/gather.ts';
import { Judges } from './evidence/judging.ts';
import { Settled } from './evidence/settled.ts';
import { TrustLoader } from './evidence/trust.ts';
import type { Fleet } from './graph/fleet.ts';
import { loadNpmSettings } from './network/npm-config.ts';
import { Store } from './network/store.ts';
import { Answers } from './registry/answers.ts';
import { RegistryClient } from './registry/client.ts';
import { parseRoutes, registryOf, routesJson } from './registry/routes.ts';

export interface VerifyOptions {
  /** Ask nobody: only what earlier runs kept, or what `evidence` holds. */
  readonly offline?: boolean | undefined;
  /** Sigstore trusted_root.json and registry keys.json to trust instead of those of TUF and the registries. */
  readonly trustedRoot?: string | undefined;
  readonly keys?: string | undefined;
  /** Directory to keep the registries' answers in, and to take them from, instead of the cache. */
  readonly evidence?: string | undefined;
  /** Another TUF repository than the public one, and the root.json to start from. */
  readonly tufMirror?: string | undefined;
  readonly tufRoot?: string | undefined;
  /** The environment, for the npm configuration and the place of the cache; the process's by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where what is kept between runs lives, instead of the user's cache directory. */
  readonly cache?: string | undefined;
  /** Called after each package. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Verifies every component of a fleet.
 *
 * @throws UsageError for an npm configuration or a file to trust that cannot be used; what a registry answers, or does
 *   not, is part of the evidence
 */
export async function verifyFleet(fleet: Fleet, options: VerifyOptions = {}): Promise<Evidence> {
  const env = options.env ?? process.env;
  const offline = options.offline ?? false;
  const cache = options.cache ?? cacheDirectory(env);
  const settings = await loadNpmSettings({ env });
  const cacheStore = new Store(cache);
  const answerStore = options.evidence === undefined ? cacheStore : openStore(options.evidence);
  const client = offline ? undefined : new RegistryClient({ settings });
  const answers = new Answers(client, answerStore);
  const replayed = offline ? parseRoutes(await answerStore.read('routes', [])) : undefined;
  const registryFor = replayed
    ? (name: string) => registryOf(replayed, name)
    : (name: string) => settings.registryFor(name);
  const trust = new TrustLoader({
    offline,
    store: cacheStore,
    tufDirectory: join(cache, 'tuf'),
    trustedRootFile: options.trustedRoot,
    keysFile: options.keys,
    tufMirror: options.tufMirror,
    tufRootFile: options.tufRoot,
    askKeys: (registry) => answers.keys(registry),
  });
  const judges = new Judges();
  try {
    const evidence = await gatherEvidence(fleet, {
      registryFor,
      answers,
      judges,
      // An evidence directory is to hold the answers themselves.
      settled: new Settled(options.evidence === undefined ? cacheStore : undefined, offline),
      trust,
      requests: () => client?.stats.requests ?? 0,
      clock: new Date(),
      onProgress: options.onProgress,
    });
    if (options.evidence !== undefined && !offline) {
      const names = Array.from({ length: fleet.componentCount }, (_, c) => fleet.component(c).name);
      await answerStore.write('routes', [], routesJson(names, settings.registries()[0]!, registryFor));
      saveTrust(options.evidence, trust.documents);
      // A cache may fail; what the user wants to keep may not, without a word.
      if (answerStore.failed !== undefined) throw unusable(options.evidence, answerStore.failed);
    }
    const asked = new Set(client?.stats.byHost.keys());
    return { ...evidence, diagnostics: [...evidence.diagnostics, ...insecure(evidence, asked, settings.insecure)] };
  } finally {
    await judges.close();
  }
}

/** @param asked origins that requests went to; @param unchecked whether certificates were not checked */
function insecure(evidence: Evidence, asked: ReadonlySet<string>, unchecked: boolean): Diagnostic[] {
  return (evidence.trust?.registries ?? []).flatMap(({ url, keys }): Diagnostic[] => {
    const { origin, protocol, hostname } = new URL(url);
    if (!asked.has(origin)) return [];
    const own = typeof keys === 'object' && keys.origin === 'registry';
    const trusted = own ? ', and it served the keys itself that its signatures were checked with' : '';
    if (protocol === 'https:' && unchecked) {
      return [
        {
          ...INSECURE,
          file: url,
          message: `certificates were not checked (strict-ssl=false): anybody on the way could have answered${trusted}`,
          next: 'name the authority of the registry in your npm configuration (cafile), or pin its keys with --keys',
        },
      ];
    }
    if (protocol === 'https:' || !own || LOOPBACK.test(hostname)) return [];
    return [
      {
        ...INSECURE,
        file: url,
        message: `asked without TLS: anybody on the way could have answered${trusted}`,
        next: 'use the https address of the registry in your npm configuration, or pin its keys with --keys',
      },
    ];
  });
}

const INSECURE = { code: 'REGISTRY_INSECURE', severity: 'notice' } as const;
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/;

function openStore(directory: string): Store {
  try {
    mkdirSync(directory, { recursive: true });
    return new Store(directory);
  } catch (error) {
    throw unusable(directory, codeOf(error));
  }
}

// Beside the answers, for a run elsewhere that is to trust the same: nothing reads them unless the user names them.
function saveTrust(directory: string, documents: ReadonlyMap<string, string>): void {
  try {
    for (const [name, text] of documents) writeFileSync(join(directory, name), text);
  } catch (error) {
    throw unusable(directory, codeOf(error));
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function unusable(directory: string, code: string): UsageError {
  return new UsageError([
    {
      code: 'OUTPUT_FAILED',
      message: `cannot use ${directory} for --evidence (${code})`,
      next: 'give a directory that can be written',
    },
  ]);
}
