/** What the YAML and the JSON form of a Yarn lockfile have in common: entries and their peers. */

export interface YarnPeer {
  /** Id of its name. */
  readonly name: number;
  /** Id of the range as declared, NONE where only peerDependenciesMeta names it. */
  readonly range: number;
  readonly optional: boolean;
}

export interface YarnEntry {
  /** As written in the file; for a workspace the file does not hold, its locator. */
  readonly key: string;
  /** Id of the name of what it resolved to. */
  readonly name: number;
  /** The reference of what it resolved to. */
  readonly reference: string;
  readonly isWorkspace: boolean;
  /** Id, or NONE. */
  readonly version: number;
  readonly checksum: string | undefined;
  /** Bits of NODE_FLAGS the reference does not tell. */
  readonly flags: number;
  /** What it asks for: a part of the columns of YarnPackages. */
  readonly firstNeed: number;
  readonly endNeed: number;
  /** Whether that is in the order Yarn walks it in: by `name@`. */
  readonly isOrdered: boolean;
  /** As declared: without the @types Yarn adds. */
  readonly peers: readonly YarnPeer[];
  /** Yarn 6 adds the @types of a peer also where the package depends on them itself. */
  readonly addsOwnTypes: boolean;
}

export const NO_PEERS: readonly YarnPeer[] = [];
