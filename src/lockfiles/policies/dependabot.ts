/**
 * Dependabot's `cooldown`, in days, for patch releases: `semver-patch-days`, else `default-days`; three days where an update
 * sets none, since July 2026 (where it runs elsewhere than on github.com, an earlier one may not wait). It delays version
 * updates, not security updates.
 * https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-options-reference#cooldown-
 * https://github.blog/changelog/2026-07-14-dependabot-version-updates-introduce-default-package-cooldown/
 */
import { posix } from 'node:path';
import type { GateDelay, NamePattern, ReleaseGate } from '../../graph/policies.ts';
import { lineOf, own, type PolicyFiles, stringsOf } from './files.ts';
import { globName, matchesName, starName, UNDECIDABLE } from './names.ts';
import { nearestSettings } from './upwards.ts';

const NAMES = ['.github/dependabot.yml', '.github/dependabot.yaml'];
const DAY = 24 * 60;
/** Days without a setting. */
const DEFAULT = 3;
/** Days; more than it accepts. */
const LONGEST = 366;
const MOST = 1000;
const UNKNOWN: GateDelay = { kind: 'unknown' };

/** @param path the lockfile's, POSIX: what a directory of the configuration is compared with where that stands further up */
export function dependabotGates(files: PolicyFiles, path: string | undefined): ReleaseGate[] {
  const nearest = nearestSettings(files, NAMES);
  if (nearest === undefined) return [];
  const { found, above } = nearest;
  const { file } = found;
  const gate = (delay: GateDelay, line?: number): ReleaseGate => ({
    kind: 'bot',
    by: 'dependabot',
    delay,
    only: undefined,
    exempt: [],
    file,
    line,
  });
  if (found.state === 'broken') return [gate(UNKNOWN)];
  const updates = own(found.values, 'updates');
  if (!Array.isArray(updates) || updates.length > MOST) {
    files.note(file, 'updates: no list, or too long; its cooldown is unknown');
    return [gate(UNKNOWN)];
  }
  const line = lineOf(found.text, 'cooldown');
  const ecosystem = files.manager === 'bun' ? 'bun' : 'npm';
  const gates: ReleaseGate[] = [];
  for (const update of updates) {
    const cooldown = own(update, 'cooldown');
    if (own(update, 'package-ecosystem') !== ecosystem) continue;
    const isHere = covers(update, directoryOf(path, above), above);
    if (isHere === 'no') continue;
    if (cooldown === undefined || cooldown === null) {
      gates.push(gate(isHere === 'yes' ? { kind: 'age', minutes: DEFAULT * DAY } : UNKNOWN));
      continue;
    }
    const delay = isHere === 'yes' ? delayOf(cooldown) : UNKNOWN;
    const why = isHere === 'yes' ? 'no number of days' : 'not known whether it is for the directory of this lockfile';
    if (delay.kind === 'unknown') files.note(file, `cooldown: ${why}`, line);
    const include = own(cooldown, 'include');
    const only = include === undefined || include === null ? undefined : namesIn(include);
    gates.push({ ...gate(delay, line), only, exempt: namesIn(own(cooldown, 'exclude')) });
  }
  return gates;
}

function delayOf(cooldown: unknown): GateDelay {
  if (typeof cooldown !== 'object' || Array.isArray(cooldown)) return UNKNOWN;
  // With a part of it set, whether the rest is as without one is not documented.
  const days = own(cooldown, 'semver-patch-days') ?? own(cooldown, 'default-days');
  return typeof days === 'number' && days >= 0 && days <= LONGEST ? { kind: 'age', minutes: days * DAY } : UNKNOWN;
}

function namesIn(value: unknown): NamePattern[] {
  if (value === undefined || value === null) return [];
  return stringsOf(value)?.map((text) => starName(text)) ?? [UNDECIDABLE];
}

/** The lockfile's directory as the configuration names it, from the repository's root; undefined where not known. */
function directoryOf(path: string | undefined, above: number): string | undefined {
  if (above === 0) return '/';
  const directory = path === undefined ? '.' : posix.dirname(posix.normalize(path));
  const parts = directory.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length < above || parts.includes('..') ? undefined : `/${parts.slice(-above).join('/')}`;
}

/** Whether an update is for a directory, so many levels below the root. */
function covers(update: unknown, directory: string | undefined, depth: number): 'yes' | 'no' | 'unknown' {
  const several = own(update, 'directories');
  const written = several === undefined ? [own(update, 'directory')] : Array.isArray(several) ? several : [undefined];
  let result: 'no' | 'unknown' = 'no';
  for (const each of written.slice(0, MOST)) {
    if (typeof each !== 'string') {
      result = 'unknown';
      continue;
    }
    const pattern = posix.join('/', each).replace(/(?<=.)\/$/, '');
    const matches = directory === undefined ? mayCover(pattern, depth) : matchesName(globName(pattern), directory);
    if (matches === 'yes') return 'yes';
    if (matches === 'unknown') result = 'unknown';
  }
  return result;
}

function mayCover(pattern: string, depth: number): 'no' | 'unknown' {
  const isPlain = !/[*?[{]/.test(pattern);
  return isPlain && pattern.split('/').filter((part) => part !== '').length !== depth ? 'no' : 'unknown';
}
