/** pnpm-lock.yaml as it stands in the file, before any reference is resolved. */
import type { JsonObject } from '../../json.ts';

export type DependencyKind = 'prod' | 'dev' | 'optional';

/** An entry of an importer's dependencies. */
export interface Declared {
  readonly kind: DependencyKind;
  readonly name: string;
  readonly specifier: string | undefined;
  /** Undefined where only a specifier is there. */
  readonly reference: string | undefined;
}

export interface Importer {
  /** As in the file: '.' or a path. */
  readonly id: string;
  readonly declared: Declared[];
  publishDirectory: string | undefined;
}

/** from .. to */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export const NOTHING: Range = { from: 0, to: 0 };

/** A package with its peers: an entry of `snapshots`, up to 6.x one of `packages`. */
export class Snapshot {
  readonly key: string;
  isOptional = false;
  /** Its parts of PnpmFile.references. */
  dependencies = NOTHING;
  optionalDependencies = NOTHING;

  constructor(key: string) {
    this.key = key;
  }
}

/** Where a package comes from, as far as its resolution says more than a digest. */
export interface Place {
  tarball?: string | undefined;
  /** What a relative tarball is relative to. */
  registry?: string | undefined;
  directory?: string | undefined;
  repository?: string | undefined;
  commit?: string | undefined;
  isGitHosted?: boolean;
}

/** An entry of `packages`: what is known of a package without its peers, up to 6.x also its dependencies. */
export class PackageEntry extends Snapshot {
  name: string | undefined;
  version: string | undefined;
  integrity: string | undefined;
  place: Place | undefined;
  /** Bits of NODE_FLAGS. */
  flags = 0;
  /** Declared peer dependencies: range by name. */
  peers: Map<string, string | undefined> | undefined;
  optionalPeers: Set<string> | undefined;
  /** Names of dependencies inside the tarball; true for all of them. */
  bundled: readonly string[] | true | undefined;
}

export interface PnpmFile {
  version: string | undefined;
  importers: Importer[] | undefined;
  /** Dependencies beside `importers`: of the only project, '.'. */
  readonly root: Importer;
  readonly packages: PackageEntry[];
  /** From 9.0 on. */
  readonly snapshots: Snapshot[];
  /** Dependencies of all snapshots, flat [name, reference, name, reference, ...]. */
  readonly references: string[];
  catalogs: JsonObject;
  /** Keys of entries with a wrong type. */
  readonly skipped: string[];
}

/** What YAML takes for a number where a version or a range is meant was written without quotes, by hand. */
export function versionText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
