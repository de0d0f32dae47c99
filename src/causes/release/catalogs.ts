/** Ranges that manifests name by a catalog, where the lockfile does not have them. Pure. */
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import { NONE } from '../../graph/model.ts';

/** What a range stands for that names a catalog, as an id among the fleet's strings; NONE where that is not known. */
export function catalogsOf(fleet: Fleet, { policies }: FleetLockfile): (name: number, range: number) => number {
  const { strings } = fleet;
  const ranges = new Map(policies.catalogs.map(({ catalog, name, range }) => [`${catalog} ${name}`, range]));
  return (name, range) => {
    const text = range === NONE ? '' : strings.text(range);
    if (!text.startsWith('catalog:')) return range;
    const found = ranges.get(`${text.slice('catalog:'.length).trim()} ${strings.text(name)}`);
    return found === undefined ? NONE : strings.id(found);
  };
}
