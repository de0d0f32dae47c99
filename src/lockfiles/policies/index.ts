/** What the files beside a lockfile say about how new releases come in. Pure over `Siblings`; nothing is run. */
import type { LockGraph } from '../../graph/model.ts';
import type { PlatformClaim } from '../../graph/platform.ts';
import { POLICY_MANAGERS, type Policies } from '../../graph/policies.ts';
import type { Siblings } from '../reader.ts';
import { readCatalogs } from './catalogs.ts';
import { PolicyFiles } from './files.ts';
import { readScripts } from './install-scripts.ts';
import { readOverrides } from './overrides.ts';
import { readGates } from './release-age.ts';

/**
 * Overrides, release gates and install scripts of a lockfile's project.
 *
 * @param platforms claims of the lockfile's projects: the manager's major decides what its settings mean
 * @param path the lockfile's, POSIX, for settings further up that name directories; without it these may stay open
 */
export function policiesOf(
  siblings: Siblings,
  { kind, formatVersion }: Pick<LockGraph, 'kind' | 'formatVersion'>,
  platforms: readonly PlatformClaim[],
  path?: string,
): Policies {
  const manager = POLICY_MANAGERS.find((each) => each === kind);
  const files = new PolicyFiles(siblings, manager, formatVersion, platforms);
  const overrides = readOverrides(files);
  const gates = readGates(files, path);
  const scripts = readScripts(files);
  const catalogs = readCatalogs(files);
  return { overrides, gates, scripts, catalogs, notes: files.notes };
}
