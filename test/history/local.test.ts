/** Histories of repositories on this machine: from which commit to which something was locked. */
import { describe, expect, it } from 'vitest';
import { FILE_NAMES, FORMATS, lock, manifest, service } from './lockfiles.ts';
import { bad, day, git, incomplete, MadeHistory, told, walked } from './made.ts';

const CHALK = bad('chalk@5.6.1');

describe('the history of a service', () => {
  it('is exposed from the commit that locks it to the one that does not, once for every run', async () => {
    const made = new MadeHistory();
    made.commit(service('pay', '5.6.0'));
    const from = made.commit(service('pay', '5.6.1'));
    made.commit({ 'README.md': 'x' });
    const until = made.commit(service('pay', '5.6.2'));
    made.commit(service('pay', '5.6.1'));
    made.checkout();
    const { exposures, repositories, counts, diagnostics } = await walked([made.root], CHALK);
    expect(told(exposures)).toEqual(['pay 5.6.1 2..4', 'pay 5.6.1 5..']);
    expect(exposures[0]).toMatchObject({ from: { commit: from }, until: { commit: until }, today: 0, isOnHead: true });
    expect(exposures[0]!.path.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'made undefined',
      'debug 4.4.1',
      'chalk 5.6.1',
    ]);
    expect(repositories).toMatchObject([{ name: '.', lines: [{ branch: 'main', commits: 5, changing: 4 }] }]);
    expect([counts, diagnostics]).toEqual([{ contents: 3, suspects: 1, parsed: 1 }, []]);
  });

  it('takes 5.6.1 for neither 5.6.12 nor another package, and what holds it in none of its services is told too', async () => {
    const made = new MadeHistory();
    made.commit(service('a', '5.6.12'));
    made.commit({ 'a/package-lock.json': lock('npm', '15.6.1') });
    const stray = JSON.parse(lock('npm', '5.6.1'));
    delete stray.packages['node_modules/debug'].dependencies;
    made.commit({ 'a/package-lock.json': JSON.stringify(stray) });
    made.checkout();
    const { exposures } = await walked([made.root], CHALK);
    expect(told(exposures)).toEqual(['a 5.6.1 3..']);
    expect(exposures[0]).toMatchObject({ reached: false, path: [] });
    expect((await walked([made.root], CHALK, { scope: 'runtime' })).exposures).toEqual([]);
  });

  it.each(FORMATS)('is read in %s, with the path that brought it in', async (format) => {
    const made = new MadeHistory();
    made.commit(service('pay', '5.6.1', format));
    made.commit(service('pay', undefined, format));
    made.checkout();
    const { exposures, diagnostics } = await walked([made.root], CHALK);
    expect([told(exposures), diagnostics]).toEqual([['pay 5.6.1 1..2'], []]);
    expect(exposures[0]!.path.slice(1).map(({ name }) => name)).toEqual(['debug', 'chalk']);
  });

  it('goes on when another package manager takes over, and when its directory is moved', async () => {
    const made = new MadeHistory();
    made.commit(service('pay', '5.6.1', 'npm'));
    made.commit({ ...service('pay', '5.6.1', 'pnpm'), [`pay/${FILE_NAMES.npm}`]: null });
    made.commit({ pay: null, ...service('services/pay', '5.6.1', 'pnpm') });
    made.commit({ 'services/pay/package.json': manifest('pay').replace('1.0.0', '2.0.0') });
    made.commit({
      'services/pay': null,
      'apps/till/package.json': manifest('pay').replace('1.0.0', '3.0.0'),
      'apps/till/pnpm-lock.yaml': lock('pnpm', '5.6.1'),
    });
    made.commit({ 'apps/till/pnpm-lock.yaml': lock('pnpm', '5.6.2') });
    made.checkout();
    const { exposures } = await walked([made.root], CHALK);
    expect(told(exposures)).toEqual(['apps/till 5.6.1 1..6']);
    expect(exposures[0]).toMatchObject({
      formerly: ['pay', 'services/pay'],
      lockfiles: [
        'pay/package-lock.json',
        'pay/pnpm-lock.yaml',
        'services/pay/pnpm-lock.yaml',
        'apps/till/pnpm-lock.yaml',
      ],
    });
  });

  it('is told of services that are gone, and of a directory that another service took', async () => {
    const made = new MadeHistory();
    made.commit({ ...service('old', '5.6.1'), ...service('kept', '5.6.0') });
    made.commit({ old: null });
    made.commit(service('old', '5.6.1'));
    made.commit({ old: null, ...service('new', '5.6.1', 'npm'), 'new/package.json': manifest('other') });
    made.checkout();
    const { exposures } = await walked([made.root], CHALK);
    expect(told(exposures)).toEqual(['new 5.6.1 4..', 'old 5.6.1 1..2 gone', 'old 5.6.1 3..4 gone']);
    const apart = new MadeHistory();
    apart.commit({ ...service('old', '5.6.1'), ...service('kept', '5.6.0') });
    apart.commit({ old: null, ...service('new', '5.6.1', 'yarn') });
    apart.checkout();
    const other = await walked([apart.root], CHALK);
    expect(told(other.exposures)).toEqual(['new 5.6.1 2..', 'old 5.6.1 1..2 gone']);
    expect(other.exposures.map(({ today }) => today)).toEqual([1, undefined]);
  });

  it('counts what a merge brings in from the merge on, and what other branches have only where they are asked for', async () => {
    const made = new MadeHistory();
    made.commit(service('pay', '5.6.0'));
    made.commit(service('pay', '5.6.1'), { branch: 'bump', from: 'main' });
    made.commit({ 'README.md': 'x' });
    made.commit(service('pay', '5.6.1'), { merge: 'bump' });
    made.commit(service('pay', '5.6.2'));
    made.commit(service('pay', '5.6.1'), { branch: 'renovate/chalk', from: 'main' });
    made.checkout();
    expect(told((await walked([made.root], CHALK)).exposures)).toEqual(['pay 5.6.1 4..5']);
    const { exposures, repositories } = await walked([made.root], CHALK, { allBranches: true });
    expect(exposures.map((each) => `${told([each])} ${each.branches.join()} ${each.isOnHead}`)).toEqual([
      'pay 5.6.1 2.. bump false',
      'pay 5.6.1 4..5 main,renovate/chalk true',
      'pay 5.6.1 6.. renovate/chalk false',
    ]);
    expect(repositories[0]!.lines.map(({ branch }) => branch)).toEqual(['main', 'bump', 'renovate/chalk']);
    made.git('pack-refs', '--all');
    made.git('checkout', '--quiet', '--detach', 'bump');
    const detached = await walked([made.root], CHALK);
    expect(told(detached.exposures)).toEqual(['pay 5.6.1 2..']);
    expect(detached.repositories[0]!.lines).toMatchObject([{ branch: undefined, commits: 2 }]);
  });

  it('of workspaces is told for each, by the directory that it is or was in', async () => {
    const workspaces = (of: Record<string, string>) =>
      JSON.stringify({
        name: 'root',
        lockfileVersion: 3,
        packages: {
          '': { name: 'root', workspaces: ['packages/*'] },
          ...Object.fromEntries(
            Object.entries(of).flatMap(([name, version]) => [
              [`node_modules/${name}`, { resolved: `packages/${name}`, link: true }],
              [`packages/${name}`, { name, dependencies: { chalk: '^5.0.0' } }],
              [`packages/${name}/node_modules/chalk`, { version }],
            ]),
          ),
        },
      });
    const made = new MadeHistory();
    const root = { 'package.json': JSON.stringify({ name: 'root', workspaces: ['packages/*'] }) };
    made.commit({
      ...root,
      'package-lock.json': workspaces({ a: '5.6.1', b: '5.6.0' }),
      'packages/a/package.json': manifest('a'),
      'packages/b/package.json': manifest('b'),
    });
    made.commit({
      'package-lock.json': workspaces({ b: '5.6.1', c: '5.6.1' }),
      'packages/a': null,
      'packages/c/package.json': manifest('a'),
    });
    made.commit({ 'package-lock.json': workspaces({ b: '5.6.2', c: '5.6.2' }) });
    made.checkout();
    const { exposures } = await walked([made.root], CHALK);
    expect(told(exposures)).toEqual(['packages/b 5.6.1 2..3', 'packages/c 5.6.1 1..3']);
  });

  it('selects by overlap with a window, whatever clocks say', async () => {
    const made = new MadeHistory();
    made.commit(service('pay', '5.6.1'), { at: day(10) });
    made.commit(service('pay', '5.6.2'), { at: day(5) });
    made.commit(service('pay', '5.6.1'), { at: day(20) });
    made.checkout();
    const within = async (since?: number, until?: number) => {
      const { exposures, outside } = await walked([made.root], CHALK, {
        window: { since: since && day(since), until: until && day(until) },
      });
      return [...told(exposures), outside];
    };
    expect(await within(1, 4)).toEqual([2]);
    expect(await within(6, 7)).toEqual(['pay 5.6.1 10..5', 1]);
    expect(await within(11, 19)).toEqual([2]);
    expect(await within(21)).toEqual(['pay 5.6.1 20..', 1]);
    expect(await within(undefined, 30)).toHaveLength(3);
  });

  it('is that of a source: a directory, a file, several repositories, worktrees, submodules and bare ones', async () => {
    const made = new MadeHistory();
    made.commit({ ...service('a', '5.6.1'), ...service('b', '5.6.1'), ...service('b/deep', '5.6.1') });
    made.commit({ ...service('a', '5.6.0'), b: null, ...service('c', '5.6.1') });
    made.checkout();
    const inside = async (path: string) => told((await walked([`${made.root}/${path}`], CHALK)).exposures);
    expect(await inside('a')).toEqual(['made 5.6.1 1..2']);
    expect(await inside('c/package-lock.json')).toEqual(['made 5.6.1 2..']);
    const fleet = new MadeHistory();
    fleet.commit(service('top', '5.6.1'));
    fleet.checkout();
    git(fleet.root, 'clone', '--quiet', made.root, `${fleet.root}/nested`);
    git(fleet.root, 'clone', '--quiet', '--bare', made.root, `${fleet.root}/mirror.git`);
    git(fleet.root, 'submodule', '--quiet', 'add', made.root, 'module');
    made.git('worktree', 'add', '--quiet', '--detach', `${fleet.root}/tree`, 'main~1');
    const { exposures, repositories, diagnostics } = await walked([fleet.root], CHALK);
    expect(repositories.map(({ name }) => name)).toEqual(['.', 'mirror.git', 'module', 'nested', 'tree']);
    expect(told(exposures)).toEqual([
      ...['mirror.git', 'module', 'nested'].flatMap((name) => [
        `${name}/a 5.6.1 1..2`,
        `${name}/b 5.6.1 1..2 gone`,
        `${name}/b/deep 5.6.1 1..2 gone`,
        `${name}/c 5.6.1 2..`,
      ]),
      'top 5.6.1 1..',
      ...['tree/a', 'tree/b', 'tree/b/deep'].map((name) => `${name} 5.6.1 1..`),
    ]);
    expect(diagnostics).toEqual([]);
    const bare = await walked([`${fleet.root}/mirror.git`], CHALK);
    expect(told(bare.exposures)).toHaveLength(4);
    const two = await walked([`${fleet.root}/nested`, `${fleet.root}/tree/b`], CHALK);
    expect([told(two.exposures).length, incomplete(two)]).toEqual([6, []]);
  });
});
