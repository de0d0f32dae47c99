import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directorySource } from '../../src/sources/directory.ts';
import { siblingsOf } from '../../src/sources/tree.ts';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'spof-deps-tree-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(top, path, '..'), { recursive: true });
    writeFileSync(join(top, path), text);
  }
}

const siblings = (file: string) =>
  siblingsOf(directorySource(join(top, 'tree')).lockfiles.find((found) => found.file === file)!);

describe('siblingsOf', () => {
  it('lists the directories with a manifest at and below the lockfile, not those that only start alike', () => {
    write({
      'tree/app/yarn.lock': '',
      'tree/app/package.json': '{}',
      'tree/app/libs/ui/package.json': '{}',
      'tree/app-two/package.json': '{}',
      'tree/app.old/package.json': '{}',
      'tree/package.json': '{}',
      'tree/package-lock.json': '{}',
    });
    expect(siblings('app/yarn.lock').packageDirectories()).toEqual(['', 'libs/ui']);
    expect(siblings('package-lock.json').packageDirectories()).toEqual([
      '',
      'app',
      'app-two',
      'app.old',
      'app/libs/ui',
    ]);
  });

  it('reads inside the tree, also above the lockfile, and nowhere else', () => {
    write({ 'tree/app/yarn.lock': '', 'tree/shared.txt': 'shared', 'secret.txt': 'secret' });
    symlinkSync(join(top, 'secret.txt'), join(top, 'tree', 'app', 'inner.txt'));
    const { read } = siblings('app/yarn.lock');
    expect(read('../shared.txt')).toBe('shared');
    expect(read('../../secret.txt')).toBeUndefined();
    expect(read(join(top, 'secret.txt'))).toBeUndefined();
    expect(read('inner.txt')).toBeUndefined();
    expect(read('missing.txt')).toBeUndefined();
    expect(read('.')).toBeUndefined();
  });

  it('reads through a root that is itself a link', () => {
    write({ 'real/yarn.lock': '', 'real/package.json': 'manifest' });
    symlinkSync(join(top, 'real'), join(top, 'tree'));
    expect(siblings('yarn.lock').read('package.json')).toBe('manifest');
  });
});
