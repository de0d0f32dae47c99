/** The corpus as tables: what SQL makes of them, and what is read back. */
import { describe, expect, it } from 'vitest';
import { applyGates } from '../../src/analysis/gate.ts';
import { jsonReport } from '../../src/reports/json.ts';
import { type Run, run } from '../../src/run.ts';
import { CORPUS, hasCorpus } from '../readers.ts';
import { expectSame, snapshotOf } from '../snapshot/same-numbers.ts';

if (!hasCorpus) console.log('snapshots: the corpus is absent, nothing compared');

function* linesOf({ audit, locate }: Run): Iterable<string> {
  yield* jsonReport({ audit, locate, gates: applyGates(audit, []), top: 200, width: 100, color: false });
}

describe.skipIf(!hasCorpus)('the corpus as a snapshot', () => {
  it('gives an engine the numbers of the audit', async () => {
    const causes = await expectSame(await run({ sources: [CORPUS], config: false, verify: false }));
    console.log(`snapshots: ${causes} causes of the corpus have the same reach and blast radius in DuckDB`);
    expect(causes).toBeGreaterThan(1000);
  });

  it('is read back as it was', async () => {
    const ran = await run({ sources: [CORPUS], config: false, verify: false });
    const again = await run({ sources: [snapshotOf(ran)], verify: false });
    const lines = linesOf(again)[Symbol.iterator]();
    for (const line of linesOf(ran)) if (lines.next().value !== line) expect.fail(line.slice(0, 500));
    expect(lines.next().done).toBe(true);
  });
});
