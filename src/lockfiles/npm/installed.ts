/** What may be read of an installed node_modules, and what npm itself recorded about it. */
import { realpathSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Diagnostic } from '../../diagnostics.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';
import { LIMITS } from '../reader.ts';
import { childName } from './tree.ts';

const NAMES_SHOWN = 5;

/** Whether a path, links followed, lies below a directory. What does not exist leads nowhere and is inside. */
export function isInside(directory: string, path: string): boolean {
  try {
    return realpathSync(path).startsWith(directory + sep);
  } catch {
    return true;
  }
}

/** URL and digest npm noted for a package when it installed it, or nothing where what is there now is another one. */
export type InstallationRecord = (location: string, name: string | null, version: string) => JsonObject;

/** The hidden lockfile in node_modules ("hidden lockfiles" in npm's documentation of package-lock.json). */
export async function installationRecord(directory: string): Promise<InstallationRecord> {
  const packages = await hiddenPackages(join(directory, 'node_modules', '.package-lock.json'));
  return (location, name, version) => {
    const entry = packages && Object.hasOwn(packages, location) ? packages[location] : undefined;
    if (!isObject(entry) || entry.version !== version) return {};
    if ((asString(entry.name) ?? childName(location)) !== name) return {};
    const { resolved, integrity, inBundle, hasInstallScript } = entry;
    return { resolved, integrity, inBundle, hasInstallScript };
  };
}

async function hiddenPackages(file: string): Promise<JsonObject | undefined> {
  try {
    const about = await lstat(file);
    if (!about.isFile() || about.size > LIMITS.bytes) return undefined;
    const lock: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isObject(lock) && isObject(lock.packages) ? lock.packages : undefined;
  } catch {
    return undefined;
  }
}

/** What of the installed packages was not followed or could not be read, at most one diagnostic each. */
export function skippedDiagnostics(linked: readonly string[], unreadable: readonly string[]): Diagnostic[] {
  const place = { severity: 'incomplete', file: 'node_modules' } as const;
  const diagnostics: Diagnostic[] = [];
  if (linked.length > 0) {
    diagnostics.push({
      ...place,
      code: 'LINK_SKIPPED',
      message: `${linked.length} packages are links out of the directory (${named(linked)}): expected links inside it`,
      next: 'read the directory they are in as a source of its own',
    });
  }
  if (unreadable.length > 0) {
    diagnostics.push({
      ...place,
      code: 'MANIFEST_UNREADABLE',
      message: `${unreadable.length} packages have no readable package.json (${named(unreadable)}): expected one in each`,
      next: 'install again; what these packages depend on is missing from the result',
    });
  }
  return diagnostics;
}

function named(names: readonly string[]): string {
  return names.slice(0, NAMES_SHOWN).join(', ');
}
