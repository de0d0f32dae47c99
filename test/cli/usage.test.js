import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps, tree } from './harness.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
describe('usage', () => {
  it.each([
    [['--nonsense'], "unknown option '--nonsense'"],
    [['--format', 'xml'], 'Allowed choices are terminal, json'],
    [['--top', '-3'], 'expected a whole number from 1, or all'],
    [['--fail-on', '1.5'], 'expected a blast radius from 0 to 1'],
    [['--fail-on', 'moon=0.5'], 'expected a blast radius from 0 to 1'],
    [['no/such/place'], 'SOURCE_NOT_FOUND no such file or directory: no/such/place'],
    [['--config', 'no-such.json', '.'], 'CONFIG_NOT_FOUND no-such.json'],
  ])('%j is a mistake of usage', async (args, text) => {
    const outcome = await spofDeps(args);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(text);
    expect(outcome.stdout).toBe('');
  });
  it('--help tells the exit codes', async () => {
    const outcome = await spofDeps(['--help']);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain('Exit codes:');
  });
  it('--version is the one in package.json', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await spofDeps(['--version'])).stdout.trim()).toBe(version);
  });
});
describe('--out', () => {
  const root = () => tree({ 'a/package-lock.json': npmLock({ debug: '4.4.3' }) });
  it('writes a report by extension besides the one on stdout', async () => {
    const file = join(scratch(), 'report.json');
    const outcome = await spofDeps([root(), '--out', file]);
    expect(outcome.code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8')).schemaVersion).toBe(1);
    expect(outcome.stdout).toContain('Which matter most?');
  });
  it('names what it cannot write', async () => {
    const file = join(scratch(), 'no', 'such', 'report.json');
    const outcome = await spofDeps([root(), '--out', file]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('OUTPUT_FAILED');
    expect(existsSync(file)).toBe(false);
    expect((await spofDeps([root(), '--out', 'report.docx'])).stderr).toContain('no report format has this extension');
  });
});
describe('start-up', () => {
  it('--help loads commander and a handful of small files of ours', () => {
    const loaded = staticImports('src/bin.ts');
    expect([...loaded].filter((name) => !name.startsWith('src/') && !name.startsWith('node:'))).toEqual(['commander']);
    const own = [...loaded].filter((name) => name.startsWith('src/'));
    expect(own.filter((name) => /lockfiles|analysis|sources|config/.test(name))).toEqual([]);
  });
});
/** Files and packages that a file loads before anything runs. */
function staticImports(file, found = new Set()) {
  found.add(file);
  const text = readFileSync(join(ROOT, file), 'utf8');
  for (const [, kind, name] of text.matchAll(/^(?:import|export)( type)? (?:[^;]*? from )?'([^']+)';/gm)) {
    const target = name.startsWith('.') ? posix.join(posix.dirname(file), name) : name;
    if (kind || found.has(target)) continue;
    if (name.startsWith('.')) staticImports(target, found);
    else found.add(target);
  }
  return found;
}
