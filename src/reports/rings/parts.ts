/** Update rings: headings, tables and sentences of the terminal, of Markdown and of HTML. */
import type { Audit } from '../../analysis/audit.ts';
import type { Inseparable, Together } from '../../analysis/rings/ring-graph.ts';
import type { RingEffect, RingPlan } from '../../analysis/rings/ring-plan.ts';
import type { GateSetting, LockfileSettings } from '../../analysis/rings/settings.ts';
import { duration } from '../duration.ts';
import { count, percent } from '../numbers.ts';
import type { Part } from '../part.ts';
import { forTerminal } from '../safe.ts';
import type { Cells } from '../table.ts';
import { settingText } from './settings.ts';

export interface RingContent {
  readonly audit: Pick<Audit, 'fleet' | 'services' | 'systems' | 'guards'> & Pick<Audit, 'layers'>;
  readonly plan: RingPlan;
  /** Settings told one by one. */
  readonly top: number;
}

/** Names in one cell or sentence. */
const EXAMPLES = 6;

export function ringParts(content: RingContent): Part[] {
  const { rings } = content.plan.rings;
  return [
    {
      id: 'rings',
      title: 'Who takes a new release when: update rings',
      cells: rings === 0 ? undefined : ringCells(content),
      texts:
        rings === 0
          ? [nothing(content), ...apartTexts(content)]
          : [ruleText(content.plan), effectTexts(content).join(' '), ...apartTexts(content)],
    },
    ...(rings === 0
      ? []
      : [
          {
            id: 'ring-settings',
            title: 'The settings that make them wait',
            cells: undefined,
            texts: settingTexts(content),
          },
        ]),
  ];
}

function ringCells({ audit, plan }: RingContent): Cells {
  const { rings, ringOf } = plan.rings;
  const guards = new Set(audit.guards.map(({ service }) => service));
  const rows = Array.from({ length: rings }, (_, at) => {
    const services = audit.services.flatMap(({ lockfile }, service) => (ringOf[lockfile] === at + 1 ? [service] : []));
    const name = (service: number): string => audit.services[service]!.name + (guards.has(service) ? ' (guard)' : '');
    const wait = plan.gates.byRing[at]!;
    return [String(at + 1), wait === 0 ? 'nothing' : duration(wait), count(services.length), names(services.map(name))];
  });
  return {
    columns: [
      { header: 'ring', align: 'right', says: 'The first takes a release first; the others when it has been watched' },
      { header: 'waits', align: 'left', says: 'At least so long after publication' },
      { header: 'services', align: 'right' },
      { header: 'which', align: 'left', shrinkTo: 12 },
    ],
    rows,
  };
}

function nothing({ audit }: RingContent): string {
  const declared = audit.systems.some(({ origin }) => origin === 'declared');
  return declared
    ? 'No rings: nothing that is declared could be kept apart by them.'
    : 'No rings: they keep apart the members of systems, and guards from what they protect; none are declared.';
}

function ruleText({ rings, times }: RingPlan): string {
  const sure = rings.least === rings.rings ? 'the fewest that do' : `at least ${count(rings.least)} are needed`;
  return `${count(rings.rings, 'ring')} (${sure}). Each waits for the one before to be locked again (${duration(times.relock)}) and watched (${duration(times.detect)}).`;
}

/** Before, after, and with package managers upgraded where that makes a difference to who can wait. */
function effectTexts({ audit, plan }: RingContent): string[] {
  const effects = [plan.before, plan.after, ...(plan.upgraded ? [plan.upgraded] : [])];
  const told = (of: (effect: RingEffect) => string): string => {
    const [before, after, upgraded] = effects.map(of);
    return `${before} now, ${after} with these settings${upgraded === undefined ? '' : `, ${upgraded} with package managers upgraded too`}`;
  };
  return [
    'Of a release that only this fleet can notice, everybody locked again as soon as allowed:',
    `lines of which it defeats a declared system: ${told(({ defeating }) => count(defeating))};`,
    ...(audit.guards.length === 0
      ? []
      : [`lines of which it takes a guard along with what it protects: ${told(({ blinding }) => count(blinding))};`]),
    `the worst takes down ${told(({ worst }) => (worst === undefined ? 'nothing' : percent(worst.loss.blastRadius)))}.`,
  ];
}

function apartTexts({ audit, plan }: RingContent): string[] {
  const { apart, inseparable, first, together } = plan.rings;
  const systemName = (system: number): string => audit.systems[system]!.name;
  const path = (lockfile: number | undefined): string =>
    lockfile === undefined ? '' : forTerminal(audit.fleet.lockfiles[lockfile]!.path);
  const kept = apart.length === 0 ? [] : [`No ring by itself defeats ${names(apart.map(systemName))}.`];
  const early =
    first.length === 0 || plan.rings.rings === 0
      ? []
      : [`Before what they protect: ${names(first.map((guard) => audit.guards[guard]!.name))}.`];
  const held = plan.gates.heldBy.flatMap((lockfile, at) =>
    lockfile === undefined
      ? []
      : [
          `${path(lockfile)} waits longer today than ring ${at + 1} needs to: the rings after it wait for that. Shorten it, and they are earlier.`,
        ],
  );
  return [
    ...kept,
    ...early,
    ...inseparable.map((of) => `${forTerminal(systemName(of.system))}: ${INSEPARABLE[of.why](path(of.lockfile))}`),
    ...together.map(
      ({ guard, system, why }) =>
        `Guard ${forTerminal(audit.guards[guard]!.name)}: ${TOGETHER[why](forTerminal(systemName(system)))}`,
    ),
    ...held,
  ];
}

