/**
 * Finds the lines of what is reported: reads the lockfiles concerned once more, and looks for the entries' keys alone. Of
 * snapshots they are known.
 */
import type { Alert, Site } from './analysis/alerts/index.ts';
import { LockfileError } from './diagnostics.ts';
import { keyOf } from './graph/entry-key.ts';
import type { Fleet } from './graph/fleet.ts';
import { type Place, placesOf } from './lockfiles/places/index.ts';
import { lockfileText } from './lockfiles/text.ts';
import type { FoundLockfile } from './sources/source.ts';
import { bytesOf } from './sources/tree.ts';

/** An alert with the place of each of its sites; undefined where only the file is known. */
export interface LocatedAlert extends Alert {
  readonly places: readonly (Place | undefined)[];
}

export type Locate = (alerts: readonly Alert[]) => LocatedAlert[];

/**
 * Where nodes of a lockfile stand in it.
 *
 * @param lockfile index into Fleet.lockfiles; @param nodes each once
 * @returns places by node; those that are not known are left out
 */
export type NodePlaces = (lockfile: number, nodes: Iterable<number>) => Map<number, Place>;

/** Nowhere. */
export const NO_PLACES: NodePlaces = () => new Map();

export function locator(placesIn: NodePlaces): Locate {
  return (alerts) => {
    const wanted = new Map<number, Map<number, Site[]>>();
    for (const { sites } of alerts) {
      for (const site of sites) {
        if (!site.entry) continue;
        const { lockfile, node } = site.entry;
        const nodes = wanted.get(lockfile) ?? new Map<number, Site[]>();
        wanted.set(lockfile, nodes);
        const same = nodes.get(node);
        if (same) same.push(site);
        else nodes.set(node, [site]);
      }
    }
    const found = new Map<Site, Place>();
    for (const [lockfile, nodes] of wanted) {
      for (const [node, place] of placesIn(lockfile, nodes.keys())) {
        for (const site of nodes.get(node)!) found.set(site, place);
      }
    }
    return alerts.map((alert) => ({
      ...alert,
      places: alert.sites.map((site) => found.get(site) ?? given(alert, site)),
    }));
  };
}

/** What the finding itself says of its place. */
function given({ finding }: Alert, { file, entry }: Site): Place | undefined {
  if (entry || finding.line === undefined || file !== finding.file) return undefined;
  return { line: finding.line, column: finding.column ?? 1 };
}

/**
 * @param lockfiles as they were read into the fleet; one that has changed or is gone since has no places
 */
export function placesInFiles(fleet: Fleet, lockfiles: readonly FoundLockfile[]): NodePlaces {
  const files = new Map(lockfiles.map((found) => [found.path, found]));
  return (lockfile, nodes) => {
    const of = fleet.lockfiles[lockfile]!;
    const file = files.get(of.path);
    const keys = new Map<string, number[]>();
    for (const node of file ? nodes : []) {
      const key = keyOf(fleet, of, node);
      const same = key === undefined ? undefined : keys.get(key);
      if (same) same.push(node);
      else if (key !== undefined) keys.set(key, [node]);
    }
    const places = new Map<number, Place>();
    for (const [key, place] of file ? placesIn(file, keys.keys()) : []) {
      for (const node of keys.get(key)!) places.set(node, place);
    }
    return places;
  };
}

function placesIn(found: FoundLockfile, keys: Iterable<string>): Map<string, Place> {
  if (found.format === 'node_modules') return new Map();
  try {
    return placesOf(found.format, lockfileText(found.path, bytesOf(found)), keys);
  } catch (error) {
    if (error instanceof LockfileError) return new Map();
    throw error;
  }
}
