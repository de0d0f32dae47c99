/** The build under measurement: dist/ of this checkout, or the directory in SPOF_DIST. */
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const DIST = resolve(process.env.SPOF_DIST ?? fileURLToPath(new URL('../dist', import.meta.url)));

/** Loads a module of the build by its path inside dist/. */
export function built(module) {
  return import(pathToFileURL(resolve(DIST, module)).href);
}
