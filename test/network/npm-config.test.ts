import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Config from '@npmcli/config';
import library from '@npmcli/config/lib/definitions/index.js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { loadNpmSettings } from '../../src/network/npm-config.ts';
import { scratch } from '../cli/harness.ts';

afterEach(() => vi.restoreAllMocks());

interface Machine {
  readonly user?: string;
  readonly global?: string;
  readonly builtin?: string;
  readonly env?: Record<string, string>;
}

/** Settings of a machine that has nothing but what is given. */
function machine({ user, global, builtin, env = {} }: Machine) {
  const root = scratch();
  for (const [path, text] of [
    ['home/.npmrc', user],
    ['prefix/etc/npmrc', global],
    ['node/lib/node_modules/npm/npmrc', builtin],
  ] as const) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    if (text !== undefined) writeFileSync(join(root, path), text);
  }
  return {
    root,
    env: { HOME: join(root, 'home'), PREFIX: join(root, 'prefix'), ...env },
    execPath: join(root, 'node', 'bin', 'node'),
  };
}

const settingsOf = (given: Machine) => loadNpmSettings(machine(given));

async function problemOf(given: Machine) {
  const error: unknown = await settingsOf(given).catch((thrown: unknown) => thrown);
  if (!(error instanceof UsageError)) throw new Error('expected a UsageError');
  expect(error.problems.map((problem) => problem.code)).toEqual(['NPM_CONFIG_INVALID']);
  return error.problems[0]!;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}`, cert: undefined, key: undefined });
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('registries', () => {
  test("npm's own default one where nothing is configured", async () => {
    const settings = await settingsOf({});
    const standard: unknown = Reflect.get(Object(Reflect.get(Object(library.definitions), 'registry')), 'default');
    expect(settings.registries()).toEqual([standard]);
    expect(settings.registryFor('left-pad')).toBe(standard);
    expect(settings.accessTo(String(standard)).authorization).toBeUndefined();
    expect(settings.insecure).toBe(false);
  });

  test('the user file overrides the global one, that the builtin one; the environment overrides all', async () => {
    const line = (name: string) => `registry=https://${name}.registry.example\n`;
    const files = { builtin: line('builtin'), global: line('global'), user: line('user') };
    const first = async (given: Machine) => (await settingsOf(given)).registries()[0];
    expect(await first({ builtin: files.builtin })).toBe('https://builtin.registry.example/');
    expect(await first({ ...files, user: '' })).toBe('https://global.registry.example/');
    expect(await first(files)).toBe('https://user.registry.example/');
    const env = { npm_config_registry: 'https://env.registry.example/below' };
    expect(await first({ ...files, env })).toBe('https://env.registry.example/below/');
  });

  test('a scope has its own; other scopes and unscoped names have not', async () => {
    const settings = await settingsOf({
      global: '@acme:registry=https://old.registry.example/\n',
      user: 'registry=https://registry.example/\n@acme:registry=https://acme.registry.example/npm\n@__proto__:registry=https://p.registry.example/\n@gone:registry=\n',
    });
    expect(settings.registryFor('@acme/x')).toBe('https://acme.registry.example/npm/');
    expect(settings.registryFor('@__proto__/x')).toBe('https://p.registry.example/');
    for (const name of ['acme', '@acme', '@acmee/x', '@gone/x', '@constructor/x', '']) {
      expect(settings.registryFor(name)).toBe('https://registry.example/');
    }
    expect(settings.registries()).toHaveLength(3);
  });
});

