/** An installed project whose workspaces are the trees: npm can be asked for one of them alone. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../../src/json.ts';
import { auditSignatures, fillTufCache, install, makeHome, type Npm, type Run, type User } from './npm.ts';
import type { Registries } from './registries.ts';

export interface Installed {
  readonly user: User;
  /** The project, with its package-lock.json. */
  readonly directory: string;
  audit(tree: string, args: readonly string[]): Promise<Run>;
  remove(): void;
}

/** @param trees the packages each tree depends on, by the name of the tree */
export async function installTrees(
  npm: Npm,
  { npmrc, tuf }: Registries,
  trees: Readonly<Record<string, readonly string[]>>,
): Promise<Installed> {
  const home = makeHome();
  const user = { home, tuf };
  const directory = join(home, 'project');
  const write = (path: string, manifest: object) => {
    mkdirSync(join(directory, path), { recursive: true });
    writeFileSync(join(directory, path, 'package.json'), JSON.stringify({ version: '1.0.0', ...manifest }));
  };
  writeFileSync(join(home, '.npmrc'), npmrc);
  write('.', { name: 'project', workspaces: ['trees/*'] });
  for (const [tree, names] of Object.entries(trees)) {
    const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']));
    write(join('trees', tree), { name: `tree-${tree}`, dependencies });
  }
  await install(npm, user, directory);
  await fillTufCache(user);
  return {
    user,
    directory,
    audit: (tree, args) => auditSignatures(npm, user, directory, [...args, '--workspace', `tree-${tree}`]),
    remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Takes the digest of a package out of the lockfile. */
export function unpin(directory: string, name: string): void {
  const file = join(directory, 'package-lock.json');
  const lock: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const packages = isObject(lock) ? lock.packages : undefined;
  const place = `node_modules/${name}`;
  const entry = isObject(packages) ? packages[place] : undefined;
  if (!isObject(lock) || !isObject(packages) || !isObject(entry)) throw new Error(`${name} is not locked`);
  const { integrity, ...rest } = entry;
  if (integrity === undefined) throw new Error(`${name} has no digest to lose`);
  writeFileSync(file, JSON.stringify({ ...lock, packages: { ...packages, [place]: rest } }));
}
