/** Files of remote repositories as these name them, beside those of repositories on disk. */
import { existsSync, lstatSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Repositories, Repository, RepositoryFile } from '../repositories.ts';
import type { OpenRepository } from './open.ts';

/** @param remotes whose files are named by them: `git.example/acme/pay/package-lock.json` */
export function withRemotes(repositories: Repositories, remotes: readonly OpenRepository[]): Repositories {
  if (remotes.length === 0) return repositories;
  const known = remotes.map(({ name, root, revision }) => ({
    root,
    start: `${name}/`,
    repository: { name, isGit: true, where: 'elsewhere', revision } as const,
  }));
  const byStart = new Map(known.map((each) => [each.start, each]));
  return {
    of: (file) => located(file, byStart) ?? repositories.of(file),
    ofWorking: (file) => repositories.ofWorking(file),
    ofSources: [...repositories.ofSources, ...known.map(({ repository }) => repository)],
  };
}

interface Known {
  readonly root: string;
  readonly repository: Repository;
}

function located(file: string, byStart: ReadonlyMap<string, Known>): RepositoryFile | undefined {
  for (let at = file.indexOf('/'); at !== -1; at = file.indexOf('/', at + 1)) {
    const found = byStart.get(file.slice(0, at + 1));
    if (!found) continue;
    const inside = file.slice(at + 1);
    const named =
      posix.basename(inside) === 'node_modules' ? posix.join(posix.dirname(inside), 'package.json') : inside;
    const path = join(found.root, named);
    if (existsSync(path) && lstatSync(path).isFile()) return { repository: found.repository, file: named };
  }
  return undefined;
}
