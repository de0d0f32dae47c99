/** Settings that make a lockfile wait: what they say is what the readers of such files read, and what the gated fleet has. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReleaseDelays } from '../../../src/analysis/release-delay.ts';
import { FIRST_VERSION } from '../../../src/analysis/rings/gate-keepers.ts';
import { type GateSetting, settingsOf } from '../../../src/analysis/rings/settings.ts';
import { withGates } from '../../../src/analysis/rings/with-gates.ts';
import type { Fleet } from '../../../src/graph/fleet.ts';
import type { GateDelay, PolicyManager, ReleaseGate } from '../../../src/graph/policies.ts';
import { delaysFor } from '../../../src/lockfiles/policies/delays.ts';
import { globName, starName } from '../../../src/lockfiles/policies/names.ts';
import { settingText } from '../../../src/reports/rings/settings.ts';
import { read } from '../../lockfiles/policies/read.ts';
import { ageGate, type Keeper, keptFleet } from './rings-twin.ts';

const DAY = 1440;
const NOW = Date.parse('2026-11-29T00:00:00Z');
const NAMES = ['pkg', '@own/x', '__proto__', 'constructor'];
const NEW_ENOUGH: Readonly<Record<string, { format: string; major: number }>> = {
  npm: { format: '3', major: 11 },
  pnpm: { format: '9.0', major: 10 },
  'yarn-berry': { format: '8', major: 4 },
  bun: { format: '1', major: 1 },
};
const MANAGERS = Object.keys(NEW_ENOUGH) as Exclude<PolicyManager, 'yarn-classic'>[];

function keeper(manager: PolicyManager, gates: readonly ReleaseGate[] = []): Keeper {
  return { manager, ...NEW_ENOUGH[manager], gates };
}

function minutes(fleet: Fleet, lockfile = 0): number[] {
  const delays = new ReleaseDelays(fleet, NOW);
  return NAMES.map((name) => delays.of(lockfile, name).minutes);
}

/** What our own readers make of the files. */
function readBack(manager: PolicyManager, settings: readonly GateSetting[]): ReleaseGate[] {
  // A bot's file stands at the root of the repository, the lockfile one level below.
  const files = Object.fromEntries(
    settings.map((setting) => [
      (setting.update || setting.by === 'renovate' ? '../' : '') + setting.file,
      settingText(setting),
    ]),
  );
  return [...read(files, { kind: manager, ...NEW_ENOUGH[manager], path: 'l0/lockfile' }).gates];
}

describe.each(MANAGERS)('%s', (manager) => {
  it('is read back as what was asked for, and as what the gated fleet has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), (days) => {
        const fleet = keptFleet([keeper(manager)]);
        const { own } = settingsOf(fleet, 0, days * DAY);
        const gates = readBack(manager, own);
        const gated = withGates(fleet, new Map([[0, days * DAY]]));
        expect(gates.map(({ kind, delay }) => [kind, delay])).toEqual([
          ['manager', { kind: 'age', minutes: days * DAY }],
        ]);
        expect(minutes(gated)).toEqual(NAMES.map(() => days * DAY));
        expect(minutes(keptFleet([keeper(manager, gates)]))).toEqual(minutes(gated));
      }),
    );
  });

  it('never waits less than asked for, rounding up to what the setting can say', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1e6, noNaN: true }), (asked) => {
        const [gate] = readBack(manager, settingsOf(keptFleet([keeper(manager)]), 0, asked).own);
        const delay: GateDelay = gate!.delay;
        expect(delay.kind === 'age' && delay.minutes).toBeGreaterThanOrEqual(asked * (1 - 1e-12));
      }),
    );
  });

  it('says nothing where the lockfile waits so long already, and the version that it needs', () => {
    const by = manager === 'yarn-berry' ? 'yarn' : manager;
    const fleet = keptFleet([keeper(manager, [ageGate(by, 9 * DAY)])]);
    expect(settingsOf(fleet, 0, 8 * DAY).own).toEqual([]);
    expect(minutes(withGates(fleet, new Map([[0, 8 * DAY]])))).toEqual(NAMES.map(() => 9 * DAY));
    expect(settingsOf(fleet, 0, 10 * DAY).own).toMatchObject([{ by, since: FIRST_VERSION[by] }]);
  });

  it.each(['renovate', 'dependabot'] as const)('%s: read back as a gate of a bot, which holds nothing up', (by) => {
    const { bots } = settingsOf(keptFleet([keeper(manager)]), 0, 8 * DAY);
    const gates = readBack(
      manager,
      bots.filter((setting) => setting.by === by),
    );
    expect(delaysFor(gates, 'pkg').map(({ gate, delay }) => [gate.kind, gate.by, delay])).toEqual([
      ['bot', by, { kind: 'age', minutes: 8 * DAY }],
    ]);
    expect(minutes(keptFleet([keeper(manager, gates)]))).toEqual(NAMES.map(() => 0));
  });
});

