/** Which repository a file is of, once there is nothing but names. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeptRepository, kept, repositoriesKept } from '../../src/sources/kept.ts';
import type { Repositories, Repository } from '../../src/sources/repositories.ts';

const REMOTE: Repository = { name: 'git.example/acme/pay', isGit: true, where: 'elsewhere', revision: undefined };
const HERE: Repository = { name: 'fleet', isGit: true, where: 'here', revision: undefined };

function repositories(
  files: Readonly<Record<string, readonly [Repository, string]>>,
  ofSources: readonly Repository[],
) {
  const of = (file: string) => {
    const [repository, inside] = files[file] ?? [];
    return repository === undefined || inside === undefined ? undefined : { repository, file: inside };
  };
  return { of, ofWorking: of, ofSources } satisfies Repositories;
}

const keptOf = (start: string, inside = '', name = start): KeptRepository => ({
  ...{ name, isGit: true, where: 'here', revision: undefined, start, inside, isSource: true },
});

describe('repositories that are kept', () => {
  it('know by which names their files begin', () => {
    const files = {
      'git.example/acme/pay/a/yarn.lock': [REMOTE, 'a/yarn.lock'],
      'b/yarn.lock': [HERE, 'services/b/yarn.lock'],
    } as const;
    const other: Repository = { ...REMOTE, name: 'git.example/acme/docs' };
    const all = kept(repositories(files, [REMOTE, other]), Object.keys(files));
    expect(all.map(({ name, start, inside, isSource }) => [name, start, inside, isSource])).toEqual([
      ['fleet', '', 'services/', false],
      ['git.example/acme/docs', 'git.example/acme/docs/', '', true],
      ['git.example/acme/pay', 'git.example/acme/pay/', '', true],
    ]);
  });

  it('have the files that begin so, the nearest first, and nothing that is no file', () => {
    const { of, ofSources } = repositoriesKept([
      keptOf('', 'services/', 'fleet'),
      keptOf('web/'),
      keptOf('web/nested/'),
    ]);
    const named = (file: string) => {
      const found = of(file);
      return found && [found.repository.name, found.file];
    };
    expect(ofSources).toHaveLength(3);
    expect(named('a/package-lock.json')).toEqual(['fleet', 'services/a/package-lock.json']);
    expect(named('web/package-lock.json')).toEqual(['web/', 'package-lock.json']);
    expect(named('web/nested/x/yarn.lock')).toEqual(['web/nested/', 'x/yarn.lock']);
    expect(named('web/x/node_modules')).toEqual(['web/', 'x/package.json']);
    for (const file of ['', 'web/', 'web/?', 'web/../x', 'web//x', 'web/./x', '../x'])
      expect(named(file), file).toBeUndefined();
    expect(repositoriesKept([keptOf('a/')]).of('https://registry.example/')).toBeUndefined();
  });

  it('give every file back to where it was', () => {
    const part = fc.constantFrom('a', 'b', 'web', 'services', 'x.json');
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(path, fc.option(path, { nil: '' }), fc.option(path, { nil: '' }), (rest, start, inside) => {
        // One of the two names begins where the other does.
        const [file, own] =
          start === '' ? [rest, inside === '' ? rest : `${inside}/${rest}`] : [`${start}/${rest}`, rest];
        const found = repositoriesKept(kept(repositories({ [file]: [HERE, own] }, []), [file])).of(file);
        expect(found?.file).toBe(own);
      }),
    );
  });
});
