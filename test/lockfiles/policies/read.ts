/** Policies of a lockfile beside these files, for the tests of their readers. */
import type { LockfileKind } from '../../../src/graph/model.ts';
import type { PlatformTool } from '../../../src/graph/platform.ts';
import type { Override, Policies } from '../../../src/graph/policies.ts';
import { policiesOf } from '../../../src/lockfiles/policies/index.ts';

export type Files = Readonly<Record<string, string>>;

export interface Project {
  readonly kind: LockfileKind;
  readonly format?: string;
  /** Of the package manager. */
  readonly major?: number;
  readonly path?: string;
}

const TOOLS: Partial<Record<LockfileKind, PlatformTool>> = {
  npm: 'npm',
  pnpm: 'pnpm',
  'yarn-classic': 'yarn',
  'yarn-berry': 'yarn',
  bun: 'bun',
};

export function read(files: Files, { kind, format = '3', major, path }: Project): Policies {
  const siblings = {
    read: (name: string) => (Object.hasOwn(files, name) ? files[name] : undefined),
    packageDirectories: () => [],
  };
  const tool = TOOLS[kind];
  const platforms = tool === undefined ? [] : [{ project: 0, tool, major, file: '' }];
  return policiesOf(siblings, { kind, formatVersion: format }, platforms, path);
}

/** A rule in one line: `parent>name@range = to`. */
export function shown({ name, range, parents, anchored, to }: Override): string {
  const selector = (of: { name: string; range: string | undefined }) => of.name + (of.range ? `@${of.range}` : '');
  const above = parents.map((parent) => selector(parent) + (parent.next === 'child' ? '>' : '>>')).join('');
  return `${anchored ? '^' : ''}${above}${selector({ name, range })} = ${to.kind === 'range' ? to.range : to.kind}`;
}
