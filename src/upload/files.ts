/** The SARIF files that are named: files, and what directories hold. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, UsageError } from '../errors.ts';

/** More repositories than a host's limits let upload in a week. */
const MOST_FILES = 100_000;

/**
 * Of a directory the files `*.sarif` and `*.sarif.json` in it, by name; what is below it is not looked at.
 *
 * @throws UsageError for what does not exist, and for a directory without such files
 */
export function sarifFiles(named: readonly string[]): string[] {
  const problems: Problem[] = [];
  const files = new Set<string>();
  for (const path of named) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) {
      problems.push({ code: 'SOURCE_NOT_FOUND', message: `no such file or directory: ${path}`, next: NEXT });
    } else if (!found.isDirectory()) files.add(path);
    else {
      const names = namesIn(path, problems).filter((name) => /\.sarif(?:\.json)?$/i.test(name));
      if (names.length === 0) {
        problems.push({ code: 'SOURCE_NOT_FOUND', message: `no *.sarif in ${path}: nothing to upload`, next: NEXT });
      }
      for (const name of names.sort()) files.add(join(path, name));
    }
  }
  if (files.size > MOST_FILES) {
    const message = `${files.size} files are more than ${MOST_FILES}`;
    problems.push({ code: 'USAGE', message, next: 'upload them in parts' });
  }
  if (problems.length > 0) throw new UsageError(problems);
  return [...files];
}

function namesIn(directory: string, problems: Problem[]): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const message = `${directory} cannot be read (${String(error.code)})`;
    problems.push({ code: 'SOURCE_NOT_FOUND', message, next: 'check its permissions' });
    return [];
  }
}

const NEXT = 'write a file for each repository with spof-deps ... --sarif-dir DIR';
