/** Opens the sources named on the command line: directories and files. */
import { existsSync, statSync } from 'node:fs';
import { posix, relative, sep } from 'node:path';
import { UsageError } from '../errors.ts';
import { directorySource, fileSource } from './directory.ts';
import type { SourceContent } from './source.ts';

/**
 * Opens every source. With one source paths are relative to it; with several each path starts with its source as given,
 * relative to the working directory.
 *
 * @throws UsageError SOURCE_NOT_FOUND
 */
export function openSources(sources: readonly string[]): SourceContent {
  const missing = sources.filter((source) => !existsSync(source));
  if (missing.length > 0) {
    throw new UsageError(
      missing.map((source) => ({
        code: 'SOURCE_NOT_FOUND',
        message: `no such file or directory: ${source}`,
        next: 'name directories, lockfiles or SBOM files that exist',
      })),
    );
  }
  const contents = sources.map((source) => {
    const isDirectory = statSync(source).isDirectory();
    const prefix = sources.length === 1 ? '' : prefixOf(source, isDirectory);
    return isDirectory ? directorySource(source, prefix) : fileSource(source, prefix);
  });
  const seen = new Set<string>();
  return {
    lockfiles: contents
      .flatMap((content) => content.lockfiles)
      .filter((lockfile) => !seen.has(lockfile.path) && seen.add(lockfile.path)),
    diagnostics: contents.flatMap((content) => content.diagnostics),
  };
}

function prefixOf(source: string, isDirectory: boolean): string {
  const path = relative(process.cwd(), source).split(sep).join(posix.sep) || '.';
  return isDirectory ? path : posix.dirname(path);
}
