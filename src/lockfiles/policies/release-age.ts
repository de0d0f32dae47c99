/**
 * How long package managers and bots wait before they take a release. Only what the project's files say: a user's own
 * configuration may add to it.
 *
 * - npm: `min-release-age` in days (since 11.10), `before`, `min-release-age-exclude` (since 11.17), in .npmrc; none by default
 *   (npm 11's documentation of its configuration, @npmcli/config lib/definitions/definitions.js).
 * - pnpm: `minimumReleaseAge` in minutes, `minimumReleaseAgeExclude` (since 10.16), in pnpm-workspace.yaml, up to 10 also in
 *   .npmrc, never in package.json; 1,440 by default since 11 (https://pnpm.io/settings#minimumreleaseage).
 * - Yarn: `npmMinimalAgeGate` in minutes or with a unit, per scope under `npmScopes`, `npmPreapprovedPackages`, in .yarnrc.yml;
 *   a day by default where the lockfile is of version 10 (Yarn 4.15) or later: on an earlier lockfile it is written down
 *   as 0 (Yarn's documentation of .yarnrc.yml: npmMinimalAgeGate, the migrations of its `install`).
 * - bun: `minimumReleaseAge` in seconds, `minimumReleaseAgeExcludes`, under [install] of bunfig.toml; none by default
 *   (https://bun.com/docs/runtime/bunfig#install-minimumreleaseage).
 */
import type { GateDelay, GateKeeper, NamePattern, ReleaseGate } from '../../graph/policies.ts';
import { readBunfig } from './bunfig.ts';
import { dependabotGates } from './dependabot.ts';
import { lineOf, own, type PolicyFiles, stringsOf } from './files.ts';
import { type IniSetting, readIni } from './ini.ts';
import { exactName, globName, starName, UNDECIDABLE } from './names.ts';
import { renovateGates } from './renovate.ts';

const DAY = 24 * 60;
const UNKNOWN: GateDelay = { kind: 'unknown' };
/** Minutes; a thousand years. */
const LONGEST = 1000 * 366 * DAY;

/** The gates of the manager of the lockfile, and of bots. */
export function readGates(files: PolicyFiles, path: string | undefined): ReleaseGate[] {
  return [...managerGates(files), ...renovateGates(files), ...dependabotGates(files, path)];
}

function managerGates(files: PolicyFiles): ReleaseGate[] {
  switch (files.manager) {
    case 'npm':
      return npmGates(files);
    case 'pnpm':
      return pnpmGates(files);
    case 'yarn-berry':
      return yarnGates(files);
    case 'bun':
      return bunGates(files);
    default:
      return [];
  }
}

/** An age in minutes out of a number of units; `unknown` for what is no plausible age. */
function ageOf(value: unknown, unit: number): GateDelay {
  const minutes = typeof value === 'number' ? value * unit : Number.NaN;
  return minutes >= 0 && minutes <= LONGEST ? { kind: 'age', minutes } : UNKNOWN;
}

/** A list of names, or a condition nobody can decide where it is no list of strings. */
function patternsOf(value: unknown, toPattern: (text: string) => NamePattern): NamePattern[] {
  if (value === undefined || value === null) return [];
  const texts = stringsOf(value);
  return texts === undefined || texts.some((text) => text.includes('${')) ? [UNDECIDABLE] : texts.map(toPattern);
}

function gate(by: GateKeeper, delay: GateDelay, from: Partial<ReleaseGate>): ReleaseGate {
  return { kind: 'manager', by, delay, only: undefined, exempt: [], file: '', line: undefined, ...from };
}

/** No gate, but packages that one would not be for: what is exempt stays so where a gate is set. */
function without(by: GateKeeper, exempt: readonly NamePattern[], file: string): ReleaseGate[] {
  return exempt.length === 0 ? [] : [gate(by, ageOf(0, 1), { exempt, file })];
}

/** A number as .npmrc has it, in text; npm takes `null` and '' for none. */
function iniNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) && text.length <= 32 ? Number(text) : undefined;
}

const NPM_KEYS = new Set(['min-release-age', 'before', 'min-release-age-exclude']);

