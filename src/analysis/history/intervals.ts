/**
 * From when to when services locked what an incident list calls bad: maximal runs of commits of one branch, for each service
 * and package. A service is a directory, whatever lockfiles it had, followed where it was moved. Pure.
 */
import { posix } from 'node:path';
import type { Line, Moment } from '../../sources/git/history.ts';
import { worstRun } from '../impact/scripts.ts';
import type { Move } from './moves.ts';
import type { Held } from './version.ts';

/** What one commit of a line does. */
export interface HistoryEvent extends Moment {
  readonly moves: readonly Move[];
  /** Lockfiles that are there with other content than before, or gone; paths from the root of the repository. */
  readonly lockfiles: ReadonlyMap<string, LockfileVersion>;
}

/** `gone`: there is none. `unknown`: there is one that cannot be read; it is taken to hold what it held before. */
export type LockfileVersion = readonly Held[] | 'gone' | 'unknown';

export interface Exposure extends Pick<Held, 'entry' | 'scope' | 'direct' | 'scripts' | 'reached' | 'path'> {
  /** Where the service is, or was last: POSIX, from the root of the repository, '' for the root. */
  readonly place: string;
  /** Where it was before it was moved, oldest first. */
  readonly formerly: readonly string[];
  /** Name of its project, as its manifest last had it. */
  readonly name: string | undefined;
  /** Lockfiles it was in, in the order of time. */
  readonly lockfiles: readonly string[];
  readonly versions: readonly string[];
  /** The first commit with it. Not `exact` where that is as far back as history is known: it may have been there before. */
  readonly from: Moment & { readonly exact: boolean };
  /** The first commit without it; undefined where the last one of the branch still has it. `gone`: so is its lockfile. */
  readonly until: (Moment & { readonly gone: boolean }) | undefined;
}

/** A service over time. */
interface Track {
  readonly places: string[];
  name: string | undefined;
}

interface Open extends Pick<Held, 'entry' | 'reached' | 'path'> {
  readonly track: Track;
  readonly from: Exposure['from'];
  readonly lockfiles: Set<string>;
  readonly versions: Set<string>;
  scope: number;
  direct: boolean;
  scripts: Held['scripts'];
}

/** @returns in the order in which they ended, those that did not last */
export function exposuresOf(begins: Line['begins'], events: readonly HistoryEvent[]): Exposure[] {
  const walk = new Walk();
  for (const event of events) walk.take(event, begins.how === 'root' || event.commit !== begins.commit);
  return walk.end();
}

class Walk {
  readonly #tracks = new Map<string, Track>();
  readonly #ids = new Map<Track, number>();
  /** What lockfiles lock that are there now. */
  readonly #locks = new Map<string, readonly Held[]>();
  readonly #open = new Map<string, Open>();
  readonly #closed: (() => Exposure)[] = [];

  take({ commit, time, moves, lockfiles }: HistoryEvent, exact: boolean): void {
    this.#move(moves);
    for (const [path, version] of lockfiles) {
      if (version === 'gone') this.#locks.delete(path);
      else if (version !== 'unknown' || !this.#locks.has(path))
        this.#locks.set(path, version === 'unknown' ? [] : version);
    }
    const now = this.#now();
    for (const [key, open] of this.#open) {
      if (now.has(key)) continue;
      const directories = new Set([...open.lockfiles].map(directoryOf));
      const gone = ![...this.#locks.keys()].some((path) => directories.has(directoryOf(path)));
      this.#close(key, open, { commit, time, gone });
    }
    for (const [key, { track, path, held }] of now) {
      const open = this.#open.get(key) ?? this.#begin(key, track, held[0]!, { commit, time, exact });
      for (const each of held) extend(open, each);
      for (const lockfile of path) open.lockfiles.add(lockfile);
    }
  }

  end(): Exposure[] {
    for (const [key, open] of this.#open) this.#close(key, open, undefined);
    return this.#closed.map((exposure) => exposure());
  }

  /** By service and package: what is locked. */
  #now() {
    const now = new Map<string, { track: Track; path: Set<string>; held: Held[] }>();
    for (const [path, locked] of this.#locks) {
      for (const held of locked) {
        const track = this.#trackOf(posix.join(directoryOf(path), held.project));
        track.name = held.name ?? track.name;
        const key = `${this.#idOf(track)} ${held.entry} ${held.reached}`;
        const found = now.get(key) ?? { track, path: new Set(), held: [] };
        found.path.add(path);
        found.held.push(held);
        now.set(key, found);
      }
    }
    return now;
  }

  #begin(key: string, track: Track, { entry, reached, path }: Held, from: Exposure['from']): Open {
    const open: Open = {
      ...{ track, entry, reached, path, from, scope: 0, direct: false, scripts: 'none' },
      lockfiles: new Set(),
      versions: new Set(),
    };
    this.#open.set(key, open);
    return open;
  }

  // What a service is called is only known at the end.
  #close(key: string, { track, lockfiles, versions, ...open }: Open, until: Exposure['until']): void {
    this.#open.delete(key);
    this.#closed.push(() => ({
      ...open,
      place: track.places.at(-1)!,
      formerly: track.places.slice(0, -1),
      name: track.name,
      lockfiles: [...lockfiles],
      versions: [...versions].sort(),
      until,
    }));
  }

  #move(moves: readonly Move[]): void {
    const moved = moves.flatMap(({ from, to }): [string, Track][] => {
      const track = this.#tracks.get(from);
      return track === undefined ? [] : [[to, track]];
    });
    for (const { from } of moves) this.#tracks.delete(from);
    for (const [to, track] of moved) {
      track.places.push(to);
      this.#tracks.set(to, track);
    }
  }

  #trackOf(place: string): Track {
    const at = place === '.' ? '' : place;
    const track = this.#tracks.get(at) ?? { places: [at], name: undefined };
    this.#tracks.set(at, track);
    return track;
  }

  #idOf(track: Track): number {
    const id = this.#ids.get(track) ?? this.#ids.size;
    this.#ids.set(track, id);
    return id;
  }
}

function extend(open: Open, { versions, scope, direct, scripts }: Held): void {
  for (const version of versions) open.versions.add(version);
  open.scope |= scope;
  open.direct ||= direct;
  open.scripts = worstRun([open.scripts, scripts]);
}

function directoryOf(path: string): string {
  return posix.dirname(path);
}
