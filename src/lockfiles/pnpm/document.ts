/** Reads one document of a pnpm lockfile. */
import { isObject } from '../../json.ts';
import type { YamlCursor } from '../yaml/cursor.ts';
import { type PnpmFile, versionText } from './file.ts';
import { ImporterReader, readImporters } from './importer-reader.ts';
import { readPackages, readSnapshots } from './package-reader.ts';

/** Reads the document the cursor is at; undefined where its top level is not a mapping. */
export function readPnpmFile(cursor: YamlCursor): PnpmFile | undefined {
  const file: PnpmFile = {
    version: undefined,
    importers: undefined,
    root: { id: '.', declared: [], publishDirectory: undefined },
    packages: [],
    snapshots: [],
    references: [],
    catalogs: {},
    skipped: [],
  };
  if (!cursor.enter()) return undefined;
  const root = new ImporterReader(cursor, file, file.root);
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (key === 'lockfileVersion') file.version = versionText(cursor.value());
    else if (key === 'importers') readImporters(cursor, file);
    else if (key === 'packages') readPackages(cursor, file);
    else if (key === 'snapshots') readSnapshots(cursor, file);
    else if (key === 'catalogs') readCatalogs(cursor, file);
    else if (!root.read(key)) cursor.skip();
  }
  root.finish();
  return file;
}

function readCatalogs(cursor: YamlCursor, file: PnpmFile): void {
  const value = cursor.value();
  if (isObject(value)) file.catalogs = value;
}
