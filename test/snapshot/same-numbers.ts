/** The numbers of the audit against those of an engine over its snapshot. */
import { expect } from 'vitest';
import type { Audit } from '../../src/analysis/audit.ts';
import type { RankedCause } from '../../src/analysis/rank.ts';
import type { Run } from '../../src/run.ts';
import { writeSnapshot } from '../../src/snapshot/write.ts';
import { scratch } from '../cli/harness.ts';
import { query } from './engine.ts';

/** Writes a run as a directory of tables, gone after the test file. */
export function snapshotOf(ran: Run): string {
  const directory = `${scratch()}/tables`;
  writeSnapshot(`${directory}/`, ran);
  return directory;
}

/** What the audit says, by layer and id of the cause. */
export function ofAudit({ layers }: Audit) {
  const rows = layers.flatMap(({ table, all }) =>
    all.map((ranked): [string, RankedCause] => [`${table.layer} ${table.causes[ranked.cause]!.id}`, ranked]),
  );
  return new Map(rows);
}

/** Compares every cause of every layer; how many there are. */
export async function expectSame(ran: Run): Promise<number> {
  const directory = snapshotOf(ran);
  const expected = ofAudit(ran.audit);
  const reach = await query(directory, 'reach');
  const blast = await query(directory, 'blast_radius');
  expect(new Set(reach.map(keyOf))).toEqual(new Set(expected.keys()));
  expect(new Set(blast.map(keyOf))).toEqual(new Set(expected.keys()));
  for (const row of reach) {
    const { reach: services, weightedReach, runtimeReach, buildReach, direct } = expected.get(keyOf(row))!;
    expect(row).toMatchObject({
      reach: services,
      weighted_reach: weightedReach,
      runtime_reach: runtimeReach,
      build_reach: buildReach,
      direct,
    });
  }
  for (const row of blast) {
    const { blastRadius, lost } = expected.get(keyOf(row))!;
    expect(row).toMatchObject({ blast_radius: blastRadius, lost });
  }
  return expected.size;
}

/** Layer and id of a row. */
export function keyOf({ layer, id }: Record<string, unknown>): string {
  return `${String(layer)} ${String(id)}`;
}
