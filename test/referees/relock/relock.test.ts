/**
 * What real package managers take when a lockfile is made anew just after the next patch of a release line was published,
 * and what the layer `release` says of it beforehand. docs/release-lines.md tells the same in words.
 */
import pLimit from 'p-limit';
import { gte } from 'semver';
import { describe, expect, it } from 'vitest';
import { type Case, takers } from './case.ts';
import { CASES } from './cases.ts';
import { observeAll, type Result } from './joined.ts';
import { MANAGERS, type ManagerName, PRESENT, versionOf } from './managers.ts';
import { mayOverstate, OVERSTATED_CASES } from './overstated.ts';
import { isFlat, randomCases } from './random-cases.ts';

// One for each core of a small machine.
const limit = pLimit(2);
/** They resolve each range by itself: nothing is uncertain. */
const EXACT: ReadonlySet<ManagerName> = new Set(['yarn', 'berry']);
const GROUPS = ['single', 'workspaces', 'gated', 'ungated'] as const;

describe.concurrent.each(PRESENT)('%s', (manager) => {
  it.each(GROUPS)(
    'takes what it is expected and said to take: %s',
    async (group) => {
      const cases = CASES.filter((one) => one.group === group && (one.managers ?? MANAGERS).includes(manager));
      if (cases.length === 0 || (group === 'gated' && !(await hasGate(manager)))) return;
      const results = await limit(() => observeAll(manager, cases));
      const sure = cases.filter(({ either = [] }) => !either.includes(manager));
      expect(byName(results, sure, 'taken')).toEqual(expected(manager, sure));
      const told = cases.filter(({ name }) => !mayOverstate(name, manager));
      expect(byName(results, told, 'predicted')).toEqual(expected(manager, told));
      expect(cases.filter((one) => !isSubset(takers(one, manager), results.get(one.name)!.predicted))).toEqual([]);
    },
    180_000,
  );

  it('takes nothing that it was not said to take, of packages made at random', async () => {
    // Which of the answers of one depth bun sees first is chance.
    const cases = randomCases(20_260_101, 40).filter(({ packages }) => manager !== 'bun' || isFlat(packages));
    const results = await limit(() => observeAll(manager, cases));
    const wrong = cases.filter(({ name }) => {
      const { taken, predicted } = results.get(name)!;
      return !isSubset(taken, predicted) || (EXACT.has(manager) && !isSubset(predicted, taken));
    });
    expect(wrong).toEqual([]);
    expect([...results.values()].some(({ taken }) => taken.length > 0)).toBe(true);
  }, 180_000);
});

it('overstates only cases that there are', () => {
  const names = new Set(CASES.map(({ name }) => name));
  expect(names.size).toBe(CASES.length);
  expect(OVERSTATED_CASES.filter((name) => !names.has(name))).toEqual([]);
});

// min-release-age-exclude, which the cases need, is younger than Node's own npm.
async function hasGate(manager: ManagerName): Promise<boolean> {
  return manager !== 'npm' || gte(await versionOf('npm'), '11.19.0');
}

function byName(results: ReadonlyMap<string, Result>, cases: readonly Case[], which: keyof Result) {
  return Object.fromEntries(cases.map(({ name }) => [name, results.get(name)?.[which]]));
}

function expected(manager: ManagerName, cases: readonly Case[]) {
  return Object.fromEntries(cases.map((one) => [one.name, takers(one, manager)]));
}

function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  return part.every((one) => whole.includes(one));
}
