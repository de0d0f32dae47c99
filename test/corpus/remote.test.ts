/**
 * 300 repositories at once, some of them odd, over git by HTTP, by git's own protocol, and over GitHub's interface: the same
 * fleet by each. Made of the lockfiles of the corpus where it is there, else of the demo fleet's.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatOf } from '../../src/lockfiles/index.ts';
import { npmLock, scratch, spofDeps } from '../cli/harness.ts';
import { CORPUS, hasCorpus } from '../readers.ts';
import { FakeClock } from '../sources/api/http.ts';
import { type Entry, emptyRepository, gitEnv, repository } from '../sources/git/made.ts';
import { type GitServer, serveDaemon, serveHttp } from '../sources/git/server.ts';
import { Github } from '../sources/github/server.ts';

const COUNT = 300;
const LARGE = 100 * 1024 * 1024;
const LARGEST_SAMPLE = 300_000;
const TOKEN = 'planted0secret0token';
const FLEET = hasCorpus ? CORPUS : fileURLToPath(new URL('../../fixtures/acme', import.meta.url));
if (!hasCorpus) console.log('remote: the corpus is absent; repositories are made from the demo fleet');

type Files = Readonly<Record<string, Entry>>;

const root = scratch();
const github = new Github(new FakeClock());
let http: GitServer;
let daemon: Awaited<ReturnType<typeof serveDaemon>>;

/** What makes a repository odd, by the directory of the server that it is in; the others are in `acme`. */
const ODD: Readonly<
  Record<string, { readonly files?: (files: Files) => Files | undefined; readonly config?: string }>
> = {
  empty: { files: () => undefined },
  unfiltered: { config: '[uploadpack]\n\tallowFilter = false\n' },
  deep: {},
  locked: {},
  module: { files: (files) => ({ ...files, vendor: { module: 'e'.repeat(40) } }) },
  linked: { files: (files) => ({ ...files, 'linked/package-lock.json': { link: '../own/package-lock.json' } }) },
  dangling: { files: (files) => ({ ...files, 'linked/package-lock.json': { link: '../../outside' } }) },
};
const PLACES = [...Object.keys(ODD), ...Array.from({ length: 23 }, () => 'acme')];

/** Directories that hold one lockfile each, with what stands beside it. */
function samples(): Files[] {
  const found: Files[] = [];
  const visit = (directory: string): void => {
    const entries = readdirSync(directory, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && /^(?:package\.json|\.npmrc)$|lock/.test(entry.name));
    const locks = files.filter(({ name }) => formatOf(name));
    const isSmall = files.every(({ name }) => statSync(join(directory, name)).size < LARGEST_SAMPLE);
    if (locks.length > 0 && isSmall) {
      found.push(Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(directory, name), 'utf8')])));
    }
    for (const entry of entries) if (entry.isDirectory() && found.length < COUNT) visit(join(directory, entry.name));
  };
  visit(FLEET);
  return found;
}

/** Whole, valid, and a hundred megabytes: ten thousand packages with much to say. */
function largeLock(): string {
  const lock = JSON.parse(npmLock({}));
  for (let at = 0; at < 10_000; at++) {
    const more = { license: 'MIT', funding: { url: `https://registry.example/${'x'.repeat(LARGE / 10_000)}` } };
    lock.packages[`node_modules/large-${at}`] = { version: '1.0.0', ...more };
  }
  return JSON.stringify(lock);
}

const names: string[] = [];

