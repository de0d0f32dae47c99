/** Lockfiles for made repositories, and a run over them as far as the directory of each. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '../../../src/network/store.ts';
import type { ApiOptions, ApiRepositories } from '../../../src/sources/api/repositories.ts';
import { openRepositories } from '../../../src/sources/remote/open.ts';
import type { SourceContent } from '../../../src/sources/source.ts';
import type { Files } from './objects.ts';

/** A repository with one lockfile that pins one package, and files that do not matter. */
export function project(name: string, version = '1.0.0'): Files {
  const manifest = { name, version: '1.0.0', dependencies: { left: version } };
  const packages = { '': manifest, 'node_modules/left': { version, integrity: 'sha512-AAAA' } };
  return {
    'package.json': JSON.stringify(manifest),
    'package-lock.json': JSON.stringify({ name, lockfileVersion: 3, packages }),
    'src/index.js': `// ${name}`,
    'README.md': `# ${name}`,
  };
}

export interface Outcome extends SourceContent {
  readonly listed: ApiRepositories;
  /** Names of repositories that were read. */
  readonly read: readonly string[];
}

/** A cache directory that is removed when the test ends. */
export class Cache {
  readonly directory = mkdtempSync(join(tmpdir(), 'spof-deps-test-'));

  get store(): Store {
    return new Store(join(this.directory, 'repositories'));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Every path and every content in it. */
  everything(): string {
    const entries = readdirSync(this.directory, { recursive: true, withFileTypes: true });
    return entries
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return `${path}\n${entry.isFile() ? readFileSync(path, 'latin1') : ''}`;
      })
      .join('\n');
  }
}

/** Lists and reads, as a run does. */
export async function outcomeOf<S>(
  list: (sources: readonly S[], options: ApiOptions) => Promise<ApiRepositories>,
  sources: readonly S[],
  cache: Cache,
  options: ApiOptions,
): Promise<Outcome> {
  const listed = await list(sources, { store: cache.store, ...options });
  const contents = await openRepositories(() => listed.repositories, {
    cache: cache.directory,
    offline: options.offline,
    retries: 1,
    retryDelay: 0,
  });
  return {
    listed,
    read: contents.flatMap(({ repository }) => repository?.name ?? []),
    lockfiles: contents.flatMap(({ lockfiles }) => lockfiles),
    diagnostics: [...listed.diagnostics, ...contents.flatMap(({ diagnostics }) => diagnostics)],
    unread: [...listed.unread, ...contents.flatMap(({ unread }) => unread ?? [])],
  };
}
