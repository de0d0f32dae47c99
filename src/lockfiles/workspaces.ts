/** Manifests beside a lockfile, and which of them are workspaces of a root manifest. Pure: sees files through Siblings. */
import { posix } from 'node:path';
import { Minimatch } from 'minimatch';
import { type Diagnostic, LockfileError } from '../diagnostics.ts';
import { asString, isObject, type JsonObject } from '../json.ts';
import type { Siblings } from './reader.ts';

/** Where diagnostics about manifests point and go. */
export interface ManifestContext {
  /** POSIX path of the lockfile, as LockfileInput has it. */
  readonly lockfile: string;
  readonly report: (diagnostic: Diagnostic) => void;
}

export interface WorkspaceOptions {
  /** Directory of `manifest` relative to the lockfile's directory, which its globs are relative to; '' by default. */
  readonly from?: string;
  /** Whether `!glob` takes directories out again (npm, Yarn Berry, Bun). Yarn 1 reads it as a literal name. Default true. */
  readonly negations?: boolean;
}

/** Globs that cost more than this are no workspaces of anybody's: one directory test costs length ^ wildcards. */
const GLOB = { length: 512, wildcards: 4, alternatives: 256, work: 1e9 } as const;

/** The path of the manifest of a directory, as diagnostics name it. */
export function manifestPath(lockfile: string, directory: string): string {
  return posix.join(posix.dirname(lockfile), directory, 'package.json');
}

/**
 * The package.json of a directory (relative to the lockfile's, '' for its own), or undefined where there is none or it
 * leaves the tree. One that is not a JSON object is reported as MANIFEST_UNREADABLE and undefined.
 */
export function readManifest(siblings: Siblings, directory: string, context: ManifestContext): JsonObject | undefined {
  const text = siblings.read(directory === '' ? 'package.json' : `${directory}/package.json`);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (isObject(value)) return value;
  context.report({
    code: 'MANIFEST_UNREADABLE',
    severity: 'incomplete',
    file: manifestPath(context.lockfile, directory),
    message: 'not a manifest: expected a JSON object',
    next: 'correct the file; what it depends on is missing from the result',
  });
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

/**
 * The directories (relative to the lockfile's, sorted, without the manifest's own) that a manifest's `workspaces` names:
 * an array of globs, or an object whose `packages` is one. Globs apply in order; a later `!glob` takes out what earlier
 * ones brought in. A glob that climbs out of the manifest's directory or is too complex is reported and matches nothing.
 *
 * @throws LockfileError LOCKFILE_TOO_COMPLEX where globs and directories together are beyond reason
 */
export function workspaceDirectories(
  manifest: JsonObject,
  siblings: Siblings,
  context: ManifestContext,
  options: WorkspaceOptions = {},
): string[] {
  const globs = workspaceGlobs(manifest);
  if (globs.length === 0) return [];
  const prefix = options.from ? `${options.from}/` : '';
  const directories = siblings
    .packageDirectories()
    .filter((directory) => directory.startsWith(prefix) && directory !== '')
    .map((directory) => directory.slice(prefix.length));
  const known = new Set(directories);
  const chosen = new Set<string>();
  const budget = { left: GLOB.work, context, from: options.from ?? '' };
  for (const glob of globs) {
    const negated = options.negations !== false && glob.startsWith('!');
    for (const directory of matching(negated ? glob.slice(1) : glob, directories, known, budget)) {
      if (negated) chosen.delete(directory);
      else chosen.add(directory);
    }
  }
  return directories.filter((directory) => chosen.has(directory)).map((directory) => prefix + directory);
}

function workspaceGlobs(manifest: JsonObject): string[] {
  const field = manifest.workspaces;
  const globs = isObject(field) ? field.packages : field;
  return Array.isArray(globs) ? globs.map(asString).filter((glob) => glob !== undefined) : [];
}

interface Budget {
  left: number;
  readonly context: ManifestContext;
  readonly from: string;
}

function matching(
  written: string,
  directories: readonly string[],
  known: ReadonlySet<string>,
  budget: Budget,
): readonly string[] {
  if (written === '') return [];
  const glob = posix.normalize(written).replace(/\/+$/, '');
  if (written.startsWith('/') || glob === '..' || glob.startsWith('../')) return refused('PATH_ESCAPES', budget);
  if (!/[*?[\]{}()\\]/.test(glob)) return known.has(glob) ? [glob] : [];
  if (isSimple(glob)) {
    const segments = glob.split('/');
    return directories.filter((directory) => {
      spend(Math.max(directory.length, glob.length), budget);
      return matchesSegments(segments, directory);
    });
  }
  const wildcards = wildcardsOf(glob);
  if (wildcards > GLOB.wildcards) return refused('ENTRY_SKIPPED', budget);
  // Package managers look for the manifests: `a/**` brings in `a` as well, where it has one.
  const matcher = new Minimatch(`${glob}/package.json`, {
    nonegate: true,
    nocomment: true,
    platform: 'linux',
    braceExpandMax: GLOB.alternatives,
  });
  if (matcher.globSet.length >= GLOB.alternatives) return refused('ENTRY_SKIPPED', budget);
  return directories.filter((directory) => {
    spend(matcher.globSet.length * Math.max(directory.length, glob.length) ** Math.max(wildcards, 1), budget);
    return matcher.match(`${directory}/package.json`);
  });
}

/** Whether every segment is a name or a star alone, as in nearly all manifests: that takes no matcher to be made. */
function isSimple(glob: string): boolean {
  if (glob.length > GLOB.length || /[?[\]{}()\\]/.test(glob)) return false;
  return glob.split('/').every((segment) => segment === '*' || !segment.includes('*'));
}

function matchesSegments(segments: readonly string[], directory: string): boolean {
  const parts = directory.split('/');
  if (parts.length !== segments.length) return false;
  return segments.every((segment, nth) => (segment === '*' ? !parts[nth]!.startsWith('.') : segment === parts[nth]));
}

/** The largest number of parts of one segment that can each match at several lengths, and `**` segments besides. */
function wildcardsOf(glob: string): number {
  if (glob.length > GLOB.length || /[*+]\(/.test(glob)) return Number.POSITIVE_INFINITY;
  const segments = glob.split('/');
  const globstars = segments.filter((segment) => segment === '**').length;
  return segments.reduce((most, segment) => Math.max(most, segment.match(/\*+|[?@!]\(/g)?.length ?? 0), 0) + globstars;
}

function spend(work: number, budget: Budget): void {
  budget.left -= work;
  if (budget.left >= 0) return;
  throw new LockfileError({
    code: 'LOCKFILE_TOO_COMPLEX',
    file: budget.context.lockfile,
    message: 'the workspace globs of its manifest take too long to match: expected fewer or simpler globs',
    next: 'name the workspace directories in package.json with simpler globs',
  });
}

function refused(code: 'PATH_ESCAPES' | 'ENTRY_SKIPPED', budget: Budget): readonly string[] {
  const { lockfile, report } = budget.context;
  report({
    code,
    severity: 'incomplete',
    file: manifestPath(lockfile, budget.from),
    message:
      code === 'PATH_ESCAPES'
        ? 'a workspace glob leaves the directory of its manifest: expected one inside it'
        : 'a workspace glob is too complex: expected at most a few wildcards',
    next: 'change the workspaces of package.json; the workspaces it names are missing from the result',
  });
  return [];
}
