/** Shared by the reader tests: fixtures and corpus files as reader input, and graphs as text that can be compared. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EDGE_KINDS, type LockGraph, NONE, SOURCE_KINDS } from '../src/graph/model.ts';
import type { LockfileInput } from '../src/lockfiles/reader.ts';
import { lockfileText } from '../src/lockfiles/text.ts';

const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const FIXTURES = join(REPOSITORY, 'fixtures');
/** The corpus of real lockfiles: SPOF_CORPUS, or ../shared/corpus beside the repository. Not part of a clone. */
export const CORPUS = process.env.SPOF_CORPUS ?? resolve(REPOSITORY, '..', 'shared', 'corpus');
export const hasCorpus = existsSync(join(CORPUS, 'index.jsonl'));

export interface CorpusEntry {
  readonly path: string;
  readonly kind: string;
  readonly version: string;
  readonly bytes: number;
  readonly dir: string;
}

/** Corpus lockfiles of some kinds (kind as in index.jsonl), in the order of the index. */
export function corpusEntries(...kinds: string[]): CorpusEntry[] {
  if (!hasCorpus) return [];
  return readFileSync(join(CORPUS, 'index.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CorpusEntry)
    .filter((entry) => kinds.includes(entry.kind));
}

/** A lockfile on disk as reader input; siblings are limited to `tree`, by default the lockfile's own directory. */
export function inputOf(file: string, tree = dirname(file)): LockfileInput {
  const directory = dirname(file);
  return {
    path: posix.relative(tree, file),
    text: lockfileText(posix.relative(tree, file), readFileSync(file)),
    siblings: {
      read(path) {
        const wanted = resolve(directory, path);
        if (!existsSync(wanted) || !realpathSync(wanted).startsWith(`${realpathSync(tree)}/`)) return undefined;
        return readFileSync(wanted, 'utf8');
      },
      packageDirectories: () => packageDirectories(directory),
    },
  };
}

function packageDirectories(root: string): string[] {
  const found: string[] = [];
  const visit = (relative: string): void => {
    const entries = readdirSync(join(root, relative), { withFileTypes: true });
    if (entries.some((entry) => entry.isFile() && entry.name === 'package.json')) found.push(relative);
    for (const entry of entries) {
      if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') {
        visit(relative === '' ? entry.name : `${relative}/${entry.name}`);
      }
    }
  };
  visit('');
  return found.sort();
}

/** One line per node: key, ecosystem/name@version, source, integrity, resolved, flags. Sorted. */
export function nodeLines(graph: LockGraph): string[] {
  const text = (id: number) => (id === NONE ? '-' : graph.strings[id]!);
  return Array.from({ length: graph.nodeCount }, (_, n) =>
    [
      text(graph.key[n]!),
      `${text(graph.ecosystem[n]!)}/${text(graph.name[n]!)}@${text(graph.version[n]!)}`,
      SOURCE_KINDS[graph.source[n]!]!,
      text(graph.integrity[n]!),
      text(graph.resolved[n]!),
      String(graph.flags[n]!),
    ].join(' | '),
  ).sort();
}

/** One line per edge: key of the dependent, kind, name it is asked by, range, key of the target or 'none'. Sorted. */
export function edgeLines(graph: LockGraph): string[] {
  const text = (id: number) => (id === NONE ? '-' : graph.strings[id]!);
  const lines: string[] = [];
  for (let n = 0; n < graph.nodeCount; n++) {
    for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) {
      const to = graph.edgeTo[e]!;
      lines.push(
        `${text(graph.key[n]!)} -${EDGE_KINDS[graph.edgeKind[e]!]!}-> ${text(graph.edgeName[e]!)}@${text(graph.edgeRange[e]!)} = ${to === NONE ? 'none' : text(graph.key[to]!)}`,
      );
    }
  }
  return lines.sort();
}
