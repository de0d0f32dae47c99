/** Settings that stand at the root of a repository, which is the lockfile's directory or one above it. */
import type { PolicyFiles, SettingsFile } from './files.ts';

/** Directories looked through above the lockfile's; nothing outside the tree is seen. */
const HIGHEST = 16;

/**
 * The first of these files that exists and is `wanted`, in the nearest directory that has one.
 *
 * @returns it, and how many directories above the lockfile's it stands
 */
export function nearestSettings(
  files: PolicyFiles,
  names: readonly string[],
  wanted: (file: SettingsFile, name: string) => boolean = () => true,
): { readonly found: Exclude<SettingsFile, { state: 'missing' }>; readonly above: number } | undefined {
  for (let above = 0; above <= HIGHEST; above++) {
    for (const name of names) {
      const found = files.settings(`${'../'.repeat(above)}${name}`);
      if (found.state !== 'missing' && wanted(found, name)) return { found, above };
    }
  }
  return undefined;
}
