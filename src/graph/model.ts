/**
 * The model every lockfile format is read into: one graph per lockfile, as columns of integers over a string table.
 *
 * Words used here (the whole vocabulary is in docs/semantics.md):
 * - node: one place in a lockfile where a package is resolved. npm may hold the same package at several
 *   places (hoisting), pnpm and Yarn Berry once per set of peers.
 * - component: what a node resolves to: ecosystem, real name, version, source, integrity, resolved URL. Nodes with
 *   equal columns are the same component.
 * - project: a node that is one's own package with a manifest of its own: the lockfile's root or a workspace.
 */
import type { Diagnostic } from '../diagnostics.ts';

/** Where the bytes of a node come from. `workspace`, `link` and `file` are first-party. */
export const SOURCE_KINDS = ['registry', 'git', 'url', 'file', 'link', 'workspace'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/**
 * Why one node needs another. `dev` leaves from projects only. `peer` and `peerOptional` edges have a target where the
 * lockfile has one installed.
 */
export const EDGE_KINDS = ['prod', 'dev', 'optional', 'peer', 'peerOptional'] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

/** Bits of the `flags` column. */
export const NODE_FLAGS = {
  /** The package runs a script when it is installed (as far as the format says so). */
  installScript: 1,
  /** Ships inside the tarball of the package that depends on it; it has no bytes of its own to verify. */
  bundled: 2,
  /** May be absent from a machine without that being an error. */
  optional: 4,
  /** Limited to an operating system, a processor or a libc. */
  platform: 8,
  /** Changed by a patch of one's own after download (pnpm patchedDependencies, Yarn patch:, bun patch). */
  patched: 16,
} as const;

/** Absent string in a column of string ids; absent target in `edgeTo`. */
export const NONE = -1;

export const LOCKFILE_KINDS = [
  'npm',
  'node_modules',
  'pnpm',
  'yarn-classic',
  'yarn-berry',
  'bun',
  'cyclonedx',
  'spdx',
] as const;
export type LockfileKind = (typeof LOCKFILE_KINDS)[number];

export interface Project {
  /** Index of the project's node. */
  readonly node: number;
  /** Directory relative to the lockfile's directory, POSIX; '' for the root. */
  readonly path: string;
  /** Name in its manifest, where it has one. */
  readonly name: string | undefined;
}

/**
 * One lockfile as a graph. Columns are parallel arrays indexed by node or by edge; values of the string columns are
 * indexes into `strings` or `NONE`. Edges of node n are edgeStart[n] .. edgeStart[n + 1].
 */
export interface LockGraph {
  readonly kind: LockfileKind;
  /** As the file says it: '3', '9.0', '8'; '' where the format has none. */
  readonly formatVersion: string;
  readonly strings: readonly string[];

  readonly nodeCount: number;
  /** Key of the node's entry in the file, as written there: what a place (line and column) is looked up by. */
  readonly key: Int32Array;
  /** purl type of the ecosystem: npm, pypi, golang, ... */
  readonly ecosystem: Int32Array;
  /** Real name, never an alias; a scope or namespace is part of it: @scope/name. */
  readonly name: Int32Array;
  readonly version: Int32Array;
  /**
   * Subresource Integrity text ('sha512-...', several separated by a space), digests of the bytes that get installed.
   * A checksum that is not of those bytes is kept under an algorithm name that starts with 'yarn'.
   */
  readonly integrity: Int32Array;
  /**
   * registry, url: the URL locked, where the format has one. git: URL with '#commit'. file, link, workspace: POSIX path
   * relative to the lockfile's directory.
   */
  readonly resolved: Int32Array;
  /** Index into SOURCE_KINDS. */
  readonly source: Uint8Array;
  /** Bits of NODE_FLAGS. */
  readonly flags: Uint8Array;

  readonly edgeStart: Int32Array;
  /** Target node, or NONE where the lockfile holds none (an optional one left out, a peer nobody installed). */
  readonly edgeTo: Int32Array;
  /** Index into EDGE_KINDS. */
  readonly edgeKind: Uint8Array;
  /** The key it is depended on by: the alias where there is one. */
  readonly edgeName: Int32Array;
  /** The declared range, or NONE where neither the lockfile nor a manifest beside it has it. */
  readonly edgeRange: Int32Array;

  /** The root first where there is one, then workspaces sorted by path. */
  readonly projects: readonly Project[];
  /**
   * `declared`: the edges of the projects are known. `assumed`: the file does not say what its root depends on, so
   * every node nothing depends on hangs from the root by an edge of kind prod (reach must not be understated).
   */
  readonly roots: 'declared' | 'assumed';
  /** What was skipped or odd while reading, with its place. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The edge kinds that put their target on a machine only for building and testing. */
export function isDevEdge(kind: number): boolean {
  return kind === 1;
}

/** First-party: one's own code (workspace, file, link), by the index into SOURCE_KINDS. */
export function isFirstParty(source: number): boolean {
  return source >= 3;
}