function npmGates(files: PolicyFiles): ReleaseGate[] {
  const found = files.text('.npmrc');
  if (found.state === 'broken') return [gate('npm', UNKNOWN, { file: found.file })];
  if (found.state === 'missing') return [];
  const settings = readIni(found.text, NPM_KEYS);
  const [age, before] = [settings.get('min-release-age'), settings.get('before')];
  // Within one file a date goes before an age.
  const chosen = before ?? age;
  const value = chosen?.values.at(-1);
  const { file } = found;
  const excluded = settings.get('min-release-age-exclude')?.values.flatMap((text) => text.split(',')) ?? [];
  const texts = excluded.map((text) => text.trim()).filter((text) => text !== '');
  const exempt = patternsOf(texts, (text) => globName(text));
  if (chosen === undefined || value === undefined || value === 'null') return without('npm', exempt, file);
  if (!before && files.major !== undefined && files.major < 11) {
    files.note(file, 'min-release-age: npm knows it from version 11 on; this is an earlier one', chosen.line);
    return [];
  }
  const delay = before ? timeOf(value) : ageOf(iniNumber(value), DAY);
  if (delay.kind === 'unknown') files.note(file, 'min-release-age, before: not a value that can be read', chosen.line);
  return [gate('npm', delay, { exempt, file, line: chosen.line })];
}

function timeOf(text: string): GateDelay {
  const time = text.length <= 64 && /^\d{4}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? UNKNOWN : { kind: 'before', time: new Date(time).toISOString() };
}

const PNPM_KEYS = new Set(['minimum-release-age', 'minimum-release-age-exclude']);

function pnpmGates(files: PolicyFiles): ReleaseGate[] {
  const { major, format } = files;
  const workspace = files.settings('pnpm-workspace.yaml');
  const isOld = major === undefined ? format < 9 : major < 10;
  const settings = workspace.state === 'read' ? workspace.values : {};
  const age = own(settings, 'minimumReleaseAge');
  const inManifest = files.settings('package.json');
  if (inManifest.state === 'read' && own(own(inManifest.values, 'pnpm'), 'minimumReleaseAge') !== undefined) {
    files.note('package.json', 'pnpm.minimumReleaseAge: pnpm reads it from pnpm-workspace.yaml only');
  }
  if (isOld) {
    if (age !== undefined) files.note('pnpm-workspace.yaml', 'minimumReleaseAge: pnpm knows it from version 10.16 on');
    return [];
  }
  if (workspace.state === 'broken') return [gate('pnpm', UNKNOWN, { file: workspace.file })];
  const exempt = patternsOf(own(settings, 'minimumReleaseAgeExclude'), pnpmPattern);
  if (age !== undefined && age !== null && workspace.state === 'read') {
    const { file, text } = workspace;
    const line = lineOf(text, 'minimumReleaseAge');
    const delay = ageOf(age, 1);
    if (delay.kind === 'unknown') files.note(file, 'minimumReleaseAge: not a number of minutes', line);
    return [gate('pnpm', delay, { exempt, file, line })];
  }
  const rc = files.text('.npmrc');
  const inRc = rc.state === 'read' ? readIni(rc.text, PNPM_KEYS) : new Map<string, IniSetting>();
  const ofRc = inRc.get('minimum-release-age');
  if (major !== undefined && major >= 11) {
    if (ofRc) files.note('.npmrc', 'minimum-release-age: pnpm 11 and later do not read it here', ofRc.line);
    return [gate('pnpm', ageOf(1440, 1), { exempt })];
  }
  if (major === undefined) {
    files.note(
      '',
      'minimumReleaseAge: from version 11 on pnpm waits 1,440 minutes by default; which version this is, no file says',
    );
    return [gate('pnpm', UNKNOWN, { exempt })];
  }
  if (rc.state === 'broken') return [gate('pnpm', UNKNOWN, { file: rc.file })];
  if (ofRc === undefined) return without('pnpm', exempt, 'pnpm-workspace.yaml');
  const names = inRc.get('minimum-release-age-exclude')?.values ?? [];
  const delay = ageOf(iniNumber(ofRc.values.at(-1)), 1);
  if (delay.kind === 'unknown') files.note('.npmrc', 'minimum-release-age: not a number of minutes', ofRc.line);
  return [
    gate('pnpm', delay, { exempt: [...exempt, ...patternsOf(names, pnpmPattern)], file: '.npmrc', line: ofRc.line }),
  ];
}

