/** A history against the audits that its runs were: every number, and whatever snapshots claim. */
import { cpSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Audit } from '../../src/analysis/audit.ts';
import type { Trend } from '../../src/analysis/trend.ts';
import { LAYERS } from '../../src/causes/layer.ts';
import { parseConfig } from '../../src/config/load.ts';
import { EVIDENCE_KINDS, REASONS } from '../../src/evidence/state.ts';
import { run } from '../../src/run.ts';
import { readHistory } from '../../src/snapshot/history.ts';
import { TABLES, type TableName } from '../../src/snapshot/tables.ts';
import { writeSnapshot } from '../../src/snapshot/write.ts';
import { fleetArbitrary } from '../arbitraries.ts';
import { scratch } from '../cli/harness.ts';
import { fleetOf } from '../described.ts';
import { type Audited, apart, audited, originOf } from './fleets.ts';
import { replace, resum, rowsOf, type TableRow } from './tampered.ts';

const ACME = new URL('../../fixtures/acme', import.meta.url).pathname;

/** What the trend must be, from the audits alone. */
function expectTrendOf(audits: readonly Audit[], trend: Trend, top: number): void {
  for (const { layer, causes, left } of trend.layers) {
    const byRun = audits.map(({ layers }) => {
      const found = layers.find(({ table }) => table.layer === layer);
      return new Map(found?.all.map((ranked) => [found.table.causes[ranked.cause]!.id, { ...ranked, of: found }]));
    });
    const firsts = audits.map(({ layers }) => {
      const found = layers.find(({ table }) => table.layer === layer);
      return (found?.ranked ?? []).slice(0, top).map(({ cause }) => found!.table.causes[cause]!.id);
    });
    const latest = firsts.at(-1)!;
    const ids = causes.map(({ id }) => id);
    expect(ids.slice(0, latest.length)).toEqual(latest);
    const led = new Set(firsts.flat());
    expect(new Set([...led].filter((id) => ids.includes(id)))).toEqual(new Set(ids));
    expect(left).toBe(led.size - ids.length);
    expect(ids.length - latest.length).toBeLessThanOrEqual(top);
    for (const { id, values } of causes) {
      for (const [at, value] of values.entries()) {
        const expected = byRun[at]!.get(id);
        const { blastRadius, lost, reach } = expected ?? {};
        expect(value && { blastRadius: value.blastRadius, lost: value.lost, reach: value.reach }).toEqual(
          expected && { blastRadius, lost, reach },
        );
        const rank = expected?.of.ranked.findIndex(({ cause }) => cause === expected.cause) ?? -1;
        expect(value?.rank ?? 0).toBe(rank + 1);
      }
    }
  }
  for (const { name, layers } of trend.systems) {
    for (const { layer, values } of layers) {
      for (const [at, value] of values.entries()) {
        const audit = audits[at]!;
        const found = audit.resilience
          .find((one) => one.layer.table.layer === layer)
          ?.systems.find(({ redundancy }) => audit.systems[redundancy.system]!.name === name)?.redundancy;
        expect(value).toEqual(
          found && {
            members: found.leaves,
            unknown: found.unknown.length,
            survivesAnyOne: found.survivesAnyOne,
            survivesAnyTwo: found.survivesAnyTwo,
            defeating: found.deadly.length,
            effectiveMembers: found.effectiveMembers,
          },
        );
      }
    }
  }
}

/** Keeps runs a day apart, and reads them back as a history. */
function historyOf(runs: readonly Audited[], top: number): Trend {
  const folder = scratch();
  for (const [at, ran] of runs.entries()) {
    const readAt = new Date(Date.UTC(2026, 0, 1 + at)).toISOString();
    // Names say nothing of time.
    writeSnapshot(`${folder}/${runs.length - at}.spof`, { ...ran, origin: { ...ran.origin, readAt } });
  }
  return readHistory([folder], { top });
}

