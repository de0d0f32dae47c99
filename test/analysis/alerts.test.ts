/** What there is to act on: every kind of finding, with its severity, confidence and places. */
import { describe, expect, it } from 'vitest';
import { SEVERITY_FROM, severityOf } from '../../src/analysis/alerts/alert.ts';
import { type Alert, alertsOf } from '../../src/analysis/alerts/index.ts';
import { findingText } from '../../src/reports/messages.ts';
import { run } from '../../src/run.ts';
import { npmLock, tree } from '../cli/harness.ts';

const SHA = `sha512-${'A'.repeat(86)}==`;
const FLEET = tree({
  'a/package-lock.json': npmLock({ shared: `1.0.0#${SHA}`, 'only-a': '1.0.0' }),
  'b/package-lock.json': npmLock({ shared: `1.0.1#${SHA.replace('A', 'B')}` }),
  'c/package-lock.json': npmLock({ shared: `1.0.0#${SHA}`, plain: '1.0.0' }),
  'd/package-lock.json': '{ broken',
  'spof-deps.json': JSON.stringify({
    systems: { pair: { members: ['a', 'b'], need: 1 } },
    guards: { gate: { service: 'c', protects: ['pair'] } },
    ignore: [{ cause: 'package:npm/nothing', reason: 'none' }],
  }),
});

const found = async (directory = FLEET) => {
  const { audit, locate } = await run({ sources: [directory], verify: false, layers: ['package', 'runtime'] });
  return { audit, alerts: locate(alertsOf(audit)) };
};
const of = (alerts: readonly Alert[], code: string) => alerts.filter(({ finding }) => finding.code === code);

describe('an alert', () => {
  it('is raised on what is shared, what defeats a redundancy and what a guard does not see', async () => {
    const { alerts } = await found();
    expect(of(alerts, 'SHARED_PACKAGE').map(({ subject }) => subject)).toEqual(['package:npm/shared']);
    expect(of(alerts, 'REDUNDANCY_DEFEATED').map(({ subject }) => subject)).toEqual([
      'system:pair package',
      'system:pair runtime',
    ]);
    expect(of(alerts, 'BLIND_GUARD').map(({ subject }) => subject)).toEqual([
      'guard:gate pair package',
      'guard:gate pair runtime',
    ]);
    expect(of(alerts, 'CONCENTRATED_RUNTIME').map(({ subject }) => subject)).toEqual(['runtime:npm']);
    expect(of(alerts, 'INPUT_INCOMPLETE')).toHaveLength(1);
    expect(of(alerts, 'IGNORE_STALE')).toHaveLength(1);
    expect(of(alerts, 'ENTRY_UNBOUND').map(({ finding }) => finding.file)).toEqual([
      'a/package-lock.json',
      'c/package-lock.json',
    ]);
  });

  it('stands at its entry in every lockfile that shares it', async () => {
    const { alerts } = await found();
    const [shared] = of(alerts, 'SHARED_PACKAGE') as ((typeof alerts)[number] | undefined)[];
    expect(shared!.sites.map(({ file }) => file)).toEqual(['a', 'b', 'c'].map((name) => `${name}/package-lock.json`));
    expect(shared!.places.every((place) => place?.line === 1 && place.column > 1)).toBe(true);
  });

  it('has the severity of its blast radius alone, and its confidence apart', async () => {
    const { alerts } = await found();
    for (const { blastRadius } of alerts) {
      const severity = severityOf({ blastRadius });
      if (severity === undefined) expect(blastRadius ?? 0).toBe(0);
      else expect(blastRadius!).toBeGreaterThanOrEqual(SEVERITY_FROM[severity]);
    }
    expect(new Set(of(alerts, 'CONCENTRATED_RUNTIME').map(({ confidence }) => confidence))).toEqual(
      new Set(['declared']),
    );
    expect(of(alerts, 'SHARED_PACKAGE')[0]!.confidence).toBe('locked');
  });

  it('comes first where more is lost, is told in words, and is the same in every run', async () => {
    const [first, second] = [await found(), await found()];
    const losses = first.alerts.map(({ blastRadius }) => blastRadius ?? 0);
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(second.alerts).toEqual(first.alerts);
    for (const { finding } of first.alerts) {
      const { message, next } = findingText(finding);
      expect([message, next].every((text) => text.length > 10 && !text.includes('undefined'))).toBe(true);
    }
  });

  it('is the same finding after an update', async () => {
    const name = (alerts: readonly Alert[]) =>
      alerts.map(({ finding, subject }) => `${finding.code} ${subject}`).sort();
    const held = (version: string) =>
      tree({
        'a/package-lock.json': npmLock({ shared: version }),
        'b/package-lock.json': npmLock({ shared: version }),
      });
    expect(name((await found(held('1.0.0'))).alerts)).toEqual(name((await found(held('2.0.0'))).alerts));
  });

  it('is raised on what is not from a registry, and on nothing where nothing is shared', async () => {
    const lock = JSON.parse(npmLock({ pulled: '1.0.0', plain: '1.0.0' }));
    lock.packages['node_modules/pulled'].resolved = `git+ssh://git@github.com/acme/pulled.git#${'a'.repeat(40)}`;
    lock.packages['node_modules/plain'].resolved = 'http://registry.example/plain/-/plain-1.0.0.tgz';
    lock.packages['node_modules/plain'].integrity = SHA;
    const { alerts } = await found(tree({ 'package-lock.json': JSON.stringify(lock) }));
    expect(of(alerts, 'SOURCE_UNEXPECTED').map(({ finding }) => findingText(finding).message)).toEqual([
      expect.stringContaining('comes from registry.example without TLS'),
      expect.stringContaining('comes from a git repository (github.com)'),
    ]);
    const alone = await found(tree({ 'package-lock.json': npmLock({ a: `1.0.0#${SHA}` }) }));
    expect(alone.alerts).toEqual([]);
  });
});
