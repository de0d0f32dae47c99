/** What histories lack and hide: shallow and partial clones, damage, hostile configuration, names and links. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps, tree } from '../cli/harness.ts';
import { gitEnv } from '../sources/git/made.ts';
import { lock, service } from './lockfiles.ts';
import { bad, day, git, incomplete, MadeHistory, told, walked } from './made.ts';

const CHALK = bad('chalk@5.6.1');

/** Clean, bad, still bad, clean: what is bad is in no commit of the last day. */
function exposed(): MadeHistory {
  const made = new MadeHistory();
  made.commit(service('pay', '5.6.0'));
  made.commit(service('pay', '5.6.1'));
  made.commit({ 'pay/.npmrc': 'ignore-scripts=true\n' });
  made.commit({ 'pay/package-lock.json': lock('npm', '5.6.2') });
  return made.checkout();
}

function cloned(from: MadeHistory, ...args: string[]): string {
  const root = join(scratch(), 'clone');
  from.git('config', 'uploadpack.allowFilter', 'true');
  git(from.root, 'clone', '--quiet', ...args, `file://${from.root}`, root);
  return root;
}

/** Takes an object away. Few of them are in no pack. */
function lose(made: MadeHistory, name: string): void {
  const id = /^[0-9a-f]{40}$/.test(name) ? name : made.git('rev-parse', name);
  rmSync(join(made.root, '.git', 'objects', id.slice(0, 2), id.slice(2)));
}

