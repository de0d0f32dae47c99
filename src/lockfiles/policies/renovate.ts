/**
 * Renovate's `minimumReleaseAge`: https://docs.renovatebot.com/configuration-options/#minimumreleaseage, for patch releases
 * of npm packages. Off by default; presets turn it on (`security:minimumReleaseAgeNpm`, in `config:best-practices` since
 * version 42). Durations as in its lib/util/pretty-time.ts, names as in lib/util/string-match.ts, files as in
 * lib/config/app-strings.ts. It delays an update's pull request, not `lockFileMaintenance`.
 */
import type { GateDelay, NamePattern, ReleaseGate } from '../../graph/policies.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { lineOf, own, type PolicyFiles, stringsOf } from './files.ts';
import { exactName, globName, starName, UNDECIDABLE } from './names.ts';
import { nearestSettings } from './upwards.ts';

const NAMES = [
  'renovate.json',
  'renovate.json5',
  '.github/renovate.json',
  '.github/renovate.json5',
  '.gitlab/renovate.json',
  '.gitlab/renovate.json5',
  '.renovaterc',
  '.renovaterc.json',
  '.renovaterc.json5',
];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Minutes; a thousand years. */
const LONGEST = (1000 * 366 * DAY) / MINUTE;
/** More rules than anybody has. */
const MOST = 1000;
const UNKNOWN: GateDelay = { kind: 'unknown' };
const THREE_DAYS: GateDelay = { kind: 'age', minutes: (3 * DAY) / MINUTE };

/** Presets that wait three days for npm packages, under their names of now and before. */
const WAITING = new Set([
  'security:minimumReleaseAgeNpm',
  'npm:unpublishSafe',
  ':unpublishSafe',
  'default:unpublishSafe',
]);
/** Built-in presets that say nothing of release ages, beside those of WAITING. */
const SILENT =
  /^(?::|(?:abandonments|customManagers|default|docker|global|group|helpers|mergeConfidence|monorepo|preview|regexManagers|replacements|schedule|workarounds):|config:(?:recommended|base|js-app|js-lib)$|security:(?:only-security-updates|openssf-scorecard)$)/;

export function renovateGates(files: PolicyFiles): ReleaseGate[] {
  const nearest = nearestSettings(
    files,
    [...NAMES, 'package.json'],
    (file, name) => name !== 'package.json' || (file.state === 'read' && own(file.values, 'renovate') !== undefined),
  );
  if (nearest === undefined) return [];
  const { found } = nearest;
  if (found.state === 'broken') return [gate(UNKNOWN, found.file, undefined)];
  const config = found.file.endsWith('package.json') ? own(found.values, 'renovate') : found.values;
  if (!isObject(config)) return [gate(UNKNOWN, found.file, undefined)];
  const line = lineOf(found.text, 'minimumReleaseAge');
  const place = (delay: GateDelay, only?: readonly NamePattern[], exempt?: readonly NamePattern[]): ReleaseGate => ({
    ...gate(delay, found.file, line),
    only,
    exempt: exempt ?? [],
  });
  const gates: ReleaseGate[] = [];
  const manager = files.manager === 'bun' ? 'bun' : 'npm';
  for (const level of [config, own(config, manager)]) {
    const delay = delayIn(level);
    if (delay) gates.push(place(delay));
  }
  // What presets say comes as rules, which go before settings outside of rules.
  for (const delay of presetDelays(config, files, found.file)) gates.push(place(delay));
  for (const rule of rulesOf(config, files, found.file)) {
    const delay = delayIn(rule);
    const condition = delay && conditionOf(rule, manager);
    if (delay && condition) gates.push(place(delay, condition.only, condition.exempt));
  }
  if (delayIn(own(config, 'patch'))) gates.push(place(UNKNOWN));
  if (gates.some(({ delay }) => delay.kind === 'unknown')) {
    files.note(found.file, 'minimumReleaseAge: not decidable for every package', line);
  }
  return gates;
}

function gate(delay: GateDelay, file: string, line: number | undefined): ReleaseGate {
  return { kind: 'bot', by: 'renovate', delay, only: undefined, exempt: [], file, line };
}

/** The delay that one level of the configuration sets; undefined where it sets none. `stabilityDays` is its old name. */
function delayIn(level: unknown): GateDelay | undefined {
  const age = own(level, 'minimumReleaseAge');
  if (age === null) return { kind: 'age', minutes: 0 };
  if (age !== undefined) return durationOf(age);
  const days = own(level, 'stabilityDays');
  if (days === undefined) return undefined;
  return typeof days === 'number' ? bounded(days * DAY) : UNKNOWN;
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:years?|yrs?|y)$/i, 365.25 * DAY],
  [/^(?:months?|mo)$/i, 30 * DAY],
  [/^(?:weeks?|w)$/i, 7 * DAY],
  [/^(?:days?|d)$/i, DAY],
  [/^(?:hours?|hrs?|h)$/i, 60 * MINUTE],
  [/^(?:minutes?|mins?|m)$/, MINUTE],
  [/^(?:seconds?|secs?|s)$/i, 1000],
  [/^(?:milliseconds?|msecs?|ms)$/i, 1],
];

