/** What the GitHub Action shows: the job summary, and the commands that the runner takes from the log. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { act, BARE, commandsOf, job } from './runner.ts';

const MOST_SUMMARY_BYTES = 1024 * 1024;

describe('the job summary', () => {
  it('comes after what is there already', () => {
    const on = job();
    writeFileSync(join(on.record, 'summary'), 'before\n');
    writeFileSync(join(on.record, 'markdown'), 'report\n');
    expect(act({}, on).summary).toBe('before\nreport\n');
  });

  it('says so where there is no report', () => {
    expect(act({}, job(), 2).summary).toMatch(/no report \(exit code 2\)/);
  });

  it('is left alone where it is not wanted', () => {
    expect(act({ summary: 'false', markdown: 'r.md' }).summary).toBe('');
  });

  it.each([
    ['fits exactly', 'x'.repeat(MOST_SUMMARY_BYTES), '', false],
    [
      'is one byte too large',
      `${'é'.repeat(50)}\n`.repeat(MOST_SUMMARY_BYTES / 101).padEnd(MOST_SUMMARY_BYTES),
      '',
      true,
    ],
    ['is three times too large', 'a line of text, 漢字\n'.repeat(150_000), 'before\n', true],
    ['is one long line', 'x'.repeat(2 * MOST_SUMMARY_BYTES), '', true],
    ['finds no room', 'x\n'.repeat(100), 'b'.repeat(MOST_SUMMARY_BYTES - 10), undefined],
  ])('a report that %s', (_, report, before, cut) => {
    const on = job();
    writeFileSync(join(on.record, 'summary'), before);
    writeFileSync(join(on.record, 'markdown'), report);
    const { summary, code } = act({ ...BARE, summary: 'true' }, on);
    expect(code).toBe(0);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(MOST_SUMMARY_BYTES);
    const added = summary.slice(before.length);
    if (cut === undefined) expect(added).toBe('');
    else if (!cut) expect(added).toBe(report);
    else {
      const [, shown = ''] = /^> \*\*This summary is cut\*\*[^\n]*\n\n([\s\S]*)$/.exec(added) ?? [];
      expect(report.startsWith(shown)).toBe(true);
      expect(shown === '' || shown.endsWith('\n')).toBe(true);
      if (report.includes('\n')) expect(Buffer.byteLength(summary)).toBeGreaterThan(MOST_SUMMARY_BYTES - 400);
    }
  });
});

describe('commands to the runner', () => {
  const MEAN = ['::add-mask::e', '  ::save-state name=a::b', '##[add-matcher]x', '::stop-commands::mine', '::error::'];

  it('come from annotations alone', () => {
    const on = job();
    writeFileSync(
      join(on.record, 'stdout'),
      ['::warning file=a%3Ab,line=3::text', ...MEAN, '::notice title=x::y'].join('\n'),
    );
    writeFileSync(join(on.record, 'stderr'), ['what went wrong', ...MEAN].join('\n'));
    const { stdout } = act({}, on);
    expect(stdout).toContain('\nwhat went wrong\n');
    expect(commandsOf(stdout)).toEqual(['::warning file=a%3Ab,line=3::text', '::notice title=x::y']);
  });

  it('come from no report that is shown as text', () => {
    const on = job();
    writeFileSync(join(on.record, 'stdout'), ['# report', ...MEAN].join('\n'));
    writeFileSync(join(on.record, 'stderr'), MEAN.join('\n'));
    const { stdout } = act({ annotations: 'false' }, on);
    expect(stdout).toContain('# report\n::add-mask::e');
    expect(commandsOf(stdout)).toEqual([]);
  });
});
