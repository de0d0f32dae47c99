/** Finds the lines of what is reported: reads the lockfiles concerned once more, and looks for the entries' keys alone. */
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
 * @param lockfiles as they were read into the fleet; one that has changed or is gone since has no places
 */
export function locator(fleet: Fleet, lockfiles: readonly FoundLockfile[]): Locate {
  const files = new Map(lockfiles.map((found) => [found.path, found]));
  return (alerts) => {
    const wanted = new Map<number, Map<string, Site[]>>();
    for (const { sites } of alerts) {
      for (const site of sites) {
        if (!site.entry) continue;
        const { lockfile, node } = site.entry;
        const key = keyOf(fleet, fleet.lockfiles[lockfile]!, node);
        if (key === undefined) continue;
        const keys = wanted.get(lockfile) ?? new Map<string, Site[]>();
        wanted.set(lockfile, keys);
        keys.set(key, [...(keys.get(key) ?? []), site]);
      }
    }
    const found = new Map<Site, Place>();
    for (const [lockfile, keys] of wanted) {
      const file = files.get(fleet.lockfiles[lockfile]!.path);
      for (const [key, place] of file ? placesIn(file, keys.keys()) : []) {
        for (const site of keys.get(key)!) found.set(site, place);
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

function placesIn(found: FoundLockfile, keys: Iterable<string>): Map<string, Place> {
  if (found.format === 'node_modules') return new Map();
  try {
    return placesOf(found.format, lockfileText(found.path, bytesOf(found)), keys);
  } catch (error) {
    if (error instanceof LockfileError) return new Map();
    throw error;
  }
}
