/** What the table `run` says of a snapshot: how the run was made, and what the other tables must be. */
import { createHash } from 'node:crypto';
import type { Config, ServiceConfig } from '../config/load.ts';
import type { OwnConfig } from '../config/own.ts';
import type { Diagnostic } from '../diagnostics.ts';
import type { Evidence, Mode, Trust, TrustedDocument, TrustedKeys } from '../evidence/evidence.ts';
import type { Shards } from '../sources/origin.ts';
import type { Written } from './parquet-writer.ts';
import { count, either, finite, flag, list, mapOf, object, oneOf, optional, type Shape, text } from './shapes.ts';

/** The config of the run, as a document of its own schema. */
export interface StoredConfig {
  /** Undefined where there was none but what repositories say of themselves. */
  readonly file: string | undefined;
  readonly document: string;
  /** Of the ignores, in order. */
  readonly places: readonly { readonly file: string; readonly line: number; readonly column: number }[];
}

export interface RunInfo {
  readonly config: StoredConfig | undefined;
  readonly mode: Mode;
  readonly requests: number;
  readonly trust: Trust | undefined;
  /** What repositories say of themselves. */
  readonly own: readonly OwnConfig[];
  readonly digest: string;
  readonly places: number;
  readonly shards: Shards | undefined;
  /** By table: what was written. */
  readonly tables: ReadonlyMap<string, Written>;
}

const digest: Shape<string> = text;
const origin = oneOf(['file', 'tuf', 'kept', 'embedded', 'registry']);
const document = { origin, version: optional(count), sha256: digest };

const trustShape: Shape<Trust> = object<Trust>({
  clock: text,
  root: optional(object<TrustedDocument>(document)),
  registries: list(
    object<Trust['registries'][number]>({
      url: text,
      keys: either<Exclude<TrustedKeys, string>, Extract<TrustedKeys, string>>(
        object<Exclude<TrustedKeys, string>>({ ...document, ids: list(text) }),
        oneOf(['none', 'failed']),
      ),
    }),
  ),
});

export const runInfoShape: Shape<RunInfo> = object<RunInfo>({
  config: optional(
    object<StoredConfig>({
      file: optional(text),
      document: text,
      places: list(object<StoredConfig['places'][number]>({ file: text, line: count, column: count })),
    }),
  ),
  mode: oneOf(['online', 'offline', 'off']),
  requests: count,
  trust: optional(trustShape),
  own: list(
    object<OwnConfig>({
      name: text,
      file: text,
      services: mapOf(
        object<ServiceConfig>({
          lockfile: optional(text),
          workspace: optional(text),
          weight: optional(finite),
          drop: optional(flag),
          contact: optional(text),
        }),
      ),
      diagnostics: list(
        object<Diagnostic>({
          code: oneOf(['REPOSITORY_CONFIG']),
          severity: oneOf(['incomplete', 'notice']),
          file: text,
          line: optional(count),
          column: optional(count),
          message: text,
          next: text,
        }),
      ),
    }),
  ),
  digest,
  places: count,
  shards: optional(object<Shards>({ of: count, have: list(count), joined: flag, mixed: flag })),
  tables: mapOf(object<Written>({ rows: count, bytes: count, sha256: digest })),
});

export function runInfoJson(info: RunInfo): string {
  const own = info.own.map((each) => ({ ...each, services: [...each.services] }));
  return JSON.stringify({ ...info, own, tables: [...info.tables] });
}

/** The config as a document: nothing of its comments, names such as `1` in their order. */
export function storedConfig(config: Config): StoredConfig | undefined {
  const { file, services, systems, guards, ignore, failOn, locate } = config;
  if (file === undefined && services.size === 0) return undefined;
  const sections = [
    `"services":${objectJson(services)}`,
    `"systems":${objectJson(systems)}`,
    `"guards":${objectJson(guards)}`,
    `"ignore":${JSON.stringify(ignore)}`,
    ...(failOn === undefined ? [] : [`"failOn":${JSON.stringify(failOn)}`]),
  ];
  return {
    file,
    document: `{${sections.join(',')}}`,
    places: ignore.map((_, at) => locate(['ignore', at])),
  };
}

function objectJson(map: ReadonlyMap<string, unknown>): string {
  return `{${[...map].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}

/** SHA-256, hex. */
export function sha256(of: string): string {
  return createHash('sha256').update(of).digest('hex');
}

export type EvidenceHead = Pick<Evidence, 'mode' | 'requests' | 'trust'>;
