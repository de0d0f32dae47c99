/** Damaged lockfiles of every format: a graph that holds together, or a LockfileError. Nothing else, ever. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditFleet } from '../../src/analysis/audit.ts';
import { applyConfig } from '../../src/config/apply.ts';
import { NO_CONFIG } from '../../src/config/load.ts';
import { LockfileError } from '../../src/diagnostics.ts';
import { notAsked } from '../../src/evidence/evidence.ts';
import { Fleet } from '../../src/graph/fleet.ts';
import { type FormatName, formatOf, readLockfile } from '../../src/lockfiles/index.ts';
import { lockfileText } from '../../src/lockfiles/text.ts';
import { FIXTURES, inputOf } from '../readers.ts';

const MOST_BYTES = 20_000;

const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((file) => formatOf(basename(file)) !== undefined)
  .map((file) => join(FIXTURES, file))
  .filter((file) => readFileSync(file).length <= MOST_BYTES)
  .sort();

const debris = fc.constantFrom(
  ...[
    '',
    'null',
    '{}',
    '[]',
    '"',
    '\\',
    '__proto__',
    'constructor',
    '../..',
    ':',
    '  ',
    '\n',
    '\t',
    '\r\n',
    '#',
    '&a ',
    '*a',
  ],
  ...['<<: ', '-1', '1e999', '@', 'npm:', 'workspace:', 'link:../../x', 'file:', 'patch:', '()', 'true', ',', '}', ']'],
);
const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(60), put: debris });

async function audited(file: string, text: string): Promise<string> {
  try {
    const checked = lockfileText('lockfile', Buffer.from(text));
    const graph = await readLockfile(formatOf(basename(file)) as FormatName, { ...inputOf(file), text: checked });
    expect(graph.edgeTo.every((to) => to >= -1 && to < graph.nodeCount)).toBe(true);
    const fleet = new Fleet();
    fleet.add('service/lockfile', graph);
    const question = { layers: ['package', 'artifact'], scope: 'all', today: '2026-01-01' } as const;
    auditFleet(fleet, applyConfig(fleet, NO_CONFIG), [], question, notAsked(fleet.componentCount), []);
    return 'read';
  } catch (error) {
    if (error instanceof LockfileError) return error.diagnostic.code;
    throw new Error(`${dirname(file)}: ${error}`, { cause: error });
  }
}

describe('a damaged lockfile', () => {
  it('is read or refused with a code, whatever the damage', async () => {
    expect(files.length).toBeGreaterThan(150);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files.filter((file) => !/[\\/](?:conflict|empty)/.test(file))),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (file, changes) => {
          let text = readFileSync(file, 'utf8');
          for (const { at, cut, put } of changes) {
            const from = Math.floor(at * text.length);
            text = text.slice(0, from) + put + text.slice(from + cut);
          }
          expect(await audited(file, text)).toMatch(/^(?:read|LOCKFILE_[A-Z_]+)$/);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
