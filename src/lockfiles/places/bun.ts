/** Where the entries of a bun.lock stand: packages by their install path, workspaces by their directory. */
import { posixPath } from '../bun/entry.ts';
import { JsonCursor } from './json-cursor.ts';
import { JsonPath } from './json-paths.ts';

/** Offsets by key, of the keys that are found. A key of both sections is the package's: the workspace's starts with './'. */
export function bunOffsets(text: string, keys: ReadonlySet<string>): Map<string, number> {
  const lock = new JsonPath();
  const workspaces = lock.member('workspaces');
  const packages = lock.member('packages');
  workspaces.normal = posixPath;
  for (const key of keys) {
    if (!keys.has(`./${key}`)) workspaces.add([posixPath(key)], key);
    packages.add([key], key);
  }
  lock.find(new JsonCursor(text));
  const offsets = new Map<string, number>();
  lock.collect(offsets);
  return offsets;
}
