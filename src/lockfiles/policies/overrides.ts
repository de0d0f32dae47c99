/** The rules by which a project replaces what dependencies ask for: only those of the manager that owns the lockfile. */
import type { OverrideRules } from '../../graph/policies.ts';
import { bunOverrides } from './bun-overrides.ts';
import type { PolicyFiles } from './files.ts';
import { npmOverrides } from './npm-overrides.ts';
import { OverrideList } from './override-list.ts';
import { pnpmOverrides } from './pnpm-overrides.ts';
import { berryResolutions, classicResolutions } from './yarn-resolutions.ts';

/** Reads the overrides of a lockfile's project. */
export function readOverrides(files: PolicyFiles): OverrideRules {
  const { manager } = files;
  const list = new OverrideList(files);
  if (manager === undefined) return { manager, rules: [], complete: false };
  if (manager === 'npm') npmOverrides(files, list);
  else if (manager === 'pnpm') pnpmOverrides(files, list);
  else if (manager === 'bun') bunOverrides(files, list);
  else if (manager === 'yarn-berry') berryResolutions(files, list);
  else classicResolutions(files, list);
  return { manager, rules: list.rules, complete: list.complete };
}