describe("a project's .npmrc", () => {
  const HOSTILE = [
    'registry=https://hostile.registry.example/',
    '@acme:registry=https://hostile.registry.example/',
    '//registry.example/:_authToken=stolen-$' + '{SECRET}',
    'strict-ssl=false',
    'proxy=http://hostile.registry.example:1/',
    'https-proxy=http://hostile.registry.example:1/',
    'cafile=./hostile-user',
    'userconfig=./hostile-user',
    'globalconfig=./hostile-global',
    'global=false',
    'location=project',
  ].join('\n');

  test.each(['here', 'parent'])('is ignored (%s)', async (where) => {
    const given = machine({ user: 'registry=https://registry.example/\n', env: { SECRET: 's3cret' } });
    const parent = join(given.root, 'tree');
    const here = join(parent, 'packages', 'x');
    mkdirSync(join(here, 'node_modules'), { recursive: true });
    const directory = where === 'here' ? here : parent;
    writeFileSync(join(directory, '.npmrc'), HOSTILE);
    for (const name of ['hostile-user', 'hostile-global']) {
      writeFileSync(join(here, name), 'registry=https://hostile.registry.example/');
    }
    writeFileSync(
      join(parent, 'package.json'),
      where === 'parent' ? '{"name":"p","workspaces":["packages/*"]}' : '{"name":"p"}',
    );
    writeFileSync(join(here, 'package.json'), '{"name":"x"}');
    vi.spyOn(process, 'cwd').mockReturnValue(here);

    // The same library, left to itself, does take it: what is tested here is not a file that nobody would read.
    const careless = new Config({
      ...library,
      npmPath: given.root,
      env: { ...given.env },
      argv: ['node', 'npm'],
      execPath: given.execPath,
      cwd: here,
      warn: false,
    });
    await careless.load();
    expect(careless.get('registry')).toBe('https://hostile.registry.example/');

    for (const env of [given.env, { ...given.env, npm_config_global: 'false', npm_config_location: 'project' }]) {
      const settings = await loadNpmSettings({ ...given, env });
      expect(settings.registries()).toEqual(['https://registry.example/']);
      expect(settings.registryFor('@acme/x')).toBe('https://registry.example/');
      expect(settings.accessTo('https://registry.example/').authorization).toBeUndefined();
      expect(settings.insecure).toBe(false);
      expect(settings.fetchOptions).toMatchObject({ proxy: undefined, httpsProxy: undefined, ca: undefined });
    }
  });
});

describe('credentials', () => {
  test('a token, expanded from the environment, goes to its registry alone', async () => {
    const settings = await settingsOf({
      user:
        'registry=https://registry.example/\n@acme:registry=https://acme.registry.example/npm/\n//acme.registry.example/npm/:_authToken=$' +
        '{TOKEN}',
      env: { TOKEN: 't0ken' },
    });
    expect(settings.accessTo('https://acme.registry.example/npm/')).toEqual(bearer('t0ken'));
    expect(settings.accessTo('https://registry.example/').authorization).toBeUndefined();
    expect(settings.accessTo('https://other.registry.example/').authorization).toBeUndefined();
  });

  test('user name and password, and those in an address, which is shown without them', async () => {
    const password = Buffer.from('pa55').toString('base64');
    const settings = await settingsOf({
      user: `registry=https://me:p%40ss@registry.example/npm\n@acme:registry=https://acme.registry.example/\n//acme.registry.example/:username=joe\n//acme.registry.example/:_password=${password}`,
    });
    expect(settings.registries()).toEqual(['https://registry.example/npm/', 'https://acme.registry.example/']);
    expect(settings.accessTo('https://registry.example/npm/').authorization).toBe(basic('me:p@ss'));
    expect(settings.accessTo('https://acme.registry.example/').authorization).toBe(basic('joe:pa55'));
  });

  test('a client certificate is read from the files named for its registry', async () => {
    const given = machine({});
    const [cert, key] = [join(given.root, 'c.pem'), join(given.root, 'k.pem')];
    writeFileSync(cert, 'CERT');
    writeFileSync(key, 'KEY');
    const own = `//registry.example/:certfile=${cert}\n//registry.example/:keyfile=${key}\n`;
    writeFileSync(join(given.env.HOME, '.npmrc'), `registry=https://registry.example/\n${own}`);
    const settings = await loadNpmSettings(given);
    expect(settings.accessTo('https://registry.example/')).toMatchObject({ cert: 'CERT', key: 'KEY' });
  });
});

