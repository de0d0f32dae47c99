/**
 * A thread that reads lockfiles, one after the other, into a fleet of its own. Sends each one's columns with what its
 * dictionary gained since the last: most of what a service holds others hold too, so little text crosses over.
 */
import { workerData } from 'node:worker_threads';
import type { Diagnostic } from '../diagnostics.ts';
import { Fleet, type FleetLockfile } from '../graph/fleet.ts';
import type { DictionaryPart } from '../graph/translation.ts';
import type { FoundLockfile, Tree } from '../sources/source.ts';
import { serveJobs } from '../threads/serve.ts';
import { GraphCache } from './cache/cache.ts';
import { readFound } from './read-found.ts';

/** A lockfile to read; `tree` is an index into the trees the thread was started with. */
export type Job = Omit<FoundLockfile, 'tree'> & { readonly tree: number };

/** The answer to a job. Ids in `lockfile` are those of the thread's dictionary. */
export type Answer =
  | {
      readonly lockfile: FleetLockfile;
      readonly dictionary: DictionaryPart;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly failed: Diagnostic };

const fleet = new Fleet();

const { trees, cache: directory } = workerData as { readonly trees: readonly Tree[]; readonly cache?: string };
const cache = directory === undefined ? undefined : new GraphCache(directory);

serveJobs(
  (job: Job) => read({ ...job, tree: trees[job.tree]! }),
  (answer) => ('lockfile' in answer ? buffersOf(answer.lockfile) : []),
);

async function read(found: FoundLockfile): Promise<Answer> {
  const result = await readFound(found, cache);
  if ('failed' in result) return result;
  const strings = fleet.strings.size;
  const components = fleet.componentCount;
  fleet.add(found.path, result.graph, result.surroundings);
  const lockfile = fleet.lockfiles.pop()!;
  return { lockfile, dictionary: fleet.dictionary(strings, components), diagnostics: result.graph.diagnostics };
}

function buffersOf({
  component,
  key,
  flags,
  edgeStart,
  edgeTo,
  edgeKind,
  edgeName,
  edgeRange,
}: FleetLockfile): ArrayBuffer[] {
  const columns = [component, key, flags, edgeStart, edgeTo, edgeKind, edgeName, edgeRange];
  return [...new Set(columns.map((column) => column.buffer as ArrayBuffer))];
}