describe('withGates', () => {
  it('never lets anybody wait less, for any package, and makes all wait who can and are not exempt', () => {
    const gate = fc.record({
      delay: fc.constantFrom<GateDelay>(
        { kind: 'age', minutes: 0 },
        { kind: 'age', minutes: 3 * DAY },
        { kind: 'age', minutes: 30 * DAY },
        { kind: 'before', time: '2026-01-01T00:00:00.000Z' },
        { kind: 'unknown' },
      ),
      only: fc.constantFrom(undefined, [starName('@own/*')]),
      exempt: fc.constantFrom([], [globName('pkg')]),
      by: fc.constantFrom('own', 'renovate' as const),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...MANAGERS),
        fc.array(gate, { maxLength: 3 }),
        fc.nat(40 * DAY),
        (manager, list, asked) => {
          const own = manager === 'yarn-berry' ? 'yarn' : manager;
          const gates = list.map(({ by, delay, ...rest }) => ({ ...ageGate(by === 'own' ? own : by, 0, rest), delay }));
          const fleet = keptFleet([keeper(manager, gates)]);
          const after = withGates(fleet, new Map([[0, asked]]));
          const [old, now] = [minutes(fleet), minutes(after)];
          const isDated = manager === 'npm' && gates.some(({ by, delay }) => by === 'npm' && delay.kind === 'before');
          for (const [at, name] of NAMES.entries()) {
            expect(now[at]).toBeGreaterThanOrEqual(old[at]!);
            const isExempt = name === 'pkg' && gates.some(({ by, exempt }) => by === own && exempt.length > 0);
            if (!isDated && !isExempt) expect(now[at]).toBeGreaterThanOrEqual(asked);
          }
        },
      ),
    );
  });

  it('leaves lockfiles as they are whose manager cannot wait, and shares the dictionary', () => {
    const fleet = keptFleet([
      { manager: 'yarn-classic' },
      { manager: undefined },
      { manager: 'npm', major: 10 },
      { manager: 'pnpm', major: 9 },
      { manager: 'pnpm', format: '6.0' },
      { manager: 'yarn-berry', format: '6' },
      keeper('npm', [{ ...ageGate('npm', 0), delay: { kind: 'before', time: '2026-01-01T00:00:00.000Z' } }]),
    ]);
    const after = withGates(fleet, new Map(fleet.lockfiles.map((_, at) => [at, DAY])));
    expect(after.lockfiles.map(({ policies }) => policies)).toEqual(fleet.lockfiles.map(({ policies }) => policies));
    // What is too old is told what to set once it is upgraded.
    const wanted = [0, 0, 1, 1, 1, 1, 0];
    expect(fleet.lockfiles.map((_, at) => settingsOf(fleet, at, DAY).own.length)).toEqual(wanted);
    const upgraded = withGates(fleet, new Map(fleet.lockfiles.map((_, at) => [at, DAY])), 'upgraded');
    expect(fleet.lockfiles.map((_, at) => minutes(upgraded, at)[0])).toEqual([0, 0, DAY, DAY, DAY, DAY, Infinity]);
    expect(fleet.lockfiles.map((_, at) => settingsOf(fleet, at, DAY).gating.kind)).toEqual([
      'no-setting',
      'no-setting',
      'too-old',
      'too-old',
      'too-old',
      'too-old',
      'fixed-date',
    ]);
    expect(after.componentCount).toBe(fleet.componentCount);
    expect(after.component(0)).toEqual(fleet.component(0));
  });

  it('lengthens the gates of scopes too, where Yarn has them', () => {
    const scope = ageGate('yarn', 0, { only: [starName('@own/*')], file: '.yarnrc.yml' });
    const fleet = keptFleet([keeper('yarn-berry', [ageGate('yarn', 20 * DAY), scope])]);
    const { own } = settingsOf(fleet, 0, 8 * DAY);
    expect(own.map(settingText)).toEqual(['npmScopes:\n  "own":\n    npmMinimalAgeGate: 11520\n']);
    expect(minutes(withGates(fleet, new Map([[0, 8 * DAY]])))).toEqual([20 * DAY, 8 * DAY, 20 * DAY, 20 * DAY]);
    expect(readBack('yarn-berry', own).map(({ only, delay }) => [only?.map(({ text }) => text), delay])).toEqual([
      [['@own/*'], { kind: 'age', minutes: 11520 }],
    ]);
  });
});

it.each<[PolicyManager, string, string]>([
  ['npm', '.npmrc', 'min-release-age-exclude[]=pkg\n'],
  ['pnpm', 'pnpm-workspace.yaml', 'minimumReleaseAgeExclude: [pkg]\n'],
  ['yarn-berry', '.yarnrc.yml', 'npmPreapprovedPackages: [pkg]\n'],
  ['bun', 'bunfig.toml', '[install]\nminimumReleaseAgeExcludes = ["pkg"]\n'],
])('%s: what is exempt before there is a gate stays exempt when one is set', (manager, file, text) => {
  const { gates } = read({ [file]: text }, { kind: manager, ...NEW_ENOUGH[manager] });
  const fleet = keptFleet([keeper(manager, gates)]);
  expect(minutes(fleet)).toEqual([0, 0, 0, 0]);
  expect(minutes(withGates(fleet, new Map([[0, DAY]])))).toEqual([0, DAY, DAY, DAY]);
});

it('names the directory of the lockfile for Dependabot, whatever its name holds', () => {
  const { bots } = settingsOf(keptFleet([keeper('npm')]), 0, DAY);
  expect(settingText(bots[1]!)).toContain('directory: "/l0"');
  const update = { ecosystem: 'npm', directory: '/a"\n  - evil: # x' } as const;
  const text = settingText({ ...bots[1]!, update });
  expect(text.split('\n')).toHaveLength(9);
});
