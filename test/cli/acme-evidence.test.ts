/** The demo fleet with the answers kept beside it: every layer shows something, and nobody is asked. */
import { Socket } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { LAYERS } from '../../src/causes/layer.ts';
import { EVIDENCE_KINDS, EVIDENCE_STATES } from '../../src/evidence/state.ts';
import { asString, isObject } from '../../src/json.ts';
import { Store } from '../../src/network/store.ts';
import { copyOf, type Outcome, scratch, spofDeps } from './harness.ts';

const EVIDENCE = 'fixtures/acme-evidence';
const REGISTRY = 'https://registry.example/';

function audit(source: string, evidence: string, ...args: readonly string[]): Promise<Outcome> {
  const home = scratch();
  const env = { HOME: home, XDG_CACHE_HOME: join(home, 'cache') };
  const trust = ['--keys', `${EVIDENCE}/keys.json`, '--trusted-root', `${EVIDENCE}/trusted_root.json`];
  return spofDeps([source, '--offline', '--evidence', evidence, ...trust, ...args], { columns: 100, env });
}

interface Known {
  readonly known: number;
  readonly top: readonly unknown[];
}
interface Explained {
  readonly layer: string;
  readonly systems: readonly { readonly system: string; readonly union: readonly unknown[] | null }[];
}
type Counts = { readonly of: number } & Record<string, Record<string, number> & { readonly reasons: object }>;
interface Report {
  readonly complete: boolean;
  readonly evidence: Counts;
  readonly evidenceByService: readonly Counts[];
  readonly layers: Readonly<Record<string, Known>>;
  readonly resilience: readonly Explained[];
  readonly findings: readonly { readonly code: string; readonly level: string; readonly package?: string }[];
}

const withoutClock = (text: string) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '');

describe('the demo fleet offline', () => {
  let outcome: Outcome;
  let report: Report;
  let connects: number;
  beforeAll(async () => {
    const connect = vi.spyOn(Socket.prototype, 'connect');
    outcome = await audit('fixtures/acme', EVIDENCE, '--format', 'json');
    connects = connect.mock.calls.length;
    connect.mockRestore();
    report = JSON.parse(outcome.stdout) as Report;
  });

  it('shows causes in every layer, all of what is known accounted for, and connects to nobody', () => {
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    expect(connects).toBe(0);
    expect(report.complete).toBe(true);
    expect(Object.keys(report.layers).sort()).toEqual([...LAYERS].sort());
    for (const [layer, { known, top }] of Object.entries(report.layers)) {
      expect([layer, known > 0, top.length > 0]).toEqual([layer, true, true]);
    }
    for (const counts of [report.evidence, ...report.evidenceByService]) {
      for (const kind of EVIDENCE_KINDS) {
        expect(EVIDENCE_STATES.reduce((sum, state) => sum + counts[kind]![state]!, 0)).toBe(counts.of);
      }
    }
    for (const kind of EVIDENCE_KINDS) {
      const { invalid, missing, verified, unchecked, reasons } = report.evidence[kind]!;
      expect([kind, invalid, missing! > 0, verified! > 0]).toEqual([kind, 0, true, true]);
      // The Python service is the only one nobody could have been asked about.
      expect(reasons).toMatchObject({ ecosystem: unchecked });
    }
    const warned = report.findings.flatMap(({ code, level, package: name }) =>
      level === 'warning' ? [[code, name]] : [],
    );
    expect(warned).toEqual([
      ['PROVENANCE_LOST', 'npm/fastq'],
      ['SOURCE_CHANGED', 'npm/split2'],
      ['SOURCE_DIFFERS', 'npm/winston'],
    ]);
  });

  it('has accounts and owners that defeat a system only by several packages together', () => {
    const together = report.resilience.flatMap(({ layer, systems }) =>
      systems.flatMap(({ system, union }) => (union !== null && union.length > 0 ? [`${layer} ${system}`] : [])),
    );
    expect(together).toEqual(expect.arrayContaining(['maintainer checkout', 'maintainer catalog', 'owner catalog']));
  });

  it('reports the same twice', async () => {
    const again = await audit('fixtures/acme', EVIDENCE, '--format', 'json');
    expect(withoutClock(again.stdout)).toBe(withoutClock(outcome.stdout));
  });
});

describe('one byte of a kept answer changed', () => {
  /** Replaces the first text under a key, a base64 signature, by one whose last byte differs. */
  function spoilt(text: string, key: string): string {
    const pattern = new RegExp(`(\\\\?"${key}\\\\?":\\\\?")([A-Za-z0-9+/=]+)`);
    return text.replace(pattern, (_, before: string, sig: string) => {
      const bytes = Buffer.from(sig, 'base64');
      bytes[bytes.length - 1]! ^= 1;
      return `${before}${bytes.toString('base64')}`;
    });
  }

  it.each([
    ['signature', 'bad-signature', 'package', ['split2']],
    ['publish', 'bad-bundle', 'attestations', ['split2', '4.2.0']],
  ] as const)('makes the %s invalid: %s', async (kind, reason, kept, question) => {
    const evidence = copyOf(EVIDENCE);
    const store = new Store(evidence);
    const answer = await store.read(kept, [REGISTRY, ...question]);
    const changed = spoilt(asString(answer) ?? JSON.stringify(answer), 'sig');
    await store.write(kept, [REGISTRY, ...question], isObject(answer) ? JSON.parse(changed) : changed);
    const outcome = await audit('fixtures/acme/pay-a', evidence, '--format', 'json');
    expect(outcome.code).toBe(1);
    const report = JSON.parse(outcome.stdout) as Report;
    expect(report.findings).toContainEqual(
      expect.objectContaining({ code: 'EVIDENCE_INVALID', package: `npm/${question[0]}`, kind, reason }),
    );
    expect(report.evidence[kind]).toMatchObject({ invalid: 1 });
  });
});
