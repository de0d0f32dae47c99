import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { Fleet } from '../../src/graph/fleet.ts';
import { type RunOptions, run } from '../../src/run.ts';
import { fileOf, TABLE_NAMES } from '../../src/snapshot/tables.ts';
import { writeSnapshot } from '../../src/snapshot/write.ts';
import { fleetArbitrary } from '../arbitraries.ts';
import { scratch, tree } from '../cli/harness.ts';
import { fleetOf } from '../described.ts';
import { apart, audited, joined, reportOf, stored } from './fleets.ts';

const ACME = new URL('../../fixtures/acme', import.meta.url).pathname;
const EVIDENCE = new URL('../../fixtures/acme-evidence', import.meta.url).pathname;
const OFFLINE = {
  offline: true,
  evidence: EVIDENCE,
  trustedRoot: `${EVIDENCE}/trusted_root.json`,
  keys: `${EVIDENCE}/keys.json`,
  env: {},
};

async function expectSame(options: RunOptions, source = ACME): Promise<void> {
  const ran = await run({ ...options, sources: [source] });
  const report = reportOf(ran);
  const place = scratch();
  for (const target of [`${place}/tables/`, `${place}/run.spof`]) {
    writeSnapshot(target, ran);
    const again = await run({ ...options, sources: [target] });
    expect(reportOf(again)).toBe(report);
  }
}

describe('a run read back', () => {
  it.each(['all', 'runtime', 'build'] as const)('reports the same to the byte, scope %s', async (scope) => {
    await expectSame({ verify: false, scope });
  });

  it('reports the same evidence, without anybody being asked', async () => {
    const ran = await run({ sources: [ACME], verify: OFFLINE });
    const file = `${scratch()}/run.spof`;
    writeSnapshot(file, ran);
    const nobody = { ...OFFLINE, evidence: scratch() };
    expect(reportOf(await run({ sources: [file], verify: nobody }))).toBe(reportOf(ran));
    expect(reportOf(await run({ sources: [file], verify: false }))).toBe(reportOf(ran));
  });

  it('can be asked what the first run was not', async () => {
    const ran = await run({ sources: [ACME], verify: false, layers: ['package'], scope: 'build' });
    const file = `${scratch()}/run.spof`;
    writeSnapshot(file, ran);
    const all = await run({ sources: [ACME], verify: false });
    expect(reportOf(await run({ sources: [file], verify: false }))).toBe(reportOf(all));
  });

  it('keeps lockfiles that were not read, remarks, and a config whose names are numbers and __proto__', async () => {
    const lock = (name: string) =>
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          '': { dependencies: { [name]: '1' } },
          [`node_modules/${name}`]: { version: '1.0.0', resolved: 'https://registry.example/x.tgz' },
        },
      });
    const config = `{
      // places of ignores are those of the file
      "systems": { "b": { "members": ["two"] }, "1": { "members": ["one"] }, "__proto__": { "members": ["one", "two"] } },
      "ignore": [ { "cause": "package:npm/gone", "reason": "x" },
        { "cause": "package:npm/__proto__" } ]
    }`;
    const root = tree({
      'one/package-lock.json': lock('__proto__'),
      'two/package-lock.json': lock('constructor'),
      'bad/package-lock.json': '{',
      'old/bun.lockb': 'x',
      'spof-deps.jsonc': config,
    });
    const ran = await run({ sources: [root], verify: false });
    expect(ran.audit.findings.map(({ line }) => line)).toEqual([4, 5]);
    await expectSame({ verify: false }, root);
  });

  it('reports the same of made fleets', () => {
    fc.assert(
      fc.property(fleetArbitrary, ({ lockfiles }) => {
        const run = audited(fleetOf(apart(lockfiles)));
        const report = reportOf(run);
        expect(reportOf(joined([stored(run)]))).toBe(report);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps names apart that UTF-8 has no form for', () => {
    const names = ['a\ud800', 'a\ud801', 'a\ufffd', 'a\u{10ffff}0000', 'a\u{10ffff}', '\udc00\ud800', '\u{1f600}'];
    const builder = new GraphBuilder('npm', '3');
    const root = builder.node({ key: '', ecosystem: 'npm', name: 'root', version: undefined, source: 'workspace' });
    builder.project(root, '', 'root');
    for (const name of names) {
      const node = builder.node({ key: name, ecosystem: 'npm', name, version: name, source: 'registry' });
      builder.edge(root, node, 'prod', name, name);
    }
    const fleet = new Fleet();
    fleet.add('package-lock.json', builder.build());
    const run = audited(fleet);
    expect(reportOf(joined([stored(run)]))).toBe(reportOf(run));
  });

  it('is written the same twice', async () => {
    const ran = await run({ sources: [ACME], verify: false });
    const place = scratch();
    writeSnapshot(`${place}/a.spof`, ran);
    writeSnapshot(`${place}/b.spof`, ran);
    expect(readFileSync(`${place}/a.spof`).equals(readFileSync(`${place}/b.spof`))).toBe(true);
    writeSnapshot(`${place}/c/`, ran);
    writeFileSync(join(place, 'c', fileOf('run')), '');
    writeSnapshot(`${place}/c/`, ran);
    for (const table of TABLE_NAMES) {
      expect(readFileSync(`${place}/a.spof`).includes(readFileSync(join(place, 'c', fileOf(table))))).toBe(true);
    }
  });
});
