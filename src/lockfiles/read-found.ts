/** From a lockfile found to a graph, or to the diagnostic that says why not. A reader's own fault never ends the run. */
import { posix } from 'node:path';
import { type Diagnostic, LockfileError } from '../diagnostics.ts';
import type { Surroundings } from '../graph/fleet.ts';
import type { LockGraph } from '../graph/model.ts';
import type { Policies } from '../graph/policies.ts';
import type { FoundLockfile } from '../sources/source.ts';
import { bytesOf, directoryOf, siblingsOf } from '../sources/tree.ts';
import type { GraphCache } from './cache/cache.ts';
import { holds, RecordingSiblings } from './cache/recording.ts';
import { type FormatName, readLockfile } from './index.ts';
import { platformsOf } from './platform.ts';
import { policiesOf } from './policies/index.ts';
import type { Siblings } from './reader.ts';
import { lockfileText } from './text.ts';
import { unsupportedBytes, unsupportedDiagnostic } from './unsupported.ts';

export type ReadResult =
  | { readonly graph: LockGraph; readonly surroundings: Surroundings }
  | { readonly failed: Diagnostic };

/** @param cache of lockfiles that were read before */
export async function readFound(found: FoundLockfile, cache?: GraphCache): Promise<ReadResult> {
  try {
    if (found.format === 'node_modules') {
      const { readNodeModules } = await import('./npm/arborist.ts');
      return withSurroundings(found.path, await readNodeModules(directoryOf(found)), siblingsOf(found));
    }
    const { path, format } = found;
    return await readContent({ path, format, bytes: bytesOf(found), siblings: siblingsOf(found) }, cache);
  } catch (error) {
    return failedRead(found.path, error);
  }
}

/** A lockfile of which there are the bytes, wherever they come from. */
export interface LockfileContent {
  /** POSIX, as reports name it. */
  readonly path: string;
  readonly format: FormatName;
  readonly bytes: Uint8Array;
  readonly siblings: Siblings;
  /** Called when the graph is read: what siblings are asked from then on is about settings. */
  readonly onGraph?: () => void;
}

/** The same as `readFound` for what is on no disk: a version of a lockfile that is history. */
export async function readContent(content: LockfileContent, cache?: GraphCache): Promise<ReadResult> {
  try {
    return await readBytes(content, cache);
  } catch (error) {
    return failedRead(content.path, error);
  }
}

async function readBytes(
  { path, format, bytes, siblings: beside, onGraph }: LockfileContent,
  cache: GraphCache | undefined,
): Promise<ReadResult> {
  const key = cache?.key(path, format, bytes);
  const kept = key === undefined ? undefined : cache?.read(key);
  if (kept && holds(kept.seen, beside)) return kept;
  const unsupported = unsupportedBytes(bytes);
  if (unsupported) throw new LockfileError(unsupportedDiagnostic(path, unsupported));
  const text = lockfileText(path, bytes);
  const siblings = new RecordingSiblings(beside);
  const graph = await readLockfile(format, { path, text, siblings });
  onGraph?.();
  const read = withSurroundings(path, graph, siblings);
  if (cache && key !== undefined && !siblings.failed) cache.write(key, { ...read, seen: siblings.seen() });
  return read;
}

function failedRead(path: string, error: unknown): ReadResult {
  return { failed: error instanceof LockfileError ? error.diagnostic : unexpected(path, error) };
}

function withSurroundings(
  path: string,
  graph: LockGraph,
  siblings: Siblings,
): { readonly graph: LockGraph; readonly surroundings: Surroundings } {
  const surroundings = surroundingsOf(path, graph, siblings);
  const diagnostics = [...graph.diagnostics, ...settingDiagnostics(path, surroundings.policies)];
  return { graph: { ...graph, diagnostics }, surroundings };
}

/** What the files beside a lockfile say of platforms and policies. */
export function surroundingsOf(
  path: string,
  graph: Pick<LockGraph, 'projects' | 'kind' | 'formatVersion'>,
  siblings: Siblings,
): Surroundings {
  const platforms = platformsOf(siblings, graph);
  return { platforms, policies: policiesOf(siblings, graph, platforms, path) };
}

// A stack overflow or a type error here means the file holds something no reader foresaw: the file is not read, and says so.
function unexpected(file: string, error: unknown): Diagnostic {
  const kind = error instanceof Error ? error.name : typeof error;
  return {
    code: 'LOCKFILE_UNREADABLE',
    severity: 'incomplete',
    file,
    message: `the reader stopped on content it does not know (${kind})`,
    next: 'check the file with its package manager; if that accepts it, report it as a bug of spof-deps',
  };
}

/** Settings shown of one lockfile before they are only counted. */
const SETTINGS_SHOWN = 3;

function settingDiagnostics(path: string, { notes }: Policies): Diagnostic[] {
  const shown = notes.slice(0, SETTINGS_SHOWN).map(
    ({ file, line, message }): Diagnostic => ({
      code: 'SETTING_UNREADABLE',
      severity: 'notice',
      file: posix.join(posix.dirname(path), file),
      ...(line === undefined ? {} : { line }),
      message,
      next: 'what it says of new releases is taken as unknown in the layer release',
    }),
  );
  const more = notes.length - shown.length;
  if (more <= 0) return shown;
  const message = `${more} more settings for new releases could not be used`;
  return [...shown, { ...shown[0]!, file: path, message }];
}
