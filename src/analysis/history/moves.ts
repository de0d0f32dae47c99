/** Directories that a commit moved elsewhere: what was a service there is the same one here. Pure. */
import { posix } from 'node:path';
import { append } from '../../lists.ts';
import type { FileChange } from '../../sources/git/history-log.ts';

export interface Move {
  /** POSIX, from the root of the repository; '' for the root. */
  readonly from: string;
  readonly to: string;
}

interface Gone {
  readonly directory: string;
  readonly id: string;
}

/** Whether a commit takes manifests away and brings others, so that their names are needed to tell moves. */
export function manifestsToCompare(changes: readonly FileChange[]): readonly string[] {
  const { gone, come } = manifests(changes);
  return gone.length === 0 || come.length === 0 ? [] : [...gone, ...come].map(({ id }) => id);
}

/**
 * A directory was moved where its package.json is gone and another one, of the same content or of the same package name, has
 * come; or where a lockfile is gone and the same one has come, and no manifest says otherwise. Of several that could be meant the one whose directory has
 * the same name is; where that does not tell, none.
 *
 * @param nameOf name of the package that a manifest declares, by object id
 */
export function movesOf(changes: readonly FileChange[], nameOf: (id: string) => string | undefined): Move[] {
  const { gone, come } = manifests(changes);
  const lockfiles = parted(changes, (path) => posix.basename(path) !== 'package.json');
  const moves = new Map<string, string>();
  const taken = new Set<string>();
  const match = (from: readonly Gone[], to: readonly Gone[], keyOf: (each: Gone) => string | undefined): void => {
    const byKey = new Map<string, Gone[]>();
    for (const each of to) {
      const key = taken.has(each.directory) ? undefined : keyOf(each);
      if (key !== undefined) append(byKey, key, each);
    }
    const rivals = new Map<string, Gone[]>();
    for (const each of from) {
      const key = moves.has(each.directory) ? undefined : keyOf(each);
      if (key !== undefined) append(rivals, key, each);
    }
    for (const [key, old] of rivals) {
      for (const [a, b] of pairs(old, byKey.get(key) ?? [])) {
        if (moves.has(a.directory) || taken.has(b.directory)) continue;
        moves.set(a.directory, b.directory);
        taken.add(b.directory);
      }
    }
  };
  match(gone, come, ({ id }) => id);
  match(gone, come, ({ id }) => nameOf(id));
  const [left, right] = [gone, come].map((of) => new Set(of.map(({ directory }) => directory)));
  const isOpen = ({ directory }: Gone): boolean => !left!.has(directory) && !right!.has(directory);
  match(lockfiles.gone.filter(isOpen), lockfiles.come.filter(isOpen), ({ id }) => id);
  return [...moves].map(([from, to]) => ({ from, to }));
}

function pairs(old: readonly Gone[], young: readonly Gone[]): [Gone, Gone][] {
  const [a] = old;
  const [b] = young;
  if (a !== undefined && b !== undefined && old.length === 1 && young.length === 1) return [[a, b]];
  return old.flatMap((each): [Gone, Gone][] => {
    const named = (other: Gone): boolean => posix.basename(other.directory) === posix.basename(each.directory);
    const found = young.filter(named);
    const [only] = found;
    return only !== undefined && found.length === 1 && old.filter(named).length === 1 ? [[each, only]] : [];
  });
}

function manifests(changes: readonly FileChange[]) {
  return parted(changes, (path) => posix.basename(path) === 'package.json');
}

function parted(changes: readonly FileChange[], isWanted: (path: string) => boolean): { gone: Gone[]; come: Gone[] } {
  const wanted = changes.filter(({ path }) => isWanted(path));
  const directoryOf = (path: string): string => (posix.dirname(path) === '.' ? '' : posix.dirname(path));
  return {
    gone: wanted.flatMap(({ path, before, after }) =>
      before !== undefined && after === undefined ? [{ directory: directoryOf(path), id: before.id }] : [],
    ),
    come: wanted.flatMap(({ path, before, after }) =>
      before === undefined && after !== undefined ? [{ directory: directoryOf(path), id: after.id }] : [],
    ),
  };
}
