/** What comes back from the GitHub Action: exit code, outputs and files. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { act, commandsOf, job } from './runner.ts';

describe('what comes back', () => {
  it.each([0, 1, 2, 3, 70, 137])('exit code %i, after outputs and summary', (wanted) => {
    const on = job();
    writeFileSync(join(on.record, 'markdown'), '# report\n');
    const { code, outputs, summary, stdout } = act({ json: 'r.json' }, on, wanted);
    expect([code, outputs.get('exit-code')]).toEqual([wanted, String(wanted)]);
    expect(outputs.get('sarif')).toBe(join(on.workspace, 'spof-deps.sarif'));
    expect(readFileSync(outputs.get('json')!, 'utf8')).toBe('new json');
    expect([outputs.get('html'), outputs.get('markdown')]).toEqual(['', '']);
    expect(summary).toBe('# report\n');
    expect(commandsOf(stdout)).toHaveLength(wanted < 2 ? 0 : 1);
    expect(readdirSync(on.temp)).toEqual(['spof-deps-1.0.0']);
  });

  it('reports in other directories, under any name', () => {
    const on = job();
    const names = {
      sarif: 'a/b/$(touch x).sarif',
      json: 'two\nlines.json',
      html: join(on.temp, 'é.html'),
      markdown: '-.md',
    };
    writeFileSync(join(on.record, 'markdown'), 'text');
    const { outputs, summary } = act(names, on);
    expect(Object.fromEntries(outputs)).toEqual({
      'exit-code': '0',
      sarif: join(on.workspace, names.sarif),
      json: join(on.workspace, names.json),
      html: names.html,
      markdown: join(on.workspace, names.markdown),
    });
    for (const name of ['sarif', 'json', 'html']) expect(readFileSync(outputs.get(name)!, 'utf8')).toBe(`new ${name}`);
    expect([readFileSync(outputs.get('markdown')!, 'utf8'), summary]).toEqual(['text', 'text']);
    expect(readdirSync(on.workspace).sort()).toEqual(['-.md', 'a', 'two\nlines.json']);
  });

  it('what the repository holds under the name of a report is no report', () => {
    const on = job();
    writeFileSync(join(on.workspace, 'spof-deps.sarif'), 'forged');
    writeFileSync(join(on.record, 'silent'), '');
    expect(act({}, on, 2).outputs.get('sarif')).toBe('');
    expect(readdirSync(on.workspace)).toEqual([]);
  });

  it('a link under the name of a report is replaced, not followed', () => {
    const on = job();
    const target = join(on.temp, 'target');
    writeFileSync(target, 'kept');
    symlinkSync(target, join(on.workspace, 'spof-deps.sarif'));
    const { outputs } = act({}, on);
    expect([readFileSync(target, 'utf8'), readFileSync(outputs.get('sarif')!, 'utf8')]).toEqual(['kept', 'new sarif']);
    expect(lstatSync(outputs.get('sarif')!).isSymbolicLink()).toBe(false);
  });

  it('a baseline may have the name of the report that replaces it', () => {
    const on = job();
    writeFileSync(join(on.workspace, 'r.json'), 'earlier');
    act({ baseline: 'r.json', json: 'r.json' }, on);
    expect(readFileSync(join(on.record, 'baseline'), 'utf8')).toBe('earlier');
    expect(readFileSync(join(on.workspace, 'r.json'), 'utf8')).toBe('new json');
  });

  it.each([
    [{ sarif: 'x.json' }, 'the input sarif is a file that ends in .sarif'],
    [{ json: 'x.sarif\n' }, 'the input json is a file that ends in .json'],
    [{ html: 'directory.html' }, 'the input html is a directory'],
    [{ json: 'file/x.json' }, 'the file of the input json cannot be written'],
  ])('refuses %j', (inputs, message) => {
    const on = job();
    mkdirSync(join(on.workspace, 'directory.html'));
    writeFileSync(join(on.workspace, 'file'), '');
    const { code, stdout, outputs } = act(inputs, on);
    expect([code, outputs.get('exit-code')]).toEqual([2, '2']);
    expect(commandsOf(stdout)).toEqual([`::error title=spof-deps::${message}`]);
  });
});
