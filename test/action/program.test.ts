/** Where the GitHub Action takes the program from. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { act, BARE, executable, job, recorded, VERSION } from './runner.ts';

describe('where the program comes from', () => {
  const OPTIONS = ['--ignore-scripts', '--engine-strict', '--no-save', '--no-package-lock', '--no-audit', '--no-fund'];

  it.each([
    ['', VERSION],
    ['1.2.3-rc.1+x', '1.2.3-rc.1+x'],
    ['latest', 'latest'],
  ])('version %j: from npm, away from the repository', (version, installed) => {
    const on = job();
    act({ ...BARE, version }, on);
    const home = join(on.temp, `spof-deps-${installed}`);
    const once = ['install', '--prefix', home, ...OPTIONS, '--loglevel=error', `spof-deps@${installed}`];
    expect(recorded(on, 'npm')).toEqual(once);
    expect(recorded(on, 'npm-directories')).toEqual([home]);
    act({ ...BARE, version }, on);
    expect(recorded(on, 'npm')).toEqual(once);
  });

  it('never from the repository', () => {
    const on = job();
    mkdirSync(join(on.workspace, 'node_modules/.bin'), { recursive: true });
    executable(join(on.workspace, 'node_modules/.bin/spof-deps'), '#!/bin/sh\nexit 66\n');
    expect(act(BARE, on).code).toBe(0);
  });

  it.each(['file:x', '../x', '--prefix=x', 'a b', '$(touch x)', '1.0.0\n2.0.0', 'https://host/x', '@1', '.'])(
    'refuses version %j',
    (version) => {
      const on = job();
      expect(act({ version }, on)).toMatchObject({ code: 2, given: undefined });
      expect(recorded(on, 'npm')).toBeUndefined();
    },
  );

  it('an installation that fails is no finding, and is tried again', () => {
    const on = job();
    writeFileSync(join(on.record, 'npm-fails'), '');
    const failed = [act({}, on), act({}, on)];
    expect(failed.map(({ code, given }) => [code, given])).toEqual(Array(2).fill([2, undefined]));
    expect(recorded(on, 'npm-directories')).toHaveLength(2);
  });

  it('local: the build of the action, which must be there', () => {
    const on = job();
    expect(act({ version: 'local' }, on)).toMatchObject({ code: 2, given: undefined });
    mkdirSync(join(on.actionPath, 'dist'));
    writeFileSync(join(on.actionPath, 'dist/bin.js'), 'process.exit(process.argv.at(-1) === "./a b" ? 42 : 41);');
    expect(act({ version: 'local', sources: 'a b' }, on).code).toBe(42);
    expect(existsSync(join(on.record, 'npm'))).toBe(false);
  });
});
