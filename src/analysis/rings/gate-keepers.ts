/**
 * Which release-age setting a lockfile's package manager has, by what is known of its version. Sources: the head of
 * src/lockfiles/policies/release-age.ts, and docs/rings-and-simulation.md for the versions.
 */
import type { FleetLockfile } from '../../graph/fleet.ts';
import type { GateKeeper } from '../../graph/policies.ts';

/** Package managers that have such a setting. */
export type GatingManager = Exclude<GateKeeper, 'renovate' | 'dependabot'>;

/**
 * `has`: the manager has the setting, or has it in the version asked for where none is known. `no-setting`: it has none
 * (Yarn 1), or nobody knows who made the lockfile. `too-old`: this major has none (undefined: the lockfile's format tells). `fixed-date`: a date in the same file
 * goes before any age.
 */
export type Gating =
  | { readonly kind: 'has'; readonly by: GatingManager }
  | { readonly kind: 'no-setting' }
  | { readonly kind: 'too-old'; readonly by: GatingManager; readonly major: number | undefined }
  | { readonly kind: 'fixed-date'; readonly by: GatingManager };

/** The first version of each that has the setting. */
export const FIRST_VERSION: Readonly<Record<GatingManager, string>> = {
  npm: '11.10',
  pnpm: '10.16',
  yarn: '4.10',
  bun: '1.3',
};

/** Yarn 4 writes this format or a later one. */
const YARN_4_FORMAT = 8;
/** pnpm 9 and later write this format: without a major, an earlier one is sure to be too old. */
const PNPM_9_FORMAT = 9;

export function gatingOf({ policies, platforms, formatVersion }: FleetLockfile): Gating {
  const { manager } = policies.overrides;
  const format = Number.parseFloat(formatVersion);
  const majorOf = (tool: GatingManager): number | undefined =>
    platforms.find((claim) => claim.tool === tool && claim.project === 0)?.major;
  switch (manager) {
    case undefined:
    case 'yarn-classic':
      return { kind: 'no-setting' };
    case 'npm':
      if (policies.gates.some(({ by, delay }) => by === 'npm' && delay.kind === 'before')) {
        return { kind: 'fixed-date', by: 'npm' };
      }
      return gating('npm', majorOf('npm'), isBelow(majorOf('npm'), 11));
    case 'pnpm': {
      const major = majorOf('pnpm');
      const isOld = major === undefined ? format < PNPM_9_FORMAT : major < 10;
      return gating('pnpm', major, isOld);
    }
    case 'yarn-berry':
      return gating('yarn', majorOf('yarn'), isBelow(majorOf('yarn'), 4) || format < YARN_4_FORMAT);
    case 'bun':
      return { kind: 'has', by: 'bun' };
  }
}

function gating(by: GatingManager, major: number | undefined, isOld: boolean): Gating {
  return isOld ? { kind: 'too-old', by, major } : { kind: 'has', by };
}

function isBelow(major: number | undefined, least: number): boolean {
  return major !== undefined && major < least;
}
