/** The scheduled scans that people copy, run as they stand: two nights, with what one leaves for the next. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmLock, scratch, tree } from '../cli/harness.ts';
import { type SignedRegistry, signedRegistry } from '../cli/signed.ts';
import { checkedRun } from '../reports/sarif/check.ts';
import { sha512Of } from '../sigstore/packages.ts';
import { FakeClock } from '../sources/api/http.ts';
import { Github } from '../sources/github/server.ts';
import { Gitlab } from '../sources/gitlab/server.ts';
import { Caches, runWorkflow } from './pipeline/github.ts';
import { runPipeline } from './pipeline/gitlab.ts';
import { Machine } from './pipeline/machine.ts';
import { yamlOf } from './runner.ts';

const READ_TOKEN = 'planted0reading0token';
const WRITE_TOKEN = 'planted0writing0token';
const PRIVATE_KEY = 'planted0private0key';

/** The config of the fleet, in the repository that scans: two services that back each other up. */
function configFor(host: string, pay: string, web: string): string {
  const lockfile = (path: string) => `${host}/${path}/package-lock.json`;
  const services = { pay: { lockfile: lockfile(pay) }, web: { lockfile: lockfile(web) } };
  return JSON.stringify({ services, systems: { checkout: { members: ['pay', 'web'], need: 1 } } });
}

/** A repository with one service. */
function serviceOf(name: string, packages: Readonly<Record<string, string>>) {
  const pinned = Object.entries(packages).map(([of, version]) => [of, `${version}#${sha512Of(`${of}@${version}`)}`]);
  const lock = JSON.parse(npmLock(Object.fromEntries(pinned)));
  lock.name = name;
  lock.packages[''].name = name;
  return {
    'package.json': JSON.stringify({ name, ...lock.packages[''] }),
    'package-lock.json': JSON.stringify(lock, undefined, 2),
  };
}

function blobIdsOf(files: Readonly<Record<string, string>>): string[] {
  return Object.values(files).map((text) =>
    createHash('sha1')
      .update(`blob ${Buffer.byteLength(text)}\0${text}`)
      .digest('hex'),
  );
}

let registry: SignedRegistry;
let machine: Machine;

beforeAll(async () => {
  registry = await signedRegistry({
    shared: [{ version: '1.0.0' }],
    left: [{ version: '1.0.0' }],
    right: [{ version: '1.0.0' }],
  });
  machine = new Machine((args) => (args.includes('--shard') ? registry.pinned : []));
  await machine.start();
});

afterAll(() => machine.close());

function everything(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => (entry.isFile() ? readFileSync(join(entry.parentPath, entry.name), 'latin1') : entry.name))
    .join('\n');
}