/** `3 days`, `1 month`, `1d 12h`: amounts with a unit, one after the other; `M` is a month as well. */
function durationOf(value: unknown): GateDelay {
  if (typeof value !== 'string' || value.length > 64) return UNKNOWN;
  const pieces = value.match(/\d+(?:\.\d+)?\s*[a-z]+/gi) ?? [];
  const rest = value.replace(/\d+(?:\.\d+)?\s*[a-z]+/gi, '').trim();
  if (pieces.length === 0 || rest !== '') return UNKNOWN;
  let total = 0;
  for (const piece of pieces) {
    const amount = Number.parseFloat(piece);
    const unit = piece.replace(/^[\d.\s]+/, '');
    total += amount * (unit === 'M' ? 30 * DAY : (UNITS.find(([named]) => named.test(unit))?.[1] ?? Number.NaN));
  }
  return bounded(total);
}

function bounded(milliseconds: number): GateDelay {
  const minutes = milliseconds / MINUTE;
  return minutes >= 0 && minutes <= LONGEST ? { kind: 'age', minutes } : UNKNOWN;
}

/** What the presets add: one that is not known may say anything. */
function presetDelays(config: JsonObject, files: PolicyFiles, file: string): GateDelay[] {
  const written = own(config, 'extends');
  if (written === undefined) return [];
  const presets = typeof written === 'string' ? [written] : stringsOf(written);
  if (presets === undefined) return [UNKNOWN];
  const waits = presets.some((preset) => WAITING.has(preset));
  const isOpen = presets.some((preset) => !WAITING.has(preset) && !SILENT.test(preset));
  if (isOpen) files.note(file, 'extends: presets that may set a minimumReleaseAge are not read', undefined);
  return isOpen ? [UNKNOWN] : waits ? [THREE_DAYS] : [];
}

function rulesOf(config: JsonObject, files: PolicyFiles, file: string): unknown[] {
  const rules = own(config, 'packageRules');
  if (rules === undefined) return [];
  if (Array.isArray(rules) && rules.length <= MOST) return rules;
  files.note(file, 'packageRules: no list, or too long; its minimumReleaseAge is unknown');
  return [{ minimumReleaseAge: false }];
}

interface Condition {
  readonly only: readonly NamePattern[] | undefined;
  readonly exempt: readonly NamePattern[];
}

/** For which packages a rule is, of patch releases from an npm registry; undefined where for none. */
function conditionOf(rule: unknown, manager: string): Condition | undefined {
  const only: NamePattern[] = [];
  const exempt: NamePattern[] = [];
  let isNamed = false;
  let isSure = true;
  for (const [key, value] of isObject(rule) ? Object.entries(rule) : []) {
    if (!/^(?:match|exclude)[A-Z]|^(?:paths|managers|languages|depTypeList|packageNames|packagePatterns)$/.test(key))
      continue;
    const texts = typeof value === 'string' ? [value] : stringsOf(value);
    const wanted = WANTED.get(key);
    if (texts === undefined) isSure = false;
    else if (wanted !== undefined) {
      const [isPlain, holds] = listed(texts, wanted === 'manager' ? manager : wanted);
      if (isPlain && !holds) return undefined;
      isSure &&= isPlain;
    } else if (/^matchPackage(?:Names|Patterns|Prefixes)$/.test(key)) {
      isNamed = true;
      only.push(...texts.map((text) => patternOf(key, text)));
    } else if (/^excludePackage(?:Names|Patterns|Prefixes)$/.test(key))
      exempt.push(...texts.map((text) => patternOf(key, text)));
    else isSure = false;
  }
  const unsure = (pattern: NamePattern): NamePattern => (isSure ? pattern : { ...pattern, sure: false });
  return { only: isNamed ? only.map(unsure) : isSure ? undefined : [UNDECIDABLE], exempt };
}

/** Conditions that are decided by what is asked here: patch releases of npm packages. */
const WANTED: ReadonlyMap<string, string> = new Map([
  ['matchDatasources', 'npm'],
  ['matchManagers', 'manager'],
  ['matchUpdateTypes', 'patch'],
]);

/** Whether a list is of plain words, and whether the word is among them. */
function listed(texts: readonly string[], word: string): [isPlain: boolean, holds: boolean] {
  return [texts.every((text) => /^[\w.-]+$/.test(text)), texts.includes(word)];
}

function patternOf(key: string, written: string): NamePattern {
  const negated = written.startsWith('!');
  const text = negated ? written.slice(1) : written;
  if (key.endsWith('Patterns') || text.startsWith('/')) return { ...UNDECIDABLE, negated };
  if (key.endsWith('Prefixes')) return starName(`${written}*`);
  if (key.startsWith('exclude')) return exactName(written);
  return { ...(text === '*' ? starName(text) : globName(text, { folded: true })), negated };
}
