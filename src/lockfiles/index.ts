/** Which file is read by which reader. Adding a format: its file, one line here, its tests. */
import type { LockGraph } from '../graph/model.ts';
import type { LockfileInput, Reader } from './reader.ts';

export type FormatName = 'npm' | 'pnpm' | 'yarn' | 'bun' | 'cyclonedx' | 'spdx';

const READERS: Record<FormatName, () => Promise<Reader>> = {
  npm: async () => (await import('./npm.ts')).readNpm,
  pnpm: async () => (await import('./pnpm.ts')).readPnpm,
  yarn: async () => (await import('./yarn.ts')).readYarn,
  bun: async () => (await import('./bun.ts')).readBun,
  cyclonedx: async () => (await import('./cyclonedx.ts')).readCycloneDx,
  spdx: async () => (await import('./spdx.ts')).readSpdx,
};

/** The format a file name promises, or undefined for a file that is no lockfile by its name. */
export function formatOf(fileName: string): FormatName | undefined {
  if (fileName === 'package-lock.json' || fileName === 'npm-shrinkwrap.json') return 'npm';
  if (/^pnpm-lock(?:\..+)?\.yaml$/.test(fileName)) return 'pnpm';
  if (fileName === 'yarn.lock') return 'yarn';
  if (fileName === 'bun.lock') return 'bun';
  if (/^bom\.json$|\.cdx\.json$|\.bom\.json$/.test(fileName)) return 'cyclonedx';
  if (/\.spdx\.json$/.test(fileName)) return 'spdx';
  return undefined;
}

/**
 * Reads one lockfile.
 *
 * @throws LockfileError where nothing of it can be used
 */
export async function readLockfile(format: FormatName, input: LockfileInput): Promise<LockGraph> {
  const reader = await READERS[format]();
  return reader(input);
}