describe('examples/github/scheduled-scan.yml', () => {
  it('scans, compares, publishes and uploads, night after night', async () => {
    const github = new Github(new FakeClock());
    await github.start();
    github.organisations.add('acme');
    github.tokens.set(READ_TOKEN, undefined);
    github.tokens.set(WRITE_TOKEN, undefined);
    github.scanning.readers.add(READ_TOKEN);
    const web = github.add('acme/web', serviceOf('web', { left: '1.0.0' }));
    github.add('acme/pay', serviceOf('pay', { shared: '1.0.0', right: '1.0.0' }));
    github.add('acme/docs', { 'README.md': '# docs' });
    const caches = new Caches();
    const workflow = yamlOf('examples/github/scheduled-scan.yml');
    const granted: string[] = [];
    const night = (run: number) =>
      runWorkflow(workflow, {
        machine,
        caches,
        checkout: tree({ 'spof-deps.json': configFor(new URL(github.url).host, 'acme/pay', 'acme/web') }),
        values: {
          ...{
            'inputs.owner': 'acme',
            'inputs.client-id': 'Iv1.x',
            'inputs.shards': '[1, 2, 3]',
            'inputs.upload': true,
          },
          ...{ 'inputs.fail-when-worse': true, 'inputs.version': '0.1.0', 'secrets.private-key': PRIVATE_KEY },
          ...{ 'github.run_id': run, 'github.run_attempt': 1 },
        },
        env: { ...registry.env, GITHUB_API_URL: github.url, GITHUB_SERVER_URL: `http://${new URL(github.url).host}` },
        token: (permissions) => {
          granted.push(...permissions);
          return permissions.includes('security-events:write') ? WRITE_TOKEN : READ_TOKEN;
        },
      });

    const first = await night(1);
    expect(first.jobs.map(({ name, ok }) => [name, ok])).toEqual([
      ['scan (1)', true],
      ['scan (2)', true],
      ['scan (3)', true],
      ['merge', true],
      ['upload', true],
    ]);
    expect([...new Set(granted)].sort()).toEqual(['contents:read', 'security-events:write']);
    const merged = (result: typeof first) => result.jobs.find(({ name }) => name === 'merge')!;
    expect(merged(first).summary).toContain('there is nothing to compare with');
    const reports = first.artifacts.get('spof-deps-report')!;
    expect(readdirSync(reports).sort()).toEqual(
      ['changes.md', 'fleet.spof', 'index.html', 'report.json', 'report.md', 'report.txt'].sort(),
    );
    const report = JSON.parse(readFileSync(join(reports, 'report.json'), 'utf8'));
    expect(report).toMatchObject({ complete: true, evidence: { mode: 'online', signature: { verified: 3 } } });
    expect(report.fleet.services).toHaveLength(2);
    expect(github.scanning.deliveries.map(({ repository }) => repository)).toEqual([
      'acme/docs',
      'acme/pay',
      'acme/web',
    ]);
    for (const { text } of github.scanning.deliveries) checkedRun(text);

    // By day the web service takes what the payment service stands on.
    github.push(web, serviceOf('web', { left: '1.0.0', shared: '1.0.0' }));
    github.loopback.taken();
    const asked = registry.server.requests.length;
    const second = await night(2);
    const failed = second.jobs.filter(({ ok }) => !ok);
    // Worse fails the night, and keeps nothing from being published and uploaded.
    expect(failed.map(({ name }) => name)).toEqual(['merge']);
    expect(failed[0]!.steps.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual([
      'Say what changed since the last scan',
    ]);
    expect(merged(second).summary).toContain('The fleet is worse than before');
    expect(merged(second).summary).toContain('shared');
    expect(merged(second).summary.length).toBeLessThan(1024 * 1024);
    const uploaded = github.scanning.deliveries.slice(3);
    expect(uploaded).toHaveLength(3);
    const alerts = JSON.parse(uploaded.find(({ repository }) => repository === 'acme/web')!.text).runs[0].results;
    const redundancy = alerts.filter(({ ruleId }: { ruleId: string }) => ruleId.startsWith('redundancy-defeated'));
    expect(redundancy).not.toEqual([]);
    // The line of the entry, from a snapshot alone.
    const lines = serviceOf('web', { left: '1.0.0', shared: '1.0.0' })['package-lock.json'].split('\n');
    const placed = alerts.find(
      ({ properties }: { properties: { cause?: string } }) => properties.cause === 'package:npm/shared',
    );
    expect(lines[placed.locations[0].physicalLocation.region.startLine - 1]).toContain('node_modules/shared');

    // What is new is fetched; the rest is not asked for, of the host nor of registries.
    const news = new Set(blobIdsOf(serviceOf('web', { left: '1.0.0', shared: '1.0.0' })));
    const blobs = github.loopback.taken().filter(({ path }) => path.includes('/git/blobs/'));
    expect(new Set(blobs.map(({ path }) => path.split('/').at(-1)))).toEqual(news);
    const packages = registry.server.requests.slice(asked).filter(({ path }) => /^\/(?:shared|left|right)$/.test(path));
    // Which part a service is in goes by its name: what is new to that part is asked for, and nothing else.
    expect(packages.map(({ path }) => path).filter((path) => path !== '/shared')).toEqual([]);

    const third = await night(3);
    expect(third.jobs.every(({ ok }) => ok)).toBe(true);
    expect(merged(third).summary).toContain('The fleet is not worse than before');
    expect(github.violations).toEqual([]);
    for (const secret of [READ_TOKEN, WRITE_TOKEN, PRIVATE_KEY]) {
      for (const result of [first, second, third]) {
        for (const directory of result.artifacts.values()) expect(everything(directory)).not.toContain(secret);
        expect(JSON.stringify(result.jobs)).not.toContain(secret);
      }
      for (const { directory } of caches.saved) expect(everything(directory)).not.toContain(secret);
    }
    expect(
      machine.installed.every((line) => line.includes('--ignore-scripts') && line.endsWith('spof-deps@0.1.0')),
    ).toBe(true);
    await github.loopback.close();
  });

  it('fails where a repository cannot be read or a part is missing, and publishes what there is', async () => {
    const github = new Github(new FakeClock());
    await github.start();
    github.organisations.add('acme');
    github.tokens.set(READ_TOKEN, undefined);
    github.add('acme/pay', serviceOf('pay', { shared: '1.0.0' }));
    github.add('acme/web', serviceOf('web', { left: '1.0.0' }));
    github.faults = [({ path }) => (path.includes('/acme/web/git/') ? { status: 404, body: {} } : undefined)];
    const result = await runWorkflow(yamlOf('examples/github/scheduled-scan.yml'), {
      machine,
      caches: new Caches(),
      checkout: scratch(),
      values: {
        ...{ 'inputs.owner': 'acme', 'inputs.client-id': 'x', 'inputs.shards': '[1, 2]', 'inputs.upload': false },
        ...{ 'inputs.fail-when-worse': true, 'inputs.version': '0.1.0', 'secrets.private-key': PRIVATE_KEY },
        ...{ 'github.run_id': 1, 'github.run_attempt': 1 },
      },
      env: { ...registry.env, GITHUB_API_URL: github.url },
      token: () => READ_TOKEN,
    });
    expect(result.jobs.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['merge']);
    const merge = machine.commands.findLast(({ args }) => args[0] === 'merge')!;
    expect(merge.code).toBe(3);
    expect(readFileSync(join(result.artifacts.get('spof-deps-report')!, 'report.md'), 'utf8')).toMatch(
      /REPOSITORY\\_NOT\\_FOUND/,
    );
    await github.loopback.close();
  });
});

describe('examples/gitlab/scheduled-scan.gitlab-ci.yml', () => {
  it('scans, compares and publishes, night after night', async () => {
    const gitlab = new Gitlab(new FakeClock());
    await gitlab.start();
    gitlab.tokens.add(READ_TOKEN);
    const web = gitlab.add('acme/web', serviceOf('web', { left: '1.0.0' }));
    gitlab.add('acme/team/pay', serviceOf('pay', { shared: '1.0.0', right: '1.0.0' }));
    const caches = new Map<string, string>();
    const night = (pages: string) =>
      runPipeline(yamlOf('examples/gitlab/scheduled-scan.gitlab-ci.yml'), {
        machine,
        caches,
        checkout: tree({ 'spof-deps.json': configFor(new URL(gitlab.url).host, 'acme/team/pay', 'acme/web') }),
        variables: {
          ...registry.env,
          ...{ GROUP: 'acme', GITLAB_TOKEN: READ_TOKEN, CI_API_V4_URL: gitlab.url, CI_PIPELINE_SOURCE: 'schedule' },
          SPOF_DEPS_PAGES: pages,
        },
      });
    const first = await night('false');
    expect(first.map(({ name, ok }) => [name, ok])).toEqual([
      ...['1', '2', '3', '4'].map(() => ['scan', true]),
      ['merge', true],
    ]);
    const reports = join(first.at(-1)!.artifacts, 'report');
    expect(readdirSync(reports).sort()).toEqual(
      ['changes.md', 'fleet.spof', 'index.html', 'report.json', 'report.md', 'report.txt', 'sarif'].sort(),
    );
    expect(readdirSync(join(reports, 'sarif'))).toHaveLength(2);
    gitlab.push(web, serviceOf('web', { left: '1.0.0', shared: '1.0.0' }));
    gitlab.loopback.taken();
    const second = await night('true');
    expect(second.map(({ name, ok }) => [name, ok]).slice(-2)).toEqual([
      ['merge', false],
      ['pages', true],
    ]);
    const changes = readFileSync(join(second.at(-2)!.artifacts, 'report', 'changes.md'), 'utf8');
    expect(changes).toContain('The fleet is worse than before');
    expect(readFileSync(join(second.at(-1)!.artifacts, 'public', 'index.html'), 'utf8')).toContain('<html');
    const news = new Set(blobIdsOf(serviceOf('web', { left: '1.0.0', shared: '1.0.0' })));
    const blobs = gitlab.loopback.taken().filter(({ path }) => path.includes('/blobs/'));
    expect(new Set(blobs.map(({ path }) => path.split('/').at(-2)))).toEqual(news);
    expect((await night('false')).every(({ ok }) => ok)).toBe(true);
    for (const { artifacts, output } of [...first, ...second]) {
      expect(everything(artifacts)).not.toContain(READ_TOKEN);
      expect(output).not.toContain(READ_TOKEN);
    }
    for (const directory of caches.values()) expect(everything(directory)).not.toContain(READ_TOKEN);
    await gitlab.loopback.close();
  });
});
