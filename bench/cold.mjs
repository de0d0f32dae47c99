/** Runs one cold measurement (child.mjs) and gives what it printed. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));

/** @returns {Promise<{ ms: number, megabytes: number, services?: number, components?: number }>} */
export async function cold(what, directory, ...rest) {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, what, directory, ...rest]);
  return JSON.parse(stdout);
}
