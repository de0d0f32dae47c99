/**
 * Whether the install scripts of dependencies run, by what the project's files say.
 *
 * - npm: all run up to 11, none from 12 on without `allowScripts` of the root package.json, else `allow-scripts` of .npmrc
 *   (names, or exact versions; denied ones are skipped since 11.16); `ignore-scripts`, `dangerously-allow-all-scripts`
 *   (@npmcli/config lib/definitions/definitions.js, @npmcli/arborist lib/script-allowed.js, npm's issue 9424).
 * - pnpm: up to 9 all, but for `neverBuiltDependencies` or with `onlyBuiltDependencies` these alone; 10 the latter or
 *   `allowBuilds`; from 11 on `allowBuilds` alone (https://pnpm.io/settings#build-settings, its builder/policy).
 * - Yarn 1: all, unless `ignore-scripts` in .yarnrc. Later: `enableScripts` of .yarnrc.yml, by default on up to version 8 of
 *   the lockfile's format and off from then (its `install` writes the old default down when it changes an older one);
 *   `dependenciesMeta.*.built` of the root package.json (Yarn's documentation of .yarnrc.yml: enableScripts).
 * - bun: `trustedDependencies` of the root package.json; without it a list that Bun brings along, which is not repeated here:
 *   unknown. `ignoreScripts` of bunfig.toml or .npmrc (https://bun.com/docs/pm/lifecycle).
 */
import type { ScriptAnswer, ScriptPolicy, ScriptRule, ScriptVariant } from '../../graph/policies.ts';
import { entriesOf } from '../../json.ts';
import { type BunfigSetting, readBunfig } from './bunfig.ts';
import { own, type PolicyFiles, stringsOf } from './files.ts';
import { type IniSetting, readIni } from './ini.ts';
import { pnpmVariants } from './pnpm-scripts.ts';
import { ALL, flagOf, NONE, OPEN, rulesFor } from './script-rules.ts';

/** Rules that are looked at; more than any project has. */
const MOST = 20_000;

/** Reads how install scripts are let run in a project. */
export function readScripts(files: PolicyFiles): ScriptPolicy {
  const variants = variantsOf(files).map((variant) => {
    if (variant.rules.length <= MOST) return variant;
    files.note('package.json', 'more packages named for install scripts than are read');
    return OPEN;
  });
  return { variants };
}

function variantsOf(files: PolicyFiles): readonly ScriptVariant[] {
  switch (files.manager) {
    case 'npm':
      return [npmVariant(files)];
    case 'pnpm':
      return pnpmVariants(files);
    case 'yarn-classic':
      return [classicVariant(files)];
    case 'yarn-berry':
      return [berryVariant(files)];
    case 'bun':
      return [bunVariant(files)];
    default:
      return [OPEN];
  }
}

/** Whether a package's install script, if it has one, would run. Without a version only what holds for all is said. */
export function scriptsRun(policy: ScriptPolicy, packageName: string, version: string | undefined): ScriptAnswer {
  const answers = new Set(policy.variants.flatMap((variant) => answersOf(variant, packageName, version)));
  const [only] = answers;
  return answers.size === 1 && only !== undefined ? only : 'unknown';
}

function answersOf({ otherwise, rules }: ScriptVariant, name: string, version: string | undefined): ScriptAnswer[] {
  const answers: ScriptAnswer[] = [];
  for (const rule of rules) {
    if (rule.name !== name) continue;
    if (rule.versions === undefined) return [...answers, rule.answer];
    if (version === undefined) answers.push(rule.answer);
    else if (rule.versions.includes(version)) return [...answers, rule.answer];
  }
  return [...answers, otherwise];
}

const NPM_KEYS = new Set(['ignore-scripts', 'allow-scripts', 'dangerously-allow-all-scripts', 'strict-allow-scripts']);

