/** Who is to be told: owners of services by the CODEOWNERS of the repository that their lockfile is in. Reads files. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../diagnostics.ts';
import type { FleetLockfile } from '../graph/fleet.ts';
import type { OpenedSources } from '../sources/index.ts';
import { isInside } from '../sources/tree.ts';
import { type CodeOwners, LARGEST_CODEOWNERS, ownersOf, readCodeOwners } from './codeowners.ts';

/** In the order in which GitHub looks, then GitLab's own. */
const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'];

/** Finds owners; each CODEOWNERS is read once. */
export class Owners {
  /** Files that name owners and cannot be read: whom they name is not known. */
  readonly diagnostics: Diagnostic[] = [];
  readonly #sources: Pick<OpenedSources, 'paths' | 'repositories'>;
  readonly #base: string;
  /** Absolute, the deepest first: where looking upwards for a repository ends. */
  readonly #limits: readonly string[];
  readonly #roots = new Map<string, string>();
  readonly #files = new Map<string, CodeOwners | undefined>();

  constructor(sources: Pick<OpenedSources, 'paths' | 'repositories'>) {
    this.#sources = sources;
    const [only, ...more] = sources.paths;
    // With one path everything in it is named from there.
    this.#base = only === undefined || more.length > 0 ? '.' : isDirectory(only) ? only : dirname(only);
    this.#limits = sources.paths
      .map((path) => resolve(isDirectory(path) ? path : dirname(path)))
      .sort((a, b) => b.length - a.length);
  }

  /** Owners of a project of a lockfile: of the lockfile for its root, else of the manifest of the workspace. */
  of({ path, projects }: Pick<FleetLockfile, 'path' | 'projects'>, project: number): string[] {
    const workspace = projects[project]?.path ?? '';
    const file = workspace === '' ? path : posix.join(posix.dirname(path), workspace, 'package.json');
    const { absolute, limit } = this.#place(file);
    const root = this.#rootOf(dirname(absolute), limit);
    const owners = this.#codeOwners(root);
    const inside = relative(root, absolute).split(sep).join(posix.sep);
    return owners === undefined || inside.startsWith('../') ? [] : ownersOf(owners, inside);
  }

  #place(file: string): { readonly absolute: string; readonly limit: string } {
    const remote = this.#sources.repositories.find(({ name }) => file.startsWith(`${name}/`));
    if (remote) return { absolute: resolve(remote.root, file.slice(remote.name.length + 1)), limit: remote.root };
    const absolute = resolve(this.#base, file);
    const limit = this.#limits.find((source) => absolute.startsWith(source + sep));
    return { absolute, limit: limit ?? resolve(this.#base) };
  }

  /** The nearest directory upwards that holds `.git`, else the source. */
  #rootOf(directory: string, limit: string): string {
    const known = this.#roots.get(directory);
    if (known !== undefined) return known;
    let root = limit;
    for (let at = directory; ; at = dirname(at)) {
      if (existsSync(join(at, '.git'))) {
        root = at;
        break;
      }
      if (dirname(at) === at) break;
    }
    this.#roots.set(directory, root);
    return root;
  }

  #codeOwners(root: string): CodeOwners | undefined {
    if (this.#files.has(root)) return this.#files.get(root);
    const found = PLACES.find((place) => existsSync(join(root, place)));
    const owners = found === undefined ? undefined : readFile(root, found);
    if (typeof owners === 'string') this.#cannotRead(root, found!, owners);
    const known = typeof owners === 'string' ? undefined : owners;
    this.#files.set(root, known);
    return known;
  }

  #cannotRead(root: string, place: string, why: string): void {
    const remote = this.#sources.repositories.find((repository) => repository.root === root);
    const here = (): string => relative(resolve(this.#base), join(root, place)).split(sep).join(posix.sep);
    this.diagnostics.push({
      code: 'OWNERS_UNREADABLE',
      severity: 'incomplete',
      file: remote ? `${remote.name}/${place}` : here(),
      message: `${why}; whom it names for services below it is not known`,
      next: 'mend it, or name a contact of these services in the config',
    });
  }
}

/** @returns why not, where it cannot be read or leads out of its repository */
function readFile(root: string, place: string): CodeOwners | string {
  const file = join(root, place);
  try {
    if (!isInside(realpathSync(root), file)) return 'leads out of its repository';
    const stat = statSync(file);
    if (!stat.isFile()) return 'is no file';
    if (stat.size > LARGEST_CODEOWNERS) return `is larger than ${LARGEST_CODEOWNERS} bytes`;
    return readCodeOwners(readFileSync(file, 'utf8'), place.startsWith('.gitlab/'));
  } catch (error) {
    return `cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'})`;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