const INSEPARABLE: Readonly<Record<Inseparable['why'], (path: string) => string>> = {
  'each-needed': () => 'one service down is enough to defeat it, so no ring saves it; what would is another member.',
  'one-lockfile': (path) =>
    `the services of ${path} alone defeat it, and they are locked again together: split the lockfile.`,
  'many-rings': () => 'to keep it apart would take more rings than a fleet can wait for: let fewer members be enough.',
};

const TOGETHER: Readonly<Record<Together['why'], (system: string) => string>> = {
  'one-lockfile': (system) =>
    `its lockfile holds services of ${system}, so it takes a release with them: split the lockfile.`,
  circle: (system) => `it protects ${system}, and something of that protects it in turn: neither can be first.`,
  'many-rings': (system) => `the chain of guards before ${system} is longer than a fleet can wait for.`,
};

function settingTexts(content: RingContent): string[] {
  const { plan, top } = content;
  const { settings, unable } = plan;
  const told = settings.slice(0, top).flatMap((of) => settingLines(content, of));
  const bots = botTexts(settings);
  return [
    ...told,
    ...(settings.length > top ? [`${count(settings.length - top)} more lockfiles are not shown (--top all).`] : []),
    ...(unable.length === 0
      ? []
      : [
          `${count(unable.length, 'lockfile')} cannot wait by ${unable.length === 1 ? 'its' : 'their'} package manager, so ${unable.length === 1 ? 'it counts' : 'they count'} as taking a release at once.`,
        ]),
    ...bots,
    'Security fixes wait as well: take those by name, or exempt the package.',
  ];
}

function settingLines({ audit }: RingContent, of: LockfileSettings): string[] {
  const { lockfile, minutes, gating, own } = of;
  const { path } = audit.fleet.lockfiles[lockfile]!;
  const place = (file: string): string => forTerminal(path.slice(0, path.lastIndexOf('/') + 1) + file);
  const lines = own.map((setting) => `${place(setting.file)}: ${oneLine(setting)}${needs(setting)}`);
  switch (gating.kind) {
    case 'no-setting':
      return [`${forTerminal(path)}: no package manager that could wait; a bot's setting alone.`];
    case 'too-old': {
      const manager = `${MANAGER_NAMES[gating.by]}${gating.major === undefined ? ' of this lockfile' : ` ${gating.major}`}`;
      return lines.map((line) => `${line}; the ${manager} here cannot wait, upgrade it first.`);
    }
    case 'fixed-date':
      return [`${place('.npmrc')}: "before" names a date, which goes before any age: remove it, then min-release-age.`];
    case 'has':
      return lines.length === 0 ? [`${forTerminal(path)}: waits ${duration(minutes)} or longer already.`] : lines;
  }
}

const MANAGER_NAMES = { npm: 'npm', pnpm: 'pnpm', yarn: 'Yarn', bun: 'bun' } as const;

/** What stands in the file, on one line. */
function oneLine(setting: GateSetting): string {
  return forTerminal(
    settingText(setting)
      .trim()
      .split('\n')
      .map((line) => line.trim())
      .join(' '),
  );
}

function needs({ by, since }: GateSetting): string {
  if (since === undefined || by === 'renovate' || by === 'dependabot') return '';
  return ` (${MANAGER_NAMES[by]} ${since} or later)`;
}

function botTexts(settings: readonly LockfileSettings[]): string[] {
  const days = [...new Set(settings.flatMap(({ bots }) => bots.map(({ amount }) => amount)))].sort((a, b) => a - b);
  if (days.length === 0) return [];
  const used = new Set(settings.flatMap(({ bots }) => bots.flatMap(({ by, inUse }) => (inUse ? [by] : []))));
  const seen =
    used.size === 0
      ? 'none sets one today'
      : `${[...used].sort().join(' and ')} ${used.size === 1 ? 'sets one' : 'set one'} today`;
  return [
    `Bots wait by settings of their own (${seen}): Renovate "minimumReleaseAge": "${days.join(' / ')} days" with "internalChecksFilter": "strict", Dependabot cooldown: default-days: ${days.join(' / ')}. They delay pull requests, not a re-lock by hand or lock file maintenance, so they count for nothing here.`,
  ];
}

function names(all: readonly string[]): string {
  const rest = all.length - EXAMPLES;
  return forTerminal(`${all.slice(0, EXAMPLES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`);
}
