/** From the repositories of a host to their alerts: the whole way by commands. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkedRun } from '../reports/sarif/check.ts';
import { project } from '../sources/api/fleet.ts';
import { FakeClock } from '../sources/api/http.ts';
import { gitEnv, repository } from '../sources/git/made.ts';
import { Github } from '../sources/github/server.ts';
import { Gitlab } from '../sources/gitlab/server.ts';
import { provenance, run, sarifFile } from '../upload/made.ts';
import { npmLock, scratch, spofDeps, tree } from './harness.ts';

const TOKEN = 'planted0secret0token';
let github: Github;

beforeEach(async () => {
  github = new Github(new FakeClock());
  github.organisations.add('acme');
  github.tokens.set(TOKEN, 'me');
  await github.start();
});

afterEach(async () => {
  expect(github.violations).toEqual([]);
  await github.loopback.close();
});

function env(): Record<string, string> {
  return { ...gitEnv(), GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN };
}

async function scanned(...sources: string[]): Promise<string> {
  const directory = join(scratch(), 'sarif');
  const { code, stderr } = await spofDeps([...sources, '--sarif-dir', directory], { env: env() });
  expect(stderr).not.toContain(TOKEN);
  expect(code).toBe(0);
  return directory;
}

describe('upload', () => {
  it('takes the findings of each repository of an owner to it, at the commit that was read', async () => {
    const pay = github.add('acme/pay', project('pay'));
    const web = github.add('acme/web', project('web'), { default_branch: 'trunk' });
    github.add('acme/docs', { 'README.md': '# docs' });
    const directory = await scanned('github:acme');
    const outcome = await spofDeps(['upload', directory, '--only', 'acme'], { env: env() });
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain('3 SARIF files for the code scanning of');
    expect(outcome.stdout).toContain('3 processed');
    const sent = github.scanning.deliveries.map(({ repository, commit, ref }) => [repository, commit, ref]);
    const docs = github.repositories[2]!.refs.get('main')!.id;
    expect(sent).toEqual([
      ['acme/docs', docs, 'refs/heads/main'],
      ['acme/pay', pay.refs.get('main')!.id, 'refs/heads/main'],
      ['acme/web', web.refs.get('trunk')!.id, 'refs/heads/trunk'],
    ]);
    for (const [at, name] of readdirSync(directory).sort().entries()) {
      const text = readFileSync(join(directory, name), 'utf8');
      expect(github.scanning.deliveries[at]!.text).toBe(text);
      expect(text).not.toContain(TOKEN);
      checkedRun(text);
    }
    expect(outcome.stdout + outcome.stderr).not.toContain(TOKEN);
  });

  it('reports as JSON by its schema, as Markdown, and says what does not arrive', async () => {
    github.add('acme/pay', project('pay'));
    github.add('acme/private', project('private'));
    github.scanning.off.add('acme/private');
    const directory = await scanned('github:acme');
    const markdown = join(scratch(), 'upload.md');
    const args = ['upload', directory, '--no-wait', '--out', markdown, '--format', 'json'];
    const { code, stdout } = await spofDeps(args, { env: env() });
    expect(code).toBe(3);
    const report = JSON.parse(stdout);
    const schema = JSON.parse(readFileSync(new URL('../../schema/upload.schema.json', import.meta.url), 'utf8'));
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    expect(ajv.validate(schema, report), ajv.errorsText()).toBe(true);
    expect(report).toMatchObject({ complete: false, counts: { uploaded: 1, skipped: 1, processed: 0 } });
    expect(readFileSync(markdown, 'utf8')).toMatch(/CODE\\_SCANNING\\_OFF[\s\S]*\| `?acme\/private/);
    const allowed = await spofDeps([...args, '--allow-incomplete'], { env: env() });
    expect(allowed.code).toBe(0);
  });

  it('needs no token and no host to say what it would do', async () => {
    github.add('acme/pay', project('pay'));
    const directory = await scanned('github:acme');
    const { GITHUB_TOKEN: _, ...open } = env();
    github.loopback.taken();
    const dry = await spofDeps(['upload', directory, '--dry-run'], { env: open });
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('1 would be uploaded; nobody was asked (--dry-run)');
    expect(dry.stdout).toContain('acme/pay');
    const wet = await spofDeps(['upload', directory], { env: open });
    expect(wet.code).toBe(2);
    expect(wet.stderr).toContain('nobody may upload without a token');
    expect(github.loopback.taken()).toEqual([]);
  });

  it('is not led elsewhere by a scanned tree, which may call itself whatever it likes', async () => {
    github.add('evil/drop', project('drop'));
    const config = '[remote "origin"]\n\turl = https://user:secret@HOST/evil/drop.git\n'
      .replace('HOST', new URL(github.url).host)
      .replace('https', 'http');
    const root = tree({
      'package-lock.json': npmLock({ ms: '2.1.3' }),
      '.git/config': config,
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/packed-refs': `# pack-refs\n${github.repositories[0]!.refs.get('main')!.id} refs/heads/main\n`,
    });
    const directory = await scanned(root);
    const [name] = readdirSync(directory);
    const text = readFileSync(join(directory, name!), 'utf8');
    expect(text).toContain('/evil/drop"');
    expect(text).not.toContain('secret');
    const { code, stdout } = await spofDeps(['upload', directory], { env: env() });
    expect(code).toBe(3);
    expect(stdout).toContain('TARGET_UNTOLD');
    expect(github.scanning.deliveries).toEqual([]);
    // Unless the user says so.
    const told = await spofDeps(['upload', directory, '--repository', 'evil/drop', '--no-wait'], { env: env() });
    expect(told.code).toBe(0);
    expect(github.scanning.deliveries).toHaveLength(1);
  });

  it('takes the one file of a workflow to the repository that it runs for', async () => {
    const made = github.add('acme/pay', project('pay'));
    const root = tree({ 'package-lock.json': npmLock({ ms: '2.1.3' }) });
    const file = join(scratch(), 'report.sarif');
    await spofDeps([root, '--out', file]);
    const workflow = {
      GITHUB_SERVER_URL: `http://${new URL(github.url).host}`,
      GITHUB_REPOSITORY: 'acme/pay',
      GITHUB_SHA: made.refs.get('main')!.id,
      GITHUB_REF: 'refs/heads/main',
    };
    const { code } = await spofDeps(['upload', file, '--no-wait'], { env: { ...env(), ...workflow } });
    expect(code).toBe(0);
    expect(github.scanning.deliveries).toMatchObject([{ repository: 'acme/pay', commit: workflow.GITHUB_SHA }]);
  });

  it('knows the branch where it is that of the repository, and says where it does not', async () => {
    const made = github.add('acme/pay', project('pay'));
    github.push(made, project('pay', '2.0.0'), 'v2');
    const directory = await scanned('github:acme/pay@v2');
    const { code, stdout } = await spofDeps(['upload', directory], { env: env() });
    expect(code).toBe(3);
    expect(stdout).toContain('TARGET_UNKNOWN');
    const told = await spofDeps(['upload', directory, '--ref', 'refs/heads/v2', '--no-wait'], { env: env() });
    expect(told.code).toBe(0);
    expect(github.scanning.deliveries).toMatchObject([{ commit: made.refs.get('v2')!.id, ref: 'refs/heads/v2' }]);
  });

  it('says the same of what an earlier run kept', async () => {
    const made = github.add('acme/pay', project('pay'));
    const cache = scratch();
    const [online, offline] = [join(scratch(), 'a'), join(scratch(), 'b')];
    const args = ['github:acme', '--cache-dir', cache];
    await spofDeps([...args, '--sarif-dir', online], { env: env() });
    await spofDeps([...args, '--sarif-dir', offline, '--offline'], { env: env() });
    const [name] = readdirSync(online);
    const text = readFileSync(join(online, name!), 'utf8');
    expect(readFileSync(join(offline, name!), 'utf8')).toBe(text);
    expect(text).toContain(made.refs.get('main')!.id);
  });

  it('takes nothing to GitLab, and says what to do instead', async () => {
    const gitlab = new Gitlab(new FakeClock());
    await gitlab.start();
    gitlab.tokens.add(TOKEN);
    gitlab.add('acme/team/web', project('web'));
    const directory = join(scratch(), 'sarif');
    const own = { ...env(), CI_API_V4_URL: gitlab.url, GITLAB_TOKEN: TOKEN };
    await spofDeps(['gitlab:acme', '--sarif-dir', directory], { env: own });
    const { code, stdout } = await spofDeps(['upload', directory], { env: own });
    expect(code).toBe(3);
    expect(stdout).toContain('HOST_TAKES_NONE');
    expect(stdout).toContain('docs/scheduled-scan.md');
    await gitlab.loopback.close();
  });

  it('says what was read over git where that is on a host', async () => {
    const root = scratch();
    repository(root, 'acme/pay', { 'package-lock.json': npmLock({ ms: '2.1.3' }) });
    const directory = await scanned(`git+file://${root}/acme/pay`);
    const [name] = readdirSync(directory);
    expect(JSON.parse(readFileSync(join(directory, name!), 'utf8')).runs[0].versionControlProvenance).toBeUndefined();
  });

  it('says what is wrong before anything is sent', async () => {
    const directory = scratch();
    const none = await spofDeps(['upload', directory], { env: env() });
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('nothing to upload');
    mkdirSync(join(directory, 'sarif'));
    sarifFile(
      join(directory, 'sarif'),
      'a.sarif',
      run(provenance('https://gitlab.com/acme/pay', 'a'.repeat(40), 'main', 'gitlab')),
    );
    writeFileSync(join(directory, 'sarif', 'b.sarif'), '{');
    const { code, stdout } = await spofDeps(['upload', join(directory, 'sarif')], { env: env() });
    expect(code).toBe(3);
    expect(stdout).toContain('HOST_TAKES_NONE');
    expect(stdout).toContain('SARIF_INVALID');
    const wrong = await spofDeps(['upload', join(directory, 'sarif'), '--ref', 'main', '--max-wait', 'x'], {
      env: env(),
    });
    expect(wrong.code).toBe(2);
    expect(github.loopback.requests).toEqual([]);
  });

  it('shows nothing of a hostile file but text', async () => {
    const file = sarifFile(scratch(), 'x.sarif', run(provenance('https://evil\u001b[2J.example/a/b', 'a'.repeat(40))));
    const hostile = sarifFile(
      scratch(),
      '\u001b]0;x\u0007.sarif',
      run(provenance(`http://${new URL(github.url).host}/acme/pay`, 'a'.repeat(40), '::set-output name=x::y')),
    );
    const { stdout } = await spofDeps(['upload', file, hostile], { env: env() });
    for (const control of ['\u001b', '\u0007']) expect(stdout).not.toContain(control);
    expect(stdout).not.toContain('::set-output');
  });
});