/** `name`, a pattern with stars, `!pattern`, or `name@1.0.0 || 1.0.1`, which is for these versions alone. */
function pnpmPattern(text: string): NamePattern {
  if (text.startsWith('!')) return { ...starName(text.slice(1)), negated: true };
  const at = text.indexOf('@', 1);
  return at === -1 ? starName(text) : exactName(text.slice(0, at), false);
}

/** Minutes by unit. */
const YARN_UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1 / 60_000],
  ['s', 1 / 60],
  ['m', 1],
  ['h', 60],
  ['d', DAY],
  ['w', 7 * DAY],
]);

function yarnGates(files: PolicyFiles): ReleaseGate[] {
  const rc = files.settings('.yarnrc.yml');
  if (rc.state === 'broken') return [gate('yarn', UNKNOWN, { file: rc.file })];
  const values = rc.state === 'read' ? rc.values : {};
  const exempt = patternsOf(own(values, 'npmPreapprovedPackages'), yarnPattern);
  const gates: ReleaseGate[] = [];
  const add = (value: unknown, only: readonly NamePattern[] | undefined): void => {
    const delay = durationOf(value);
    const line = rc.state === 'read' ? lineOf(rc.text, 'npmMinimalAgeGate') : undefined;
    if (delay.kind === 'unknown') files.note('.yarnrc.yml', 'npmMinimalAgeGate: not a duration that can be read', line);
    gates.push(gate('yarn', delay, { only, exempt, file: '.yarnrc.yml', line }));
  };
  const everywhere = own(values, 'npmMinimalAgeGate');
  if (everywhere !== undefined && everywhere !== null) add(everywhere, undefined);
  else if (Number.isNaN(files.format)) gates.push(gate('yarn', UNKNOWN, { exempt }));
  else if (files.format >= 10) gates.push(gate('yarn', ageOf(1, DAY), { exempt }));
  else gates.push(...without('yarn', exempt, '.yarnrc.yml'));
  const scopes = own(values, 'npmScopes');
  for (const [scope, settings] of scopesOf(scopes)) {
    const value = own(settings, 'npmMinimalAgeGate');
    if (value !== undefined && value !== null) add(value, [starName(`@${scope}/*`)]);
  }
  return gates;
}

function scopesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).slice(0, 1000)
    : [];
}

function durationOf(value: unknown): GateDelay {
  if (typeof value === 'number') return ageOf(value, 1);
  const [, amount, unit = 'm'] =
    typeof value === 'string' ? (/^(\d{0,12}\.?\d{1,12})(ms|[smhdw])?$/.exec(value) ?? []) : [];
  return ageOf(amount === undefined ? undefined : Number(amount), YARN_UNITS.get(unit) ?? Number.NaN);
}

/** A glob of names, or a descriptor: releases in its range alone are exempt. */
function yarnPattern(text: string): NamePattern {
  const at = text.indexOf('@', 1);
  return at === -1 ? globName(text) : globName(text.slice(0, at), { sure: false });
}

const BUN_KEYS = new Set(['minimumReleaseAge', 'minimumReleaseAgeExcludes']);

function bunGates(files: PolicyFiles): ReleaseGate[] {
  const found = files.text('bunfig.toml');
  if (found.state === 'missing') return [];
  const { file } = found;
  const settings = found.state === 'read' ? readBunfig(found.text, BUN_KEYS) : undefined;
  if (settings === undefined) {
    const mentions = found.state === 'broken' || found.text.includes('minimumReleaseAge');
    if (!mentions) return [];
    files.note(file, '[install]: not readable here, so minimumReleaseAge is unknown');
    return [gate('bun', UNKNOWN, { file })];
  }
  const age = settings.get('minimumReleaseAge');
  const excludes = settings.get('minimumReleaseAgeExcludes');
  const exempt = excludes === undefined ? [] : patternsOf(excludes.value ?? false, (text) => exactName(text));
  if (age === undefined) return without('bun', exempt, file);
  const delay = ageOf(age.value, 1 / 60);
  if (delay.kind === 'unknown') files.note(file, 'minimumReleaseAge: not a number of seconds', age.line);
  return [gate('bun', delay, { exempt, file, line: age.line })];
}
