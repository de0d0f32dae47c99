import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli.ts';
import { sourcesOf } from '../../src/sources/list.ts';
import { npmLock, scratch, spofDeps, tree } from '../cli/harness.ts';

const lock = npmLock({ ms: '2.1.3' });
const listOf = (text: string) => {
  const file = join(scratch(), 'fleet.txt');
  writeFileSync(file, text);
  return file;
};

describe('a list of sources', () => {
  it('has one on each line, and comments', () => {
    const text = '\uFEFF# the fleet\n\n  web  \r\ngit+https://git.example/a#main # at main\n\tapi\t# no more\n';
    expect(sourcesOf(text, 'fleet.txt')).toEqual([
      { source: 'web', file: 'fleet.txt', line: 3 },
      { source: 'git+https://git.example/a#main', file: 'fleet.txt', line: 4 },
      { source: 'api', file: 'fleet.txt', line: 5 },
    ]);
  });

  it('gives back what was written into it', () => {
    const source = fc.stringMatching(/^[!-~]{1,20}$/).filter((text) => !text.startsWith('#'));
    fc.assert(
      fc.property(fc.array(source), (sources) => {
        const text = sources.map((each) => `${each}\n`).join('\n');
        expect(sourcesOf(text, 'f').map((each) => [each.source, each.line])).toEqual(
          sources.map((each, at) => [each, 2 * at + 1]),
        );
      }),
    );
  });

  it('is read beside arguments, each source once', async () => {
    const fleet = tree({ 'a/package-lock.json': lock, 'b/package-lock.json': lock });
    const [a, b] = [join(fleet, 'a'), join(fleet, 'b')];
    const seen = await spofDeps([a, '--from', listOf(`${a}/\n${b}\n`), '--format', 'json']);
    expect(JSON.parse(seen.stdout).fleet.lockfiles).toHaveLength(2);
    const alone = await spofDeps(['--from', listOf(`${a}\n`), '--format', 'json']);
    expect(JSON.parse(alone.stdout).fleet.lockfiles.map(({ path }: { path: string }) => path)).toEqual([
      'package-lock.json',
    ]);
  });

  it('may come from stdin', async () => {
    const fleet = tree({ 'a/package-lock.json': lock });
    let stdout = '';
    const code = await main(['--from', '-', '--format', 'json', '--no-verify', '--no-cache'], {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: () => {} },
      stdin: (async function* () {
        yield fleet.slice(0, 5);
        yield Buffer.from(`${fleet.slice(5)}\n`);
      })(),
      env: {},
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).fleet.lockfiles).toHaveLength(1);
  });

  it('says where it is wrong, all at once', async () => {
    const list = listOf('nowhere\n# fine\ngit+ftp://git.example/a\nalso nowhere\n');
    const seen = await spofDeps(['--from', list]);
    expect(seen.code).toBe(2);
    expect(seen.stderr).toContain(`SOURCE_NOT_FOUND ${list}:1: no such file or directory: nowhere`);
    expect(seen.stderr).toContain(`USAGE ${list}:3: `);
    expect(seen.stderr).toContain(`SOURCE_NOT_FOUND ${list}:4: no such file or directory: also nowhere`);
  });

  it.each([
    ['without a source', listOf('# nothing\n')],
    ['that is not there', join(scratch(), 'gone.txt')],
    ['that is a directory', scratch()],
    ['with control characters', listOf('a\u001b[2Jb\n')],
  ])('%s is refused', async (_, list) => {
    const seen = await spofDeps(['--from', list]);
    expect(seen.code).toBe(2);
    expect(seen.stderr).not.toContain('\u001b');
  });

  it('is for every command', async () => {
    const fleet = tree({ 'a/package-lock.json': lock, 'b/package-lock.json': npmLock({ ms: '2.1.2' }) });
    mkdirSync(join(fleet, 'empty'));
    const list = listOf(`${fleet}\n`);
    expect((await spofDeps(['compare', 'a', 'b', '--from', list])).code).toBe(0);
    expect((await spofDeps(['verify', '--offline', '--from', list, '--no-cache'])).stdout).toContain('2 components');
  });
});
