import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npmLock, spofDeps, tree } from './harness.js';

const bomb = [
  "lockfileVersion: '9.0'",
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'.split('').map((name, at) => {
    const before = 'abcdefgh'[at];
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`;
  }),
  '',
].join('\n');
const climbing = JSON.stringify({
  lockfileVersion: 3,
  packages: {
    '': { name: 'climber', workspaces: ['../../outside'], dependencies: { debug: '^4.0.0', outside: '*' } },
    '../../outside': { name: 'outside', version: '1.0.0' },
    'node_modules/outside': { resolved: '../../outside', link: true },
    'node_modules/debug': { version: '4.4.3' },
  },
});
const cyclic = JSON.stringify({
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { a: '1.0.0' } },
    'node_modules/a': { version: '1.0.0', dependencies: { b: '1.0.0' } },
    'node_modules/b': { version: '1.0.0', dependencies: { a: '1.0.0', b: '1.0.0' } },
  },
});
const files = {
  'good/package-lock.json': npmLock({ debug: '4.4.3' }),
  'truncated/package-lock.json': npmLock({ debug: '4.4.3' }).slice(0, 120),
  'truncated-yaml/pnpm-lock.yaml':
    "lockfileVersion: '9.0'\n\npackages:\n\n  debug@4.4.3:\n    resolution: {integrity: sha512-",
  'binary/yarn.lock': '\u0000\u0001\u0002\u0000',
  'empty/pnpm-lock.yaml': '',
  'blank/bun.lock': ' \n\n',
  'deep/package-lock.json': `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`,
  'deep-yaml/pnpm-lock.yaml': `lockfileVersion: '9.0'\npackages: ${'['.repeat(100_000)}\n`,
  'conflict/yarn.lock': '# yarn lockfile v1\n\n<<<<<<< HEAD\n=======\n>>>>>>> main\n',
  'bomb/pnpm-lock.yaml': bomb,
  'wrong/package-lock.json': '[]',
  'wrong/bun.lock': '"text"',
  'unknown-version/package-lock.json': '{"lockfileVersion": 99, "packages": {}}',
  'climber/package-lock.json': climbing,
  'cyclic/package-lock.json': cyclic,
};
describe('a fleet of hostile files', () => {
  it('audits what can be read, tells each of the others with its place, loses none, and exits with 3', async () => {
    const root = tree(files);
    mkdirSync(join(root, 'huge'));
    writeFileSync(join(root, 'huge/package-lock.json'), '{');
    truncateSync(join(root, 'huge/package-lock.json'), 500 * 1024 * 1024);
    const outcome = await spofDeps([root, '--format', 'json', '--top', 'all']);
    const report = JSON.parse(outcome.stdout);
    expect(outcome.code).toBe(3);
    const told = Object.fromEntries(report.incomplete.map(({ file, code, line }) => [file, [code, line]]));
    expect(told).toEqual({
      'binary/yarn.lock': ['LOCKFILE_BINARY', undefined],
      'blank/bun.lock': ['LOCKFILE_EMPTY', undefined],
      'bomb/pnpm-lock.yaml': ['LOCKFILE_TOO_COMPLEX', 2],
      'climber/package.json': ['PATH_ESCAPES', undefined],
      'conflict/yarn.lock': ['LOCKFILE_CONFLICT', 3],
      'deep/package-lock.json': ['LOCKFILE_SHAPE', 1],
      'deep-yaml/pnpm-lock.yaml': ['LOCKFILE_TOO_COMPLEX', 2],
      'empty/pnpm-lock.yaml': ['LOCKFILE_EMPTY', undefined],
      'huge/package-lock.json': ['LOCKFILE_TOO_LARGE', undefined],
      'truncated/package-lock.json': ['LOCKFILE_SYNTAX', 1],
      'truncated-yaml/pnpm-lock.yaml': ['LOCKFILE_SYNTAX', 6],
      'unknown-version/package-lock.json': ['LOCKFILE_VERSION', 1],
      'wrong/bun.lock': ['LOCKFILE_SHAPE', 1],
      'wrong/package-lock.json': ['LOCKFILE_SHAPE', 1],
    });
    const read = report.fleet.services.filter((service) => service.read);
    expect(read.map((service) => service.name)).toEqual(['climber', 'cyclic', 'good']);
    expect(report.fleet.services).toHaveLength(Object.keys(files).length + 1);
    for (const problem of report.incomplete) expect(problem.next, problem.file).not.toBe('');
  });
});
