import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LockfileKind } from '../../../src/graph/model.ts';
import { policiesOf } from '../../../src/lockfiles/policies/index.ts';
import { read } from './read.ts';

const KINDS: readonly LockfileKind[] = ['npm', 'pnpm', 'yarn-classic', 'yarn-berry', 'bun', 'spdx'];
const FIELDS = [
  'overrides',
  'resolutions',
  'pnpm',
  'renovate',
  'packageRules',
  'extends',
  'minimumReleaseAge',
  'minimumReleaseAgeExclude',
  'npmMinimalAgeGate',
  'npmScopes',
  'npmPreapprovedPackages',
  'matchPackageNames',
  'allowScripts',
  'allowBuilds',
  'onlyBuiltDependencies',
  'trustedDependencies',
  'dependenciesMeta',
  'enableScripts',
  'updates',
  'package-ecosystem',
  'cooldown',
  'default-days',
  '__proto__',
  'a>b',
  '.',
  '$a',
];

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, -1, 1e308, 'npm', '$a', 'catalog:', '-', '3 days', '*', '!a', '/'),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...FIELDS), fc.string()), tie('value'), { maxKeys: 4 }),
  ),
}));
const settings = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 6 }).map((each) => JSON.stringify(each));
const lines = fc
  .array(
    fc.tuple(
      fc.constantFrom('[install]', 'min-release-age', 'before', 'ignore-scripts', 'minimumReleaseAge', 'trusted[]'),
      fc.constantFrom('=', ' = [', ' ', '= "'),
      fc.string(),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.map((part) => part.join('')).join('\n'));

it('whatever the files hold, reading them ends without an error, as plain data', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...KINDS),
      fc.record({
        'package.json': fc.oneof(settings, fc.string()),
        'pnpm-workspace.yaml': fc.oneof(settings, fc.string()),
        '.yarnrc.yml': fc.oneof(settings, fc.string()),
        '.npmrc': lines,
        '.yarnrc': lines,
        'bunfig.toml': lines,
        'renovate.json': fc.oneof(settings, fc.string()),
        '.github/dependabot.yml': fc.oneof(settings, fc.string()),
      }),
      fc.constantFrom('', '3', '9.0', '10', 'x'),
      (kind, files, format) => {
        const policies = read(files, { kind, format });
        expect(structuredClone(policies)).toEqual(policies);
      },
    ),
    { numRuns: 500 },
  );
});

it('files that may not be read say so', () => {
  const siblings = {
    read: () => {
      throw new Error('refused');
    },
    packageDirectories: () => [],
  };
  for (const kind of KINDS) {
    const { overrides, gates, scripts, notes } = policiesOf(siblings, { kind, formatVersion: '10' }, []);
    expect(overrides.complete).toBe(false);
    expect(gates.every(({ delay }) => delay.kind === 'unknown')).toBe(true);
    expect(gates.map(({ by }) => by)).toContain('renovate');
    expect(scripts.variants.every(({ otherwise }) => otherwise === 'unknown')).toBe(true);
    expect(notes.length).toBeGreaterThan(0);
  }
});
