/** pnpm-lock.yaml, versions 5, 6 and 9. */
import { LockfileError } from '../../diagnostics.ts';
import type { LockGraph } from '../../graph/model.ts';
import type { LockfileInput } from '../reader.ts';
import type { YamlCursor } from '../yaml/cursor.ts';
import { readYaml } from '../yaml/yaml.ts';
import { readPnpmFile } from './document.ts';
import type { PnpmFile } from './file.ts';
import { PnpmGraph } from './graph.ts';
import { type IdScheme, idScheme } from './ids.ts';

/**
 * Reads a pnpm lockfile. A file of pnpm 11 may hold two documents: the first pins what installs and configures the
 * project, the second is the lockfile proper.
 *
 * @throws LockfileError LOCKFILE_SYNTAX, LOCKFILE_TOO_COMPLEX, LOCKFILE_SHAPE, LOCKFILE_VERSION
 */
export function readPnpm(input: LockfileInput): LockGraph {
  const documents = readYaml(input.path, input.text, readDocuments);
  const files = documents.filter((file) => file !== undefined);
  const main = files.at(-1);
  const mayBeTwo = /^---\r?\n/.test(input.text);
  if (main === undefined || files.length < documents.length || files.length > (mayBeTwo ? 2 : 1)) {
    throw shapeError(input, documents.length);
  }
  const graph = new PnpmGraph(input, main.version ?? '');
  graph.add(main, scheme(input, main));
  const environment = files.length === 2 ? files[0] : undefined;
  if (environment) graph.add(environment, scheme(input, environment));
  return graph.build();
}

function readDocuments(cursor: YamlCursor): (PnpmFile | undefined)[] {
  const files: (PnpmFile | undefined)[] = [];
  while (cursor.document()) files.push(readPnpmFile(cursor));
  return files;
}

function scheme(input: LockfileInput, file: PnpmFile): IdScheme {
  const ids = idScheme(file.version?.split('.', 1)[0] ?? '');
  if (ids) return ids;
  const version = /^[\w.-]{1,20}$/.test(file.version ?? '') ? file.version : 'none';
  throw new LockfileError({
    code: 'LOCKFILE_VERSION',
    file: input.path,
    message: `lockfileVersion ${version}: expected 5.x, 6.x or 9.x`,
    next: 'write the lockfile again with pnpm 3 or later; if it is newer than this program, update this program',
  });
}

function shapeError(input: LockfileInput, documents: number): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_SHAPE',
    file: input.path,
    line: 1,
    column: 1,
    message: documents > 2 ? `${documents} YAML documents: expected one or two` : 'expected a mapping at the top level',
    next: 'restore the file from version control, or write it again with pnpm',
  });
}
