/**
 * A lockfile that was read, as bytes: a header, the SHA-256 of what follows, and V8's structured clone of it, deflated. An
 * entry that is not whole, or of another version, is no entry. Pure.
 */
import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Surroundings } from '../../graph/fleet.ts';
import type { LockGraph } from '../../graph/model.ts';
import { isObject } from '../../json.ts';
import type { Seen } from './recording.ts';

export interface CachedRead {
  readonly graph: LockGraph;
  readonly surroundings: Surroundings;
  readonly seen: Seen;
}

/** Raised when the shape of what is kept changes. */
const HEADER = Buffer.from('spof-graph-1\n');
const DIGEST = 32;
/** More than the largest lockfile that is read takes. */
const MOST_BYTES = 1024 * 1024 * 1024;

export function encodeEntry(entry: CachedRead): Buffer {
  // Fast rather than small: a third of the lockfile's own size either way.
  const body = deflateRawSync(serialize(entry), { level: 1 });
  return Buffer.concat([HEADER, createHash('sha256').update(body).digest(), body]);
}

/** undefined for anything that `encodeEntry` of this version did not write. */
export function decodeEntry(bytes: Buffer): CachedRead | undefined {
  const start = HEADER.length + DIGEST;
  if (bytes.length <= start || !bytes.subarray(0, HEADER.length).equals(HEADER)) return undefined;
  const body = bytes.subarray(start);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(HEADER.length, start))) return undefined;
  try {
    const value: unknown = deserialize(inflateRawSync(body, { maxOutputLength: MOST_BYTES }));
    return isCachedRead(value) ? { ...value, graph: apart(value.graph) } : undefined;
  } catch {
    return undefined;
  }
}

/** Columns that a fleet keeps are views of all that was read, strings and all: each gets bytes of its own. */
function apart(graph: LockGraph): LockGraph {
  const { flags, edgeStart, edgeTo, edgeKind } = graph;
  return {
    ...graph,
    flags: flags.slice(),
    edgeStart: edgeStart.slice(),
    edgeTo: edgeTo.slice(),
    edgeKind: edgeKind.slice(),
  };
}

// The checksum says that it is what this program wrote; this that it was the same kind of thing.
function isCachedRead(value: unknown): value is CachedRead {
  if (!isObject(value) || !isObject(value.graph) || !isObject(value.surroundings) || !isObject(value.seen))
    return false;
  const { graph, surroundings, seen } = value;
  return (
    Array.isArray(graph.strings) &&
    [graph.edgeTo, graph.edgeStart].every((column) => column instanceof Int32Array) &&
    [graph.flags, graph.edgeKind].every((column) => column instanceof Uint8Array) &&
    Array.isArray(graph.projects) &&
    Array.isArray(surroundings.platforms) &&
    isObject(surroundings.policies) &&
    Array.isArray(seen.files)
  );
}
