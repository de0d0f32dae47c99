/** One audit from sources to data: read, join, analyse. Returns data; only reports/ makes text. */
import { statSync } from 'node:fs';
import { type Audit, auditFleet } from './analysis/audit.ts';
import { LAYERS, type LayerName } from './causes/layer.ts';
import { applyConfig, ignoresOf } from './config/apply.ts';
import { type Config, findConfig, loadConfig, NO_CONFIG } from './config/load.ts';
import { type OwnConfig, withOwnConfigs } from './config/own.ts';
import { UsageError } from './errors.ts';
import { type Evidence, notAsked } from './evidence/evidence.ts';
import type { Scope } from './graph/closure.ts';
import type { Fleet } from './graph/fleet.ts';
import { type Input, readInput } from './input.ts';
import { type Locate, locator, type NodePlaces } from './locate.ts';
import { type OpenedSources, openSources } from './sources/index.ts';
import type { Source } from './sources/list.ts';
import { type Origin, shardDiagnostics, withConfigRemarks } from './sources/origin.ts';
import { withRemotes } from './sources/remote/located.ts';
import type { RemoteSettings } from './sources/remote/sources.ts';
import { type Repositories, repositoriesOf } from './sources/repositories.ts';
import type { Shard } from './sources/shard.ts';
import type { VerifyOptions } from './verify.ts';

export interface RunOptions {
  /** Directories, files or remote repositories (git+URL); the working directory by default. */
  readonly sources?: readonly Source[];
  /** How remote repositories are read; they are kept in `cache`. */
  readonly remote?: Omit<RemoteSettings, 'cache'>;
  /**
   * A config file, or false for none. By default the config found in the one directory that is scanned; where several
   * sources are, or remote ones, the one of the working directory; for a single file none.
   */
  readonly config?: string | false;
  /** All by default; an empty list for none. */
  readonly layers?: readonly LayerName[];
  /** 'all' by default. */
  readonly scope?: Scope;
  /** YYYY-MM-DD, for ignores that expire; the date of the clock by default. */
  readonly today?: string;
  /** How to verify what the lockfiles pin, or false to ask nobody. By default the configured registries are asked. */
  readonly verify?: VerifyOptions | false;
  /** Directory to keep lockfiles in that were read or fetched, so that the next run need not; none by default. */
  readonly cache?: string | undefined;
  /** Only a part of what is found; then no config is applied, because systems may stand on the other parts too. */
  readonly shard?: Shard | undefined;
  /** Whether snapshots are to be all shards of a scan: then one that is not there makes the run incomplete. */
  readonly joined?: boolean | undefined;
  /** Called after each lockfile. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Run {
  readonly audit: Audit;
  readonly config: Config;
  /** Finds the lines of alerts in the lockfiles read. */
  readonly locate: Locate;
  /** What was opened. */
  readonly sources: Pick<OpenedSources, 'paths' | 'snapshots' | 'repositories' | 'remotes'>;
  /** Where nodes of lockfiles stand. */
  readonly places: NodePlaces;
  /** Which repository files lie in. */
  readonly repositories: Repositories;
  /** Where its lockfiles stand among all that were found. */
  readonly origin: Origin;
  /** What repositories say of themselves, whether it was taken or not. */
  readonly own: readonly OwnConfig[];
  /** YYYY-MM-DD, by which ignores were judged. */
  readonly today: string;
}

// Most readers think in packages.
const DEFAULT_LAYERS: readonly LayerName[] = ['package', ...LAYERS.filter((layer) => layer !== 'package')];

/**
 * Audits sources.
 *
 * @throws UsageError for sources that do not exist and for a config that is not valid; what cannot be read is a
 *   diagnostic of the audit, never an error
 */
export async function run(options: RunOptions = {}): Promise<Run> {
  const sources = options.sources?.length ? options.sources : ['.'];
  if (options.shard && typeof options.config === 'string') throw configOfShard();
  const content = await openSources(sources, { ...options.remote, cache: options.cache }, options.shard);
  const isOne = content.snapshots.length === 1 && options.config === undefined && !options.joined;
  const given = options.shard || isOne ? NO_CONFIG : await configFor(content, sources.length, options.config);
  const input = await readInput(content, options);
  const { fleet, places } = input;
  const local = repositoriesOf(content.paths);
  // A snapshot knows nothing of where it is read, and the config is there.
  const repositories = input.repositories
    ? { ...input.repositories, ofWorking: local.ofWorking }
    : withRemotes(local, content.repositories);
  const kept = options.config === undefined ? input.config : undefined;
  const isOwn = options.config !== false && options.shard === undefined;
  const joined = isOwn ? withOwnConfigs(fleet, given, input.own) : { config: given, diagnostics: [] };
  // With the config of its run a snapshot has what was taken of the repositories' own, and what was said of that.
  const { config } = kept ? { config: kept } : joined;
  const origin = kept ? input.origin : withConfigRemarks(input.origin, joined.diagnostics);
  const diagnostics = [...origin.remarks.map(({ diagnostic }) => diagnostic), ...shardDiagnostics(origin)];
  const question = {
    layers: options.layers ?? DEFAULT_LAYERS,
    scope: options.scope ?? 'all',
    today: options.today ?? new Date().toISOString().slice(0, 10),
  };
  const landscape = applyConfig(fleet, config);
  const evidence = await evidenceOf(fleet, input.evidence, options.verify);
  const audit = auditFleet(fleet, landscape, ignoresOf(config), question, evidence, diagnostics);
  const { own } = input;
  const { today } = question;
  return { audit, config, locate: locator(places), sources: content, places, repositories, origin, own, today };
}

function configOfShard(): UsageError {
  const next = 'give the config to spof-deps merge, where all of the systems are';
  return new UsageError([{ code: 'USAGE', message: '--config is not applied to a shard', next }]);
}

// Where there is nothing to verify, or nobody to ask, none of the network's code is loaded.
async function evidenceOf(
  fleet: Fleet,
  known: Input['evidence'],
  options: VerifyOptions | false | undefined,
): Promise<Evidence> {
  if (known && known.mode !== 'off') return known;
  if (options === false || fleet.componentCount === 0) return notAsked(fleet.componentCount);
  const { verifyFleet } = await import('./verify.ts');
  return verifyFleet(fleet, options);
}

async function configFor({ paths }: OpenedSources, given: number, wanted: string | false | undefined): Promise<Config> {
  if (wanted === false) return NO_CONFIG;
  if (wanted !== undefined) return loadConfig(wanted);
  const [only] = paths;
  if (given > 1 || only === undefined) return findConfig('.');
  return statSync(only).isDirectory() ? findConfig(only) : NO_CONFIG;
}
