/** What the YAML and the JSON form of a Yarn lockfile have in common: entries, and what they ask for. */
import { type EdgeKind, NONE } from '../../graph/model.ts';

export interface YarnDependency {
  readonly name: string;
  /** As declared. */
  readonly range: string;
  /** `dev` only where a manifest says so: the lockfile lists a workspace's dependencies of both kinds alike. */
  kind: EdgeKind;
  /** Position of the entry it is locked to, NONE until (or unless) it is found. */
  to: number;
  /** Number of the descriptor it was found under, of those that say the same name and range; NONE for a way round. */
  descriptor: number;
}

export function newDependency(name: string, range: string, kind: EdgeKind): YarnDependency {
  return { name, range, kind, to: NONE, descriptor: NONE };
}

export interface YarnPeer {
  readonly name: string;
  /** As declared, undefined where only peerDependenciesMeta names it or Yarn adds it. */
  readonly range: string | undefined;
  readonly optional: boolean;
  /** Added by Yarn: the @types of a peer. */
  readonly implicit: boolean;
}

export interface YarnEntry {
  /** As written in the file; for a workspace the file does not hold, its locator. */
  readonly key: string;
  readonly descriptors: readonly string[];
  /** Name and reference of what it resolved to. */
  readonly name: string;
  readonly reference: string;
  readonly version: string | undefined;
  readonly checksum: string | undefined;
  /** Limited to an operating system, a processor or a libc. */
  readonly platform: boolean;
  /** Bits of NODE_FLAGS the reference does not tell. */
  readonly flags: number;
  readonly dependencies: readonly YarnDependency[];
  readonly peers: readonly YarnPeer[];
}

/**
 * Adds the peers Yarn adds to every package: what peerDependenciesMeta names alone, and the @types of each peer, both
 * optional as far as declared.
 *
 * @param declared peers by name with their range
 * @param optional names that peerDependenciesMeta (or the like) holds, with whether it makes them optional
 */
export function allPeers(
  declared: ReadonlyMap<string, string>,
  optional: ReadonlyMap<string, boolean>,
  dependencies: readonly { readonly name: string }[],
): YarnPeer[] {
  const peers: YarnPeer[] = [];
  for (const [name, range] of declared)
    peers.push({ name, range, optional: optional.get(name) === true, implicit: false });
  for (const [name, isOptional] of optional) {
    if (!declared.has(name)) peers.push({ name, range: undefined, optional: isOptional, implicit: false });
  }
  const count = peers.length;
  const own = new Set(count === 0 ? [] : dependencies.map(({ name }) => name));
  for (let nth = 0; nth < count; nth++) {
    const { name } = peers[nth]!;
    if (name.startsWith('@types/')) continue;
    const types = typesOf(name);
    if (declared.has(types) || optional.has(types) || own.has(types)) continue;
    peers.push({ name: types, range: undefined, optional: true, implicit: true });
  }
  return peers;
}

function typesOf(name: string): string {
  return `@types/${name.startsWith('@') ? name.slice(1).replace('/', '__') : name}`;
}
