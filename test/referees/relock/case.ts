/** What a case is, and short ways to write one. */
import { MANAGERS, type ManagerName } from './managers.ts';
import type { Project, Universe } from './project.ts';
import type { Manifest } from './registry.ts';

export interface Case extends Universe, Project {
  /** What is tried, unique. The package whose line it is bears this name, every other package a longer one. */
  readonly name: string;
  /** The line that gets a patch: `4`, `0.3`. */
  readonly line: string;
  /** Cases of one group are tried in one project: nothing of theirs meets. */
  readonly group: 'single' | 'workspaces' | 'gated' | 'ungated';
  /** Managers that have such a thing; all by default. */
  readonly managers?: readonly ManagerName[];
  /** Whether the patch is published a moment ago, instead of long before. */
  readonly isNew?: boolean;
  /** By service, the managers that take the patch there. */
  readonly taken: Readonly<Record<string, string>>;
  /** Managers that sometimes take it and sometimes do not, from run to run, in the services of `taken` that name them. */
  readonly either?: readonly ManagerName[];
}

/** Managers, separated by spaces, that take the patch in the one service there is; or by service. */
export type Taken = string | Readonly<Record<string, string>>;

export const ALL = MANAGERS.join(' ');
export const NONE = '';
/** `latest` is the highest unless told. */
export const VERSIONS = ['4.1.0', '4.2.0'];

type Dependencies = Readonly<Record<string, string>>;

/** The root alone, with this manifest; further packages, each in one release, 1.0.0, with a manifest. */
export function single(
  name: string,
  root: Manifest,
  packages: Readonly<Record<string, Manifest>>,
  taken: string,
  more: Partial<Case> = {},
): Case {
  const parents = Object.entries(packages).map(([parent, manifest]) => [parent, [['1.0.0', manifest]]] as const);
  const group = 'single';
  return {
    ...{ name, line: '4', group, projects: { '': root }, taken: { '': taken }, ...more },
    packages: { [name]: VERSIONS, ...Object.fromEntries(parents), ...more.packages },
  };
}

/** The root asks for the package. */
export function direct(name: string, range: string, taken: string, more: Partial<Case> = {}): Case {
  return single(name, { dependencies: { [name]: range } }, {}, taken, more);
}

/** The root asks for `<name>-a`, `<name>-b`, ..., which ask for the package in these ranges. */
export function through(name: string, ranges: readonly string[], taken: string, more: Partial<Case> = {}): Case {
  return besides(name, {}, ranges, taken, more);
}

/** The same, with other dependencies of the root. */
export function besides(
  name: string,
  own: Dependencies,
  ranges: readonly string[],
  taken: string,
  more: Partial<Case> = {},
): Case {
  const parents = ranges.map((range, at) => [`${name}-${'abc'[at]}`, range] as const);
  const root = { ...own, ...Object.fromEntries(parents.map(([parent]) => [parent, '1.0.0'])) };
  const packages = parents.map(([parent, range]) => [parent, { dependencies: { [name]: range } }]);
  return single(name, { dependencies: root }, Object.fromEntries(packages), taken, more);
}

/** The versions of the package, oldest first. */
export function versions(name: string, ...all: readonly string[]): Pick<Case, 'packages'> {
  return { packages: { [name]: all } };
}

/** Services in which a manager takes the patch. */
export function takers({ taken }: Pick<Case, 'taken'>, manager: ManagerName): string[] {
  return Object.keys(taken)
    .filter((service) => taken[service]!.split(' ').includes(manager))
    .sort();
}