describe('history that is not all there', () => {
  it('is incomplete where it is shallow, unless it begins before the time asked about', async () => {
    const root = cloned(exposed(), '--depth=2');
    const all = await walked([root], CHALK);
    expect([told(all.exposures), incomplete(all)]).toEqual([['pay 5.6.1 <=3..4'], ['HISTORY_SHALLOW .']]);
    expect(all.repositories[0]!.lines[0]!.begins.how).toBe('shallow');
    const late = await walked([root], CHALK, { window: { since: day(3) } });
    expect([told(late.exposures), incomplete(late)]).toEqual([['pay 5.6.1 <=3..4'], []]);
    expect(late.diagnostics.map(({ code }) => code)).toEqual(['HISTORY_SHALLOW']);
    // It may have begun at any time before.
    expect(told((await walked([root], CHALK, { window: { until: day(1) } })).exposures)).toHaveLength(1);
  });

  it('of a partial clone asks no server for what is missing, and says so', async () => {
    const made = exposed();
    const root = cloned(made, '--filter=blob:none');
    const before = readdirSync(join(root, '.git', 'objects', 'pack')).length;
    const history = await walked([root], CHALK);
    expect([told(history.exposures), incomplete(history)]).toEqual([[], ['HISTORY_VERSION pay/package-lock.json']]);
    expect(history.diagnostics[0]!.message).toContain('its content is not there, and 2 more such versions');
    expect(readdirSync(join(root, '.git', 'objects', 'pack'))).toHaveLength(before);
    const treeless = await walked([cloned(made, '--filter=tree:0')], CHALK);
    expect(incomplete(treeless)).toEqual(['HISTORY_UNREADABLE .']);
  });

  it('is cut where it is too long, and what was there before the cut is still seen', async () => {
    const made = exposed();
    const commits = await walked([made.root], CHALK, { limits: { commits: 2, changes: 100 } });
    expect([told(commits.exposures), incomplete(commits)]).toEqual([['pay 5.6.1 <=3..4'], ['HISTORY_CUT .']]);
    const changes = await walked([made.root], CHALK, { limits: { commits: 10, changes: 1 } });
    expect(incomplete(changes)).toEqual(['HISTORY_UNREADABLE .']);
  });

  it('is none without a repository, without a commit, or where a lockfile is not committed', async () => {
    const plain = await walked([tree({ 'a/package-lock.json': npmLock({ chalk: '5.6.1' }) })], CHALK);
    expect([plain.exposures, incomplete(plain)]).toEqual([[], ['HISTORY_ABSENT a/package-lock.json']]);
    const made = new MadeHistory();
    made.write({ 'a/package-lock.json': npmLock({ chalk: '5.6.1' }), 'b/yarn.lock': lock('yarn', '5.6.1') });
    const unborn = await walked([made.root], CHALK);
    expect(incomplete(unborn)).toEqual(['HISTORY_ABSENT ']);
    expect(unborn.diagnostics[0]!.message).toContain('(a/package-lock.json, b/yarn.lock)');
    made.commit(service('c', '5.6.1'));
    made.git('reset', '--quiet', 'main');
    const some = await walked([made.root], CHALK);
    expect([told(some.exposures), incomplete(some)]).toEqual([['c 5.6.1 1..'], ['HISTORY_ABSENT ']]);
    expect((await walked([scratch()], CHALK)).diagnostics).toEqual([]);
  });

  it('is unreadable where it is damaged, and the others are walked all the same', async () => {
    const damaged = exposed();
    lose(damaged, 'main~2^{tree}');
    const fine = exposed();
    const history = await walked([damaged.root, fine.root], CHALK);
    expect(told(history.exposures)).toHaveLength(1);
    expect(incomplete(history)).toEqual([expect.stringContaining('HISTORY_UNREADABLE')]);
    for (const spoil of ['HEAD', 'packed-refs'] as const) {
      const made = exposed();
      made.git('pack-refs', '--all');
      rmSync(join(made.root, '.git', spoil));
      execFileSync('mkfifo', [join(made.root, '.git', spoil)]);
      const broken = await walked([made.root], CHALK);
      expect(broken.exposures).toEqual([]);
      expect(incomplete(broken)).toHaveLength(1);
    }
  });

  it('has versions that cannot be read: they may hold what names it, and nothing where they do not', async () => {
    const made = new MadeHistory();
    const conflict = (text: string) => `<<<<<<< a\n${text}\n=======\n${text}\n>>>>>>> b\n`;
    made.commit(service('pay', '5.6.1'));
    made.commit({ 'pay/package-lock.json': conflict(lock('npm', '5.6.1')) });
    made.commit({ 'pay/package-lock.json': conflict(lock('npm', '5.6.0')) });
    made.commit({ 'pay/package-lock.json': lock('npm', '5.6.1') });
    made.commit({ 'pay/package-lock.json': lock('npm', '5.6.2'), 'pay/bun.lockb': '#!/usr/bin/env bun' });
    made.commit({ 'pay/bun.lockb': null, 'pay/Cargo.lock': 'x' });
    made.commit({ 'pay/Cargo.lock': null });
    made.checkout();
    const history = await walked([made.root], CHALK);
    expect(told(history.exposures)).toEqual(['pay 5.6.1 1..3', 'pay 5.6.1 4..5']);
    expect(incomplete(history)).toEqual(['HISTORY_VERSION pay/package-lock.json', 'HISTORY_VERSION pay/bun.lockb']);
  });

  it('reads names however they are escaped, and names that JavaScript knows', async () => {
    const made = new MadeHistory();
    made.commit({ 'a/package-lock.json': npmLock({ chalk: '5.6.1' }).replaceAll('chalk', '\\u0063halk') });
    made.commit({ 'a/package-lock.json': npmLock({ chalk: '5.6.0' }) });
    made.checkout();
    expect(told((await walked([made.root], CHALK)).exposures)).toEqual(['a 5.6.1 1..2']);
    const proto = new MadeHistory();
    const text = npmLock({ x: '1.0.0' }).replaceAll('/x"', '/__proto__"').replaceAll('"x"', '"__proto__"');
    proto.commit({ '__proto__/package-lock.json': text });
    proto.commit({ 'constructor/package-lock.json': npmLock({ x: '1.0.0' }), ['__proto__']: null });
    proto.checkout();
    expect(told((await walked([proto.root], bad('__proto__@1.0.0'))).exposures)).toEqual(['__proto__ 1.0.0 1..2 gone']);
  });
});

describe('branches', () => {
  it('that were fetched are walked too, once', async () => {
    const made = exposed();
    made.commit(service('pay', '5.6.1'), { branch: 'bump', from: 'main' });
    const root = cloned(made);
    const { exposures, repositories } = await walked([root], CHALK, { allBranches: true });
    expect(repositories[0]!.lines.map(({ branch }) => branch)).toEqual(['main', 'origin/bump']);
    expect(exposures.map(({ branches }) => branches.join())).toEqual(['main,origin/bump', 'origin/bump']);
  });
});

