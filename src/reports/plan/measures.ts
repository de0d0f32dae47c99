/** Changes that lower no rank, because what is locked stays as it is: what they do to releases that are yet to come. */
import type { ScriptSwitch } from '../../analysis/plan/scripts.ts';
import type { FleetLockfile } from '../../graph/fleet.ts';
import { count } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { EXAMPLES, type PlanContent } from './content.ts';

export function measureTexts(content: PlanContent): string[] {
  return [...scriptTexts(content), ...provenanceTexts(content)];
}

function scriptTexts({ audit, plan, top }: PlanContent): string[] {
  const { switches, untold, before, after } = plan.scripts;
  const open =
    untold === 0
      ? ''
      : ` Of ${count(untold, 'lockfile')} that let scripts run, nothing is proposed: they do not say which packages have one.`;
  if (switches.length === 0) {
    if (before.pairs === 0) return ['Install scripts: those of dependencies run nowhere.'];
    return [`Install scripts: nothing to switch off that is sure not to be needed.${open}`];
  }
  const held = count(audit.services.length, 'service');
  const effect = `Install scripts: a bad release of some package would run its own in ${count(before.run)} of ${held}${
    before.unknown > 0 ? ` (in ${count(before.unknown)} more nobody can tell)` : ''
  }, by ${count(before.pairs)} pairs of service and package; with these off, in ${count(after.run)}${
    after.unknown > 0 ? ` (${count(after.unknown)} more)` : ''
  }, by ${count(after.pairs)}.${open}`;
  const shown = switches.slice(0, top).map((each) => `- ${switchText(audit.fleet.lockfiles[each.lockfile]!, each)}`);
  const more =
    switches.length > shown.length ? [`- and ${count(switches.length - shown.length, 'lockfile')} more.`] : [];
  return [effect, ...[...shown, ...more].map((words) => words.slice(2))];
}

/** What to set where, for the manager of the lockfile. */
function switchText(lockfile: FleetLockfile, { allow }: ScriptSwitch): string {
  const names = allow
    .slice(0, EXAMPLES * 2)
    .map(forTerminal)
    .join(', ');
  const list = allow.length > EXAMPLES * 2 ? `${names} and ${count(allow.length - EXAMPLES * 2)} more` : names;
  const needs =
    allow.length === 0 ? 'nothing in it has one' : `only ${list} ${allow.length === 1 ? 'has' : 'have'} one`;
  return `${forTerminal(lockfile.path)}: ${needs}. ${SWITCHES[lockfile.policies.overrides.manager ?? 'npm'](list)}`;
}

const SWITCHES: Readonly<Record<'npm' | 'pnpm' | 'yarn-classic' | 'yarn-berry' | 'bun', (allow: string) => string>> = {
  npm: (allow) =>
    allow === ''
      ? 'Set ignore-scripts=true in .npmrc (it stops your own install scripts too).'
      : `From npm 11.16 on name them in "allowScripts" of package.json, which npm 12 then holds to; before that set ignore-scripts=true in .npmrc and build them with npm rebuild.`,
  pnpm: (allow) =>
    allow === ''
      ? 'Set onlyBuiltDependencies to an empty list (pnpm 11: allowBuilds).'
      : 'Name them, and no others, in onlyBuiltDependencies (pnpm 11: allowBuilds).',
  'yarn-classic': () => 'Set ignore-scripts true in .yarnrc, and build what needs it by hand.',
  'yarn-berry': () => 'Set enableScripts: false in .yarnrc.yml, and built: true for them in dependenciesMeta.',
  bun: () => 'Name them, and no others, in trustedDependencies of package.json.',
};

function provenanceTexts({ audit, plan }: PlanContent): string[] {
  const { provenance } = plan;
  if (provenance.state === 'unavailable')
    return [
      'Provenance: unavailable, no registry was asked (--verify). Requiring it never lowers a rank: it refuses a next release that lacks it.',
    ];
  const { top } = provenance;
  if (top.length === 0) return [];
  const of = (wanted: (typeof top)[number]['releases']) => top.filter(({ releases }) => releases === wanted);
  const names = (found: typeof top): string => {
    const shown = found
      .slice(0, EXAMPLES)
      .map(({ cause }) => forTerminal(audit.packages.table.causes[cause]!.name))
      .join(', ');
    return found.length > EXAMPLES ? `${shown} and ${count(found.length - EXAMPLES)} more` : shown;
  };
  const [all, lost, some, none, unknown] = [of('all'), of('lost'), of('some'), of('none'), of('unknown')];
  const parts = [
    all.length === 0
      ? ''
      : `${count(all.length)} have it for every release held, so it can be required of the next (${names(all)}; pnpm: trustPolicy: no-downgrade; all: spof-deps verify --require provenance)`,
    lost.length === 0
      ? ''
      : `${count(lost.length)} lack what an earlier release had (${names(lost)}): look at them first`,
    some.length === 0 ? '' : `${count(some.length)} have it for some`,
    none.length === 0 ? '' : `${count(none.length)} for none (${names(none)}): ask their maintainers`,
    unknown.length === 0 ? '' : `of ${count(unknown.length)} it is not known`,
  ].filter((part) => part !== '');
  return [
    `Provenance of the ${count(top.length)} packages at the top that defeat a system: ${parts.join('; ')}. Requiring it lowers no rank: what is locked stays, and a next release without it is refused.`,
  ];
}
