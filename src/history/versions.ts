/**
 * Versions of lockfiles: each distinct content is looked at once, whatever commits and repositories have it, and parsed
 * where it may hold what is looked for; again only where files beside it, which its reader looked at, are others.
 */
import { type Held, HeldFinder } from '../analysis/history/version.ts';
import type { Scope } from '../graph/closure.ts';
import type { Surroundings } from '../graph/fleet.ts';
import type { LockGraph } from '../graph/model.ts';
import type { BadPackage } from '../incidents/builder.ts';
import { NameSieve } from '../incidents/name-sieve.ts';
import { GraphCache } from '../lockfiles/cache/cache.ts';
import type { FormatName } from '../lockfiles/index.ts';
import { readContent, surroundingsOf } from '../lockfiles/read-found.ts';
import { LIMITS } from '../lockfiles/reader.ts';
import type { HistoryRepository } from '../sources/git/history.ts';
import { hashOf } from '../sources/remote/blobs.ts';
import { isSame, type Seen, type Standing, Watch } from './seen.ts';

/** What a version of a lockfile locks. */
export interface VersionRead {
  readonly held: readonly Held[] | 'unknown';
  /** Why not all of it could be read; undefined where it could. */
  readonly problem: string | undefined;
}

interface Known {
  /** Where these are the same, so is the graph. */
  readonly forGraph: Seen;
  /** Where these are the same, so are the settings; those of the commit that was read last. */
  forSettings: Seen;
  /** What settings are asked for, and what of them matters to what is locked. */
  readonly graph: Pick<LockGraph, 'projects' | 'kind' | 'formatVersion'>;
  readonly scripts: string;
  readonly read: VersionRead;
}

type Suspicion = 'clean' | 'suspect' | 'missing' | 'large';

/** Bytes of contents that are kept until they are parsed; more are read a second time. */
const MOST_KEPT = 256 * 1024 * 1024;
const CLEAN: VersionRead = { held: [], problem: undefined };

export interface VersionCounts {
  /** Distinct contents of lockfiles. */
  readonly contents: number;
  /** Of these, those that may hold what is looked for. */
  readonly suspects: number;
  /** How often one was parsed. */
  readonly parsed: number;
}

export class Versions {
  readonly #finder: HeldFinder;
  readonly #sieve: NameSieve;
  readonly #cache: GraphCache | undefined;
  readonly #suspicions = new Map<string, Suspicion>();
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #known = new Map<string, Known[]>();
  #kept = 0;
  #parsed = 0;

  /** @param cache directory of lockfiles that were read before */
  constructor(packages: readonly BadPackage[], scope: Scope, cache: string | undefined) {
    this.#finder = new HeldFinder(packages, scope);
    this.#sieve = new NameSieve(packages);
    this.#cache = cache === undefined ? undefined : new GraphCache(cache);
  }

  get counts(): VersionCounts {
    const suspects = [...this.#suspicions.values()].filter((each) => each === 'suspect').length;
    return { contents: this.#suspicions.size, suspects, parsed: this.#parsed };
  }

  close(): void {
    if (this.#cache && this.#cache.written > 0) this.#cache.prune();
  }

  /** Looks at contents that were not looked at yet. @param formats by object id */
  async look(repository: HistoryRepository, formats: ReadonlyMap<string, FormatName>): Promise<void> {
    // What one clone lacks another may have.
    const wanted = [...formats.keys()].filter((id) => (this.#suspicions.get(id) ?? 'missing') === 'missing');
    if (wanted.length === 0) return;
    await repository.blobs(wanted, async (id, size, content) => {
      if (size > LIMITS.bytes) {
        this.#suspicions.set(id, 'large');
        return;
      }
      const bytes = await blobBytes(id, size, content);
      if (bytes === undefined) return;
      const isSuspect = this.#sieve.mayHold(bytes, formats.get(id)!);
      this.#suspicions.set(id, isSuspect ? 'suspect' : 'clean');
      if (isSuspect) this.#keep(id, bytes);
    });
    for (const id of wanted) if (!this.#suspicions.has(id)) this.#suspicions.set(id, 'missing');
  }

  isSuspect(id: string): boolean {
    return this.#suspicions.get(id) === 'suspect';
  }

  async read(repository: HistoryRepository, standing: Standing): Promise<VersionRead> {
    const suspicion = this.#suspicions.get(standing.id);
    if (suspicion === 'clean') return CLEAN;
    if (suspicion !== 'suspect') {
      return { held: 'unknown', problem: suspicion === 'large' ? 'it is too large' : 'its content is not there' };
    }
    const key = `${standing.format} ${standing.id}`;
    const known = this.#known.get(key) ?? [];
    this.#known.set(key, known);
    const found = known.find(({ forGraph }) => isSame(forGraph, standing));
    if (found && hasSameSettings(found, standing)) return found.read;
    const parsed = await this.#parse(repository, standing);
    if ('forGraph' in parsed) known.unshift(parsed);
    return parsed.read;
  }

  async #parse(repository: HistoryRepository, standing: Standing): Promise<Known | { readonly read: VersionRead }> {
    const { path, id, format } = standing;
    const unknown = (problem: string) => ({ read: { held: 'unknown', problem } }) as const;
    const bytes = this.#bytes.get(id) ?? (await this.#again(repository, id));
    if (bytes === undefined) return unknown('its content is not there');
    this.#parsed++;
    const watch = new Watch(standing);
    const forGraph = watch.seen;
    const onGraph = (): void => watch.startAgain();
    const result = await readContent({ path, format, bytes, siblings: watch, onGraph }, this.#cache);
    if ('failed' in result) return unknown(result.failed.message);
    const { graph, surroundings } = result;
    const held = this.#finder.in(graph, surroundings);
    const partly = graph.diagnostics.find(({ severity }) => severity === 'incomplete');
    const problem = partly?.message ?? (watch.isBlind ? 'a file beside it is not there' : undefined);
    const { projects, kind, formatVersion } = graph;
    return {
      ...{ forGraph, forSettings: watch.seen, graph: { projects, kind, formatVersion } },
      scripts: scriptsOf(surroundings),
      read: { held, problem },
    };
  }

  async #again(repository: HistoryRepository, id: string): Promise<Uint8Array | undefined> {
    let found: Uint8Array | undefined;
    await repository.blobs([id], async (_, size, content) => {
      found = await blobBytes(id, size, content);
    });
    return found;
  }

  #keep(id: string, bytes: Uint8Array): void {
    if (this.#kept + bytes.length > MOST_KEPT) return;
    this.#kept += bytes.length;
    this.#bytes.set(id, bytes);
  }
}

/** Whether settings say what they said, so that the lockfile need not be parsed for them again. */
function hasSameSettings(known: Known, standing: Standing): boolean {
  if (isSame(known.forSettings, standing)) return true;
  const watch = new Watch(standing);
  const scripts = scriptsOf(surroundingsOf(standing.path, known.graph, watch));
  if (watch.isBlind || scripts !== known.scripts) return false;
  known.forSettings = watch.seen;
  return true;
}

/** Of settings, whether scripts run is all that what is locked depends on. */
function scriptsOf({ policies }: Surroundings): string {
  return JSON.stringify(policies.scripts);
}

/**
 * The bytes of a blob; undefined where they are not those that its id stands for. Git does not look, and what is read of one
 * repository is taken for the same in all.
 */
export async function blobBytes(
  id: string,
  size: number,
  content: AsyncIterable<Uint8Array>,
): Promise<Uint8Array | undefined> {
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for await (const piece of content) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return hashOf(id, size).update(bytes).digest('hex') === id ? bytes : undefined;
}