describe('a hostile repository', () => {
  it('has nothing of its configuration, hooks and attributes run or read', async () => {
    const made = new MadeHistory();
    const marker = join(scratch(), 'ran');
    const script = join(scratch(), 'script');
    writeFileSync(script, `#!/bin/sh\necho ran >> ${marker}\n`, { mode: 0o755 });
    made.commit({ ...service('pay', '5.6.1'), '.gitattributes': '*.json diff=evil filter=evil\n' });
    made.commit({ 'pay/package-lock.json': lock('npm', '5.6.2') });
    made.checkout();
    const blob = made.git('rev-parse', 'main~1:pay/package-lock.json');
    mkdirSync(join(made.root, '.git', 'info'), { recursive: true });
    writeFileSync(join(made.root, '.git', 'info', 'attributes'), '* diff=evil filter=evil\n');
    mkdirSync(join(made.root, '.git', 'hooks'));
    for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change', 'pre-auto-gc', 'post-rewrite']) {
      writeFileSync(join(made.root, '.git', 'hooks', hook), `#!/bin/sh\necho ran >> ${marker}\n`, { mode: 0o755 });
    }
    made.configure(`[core]
	fsmonitor = ${script}
	sshCommand = ${script}
	pager = ${script}
	editor = ${script}
	askPass = ${script}
	gitProxy = ${script}
	alternateRefsCommand = ${script}
	hooksPath = ${join(made.root, '.git', 'hooks')}
	repositoryFormatVersion = 1
[extensions]
	partialClone = origin
[remote "origin"]
	promisor = true
	partialclonefilter = blob:none
	url = ext::${script}
	uploadpack = ${script}
[remote "file"]
	promisor = true
	url = ${made.root}
	uploadpack = ${script}
[diff]
	external = ${script}
[diff "evil"]
	command = ${script}
	textconv = ${script}
[filter "evil"]
	smudge = ${script}
	clean = ${script}
	process = ${script}
[log]
	showSignature = true
[gpg]
	program = ${script}
[credential]
	helper = !${script}
[alias]
	rev-list = !${script}
	diff-tree = !${script}
[pager]
	rev-list = ${script}
	diff-tree = ${script}
[include]
	path = ${join(made.root, '.git', 'pipe')}
[broken
`);
    execFileSync('mkfifo', [join(made.root, '.git', 'pipe')]);
    const history = await walked([made.root], CHALK, { allBranches: true });
    expect([told(history.exposures), history.diagnostics]).toEqual([['pay 5.6.1 1..2'], []]);
    // A promisor remote would be asked for what is missing.
    lose(made, blob);
    expect(incomplete(await walked([made.root], CHALK))).toEqual(['HISTORY_VERSION pay/package-lock.json']);
    expect(existsSync(marker)).toBe(false);
  });

  it('cannot pass other content for that of another repository', async () => {
    const [honest, liar] = [exposed(), exposed()];
    const id = liar.git('rev-parse', 'main~1:pay/package-lock.json');
    const clean = Buffer.from(lock('npm', '5.6.0'));
    lose(liar, id);
    const file = join(liar.root, '.git', 'objects', id.slice(0, 2), id.slice(2));
    writeFileSync(file, deflateSync(Buffer.concat([Buffer.from(`blob ${clean.length}\0`), clean])));
    for (const roots of [
      [liar.root, honest.root],
      [honest.root, liar.root],
    ]) {
      const history = await walked(roots, CHALK);
      expect(told(history.exposures).map((each) => each.split(' ').at(-1))).toContain('2..4');
      expect(incomplete(history).length + history.exposures.length).toBe(2);
    }
    const alone = await walked([liar.root], CHALK);
    expect([alone.exposures, incomplete(alone)]).toEqual([[], ['HISTORY_VERSION pay/package-lock.json']]);
  });

  it('may have commits at times of no calendar', async () => {
    const made = exposed();
    const of = made.git('rev-parse', 'main~2^{tree}');
    const text = `tree ${of}\nauthor a <a@b> 0 +0000\ncommitter a <a@b> 99999999999999999 +0000\n\nx\n`;
    const args = ['-C', made.root, 'hash-object', '-t', 'commit', '-w', '--stdin', '--literally'];
    const commit = execFileSync('git', args, { env: gitEnv(), input: text, encoding: 'utf8' }).trim();
    made.git('update-ref', 'refs/heads/main', commit);
    writeFileSync(join(made.root, '.git', 'shallow'), `${commit}\n`);
    const { code, stdout } = await spofDeps(
      ['impact', 'chalk@5.6.1', '--in', made.root, '--offline', '--history', '--format', 'json'],
      { env: gitEnv() },
    );
    expect([code, JSON.parse(stdout).history.exposures[0].from]).toEqual([1, { commit, time: null, exact: false }]);
    expect(stdout).toContain('begins at no time');
  });

  it('brings no .git that leads to another repository', async () => {
    const secret = exposed();
    const root = tree({
      'app/package-lock.json': npmLock({ chalk: '5.6.1' }),
      'app/.git': `gitdir: ${secret.root}/.git\n`,
    });
    const history = await walked([root], CHALK);
    expect([history.exposures, incomplete(history)]).toEqual([[], ['HISTORY_ABSENT app']]);
    symlinkSync(join(secret.root, '.git'), join(root, 'linked'));
    mkdirSync(join(root, 'other'));
    symlinkSync(join(secret.root, '.git'), join(root, 'other', '.git'));
    const linked = await walked([root], CHALK);
    expect([linked.exposures, incomplete(linked)]).toEqual([[], ['HISTORY_ABSENT app', 'HISTORY_ABSENT other']]);
  });

  it('has paths and links that lead nowhere else', async () => {
    const made = new MadeHistory();
    made.commit({
      ...service('pay', '5.6.1'),
      'a\nb/package-lock.json': lock('npm', '5.6.1'),
      'link/package-lock.json': { link: '../pay/package-lock.json' },
      'out/package-lock.json': { link: '/etc/passwd' },
      'settings/package-lock.json': lock('npm', '5.6.1'),
      'settings/.npmrc': { link: '../../../../etc/passwd' },
      'module/yarn.lock': { module: 'c0ffee'.padEnd(40, '0') },
    });
    made.commit(service('pay', '5.6.2'));
    // Trees that git itself would not write.
    const blob = made.git('rev-parse', 'main~1:pay/package-lock.json');
    const input = (text: string) =>
      execFileSync('git', ['-C', made.root, 'mktree'], { env: gitEnv(), input: text, encoding: 'utf8' }).trim();
    const evil = input(`100644 blob ${blob}\tpackage-lock.json\n`);
    const root = input(
      ['..', '.git', 'GIT~1', 'ok'].map((name) => `040000 tree ${evil}\t${name}\n`).join('') +
        `100644 blob ${blob}\tpackage.json\n`,
    );
    const commit = git(made.root, 'commit-tree', '-p', 'main', '-m', 'x', root);
    made.checkout();
    made.git('update-ref', '--no-deref', 'HEAD', commit);
    const { exposures, diagnostics } = await walked([made.root], CHALK);
    expect(exposures.map(({ service: name }) => name)).toEqual(['ok', 'pay', 'settings']);
    expect(diagnostics.map(({ file, message }) => `${JSON.stringify(file)} ${message.split(': ').at(-1)}`)).toEqual([
      '"a\\nb/package-lock.json" its path cannot be one of a file',
      '"out/package-lock.json" a symbolic link to what is no lockfile of the repository',
      '"../package-lock.json" its path cannot be one of a file',
      '"GIT~1/package-lock.json" its path cannot be one of a file',
      expect.stringContaining('pay/package-lock.json, settings/package-lock.json'),
    ]);
  });

  it('may borrow objects itself, have ids of sha256, and a history that goes through a worktree of its own', async () => {
    const made = exposed();
    const shared = join(scratch(), 'shared "quoted"\n path');
    git(made.root, 'clone', '--quiet', '--shared', made.root, shared);
    expect(told((await walked([shared], CHALK)).exposures)).toEqual(['pay 5.6.1 2..4']);
    const root = scratch();
    git(root, 'init', '--quiet', '--object-format=sha256', '-b', 'main', root);
    const files = tree(service('', '5.6.1'));
    git(root, `--work-tree=${files}`, 'add', '--all');
    git(root, 'commit', '--quiet', '-m', 'x');
    const history = await walked([root], CHALK);
    expect(history.exposures.map(({ service: name, from }) => [name, from.commit.length])).toEqual([['made', 64]]);
  });
});
