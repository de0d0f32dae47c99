/** Opens sources as a run does, and says in short what came of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSources } from '../../../src/sources/index.ts';
import type { RemoteSettings } from '../../../src/sources/remote/sources.ts';
import { scratch } from '../../cli/harness.ts';
import { gitEnv } from './made.ts';

export interface Opened {
  readonly lockfiles: readonly string[];
  readonly incomplete: readonly string[];
  readonly notices: readonly string[];
  readonly messages: readonly string[];
  readonly unread: readonly string[];
  /** Text of a file by its path as reports name it. */
  read(path: string): string;
}

/** @param sources remote ones; the cache is one of its own unless given */
export async function opened(sources: readonly string[], settings: RemoteSettings = {}): Promise<Opened> {
  const content = await openSources(sources, {
    env: gitEnv(),
    cache: settings.cache ?? scratch(),
    retryDelay: 1,
    ...settings,
  });
  const told = (severity: string) =>
    content.diagnostics.filter((each) => each.severity === severity).map(({ code, file }) => `${code} ${file}`);
  return {
    lockfiles: content.lockfiles.map(({ path }) => path),
    incomplete: told('incomplete'),
    notices: told('notice'),
    messages: content.diagnostics.map(({ message }) => message),
    unread: content.unread ?? [],
    read(path) {
      const { name, root } = content.repositories.find((each) => path.startsWith(`${each.name}/`))!;
      return readFileSync(join(root, path.slice(name.length + 1)), 'utf8');
    },
  };
}
