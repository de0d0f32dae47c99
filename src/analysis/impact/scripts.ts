/** Whether an install script of a package has run, or would, where a lockfile is installed. Pure. */
import type { FleetLockfile } from '../../graph/fleet.ts';
import { NODE_FLAGS } from '../../graph/model.ts';
import { scriptsRun } from '../../lockfiles/policies/install-scripts.ts';

/**
 * `run`: it has one, and it runs. `if-any`: scripts run; whether it has one, the lockfile does not say. `unknown`: whether
 * scripts run is not known. `skip`: they do not. `none`: it has none. The first is the worst.
 */
export const SCRIPT_RUNS = ['run', 'if-any', 'unknown', 'skip', 'none'] as const;
export type ScriptRun = (typeof SCRIPT_RUNS)[number];

/** @param node that is locked; undefined for a release that is not */
export function scriptRun(
  lockfile: FleetLockfile,
  node: number | undefined,
  name: string,
  version: string | undefined,
): ScriptRun {
  const runs = scriptsRun(lockfile.policies.scripts, name, version);
  const isMarked = node !== undefined && (lockfile.flags[node]! & NODE_FLAGS.installScript) !== 0;
  if (node !== undefined && !isMarked && tellsScripts(lockfile)) return 'none';
  if (runs !== 'run') return runs;
  return isMarked ? 'run' : 'if-any';
}

export function worstRun(runs: Iterable<ScriptRun>): ScriptRun {
  const found = new Set(runs);
  return SCRIPT_RUNS.find((run) => found.has(run)) ?? 'none';
}

/** Whether a package without the mark has no script: npm's hasInstallScript (from version 2 on), pnpm's requiresBuild (up to 6). */
export function tellsScripts({ kind, formatVersion }: Pick<FleetLockfile, 'kind' | 'formatVersion'>): boolean {
  const version = Number.parseFloat(formatVersion);
  if (kind === 'npm') return version >= 2;
  return kind === 'pnpm' && version < 9;
}