describe('the wire', () => {
  test("proxies, certificates and limits are npm's; a time limit and connections only where the user set them", async () => {
    const given = machine({});
    const cafile = join(given.root, 'ca.pem');
    const pem = '-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----';
    writeFileSync(cafile, `${pem}\n${pem}\n`);
    writeFileSync(
      join(given.env.HOME, '.npmrc'),
      `proxy=http://proxy.example:1/\nhttps-proxy=http://proxy.example:2/\nnoproxy=a.example,b.example\ncafile=${cafile}\nstrict-ssl=false\nfetch-retries=4\nfetch-retry-mintimeout=5\nfetch-retry-factor=3\nfetch-retry-maxtimeout=50\nfetch-timeout=700000\nmaxsockets=3\n`,
    );
    const settings = await loadNpmSettings(given);
    expect(settings.insecure).toBe(true);
    expect(settings.fetchOptions).toEqual({
      proxy: 'http://proxy.example:1/',
      httpsProxy: 'http://proxy.example:2/',
      noProxy: 'a.example,b.example',
      ca: [pem, pem],
      cert: undefined,
      key: undefined,
      localAddress: undefined,
      strictSSL: false,
      timeout: 700_000,
      maxSockets: 3,
      retry: { retries: 4, minTimeout: 5, factor: 3, maxTimeout: 50 },
    });
    const standard = (await settingsOf({})).fetchOptions;
    expect(standard).toMatchObject({ strictSSL: true, timeout: 30_000, maxSockets: undefined, ca: undefined });
    expect(standard.retry).toEqual({ retries: 2, minTimeout: 10_000, factor: 10, maxTimeout: 60_000 });
  });

  test('numbers out of all bounds are brought back into them', async () => {
    const { fetchOptions } = await settingsOf({
      user: 'fetch-retries=1e9\nfetch-retry-mintimeout=-5\nfetch-retry-factor=0\nfetch-retry-maxtimeout=Infinity\nfetch-timeout=-1\nmaxsockets=0\nstrict-ssl=maybe\n',
    });
    expect(fetchOptions.retry).toEqual({ retries: 10, minTimeout: 0, factor: 1, maxTimeout: 2 ** 31 - 1 });
    expect(fetchOptions).toMatchObject({ timeout: 1, maxSockets: 1, strictSSL: true });
  });
});

describe('a configuration that cannot be used', () => {
  test.each([
    'registry=ftp://user:s3cret@registry.example/',
    'registry=s3cret',
    'registry=file:///s3cret',
    'registry=https://$' + '{UNSET}/s3cret',
    'registry=https://registry.example/?token=s3cret',
    'registry="https://registry.example/#s3cret"',
    'registry=null',
    'registry=true',
    'registry[]=https://registry.example/s3cret',
    '@acme:registry=s3cret',
    '@acme:registry=javascript:s3cret',
    '@acme:registry=https://a:s3cret@registry.example/\n@b:registry=https://b:s3cret@registry.example/',
    '_authToken=s3cret',
    '_auth=s3cret',
    'username=joe\n_password=s3cret',
  ])('%j', async (user) => {
    expect(JSON.stringify(await problemOf({ user }))).not.toContain('s3cret');
  });

  test('a registry that the environment gives', async () => {
    const problem = await problemOf({ env: { npm_config_registry: 'nonsense-s3cret' } });
    expect(JSON.stringify(problem)).not.toContain('s3cret');
  });

  test.each(['cafile', '//registry.example/:keyfile=/dev/null\n//registry.example/:certfile'])(
    'a file that cannot be read: %j',
    async (key) => {
      expect((await problemOf({ user: `registry=https://registry.example/\n${key}=/` })).message).toContain('EISDIR');
    },
  );

  test('a user file that cannot be read', async () => {
    const given = machine({});
    mkdirSync(join(given.env.HOME, '.npmrc'));
    const error: unknown = await loadNpmSettings(given).catch((thrown: unknown) => thrown);
    if (!(error instanceof UsageError)) throw new Error('expected a UsageError');
    expect(error.problems[0]).toMatchObject({ code: 'NPM_CONFIG_INVALID', file: join(given.env.HOME, '.npmrc') });
    expect(error.message).toContain('EISDIR');
  });

  test('options that npm does not allow together', async () => {
    expect(
      (await problemOf({ user: 'save-exact=true\nsave-dev=true\nsave-prod=true\n//x/:_authToken=s3cret' })).message,
    ).not.toContain('s3cret');
  });
});

test('nothing is printed, and neither the environment given nor that of the process changes', async () => {
  const written: unknown[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(text);
      return true;
    });
  }
  const given = machine({
    user: 'nonsense=1\nproduction=true\nomit=dev\ncert=x\nregistry=https://registry.example/\n',
  });
  const before = { given: { ...given.env }, process: { ...process.env } };
  await loadNpmSettings(given);
  expect({ given: given.env, process: { ...process.env } }).toEqual(before);
  vi.restoreAllMocks();
  expect(written).toEqual([]);
});
