/**
 * The settings that make a lockfile wait: of its package manager, and of the bots that open its pull requests. As data; their
 * text is made by src/reports/ring-settings.ts, and src/lockfiles/policies/ reads the same settings back.
 */
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import type { GateKeeper, NamePattern, ReleaseGate } from '../../graph/policies.ts';
import { FIRST_VERSION, type Gating, gatingOf } from './gate-keepers.ts';
import { withGates } from './with-gates.ts';

export interface LockfileSettings {
  /** Index into the fleet's lockfiles. */
  readonly lockfile: number;
  /** Minutes that it is to wait at least. */
  readonly minutes: number;
  readonly gating: Gating;
  /** Of the package manager, once it is upgraded where it is too old; none where it waits so long already, or cannot. */
  readonly own: readonly GateSetting[];
  /** Of both bots: each delays its pull requests alone, so it is no gate by itself. */
  readonly bots: readonly GateSetting[];
}

export interface GateSetting {
  readonly by: GateKeeper;
  /** POSIX. A manager's file stands beside the lockfile, a bot's at the root of the repository. */
  readonly file: string;
  /** In the unit of the setting: days (npm, bots), minutes (pnpm, Yarn), seconds (bun). */
  readonly amount: number;
  /** Yarn: the scope whose own setting this is. */
  readonly scope: string | undefined;
  /** First version of the package manager that knows it. */
  readonly since: string | undefined;
  /** Whether a file of this bot sets such a delay today. */
  readonly inUse: boolean;
  /** Dependabot: the ecosystem, and the directory of the lockfile as far as its path tells. */
  readonly update: { readonly ecosystem: 'npm' | 'bun'; readonly directory: string } | undefined;
}

export const DAY = 24 * 60;

/**
 * @param minutes that the lockfile is to wait, in whole days where bots or npm are to say the same as others
 * @param path of the lockfile from the root of its repository, for what names directories; that of the fleet unless known
 */
export function settingsOf(fleet: Fleet, lockfile: number, minutes: number, path?: string): LockfileSettings {
  const before = fleet.lockfiles[lockfile]!;
  const after = withGates(fleet, new Map([[lockfile, minutes]]), 'upgraded').lockfiles[lockfile]!;
  return {
    lockfile,
    minutes,
    gating: gatingOf(before),
    own: ownSettings(before, after),
    bots: botSettings(before, minutes, path ?? before.path),
  };
}

function ownSettings(before: FleetLockfile, after: FleetLockfile): GateSetting[] {
  const known = new Set(before.policies.gates.map(shown));
  return after.policies.gates.flatMap((gate): GateSetting[] => {
    const { by, delay, only } = gate;
    if (known.has(shown(gate)) || delay.kind !== 'age' || by === 'renovate' || by === 'dependabot') return [];
    const scope = only && scopeOf(only);
    return [
      {
        by,
        file: FILES[by],
        amount: amountOf(by, delay.minutes),
        scope,
        since: scope === undefined ? FIRST_VERSION[by] : undefined,
        inUse: false,
        update: undefined,
      },
    ];
  });
}

/** What one gate says, to tell which are new. */
function shown({ by, delay, only }: ReleaseGate): string {
  return JSON.stringify([by, delay, only]);
}

/** Yarn's gates by scope are for `@scope/*`. */
function scopeOf([first]: readonly NamePattern[]): string | undefined {
  return first && /^@([^/]+)\/\*$/.exec(first.text)?.[1];
}

function botSettings({ policies, kind }: FleetLockfile, minutes: number, path: string): GateSetting[] {
  const days = Math.ceil(minutes / DAY);
  const shared = { scope: undefined, since: undefined };
  const isSet = (keeper: GateKeeper): boolean => policies.gates.some(({ by }) => by === keeper);
  const slash = path.lastIndexOf('/');
  return [
    {
      ...shared,
      by: 'renovate',
      file: FILES.renovate,
      amount: days,
      inUse: isSet('renovate'),
      update: undefined,
    },
    {
      ...shared,
      by: 'dependabot',
      file: FILES.dependabot,
      amount: days,
      inUse: isSet('dependabot'),
      update: { ecosystem: kind === 'bun' ? 'bun' : 'npm', directory: slash === -1 ? '/' : `/${path.slice(0, slash)}` },
    },
  ];
}

const FILES: Readonly<Record<GateKeeper, string>> = {
  npm: '.npmrc',
  pnpm: 'pnpm-workspace.yaml',
  yarn: '.yarnrc.yml',
  bun: 'bunfig.toml',
  renovate: 'renovate.json',
  dependabot: '.github/dependabot.yml',
};

/** In whole units of the setting, rounded up: never a shorter wait than asked for. */
function amountOf(by: GateKeeper, minutes: number): number {
  switch (by) {
    case 'npm':
    case 'renovate':
    case 'dependabot':
      return Math.ceil(minutes / DAY);
    case 'pnpm':
    case 'yarn':
      return Math.ceil(minutes);
    case 'bun':
      return Math.ceil(minutes * 60);
  }
}
