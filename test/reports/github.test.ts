import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Audit } from '../../src/analysis/audit.ts';
import type { GateResult } from '../../src/analysis/gate.ts';
import { githubReport } from '../../src/reports/github.ts';
import { forWorkflowData, forWorkflowProperty } from '../../src/reports/safe.ts';
import { inputOf, type MadeFleet, madeAudit } from './made-audit.ts';
import { visible } from './visible.ts';

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** As the runner of GitHub Actions reads a line (actions/runner, ActionCommand.TryParseV2); undefined where it is none. */
function commandIn(line: string): Command | undefined {
  const trimmed = line.trimStart();
  const end = trimmed.indexOf('::', 2);
  if (!trimmed.startsWith('::') || end === -1) return undefined;
  const info = trimmed.slice(2, end);
  const space = info.indexOf(' ');
  const pairs = (space === -1 ? '' : info.slice(space + 1).trim()).split(',').filter((pair) => pair !== '');
  const unescaped = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n');
  return {
    name: space === -1 ? info : info.slice(0, space),
    properties: Object.fromEntries(
      pairs.map((pair) => {
        const [name = '', ...value] = pair.split('=');
        const text = unescaped(value.join('=')).replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
        return [name, text];
      }),
    ),
    data: unescaped(trimmed.slice(end + 2)).replaceAll('%25', '%'),
  };
}

function commands(audit: Audit, gates: readonly GateResult[] = []): Command[] {
  const lines = [...githubReport({ ...inputOf(audit), gates })].join('').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => {
    const command = commandIn(line);
    expect(command, line).toBeDefined();
    return command!;
  });
}

const numbered = (many: number): string[] => Array.from({ length: many }, (_, at) => `package-${at}`);

const SHARING: MadeFleet = {
  services: [
    ['a', numbered(30)],
    ['b', numbered(30)],
    ['c', numbered(3)],
  ],
};

const incomplete = (file: string) =>
  ({ code: 'LOCKFILE_EMPTY', severity: 'incomplete', file, message: file, next: file }) as const;

describe('annotations', () => {
  it('are as many as GitHub shows, the worst first, and the last says what is left out', () => {
    const told = commands(madeAudit(SHARING));
    const warnings = told.filter(({ name }) => name === 'warning');
    expect(warnings).toHaveLength(10);
    expect(warnings.slice(0, 3).every(({ data }) => data.startsWith('blast radius 100%: '))).toBe(true);
    expect(warnings[3]!.data).toMatch(/^blast radius 67%: .*; put services that back each other up/);
    expect(warnings[0]!.properties).toEqual({ file: 'a', title: 'critical, shared-package' });
    expect(told.at(-1)).toEqual({
      name: 'notice',
      properties: { title: 'spof-deps' },
      data: expect.stringMatching(
        /^3 services from 3 lockfiles, .*\. \d+ more findings: --format markdown --top all tells them\.$/,
      ),
    });
    expect(told.filter(({ name }) => name === 'notice').length).toBeLessThanOrEqual(10);
  });

  it('say that the run is incomplete even where others take all the room', () => {
    const told = commands(madeAudit({ ...SHARING, diagnostics: numbered(20).map(incomplete) }));
    expect(told.filter(({ name }) => name === 'warning')).toHaveLength(10);
    expect(told.at(-1)!.name).toBe('warning');
    expect(told.at(-1)!.data).toContain('Incomplete: every number is a lower bound.');
  });

  it('begin with the gates that failed', () => {
    const over = ['package:npm/package-0'];
    const [first, ...others] = commands(madeAudit(SHARING), [
      { gate: { blastRadius: 0.9 }, over },
      { gate: { blastRadius: 1, layer: 'artifact' }, over: [] },
    ]);
    expect(first).toMatchObject({ name: 'error', data: expect.stringMatching(/^Gate failed: 1 cause has a blast/) });
    expect(others.some(({ name }) => name === 'error')).toBe(false);
  });

  it('say where there is nothing', () => {
    expect(commands(madeAudit({ services: [] }))).toEqual([
      {
        name: 'notice',
        properties: { title: 'spof-deps' },
        data: 'No lockfile or SBOM was found: nothing was audited. Name a directory that has one, or make one (npm install --package-lock-only).',
      },
    ]);
  });

  it('are the same for the same audit', () => {
    expect(commands(madeAudit(SHARING))).toEqual(commands(madeAudit(SHARING)));
  });
});

const HOSTILE = [
  '::set-output name=a::b',
  '\n::error::x',
  '%0A::error::x',
  '%25%0A',
  'a,line=1,title=x::y',
  'a:b,c=d',
  '\r::stop-commands::x',
  '##[error]x',
  '\u2028::error::x',
  '__proto__',
  'x'.repeat(10_000),
];

describe('hostile names', () => {
  it('begin no command, add no property, and come back as they were', () => {
    for (const name of HOSTILE) {
      const told = commands(
        madeAudit({
          services: [
            [name, [name]],
            [`${name} too`, [name]],
          ],
          diagnostics: [incomplete(name)],
        }),
      );
      for (const { name: kind } of told) expect(['error', 'warning', 'notice']).toContain(kind);
      for (const { properties } of told) {
        for (const key of Object.keys(properties)) expect(['file', 'line', 'col', 'title']).toContain(key);
      }
      expect(visible(told[0]!.properties.file!)).toBe(visible(name));
      expect(told[0]!.data).toContain(visible(name).slice(0, 299));
    }
  });
});

describe('text for workflow commands', () => {
  const special = fc.constantFrom(...'%:,=\r\n a0AD'.split(''), '::', '%0A', '%3A', '%25', '\u2028');
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: special }));

  it('ends neither its line nor its property, and is read as what was shown', () => {
    fc.assert(
      fc.property(texts, texts, (value, message) => {
        const line = `::error title=${forWorkflowProperty(value)},file=a::${forWorkflowData(message)}`;
        expect(line).not.toMatch(/[\r\n\u2028\u2029]/);
        const { name, properties, data } = commandIn(line)!;
        expect([name, Object.keys(properties)]).toEqual(['error', ['title', 'file']]);
        if (value.length < 100) expect(properties.title!.trimEnd()).toBe(visible(value).trimEnd());
        if (message.length < 100) expect(data).toBe(visible(message));
      }),
      { numRuns: 2_000 },
    );
  });
});