describe('a history of made fleets', () => {
  it('has the numbers of their audits', async () => {
    const fleets = fc.array(fleetArbitrary, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fleets, fc.integer({ min: 1, max: 4 }), fc.boolean(), async (made, top, ignores) => {
        const runs = await Promise.all(
          made.map(async ({ lockfiles }) => {
            const fleet = fleetOf(apart(lockfiles));
            const plain = audited(fleet);
            const names = plain.audit.services.map(({ name }) => name);
            const [layer] = plain.audit.layers.filter(({ table }) => table.layer === 'package');
            const [worst] = layer?.ranked ?? [];
            const ignore = ignores && worst ? [{ cause: layer!.table.causes[worst.cause]!.id, reason: 'x' }] : [];
            const systems = names.length > 1 ? { pair: { members: names.slice(0, 2) }, all: { members: names } } : {};
            const config = await parseConfig(JSON.stringify({ systems, ignore }), 'x');
            return audited(fleet, originOf(fleet), config);
          }),
        );
        const trend = historyOf(runs, top);
        expect(trend.runs.map(({ services }) => services)).toEqual(runs.map(({ audit }) => audit.services.length));
        expectTrendOf(
          runs.map(({ audit }) => audit),
          trend,
          top,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('has those of acme, with what registries said, in every layer', async () => {
    const evidence = `${ACME}-evidence`;
    const verify = {
      ...{ offline: true, evidence, env: {} },
      ...{ trustedRoot: `${evidence}/trusted_root.json`, keys: `${evidence}/keys.json` },
    };
    const runs = [
      await run({ sources: [ACME], verify, scope: 'runtime' }),
      await run({ sources: [ACME], verify: false, layers: ['package', 'runtime'] }),
      await run({ sources: [ACME], verify }),
    ];
    const trend = historyOf(runs, 7);
    expect(trend.layers.map(({ layer }) => layer)).toEqual(LAYERS);
    expectTrendOf(
      runs.map(({ audit }) => audit),
      trend,
      7,
    );
    for (const [at, { evidence: told }] of trend.runs.entries()) {
      const { evidenceCounts, evidence: of } = runs[at]!.audit;
      if (of.mode === 'off') expect(told).toBeUndefined();
      else {
        for (const kind of EVIDENCE_KINDS) {
          const verified = [...evidenceCounts.fleet.reasons[kind]].filter(([reason]) => REASONS[reason] === 'verified');
          const count = verified.reduce((sum, [, components]) => sum + components, 0);
          expect(told![kind]).toEqual({ verified: count, invalid: 0, of: evidenceCounts.fleet.of });
        }
      }
    }
  });
});

describe('a history that says what cannot be', () => {
  let original = '';
  beforeAll(async () => {
    original = `${scratch()}/tables`;
    writeSnapshot(`${original}/`, await run({ sources: [ACME], verify: false, layers: ['package', 'runtime'] }));
  }, 60_000);

  async function withRow(table: TableName, change: (row: TableRow) => void): Promise<Trend> {
    const folder = scratch();
    cpSync(original, `${folder}/good`, { recursive: true });
    cpSync(original, `${folder}/odd`, { recursive: true });
    const rows = await rowsOf(`${folder}/odd`, table);
    change(rows.find(({ blast_radius: radius }) => table !== 'causes' || typeof radius === 'number')!);
    await replace(`${folder}/odd`, table, rows);
    return readHistory([folder], { top: 10_000 });
  }

  const cases: [TableName, (row: TableRow) => void, string][] = [
    ['causes', (row) => (row.layer = 'everything'), 'layer: unknown'],
    ['causes', (row) => (row.blast_radius = 1.5), 'blast_radius: not from 0 to 1'],
    ['causes', (row) => (row.blast_radius = Number.NaN), 'blast_radius: not a number'],
    ['causes', (row) => (row.lost = -1), 'a count or rank below'],
    ['causes', (row) => (row.rank = 0), 'a count or rank below'],
    ['layers', (row) => (row.layer = '__proto__'), 'layer: unknown'],
    ['layers', (row) => (row.known = -5), 'a count below 0'],
    ['resilience', (row) => (row.system = 999), 'system: not one of the systems'],
    ['resilience', (row) => (row.system = -1), 'system: not one of the systems'],
    ['resilience', (row) => (row.survives_any_one = 'perhaps'), 'expected one of yes, no, unknown'],
    ['resilience', (row) => (row.effective_members = 1e300), 'effective_members: not from'],
    ['resilience', (row) => (row.effective_members = Number.POSITIVE_INFINITY), 'effective_members: not a number'],
    ['system_members', (row) => (row.system = 1e6), 'a system or member that is not there'],
    ['system_members', (row) => (row.service = 1e6), 'a system or member that is not there'],
    ['run', (row) => (row.read_at = '\u001b[2J'), 'read_at: not an instant'],
    ['run', (row) => (row.read_at = '2026-99-99T00:00:00.000Z'), 'read_at: not an instant'],
    ['run', (row) => (row.scope = 'none'), 'scope: unknown'],
    ['run', (row) => (row.today = 'now'), 'today: not a day'],
    ['run', (row) => (row.layers = '["x"]'), 'layers: '],
  ];
  it.each(cases)('%s %s is told', async (table, change, message) => {
    const { runs, unread } = await withRow(table, change);
    expect(runs).toHaveLength(1);
    expect(unread).toMatchObject([{ code: 'SNAPSHOT_INVALID', message: expect.stringContaining(message) }]);
  });

  it('never crashes, whatever numbers its results hold', async () => {
    const names = (['causes', 'layers', 'resilience', 'systems', 'system_members', 'services'] as const).flatMap(
      (table) =>
        Object.entries(TABLES[table]).flatMap(([column, { type }]) =>
          type === 'int' || type === 'double' ? [{ table, column, type }] : [],
        ),
    );
    const odd = fc.oneof(fc.integer({ min: -2, max: 12 }), fc.integer());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(20), odd, fc.double(), async (at, row, whole, real) => {
        const directory = `${scratch()}/odd`;
        cpSync(original, directory, { recursive: true });
        const rows = await rowsOf(directory, at.table);
        rows[row % rows.length]![at.column] = at.type === 'int' ? whole : real;
        await replace(directory, at.table, rows);
        try {
          expect(readHistory([directory], { top: 3 }).runs).toHaveLength(1);
        } catch (error) {
          expect(error).toMatchObject({ name: 'UsageError' });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('holds no more than can be held', async () => {
    const directory = `${scratch()}/odd`;
    cpSync(original, directory, { recursive: true });
    await resum(directory, 'causes');
    expect(() => readHistory(Array(4001).fill(directory), { top: 3 })).toThrow('4001 snapshots, of 4000 at most');
  });
});
