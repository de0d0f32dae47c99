/** Where things are kept between runs. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's cache directory: https://specifications.freedesktop.org/basedir-spec, and its likes elsewhere. */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const base = env.XDG_CACHE_HOME || (process.platform === 'win32' ? env.LOCALAPPDATA : undefined);
  return join(base || join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache'), 'spof-deps');
}
