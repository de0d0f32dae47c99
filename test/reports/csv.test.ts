import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Audit } from '../../src/analysis/audit.ts';
import { csvReport } from '../../src/reports/csv.ts';
import type { JsonCause } from '../../src/reports/json.ts';
import { jsonReport } from '../../src/reports/json.ts';
import { forCsv } from '../../src/reports/safe.ts';
import { parseCsv, records } from './csv-parser.ts';
import { inputOf, type MadeFleet, madeAudit } from './made-audit.ts';

const HOSTILE = [
  '=HYPERLINK("https://registry.example","x")',
  '  =1+1',
  '"=1+1',
  "'=1+1",
  '+1',
  '-1',
  '@SUM(A1)',
  '＝1+1',
  '\t=1',
  '\r\n=1',
  'a;=1+1',
  'a, "@x',
  'plain',
  '"quoted", and more',
  '\u202egnp.exe\u0000',
  '__proto__',
  '%0A::error::x',
  'x'.repeat(40_000),
];

/** What a spreadsheet may take for a formula, also where it parts fields at semicolons. */
function formulasIn(cell: string): string[] {
  return cell.split(/[;,]/).filter((part) => /^[\s"']*[=+\-@＝＋－＠]/.test(part) && !part.startsWith("'"));
}

const fleet: MadeFleet = {
  services: HOSTILE.map((name) => [name, HOSTILE]),
  systems: HOSTILE.map((name, at) => ({ name, members: [at], need: 1, weight: 1, origin: 'declared' })),
  layers: ['package', 'artifact'],
};

function csvOf(audit: Audit, top = 20): string {
  return [...csvReport({ ...inputOf(audit), top })].join('');
}

describe('the report', () => {
  const audit = madeAudit({
    services: [
      ['a', ['shared', 'left', 'tool']],
      ['b', ['shared', 'tool']],
    ],
    weights: [3, 1],
    forBuilding: ['tool'],
    layers: ['package', 'artifact'],
  });

  it('has the numbers that JSON has, for every cause of every layer', () => {
    const json: { layers: Record<string, { top: JsonCause[] }> } = JSON.parse([...jsonReport(inputOf(audit))].join(''));
    const expected = Object.entries(json.layers).flatMap(([layer, { top }]) =>
      top.map((cause, at) => ({
        layer,
        rank: String(at + 1),
        id: cause.id,
        firstParty: String(cause.firstParty),
        blastRadius: String(cause.blastRadius),
        lostSystems: String(cause.lostSystems),
        reach: String(cause.reach),
        weightedReach: String(cause.weightedReach),
        runtimeReach: String(cause.runtimeReach),
        buildReach: String(cause.buildReach),
        load: String(cause.load),
        direct: String(cause.direct),
        versions: cause.versions.join('; '),
        lostSystemNames: cause.lostSystemNames.join('; '),
        services: cause.services.join('; '),
      })),
    );
    expect(expected).toHaveLength(6);
    expect(records(csvOf(audit))).toMatchObject(expected);
  });

  it('keeps to the rows asked for in each layer', () => {
    expect(records(csvOf(audit, 1)).map(({ layer, rank }) => [layer, rank])).toEqual([
      ['package', '1'],
      ['artifact', '1'],
    ]);
  });

  it('says in every row whether the numbers are lower bounds', () => {
    const incomplete = { code: 'LOCKFILE_EMPTY', severity: 'incomplete', file: 'c', message: '', next: '' } as const;
    expect(records(csvOf(audit)).every(({ complete }) => complete === 'true')).toBe(true);
    const lacking = madeAudit({ services: [['a', ['p']]], diagnostics: [incomplete] });
    expect(records(csvOf(lacking)).map(({ complete }) => complete)).toEqual(['false']);
  });

  it('is a header where there is nothing', () => {
    expect(parseCsv(csvOf(madeAudit({ services: [] })))).toHaveLength(1);
  });
});

describe('hostile names', () => {
  const text = csvOf(madeAudit(fleet));
  const rows = parseCsv(text);

  it('end no row and no field', () => {
    expect(rows).toHaveLength(1 + 2 * HOSTILE.length);
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
    expect(text.split('\r\n')).toHaveLength(rows.length + 1);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });

  it('are no formulas', () => {
    expect(rows.flat().flatMap(formulasIn)).toEqual([]);
    const names = records(text).map(({ name }) => name);
    expect(names).toContain(`'${HOSTILE[0]}`);
    expect(names).toContain("a;'=1+1");
    expect(names).toContain('__proto__');
  });

  it('are cut to what a cell may hold', () => {
    for (const cell of rows.flat()) expect(cell.length).toBeLessThan(32_767);
  });

  it('leave our own numbers numbers', () => {
    for (const { blastRadius, reach, load } of records(text)) {
      for (const value of [blastRadius, reach, load]) expect(value).toMatch(/^\d+(\.\d+)?$/);
    }
  });
});

describe('text for CSV', () => {
  const special = fc.constantFrom(...'=+-@"\'; ,\t\r\na'.split(''), '＝', '\u202e', '\ud800');

  it('is one field, and no formula', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: special })), (text) => {
        const [row, ...more] = parseCsv(`${forCsv(text)},1\r\n`);
        expect(more).toEqual([]);
        expect(row).toHaveLength(2);
        expect(formulasIn(row![0]!)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is as it was where it is harmless', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9 "@/.:-]{0,40}$/), (text) => {
        expect(parseCsv(`${forCsv(text)}\r\n`)).toEqual([[text]]);
      }),
    );
  });
});
