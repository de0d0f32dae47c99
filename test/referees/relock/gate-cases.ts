/** Releases published a moment ago, with a release-age gate and without. */
import { ALL, type Case, direct, NONE, through } from './case.ts';
import type { ManagerName } from './managers.ts';
import type { Settings } from './project.ts';

const THREE_DAYS: Readonly<Partial<Record<ManagerName, Settings>>> = {
  npm: { npmrc: ['min-release-age=3', 'min-release-age-exclude[]=gate-excluded'] },
  pnpm: { pnpmWorkspace: { minimumReleaseAge: 4320, minimumReleaseAgeExclude: ['gate-excluded'] } },
  berry: { yarnrc: { npmMinimalAgeGate: '3d', npmPreapprovedPackages: ['gate-excluded'] } },
  bun: { bunfig: ['minimumReleaseAge = 259200', 'minimumReleaseAgeExcludes = ["gate-excluded"]'] },
};
const GATED: Partial<Case> = {
  group: 'gated',
  isNew: true,
  settings: THREE_DAYS,
  managers: ['npm', 'pnpm', 'berry', 'bun'],
};
const UNGATED: Partial<Case> = { group: 'ungated', isNew: true };

export const GATE_CASES: readonly Case[] = [
  direct('gate', '^4.1.0', NONE, GATED),
  direct('gate-star', '*', NONE, GATED),
  direct('gate-tag', 'latest', NONE, GATED),
  through('gate-transitive', ['^4.1.0'], NONE, GATED),
  direct('gate-excluded', '^4.1.0', ALL, GATED),
  direct('gate-passed', '^4.1.0', ALL, { ...GATED, isNew: false }),
  // Yarn 4 has a gate of a day unless told otherwise.
  direct('no-gate', '^4.1.0', 'npm pnpm yarn bun', UNGATED),
  direct('no-gate-tag', 'latest', 'npm pnpm yarn bun', UNGATED),
];
