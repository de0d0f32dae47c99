/** Repositories as a snapshot keeps them: which names of files begin in which of them, without a disk to look at. Pure. */
import { plainFile, type Repositories, type Repository, type RepositoryFile } from './repositories.ts';
import { WHOLE_UNREAD } from './source.ts';

export interface KeptRepository extends Repository {
  /** What names of its files begin with in reports: `git.example/acme/pay/`, '' where the source is in it. */
  readonly start: string;
  /** What stands in its place when the repository itself names them: `services/` where that part was scanned. */
  readonly inside: string;
  /** Whether a source lies in it: then it is reported though nothing is found in it. */
  readonly isSource: boolean;
}

/** @param files as reports name them: what was found */
export function kept(repositories: Repositories, files: readonly string[]): KeptRepository[] {
  const sources = new Set(repositories.ofSources);
  const found = new Map<Repository, KeptRepository>();
  for (const file of files) {
    const place = repositories.of(file);
    if (!place || found.has(place.repository)) continue;
    found.set(place.repository, {
      ...plain(place.repository),
      ...difference(file, place.file),
      isSource: sources.has(place.repository),
    });
  }
  for (const repository of sources) {
    if (found.has(repository)) continue;
    const start = repository.where === 'elsewhere' ? `${repository.name}/` : '';
    found.set(repository, { ...plain(repository), start, inside: '', isSource: true });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function plain({ name, isGit, where, revision }: Repository): Repository {
  return { name, isGit, where, revision };
}

/** How two names of one file begin, up to where they are the same to the end. */
function difference(file: string, inside: string): Pick<KeptRepository, 'start' | 'inside'> {
  const [a, b] = [file.split('/'), inside.split('/')];
  let same = 0;
  while (same < a.length && same < b.length && a.at(-1 - same) === b.at(-1 - same)) same++;
  const before = (parts: readonly string[]) =>
    parts
      .slice(0, parts.length - same)
      .map((part) => `${part}/`)
      .join('');
  return { start: before(a), inside: before(b) };
}

/** The same again. Which files there are is not known: what reports name is one, unless it cannot be. */
export function repositoriesKept(all: readonly KeptRepository[]): Repositories {
  const longest = [...all].sort((a, b) => b.start.length - a.start.length);
  const of = (file: string): RepositoryFile | undefined => {
    const repository = longest.find(({ start }) => file.startsWith(start));
    const rest = repository === undefined ? '' : file.slice(repository.start.length);
    if (repository === undefined || rest === '' || rest === WHOLE_UNREAD) return undefined;
    const path = plainFile(`${repository.inside}${rest}`);
    return path === undefined ? undefined : { repository, file: path };
  };
  return { of, ofWorking: () => undefined, ofSources: all.filter(({ isSource }) => isSource) };
}
