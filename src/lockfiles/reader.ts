/** The one signature every lockfile reader has. */
import type { LockGraph } from '../graph/model.ts';

/** Files beside a lockfile, inside the tree it was found in. Pure readers see the world through this alone. */
export interface Siblings {
  /**
   * Text of a file by POSIX path relative to the lockfile's directory, or undefined where there is none. A path that
   * leaves the tree (through '..' or a link) gives undefined.
   */
  read(path: string): string | undefined;
  /** Directories below the lockfile's directory that hold a package.json, POSIX, sorted, '' for its own; node_modules left out. */
  packageDirectories(): readonly string[];
}

export interface LockfileInput {
  /** POSIX path, as diagnostics and reports name it. */
  readonly path: string;
  /** Whole text, without a byte order mark and checked by text.ts. Line ends may be CRLF. */
  readonly text: string;
  readonly siblings: Siblings;
}

/**
 * Turns the text of one lockfile into a graph. No network, nothing installed, nothing executed.
 *
 * @throws LockfileError where nothing of the file can be used; what can be read around is a diagnostic of the graph
 */
export type Reader = (input: LockfileInput) => LockGraph | Promise<LockGraph>;

/** Bounds on what one lockfile may hold; real ones stay far below (largest in the corpus: 6,000 nodes). */
export const LIMITS = {
  bytes: 128 * 1024 * 1024,
  nodes: 250_000,
  edges: 4_000_000,
  depth: 200,
} as const;
