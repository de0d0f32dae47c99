/** What is worse than in an earlier report, gates on it and on rules, and what a repository means for its fleet. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEarlier } from '../../src/config/earlier.ts';
import { npmLock, scratch, spofDeps, tree } from './harness.ts';

const CONFIG = JSON.stringify({ systems: { checkout: { members: ['a', 'b'], need: 1 } } });

type Locks = Readonly<Record<string, Readonly<Record<string, string>>>>;

const fleet = (locks: Locks, config = CONFIG) =>
  tree({
    ...Object.fromEntries(Object.entries(locks).map(([name, held]) => [`${name}/package-lock.json`, npmLock(held)])),
    'spof-deps.json': config,
  });

async function reportOf(directory: string, ...args: string[]): Promise<string> {
  const file = join(scratch(), 'report.json');
  const { stdout } = await spofDeps([directory, '--format', 'json', '--top', 'all', '--layer', 'package', ...args]);
  writeFileSync(file, stdout);
  return file;
}

/** The exit code and what is worse, of one fleet against another before it. */
async function since(before: Locks, now: Locks, ...args: string[]) {
  const baseline = await reportOf(fleet(before));
  const { code, stdout } = await spofDeps([
    ...[fleet(now), '--format', 'json', '--layer', 'package', '--baseline', baseline, '--fail-on', 'new'],
    ...args,
  ]);
  const { changes } = JSON.parse(stdout);
  return [code, ...changes.worse.map(({ cause, kind }: { cause: string; kind: string }) => `${cause} ${kind}`)];
}

const steady: Locks = { a: { ms: '1.0.0', left: '1.0.0' }, b: { ms: '1.0.0' }, c: { right: '1.0.0' } };

describe('against a baseline', () => {
  it('the steady state passes, after version bumps too', async () => {
    expect(await since(steady, steady)).toEqual([0]);
    expect(await since(steady, { ...steady, a: { ms: '1.0.1', left: '2.0.0' } })).toEqual([0]);
  });

  it('a cause that comes to defeat a redundancy fails, and one that takes down more', async () => {
    expect(await since(steady, { ...steady, b: { ms: '1.0.0', left: '1.0.0' } })).toEqual([
      1,
      'package:npm/left defeats',
    ]);
    expect(await since(steady, { ...steady, c: { ms: '1.0.0' } })).toEqual([1, 'package:npm/ms widens']);
    expect(await since({ ...steady, d: { other: '1.0.0' } }, { ...steady, d: { right: '1.0.0' } })).toEqual([
      1,
      'package:npm/right widens',
    ]);
  });

  it('a new dependency of one service, a new service and less sharing pass', async () => {
    expect(await since(steady, { ...steady, c: { right: '1.0.0', more: '1.0.0' } })).toEqual([0]);
    expect(await since(steady, { ...steady, d: { ms: '1.0.0' } })).toEqual([0]);
    expect(await since(steady, { ...steady, b: { other: '1.0.0' } })).toEqual([0]);
  });

  it('says what is not compared', async () => {
    const baseline = await reportOf(fleet(steady));
    const args = [fleet({ ...steady, d: { ms: '1.0.0' } }), '--baseline', baseline];
    const { stdout } = await spofDeps(args, { columns: 200 });
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('What is worse than in the baseline?');
    expect(text).toContain('1 system is new and not compared: d.');
    expect(text).toContain('Not compared, because the baseline does not have them: artifact, release,');
  });

  it('of a run that asked registries is not compared where only one of the two did', async () => {
    const file = join(scratch(), 'asked.json');
    const { stdout } = await spofDeps([fleet(steady), '--format', 'json', '--top', 'all', '--offline']);
    writeFileSync(file, stdout);
    const unlike = await spofDeps([fleet(steady), '--baseline', file, '--fail-on', 'new']);
    expect([unlike.code, unlike.stderr]).toEqual([2, expect.stringMatching(/new cannot be applied.*maintainer/)]);
    const alike = await spofDeps([
      fleet(steady),
      '--baseline',
      file,
      '--fail-on',
      'new',
      '--offline',
      '--allow-incomplete',
    ]);
    expect(alike.code).toBe(0);
  });

  it('needs a whole report, and new a baseline', async () => {
    const cut = join(scratch(), 'cut.json');
    writeFileSync(
      cut,
      (await spofDeps([fleet(steady), '--format', 'json', '--top', '1', '--layer', 'package'])).stdout,
    );
    const refused = await spofDeps([fleet(steady), '--baseline', cut]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--top all')]);
    // Small layers are whole in it: the gate must not pass for what it has of those.
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`p${at}`, '1.0.0']));
    const large = { a: many, b: { ms: '1.0.0' } };
    const partial = join(scratch(), 'partial.json');
    writeFileSync(partial, (await spofDeps([fleet(large), '--format', 'json'])).stdout);
    const worse = fleet({ a: many, b: { ...many, ms: '1.0.0' } });
    for (const args of [
      ['--baseline', partial, '--fail-on', 'new'],
      ['--baseline', partial],
      ['--fleet', partial],
    ]) {
      const outcome = await spofDeps([worse, ...args]);
      expect([outcome.code, outcome.stderr]).toEqual([2, expect.stringMatching(/first causes alone of .*package/)]);
    }
    const alone = await spofDeps([fleet(steady), '--fail-on', 'new']);
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('--baseline FILE')]);
    const narrow = await spofDeps([fleet(steady), '--baseline', await reportOf(fleet(steady)), '--fail-on', 'new']);
    expect([narrow.code, narrow.stderr]).toEqual([2, expect.stringContaining('the baseline does not have artifact')]);
  });

  it('may be any file: it is a report, or refused', async () => {
    const file = join(scratch(), 'any.json');
    const report = readEarlier(await reportOf(fleet(steady)), '--baseline');
    expect([...report.layers.keys()]).toEqual(['package']);
    const texts = [
      '',
      'null',
      '[]',
      '{}',
      '{"schemaVersion":1}',
      '{"schemaVersion":2,"fleet":{},"layers":{}}',
      '\u0000',
    ];
    for (const text of [...texts, '{"schemaVersion":1,"fleet":{"systems":[1]},"layers":{}}']) {
      writeFileSync(file, text);
      expect(() => readEarlier(file, '--baseline')).toThrow(/--baseline: /);
    }
    fc.assert(
      fc.property(fc.json(), fc.json(), (layers, systems) => {
        writeFileSync(file, `{"schemaVersion":1,"fleet":{"systems":${systems}},"layers":{"package":${layers}}}`);
        try {
          expect(readEarlier(file, '--baseline').layers.size).toBeLessThan(2);
        } catch (error) {
          expect(String(error)).toContain('--baseline: ');
        }
      }),
    );
  });
});