function npmVariant(files: PolicyFiles): ScriptVariant {
  const { major } = files;
  const rc = files.text('.npmrc');
  const manifest = files.settings('package.json');
  if (rc.state === 'broken' || manifest.state === 'broken') return OPEN;
  const settings = rc.state === 'read' ? readIni(rc.text, NPM_KEYS) : new Map<string, IniSetting>();
  const ignores = flagOf(settings.get('ignore-scripts')?.values);
  if (ignores !== false) return ignores === true ? NONE : OPEN;
  if (flagOf(settings.get('dangerously-allow-all-scripts')?.values) === true) return ALL;
  const isStrict = flagOf(settings.get('strict-allow-scripts')?.values) !== false;
  const otherwise =
    major === undefined ? 'unknown' : major >= 12 ? 'skip' : major === 11 && isStrict ? 'unknown' : 'run';
  const allowed = manifest.state === 'read' ? entriesOf(own(manifest.values, 'allowScripts')) : [];
  const denial = major === undefined || major === 11 ? 'unknown' : major >= 12 ? 'skip' : 'run';
  const ofRc: readonly string[] = settings.get('allow-scripts')?.values.flatMap((text) => text.split(',')) ?? [];
  const unreadable = (): void => files.note('package.json', 'allowScripts: only names and exact versions count');
  const named = (value: boolean): string[] => allowed.filter(([, each]) => each === value).map(([name]) => name);
  const fromRc = allowed.length === 0 ? ofRc.map((text) => text.trim()).filter((text) => text !== '') : [];
  // Denied goes before allowed, in whatever order they stand.
  const rules = [
    ...rulesFor(named(false), denial, unreadable),
    ...rulesFor([...named(true), ...fromRc], 'run', unreadable),
  ];
  return { otherwise, rules };
}

function classicVariant(files: PolicyFiles): ScriptVariant {
  const rc = files.text('.yarnrc');
  if (rc.state === 'missing') return ALL;
  if (rc.state === 'broken') return OPEN;
  const settings = rc.text.split(/\r?\n/).flatMap((line) => {
    const [, value] = /^\s*"?(?:--(?:install\.)?)?ignore-scripts"?\s+"?([^"]*?)"?\s*$/.exec(line.slice(0, 256)) ?? [];
    return value === undefined ? [] : [value];
  });
  const value = settings.at(-1);
  return value === undefined || value === 'false' ? ALL : value === 'true' ? NONE : OPEN;
}

/** The first version of Yarn's lockfile format from which scripts are off by default. */
const OFF_FROM = 9;

function berryVariant(files: PolicyFiles): ScriptVariant {
  const rc = files.settings('.yarnrc.yml');
  const manifest = files.settings('package.json');
  if (rc.state === 'broken' || manifest.state === 'broken') return OPEN;
  const enabled = rc.state === 'read' ? own(rc.values, 'enableScripts') : undefined;
  const isOn = enabled ?? (Number.isNaN(files.format) ? undefined : files.format < OFF_FROM);
  const otherwise = isOn === true || isOn === 'true' ? 'run' : isOn === false || isOn === 'false' ? 'skip' : 'unknown';
  const meta = manifest.state === 'read' ? entriesOf(own(manifest.values, 'dependenciesMeta')) : [];
  const named = (built: boolean): string[] =>
    meta.filter(([, each]) => own(each, 'built') === built).map(([key]) => key);
  const unreadable = (): void => files.note('package.json', 'dependenciesMeta: only names and exact versions count');
  const rules = [...rulesFor(named(false), 'skip', unreadable), ...rulesFor(named(true), 'run', unreadable)];
  // What is said of a version goes before what is said of the name.
  const byVersion = (wanted: boolean): ScriptRule[] =>
    rules.filter(({ versions }) => (versions !== undefined) === wanted);
  return { otherwise, rules: [...byVersion(true), ...byVersion(false)] };
}

function bunVariant(files: PolicyFiles): ScriptVariant {
  const manifest = files.settings('package.json');
  const [bunfig, rc] = [files.text('bunfig.toml'), files.text('.npmrc')];
  if (manifest.state === 'broken' || bunfig.state === 'broken' || rc.state === 'broken') return OPEN;
  const table =
    bunfig.state === 'read' ? readBunfig(bunfig.text, new Set(['ignoreScripts'])) : new Map<string, BunfigSetting>();
  const isOpen = table === undefined && bunfig.state === 'read' && bunfig.text.includes('ignoreScripts');
  const setting = table?.get('ignoreScripts');
  const ofRc =
    rc.state === 'read' ? flagOf(readIni(rc.text, new Set(['ignore-scripts'])).get('ignore-scripts')?.values) : false;
  const ignores = isOpen ? 'unknown' : setting === undefined ? ofRc : (setting.value ?? 'unknown');
  if (ignores === true) return NONE;
  if (ignores !== false) return OPEN;
  const trusted = manifest.state === 'read' ? own(manifest.values, 'trustedDependencies') : undefined;
  const names = stringsOf(trusted);
  if (trusted !== undefined && names === undefined) files.note('package.json', 'trustedDependencies: no list of names');
  if (names === undefined) return OPEN;
  return { otherwise: 'skip', rules: names.map((name) => ({ name, versions: undefined, answer: 'run' })) };
}