beforeAll(async () => {
  const of = samples();
  github.organisations.add('acme');
  github.tokens.set(TOKEN, 'me');
  for (let at = 0; at < COUNT; at++) {
    const place = PLACES[at % PLACES.length]!;
    const sample = of[at % of.length]!;
    const own = { ...sample, 'own/package-lock.json': npmLock({ ms: `2.${at % 7}.0`, [`own-${at}`]: '1.0.0' }) };
    const { files = (all: Files) => all, config } = ODD[place] ?? {};
    const odd = at === COUNT - 1 ? { 'package-lock.json': largeLock() } : files(own);
    const name = `${place}/r${String(at).padStart(3, '0')}`;
    names.push(name);
    const options = config === undefined ? {} : { config };
    if (odd === undefined) emptyRepository(root, name);
    else repository(root, name, odd, options);
    github.add(`acme/${name.replace('/', '-')}`, odd);
  }
  http = await serveHttp(root, { locked: { password: `me:${TOKEN}` }, deep: { deep: true } });
  daemon = await serveDaemon(root);
  await github.start();
}, 600_000);
afterAll(async () => {
  expect(github.violations).toEqual([]);
  await Promise.all([http.close(), daemon.close(), github.loopback.close()]);
});

const REPORT = ['--format', 'json', '--top', 'all', '--allow-incomplete', '--no-config', '--layer', 'package'];

async function reportOf(sources: readonly string[], cache: string, ...more: string[]) {
  const env = { ...gitEnv(), GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN };
  const { code, stdout, stderr } = await spofDeps([...sources, ...REPORT, '--cache-dir', cache, ...more], { env });
  expect(stderr).not.toContain('BUG');
  expect(code).toBe(0);
  expect(stdout + stderr).not.toContain(TOKEN);
  return stdout;
}

/** Names as every route has them, in the order of every route. */
function told(report: string) {
  const { fleet, layers, incomplete, notices } = JSON.parse(
    report.replaceAll(/127\.0\.0\.1:\d+\//g, '').replaceAll(/acme\/(\w+)-r(\d{3})/g, '$1/r$2'),
  );
  const codes = (all: readonly { code: string; file: string }[]) =>
    all.map(({ code, file }) => `${code} ${file}`).sort();
  const services = fleet.services.map(({ name }: { name: string }) => name).sort();
  const causes = layers.package.top.map(
    ({ id, reach, services: of }: { id: string; reach: number; services: string[] }) =>
      JSON.stringify([id, reach, [...of].sort()]),
  );
  return { services, causes: causes.sort(), incomplete: codes(incomplete), notices: codes(notices) };
}

describe(`${COUNT} repositories`, () => {
  it('are one fleet by git over HTTP, by git daemon, and by the interface of a host; and a cheap one the next time', async () => {
    const cache = scratch();
    const byHttp = names.map((name) => {
      const base = name.startsWith('locked/') ? http.url.replace('http://', `http://me:${TOKEN}@`) : http.url;
      return `git+${base}/${name}`;
    });
    const cold = await reportOf(byHttp, cache);
    const asked = http.requests.length;
    const warm = await reportOf(byHttp, cache);
    expect(warm).toBe(cold);
    expect(http.requests.length - asked).toBeLessThanOrEqual(2 * COUNT);
    const fleet = told(cold);
    expect(fleet.services.length).toBeGreaterThan(COUNT);
    expect(fleet.services).toContain(`acme/r${COUNT - 1}`);
    const byDaemon = await reportOf(
      names.map((name) => `git+${daemon.url}/${name}`),
      scratch(),
    );
    expect(told(byDaemon)).toEqual(fleet);
    const byInterface = await reportOf(['github:acme'], scratch());
    expect(told(byInterface)).toEqual(fleet);
    const kinds = new Set([...fleet.incomplete, ...fleet.notices].map((each) => each.split(' ')[0]));
    expect([...kinds]).toEqual(expect.arrayContaining(['REPOSITORY_EMPTY', 'LINK_SKIPPED', 'SUBMODULE_SKIPPED']));
    console.log(
      `remote: ${COUNT} repositories, ${fleet.services.length} services, ${asked} requests by git, ${github.loopback.requests.length} by the interface`,
    );
    const everything = readdirSync(cache, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of everything) {
      if (statSync(file).size < 1_000_000) expect(readFileSync(file, 'latin1').includes(TOKEN)).toBe(false);
    }
  });
});
