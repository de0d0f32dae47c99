import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { repositoriesOf } from '../../src/sources/repositories.ts';
import { scratch, tree } from '../cli/harness.ts';

const FLEET = {
  'top/.git/HEAD': '',
  'top/api/yarn.lock': '',
  'top/api/package.json': '',
  'top/vendored/.git': 'gitdir: elsewhere',
  'top/vendored/web/yarn.lock': '',
  'loose/yarn.lock': '',
};

const before = process.cwd();
afterEach(() => process.chdir(before));

describe('the repository of a file', () => {
  const root = realpathSync(tree(FLEET));
  mkdirSync(join(root, 'loose', 'node_modules'));
  writeFileSync(join(root, 'loose', 'package.json'), '');

  it('is the nearest directory with .git, a directory or a file, else the source', () => {
    const { of } = repositoriesOf([root]);
    expect(of('top/api/yarn.lock')).toEqual({
      repository: { name: 'top', isGit: true, where: 'here' },
      file: 'api/yarn.lock',
    });
    expect(of('top/vendored/web/yarn.lock')).toMatchObject({
      repository: { name: 'top/vendored' },
      file: 'web/yarn.lock',
    });
    const loose = { repository: { name: basename(root), isGit: false, where: 'here' }, file: 'loose/yarn.lock' };
    expect(of('loose/yarn.lock')).toEqual(loose);
    expect(of('top/api/package.json')!.repository).toBe(of('top/api/yarn.lock')!.repository);
  });

  it('is looked for above the source', () => {
    const { of, ofSources } = repositoriesOf([join(root, 'top', 'api')]);
    expect(of('yarn.lock')).toEqual({ repository: { name: 'top', isGit: true, where: 'here' }, file: 'api/yarn.lock' });
    expect(ofSources).toEqual([of('yarn.lock')!.repository]);
  });

  it('of a file as the source is that of its directory', () => {
    const { of } = repositoriesOf([join(root, 'top', 'api', 'yarn.lock')]);
    expect(of('yarn.lock')).toMatchObject({ repository: { name: 'top' }, file: 'api/yarn.lock' });
  });

  it('of several sources is found from the working directory', () => {
    process.chdir(root);
    const { of, ofSources } = repositoriesOf(['top/api', join(root, 'loose')]);
    expect(of('top/api/yarn.lock')).toMatchObject({ repository: { name: 'top' }, file: 'api/yarn.lock' });
    expect(of('loose/yarn.lock')).toEqual({
      repository: { name: 'loose', isGit: false, where: 'here' },
      file: 'yarn.lock',
    });
    expect(ofSources.map(({ name }) => name)).toEqual(['top', 'loose']);
  });

  it('is not of what is no file: a directory, a registry, something that is gone', () => {
    const { of, ofWorking } = repositoriesOf([root]);
    for (const file of [
      '',
      '.',
      'top',
      'gone/yarn.lock',
      'https://registry.example/',
      '__proto__',
      '\0',
      'x'.repeat(9_000),
    ]) {
      expect(of(file), file.slice(0, 20)).toBeUndefined();
    }
    expect(of(`${'../'.repeat(40)}etc`)).toBeUndefined();
    process.chdir(join(root, 'top'));
    expect(ofWorking('api/package.json')).toMatchObject({ repository: { name: 'top' }, file: 'api/package.json' });
  });

  it('of node_modules is that of the manifest beside it', () => {
    expect(repositoriesOf([root]).of('loose/node_modules')).toMatchObject({ file: 'loose/package.json' });
  });

  it('is the same through a link to the source; a link to a lockfile is itself a file', () => {
    const links = scratch();
    symlinkSync(join(root, 'top', 'api'), join(links, 'linked'));
    symlinkSync(join(root, 'gone'), join(root, 'top', 'package-lock.json'));
    expect(repositoriesOf([join(links, 'linked')]).of('yarn.lock')).toMatchObject({ file: 'api/yarn.lock' });
    expect(repositoriesOf([root]).of('top/package-lock.json')).toMatchObject({ file: 'package-lock.json' });
  });
});
