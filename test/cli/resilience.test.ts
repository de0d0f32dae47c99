/** What an audit says of declared systems and guards. */
import { describe, expect, it } from 'vitest';
import { npmLock, spofDeps, tree } from './harness.ts';

const FLEET = tree({
  'pay-a/package-lock.json': npmLock({ shared: '1.0.0', 'only-a': '1.0.0', common: '1.0.0' }),
  'pay-b/package-lock.json': npmLock({ shared: '1.0.0', 'only-b': '1.0.0', common: '2.0.0' }),
  'canary/package-lock.json': npmLock({ shared: '1.0.0' }),
  'spof-deps.json': JSON.stringify({
    systems: { checkout: { members: ['pay-a', 'pay-b'], need: 1 }, shop: { members: ['checkout', 'canary'], need: 2 } },
    guards: { gate: { service: 'canary', protects: ['checkout'] } },
  }),
});

async function resilience(layer: string) {
  const { stdout } = await spofDeps([FLEET, '--format', 'json', '--layer', layer]);
  const [found] = JSON.parse(stdout).resilience;
  return found;
}

describe('a declared system', () => {
  it('is told what it survives, layer by layer', async () => {
    const { systems } = await resilience('package');
    expect(systems[0]).toMatchObject({
      system: 'checkout',
      services: 2,
      survivesAnyOne: 'no',
      survivesAnyTwo: 'no',
      defeating: 2,
      causes: ['package:npm/shared', 'package:npm/common'],
      pairs: { causes: 1, masks: 1, complete: true },
      byHits: [0, 2, 2],
      beta: 4 / 6,
      effectiveMembers: 8 / 6,
    });
    expect(systems[1]).toMatchObject({ system: 'shop', services: 3 });
    const artifacts = await resilience('artifact');
    expect(artifacts.systems[0]).toMatchObject({ defeating: 1, causes: ['artifact:npm/shared@1.0.0'] });
  });

  it('is not called redundant against what nobody knows', async () => {
    const { systems } = await resilience('maintainer');
    expect(systems[0]).toMatchObject({
      survivesAnyOne: 'unknown',
      unknown: ['pay-a', 'pay-b'],
      effectiveMembers: null,
    });
  });

  it('stands in the report with its guard, and with how many bad ones suffice', async () => {
    const { stdout } = await spofDeps([FLEET]);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('checkout, 1 of 2 (pay-a, pay-b): what does it survive?');
    expect(text).toContain('shop, 2 of 2 (canary, pay-a, pay-b): what does it survive?');
    expect(text).toContain(
      'guard gate (canary) goes down together with checkout, which it protects: by 1 of 2 packages,',
    );
    expect(text).toContain('3 of 3 1/1/1');
  });
});

it('a guard is blind to what takes it down with what it protects', async () => {
  const { guards, collusion, trust } = await resilience('package');
  expect(guards).toMatchObject([
    { guard: 'gate', causes: 1, touching: 1, defeating: 1, blindTo: ['package:npm/shared'], known: true },
  ]);
  expect(collusion.targets).toEqual([0.5, 0.8, 1].map((share) => ({ share, causes: 1 })));
  expect(trust).toEqual({ reach: { mean: 7 / 4, most: 3 }, trusted: { mean: 7 / 3, most: 3 } });
});
