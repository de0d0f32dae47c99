import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatOf } from '../../src/lockfiles/index.ts';
import { unsupportedBytes, unsupportedDiagnostic, unsupportedLockfile } from '../../src/lockfiles/unsupported.ts';
import { FIXTURES } from '../readers.ts';
import { BUN, runBun } from '../referees/bun.ts';

const BINARY = join(FIXTURES, 'unsupported', 'bun-binary', 'bun.lockb');

const UNSUPPORTED = [
  'bun.lockb',
  'deno.lock',
  'vlt-lock.json',
  'shrinkwrap.yaml',
  'poetry.lock',
  'Pipfile.lock',
  'uv.lock',
  'pdm.lock',
  'pylock.toml',
  'pylock.production.toml',
  'pixi.lock',
  'Cargo.lock',
  'go.sum',
  'Gopkg.lock',
  'Gemfile.lock',
  'composer.lock',
  'packages.lock.json',
  'paket.lock',
  'gradle.lockfile',
  'buildscript-gradle.lockfile',
  'mix.lock',
  'pubspec.lock',
  'Podfile.lock',
  'Package.resolved',
  'conan.lock',
  'cabal.project.freeze',
];

describe('lockfiles that are not read', () => {
  it.each(UNSUPPORTED)('says what %s is and what to run', (name) => {
    const found = unsupportedLockfile(name);
    expect(found?.what).toMatch(/lockfile of /);
    expect(found?.next).toMatch(/: (?:bun|npx) \S+/);
    expect(formatOf(name)).toBeUndefined();
  });

  it.each(['package-lock.json', 'yarn.lock', 'bun.lock', 'bom.json', 'flake.lock', 'toString', '__proto__', ''])(
    'has nothing to say of %j',
    (name) => {
      expect(unsupportedLockfile(name)).toBeUndefined();
    },
  );

  it('names an SBOM that is read', () => {
    for (const name of UNSUPPORTED) {
      const output = / -o (\S+)$/.exec(unsupportedLockfile(name)!.next)?.[1];
      if (output !== undefined) expect(formatOf(output)).toBeDefined();
    }
  });

  it('knows a binary bun lockfile by its bytes', () => {
    const bytes = readFileSync(BINARY);
    expect(unsupportedBytes(bytes)).toBe(unsupportedLockfile('bun.lockb'));
    expect(unsupportedBytes(bytes.subarray(0, 30))).toBeUndefined();
    expect(
      unsupportedBytes(Buffer.from(`{ "lockfileVersion": 1, "workspaces": { "": {} }, "packages": {} }`)),
    ).toBeUndefined();
  });

  it('is a diagnostic that makes the run incomplete', () => {
    expect(unsupportedDiagnostic('a/poetry.lock', unsupportedLockfile('poetry.lock')!)).toEqual({
      code: 'LOCKFILE_UNSUPPORTED',
      severity: 'incomplete',
      file: 'a/poetry.lock',
      message: 'a lockfile of Poetry (Python), which is not read',
      next: 'make an SBOM beside it, which is read: npx @cyclonedx/cdxgen -t python -o bom.json',
    });
  });

  it.skipIf(BUN === undefined)('has the command that makes a bun.lock of a bun.lockb', () => {
    const directory = mkdtempSync(join(tmpdir(), 'bun-lockb-'));
    try {
      cpSync(join(BINARY, '..'), directory, { recursive: true });
      const command = /: bun (install [^(]+) \(/.exec(unsupportedLockfile('bun.lockb')!.next)![1]!;
      runBun(directory, ...command.split(' '));
      expect(existsSync(join(directory, 'bun.lockb'))).toBe(false);
      expect(readFileSync(join(directory, 'bun.lock'), 'utf8')).toContain('"d": ["d@file:vendor/d"');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