describe('a gate on a rule', () => {
  it('fails where something was found, from the command line and from the config', async () => {
    const shared = fleet(steady);
    expect((await spofDeps([shared, '--fail-on', 'redundancy-defeated'])).code).toBe(1);
    expect((await spofDeps([shared, '--fail-on', 'blind-guard'])).code).toBe(0);
    const config = JSON.stringify({ ...JSON.parse(CONFIG), failOn: { rules: ['redundancy-defeated'] } });
    expect((await spofDeps([fleet(steady, config)])).code).toBe(1);
    expect((await spofDeps([fleet({ a: { x: '1.0.0' }, b: { y: '1.0.0' } }, config), '--layer', 'package'])).code).toBe(
      0,
    );
    const { code, stderr } = await spofDeps([shared, '--fail-on', 'redundancy-defeatd']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('redundancy-defeated')]);
  });
});

describe('for the fleet that a repository is a part of', () => {
  it('causes have the loss of the whole fleet, and the difference that this run makes', async () => {
    const published = await reportOf(fleet(steady));
    const own = tree({
      'package-lock.json': npmLock({ left: '1.0.0', fresh: '1.0.0' }),
      'spof-deps.json': JSON.stringify({ services: { b: { lockfile: 'package-lock.json' } } }),
    });
    const { stdout } = await spofDeps([own, '--format', 'json', '--layer', 'package', '--fleet', published]);
    const { inFleet } = JSON.parse(stdout);
    expect([inFleet.known, inFleet.unknown, inFleet.systems]).toEqual([['b'], [], 2]);
    const causes = new Map(inFleet.causes.map(({ cause, ...effect }: { cause: string }) => [cause, effect]));
    expect(causes.get('package:npm/left')).toEqual({
      before: { blastRadius: 0, lost: 0, services: 1 },
      now: { blastRadius: 0.5, lost: 1, services: 2 },
    });
    expect(causes.get('package:npm/fresh')).toEqual({
      before: { blastRadius: 0, lost: 0, services: 0 },
      now: { blastRadius: 0, lost: 0, services: 1 },
    });
  });

  it('says which services it does not know', async () => {
    const published = await reportOf(fleet(steady));
    const { stdout } = await spofDeps([
      fleet({ z: { ms: '1.0.0' } }, '{}'),
      '--fleet',
      published,
      '--layer',
      'package',
    ]);
    expect(stdout.replace(/\s+/g, ' ')).toContain("No service of this run is in the fleet's report.");
  });
});
