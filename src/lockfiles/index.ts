/** Which file is read by which reader. Adding a format: its file, one line in each table, its tests. */
import { LockfileError } from '../diagnostics.ts';
import type { LockGraph } from '../graph/model.ts';
import type { LockfileInput, Reader } from './reader.ts';

/** A family of formats that share file names; `unknown` is a file the user named whose name says nothing. */
export type FormatName = 'npm' | 'pnpm' | 'yarn' | 'bun' | 'sbom' | 'unknown';

const READERS: Record<FormatName, () => Promise<Reader>> = {
  npm: async () => (await import('./npm/npm.ts')).readNpm,
  pnpm: async () => (await import('./pnpm/pnpm.ts')).readPnpm,
  yarn: async () => (await import('./yarn/yarn.ts')).readYarn,
  bun: async () => (await import('./bun/bun.ts')).readBun,
  sbom: async () => (await import('./sbom/sbom.ts')).readSbom,
  unknown: async () => (input) => readLockfile(formatOfContent(input), input),
};

const NAMES: readonly (readonly [RegExp, FormatName])[] = [
  [/^(?:package-lock|npm-shrinkwrap)\.json$/, 'npm'],
  // pnpm with git-branch-lockfile writes one file per branch: pnpm-lock.<branch>.yaml
  [/^pnpm-lock(?:\..+)?\.yaml$/, 'pnpm'],
  [/^yarn\.lock$/, 'yarn'],
  [/^bun\.lock$/, 'bun'],
  [/^(?:s?bom|.+\.(?:cdx|bom|spdx))\.json$/, 'sbom'],
];

const CONTENTS: readonly (readonly [RegExp, FormatName])[] = [
  [/^\s*\{[\s\S]*"(?:bomFormat|specFormat|spdxVersion|SPDXID|@graph)"\s*:/, 'sbom'],
  [/^\s*\{[\s\S]*"workspaces"\s*:\s*\{\s*""\s*:/, 'bun'],
  [/^\s*\{[\s\S]*"__metadata"\s*:/, 'yarn'],
  [/^\s*\{[\s\S]*"(?:lockfileVersion|packages|dependencies)"\s*:/, 'npm'],
  [/^lockfileVersion:/m, 'pnpm'],
  [/^(?:__metadata:|# yarn lockfile v1)/m, 'yarn'],
];

/** The format a file name promises, or undefined for a file that is no lockfile by its name. */
export function formatOf(fileName: string): FormatName | undefined {
  return NAMES.find(([name]) => name.test(fileName))?.[1];
}

function formatOfContent(input: LockfileInput): FormatName {
  const format = CONTENTS.find(([content]) => content.test(input.text))?.[1];
  if (format) return format;
  throw new LockfileError({
    code: 'LOCKFILE_UNSUPPORTED',
    file: input.path,
    message: 'neither name nor content are those of a lockfile or SBOM that can be read',
    next: 'name a package-lock.json, npm-shrinkwrap.json, pnpm-lock.yaml, yarn.lock, bun.lock, or a CycloneDX or SPDX JSON file',
  });
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
