/** yarn.lock is three formats under one name; its text tells which. */
import type { LockGraph } from '../../graph/model.ts';
import type { LockfileInput } from '../reader.ts';

/** Loaded once: asking for a loaded module again still costs more than reading a small lockfile. */
let berry: typeof import('./berry.ts') | undefined;

/** Reads a yarn.lock of Yarn 1 (classic), Yarn 2 to 4 (Berry, YAML) or Yarn 6 (JSON). */
export async function readYarn(input: LockfileInput): Promise<LockGraph> {
  if (/^\s*\{/.test(input.text)) return (await import('./json.ts')).readYarnJson(input);
  if (/^__metadata:/m.test(input.text)) {
    berry ??= await import('./berry.ts');
    return berry.readYarnBerry(input);
  }
  return (await import('./classic.ts')).readYarnClassic(input);
}
