/** What the readers of rules for install scripts share. */
import { valid } from 'semver';
import type { ScriptAnswer, ScriptRule, ScriptVariant } from '../../graph/policies.ts';
import { splitSelector } from './files.ts';

export const ALL: ScriptVariant = { otherwise: 'run', rules: [] };
export const NONE: ScriptVariant = { otherwise: 'skip', rules: [] };
export const OPEN: ScriptVariant = { otherwise: 'unknown', rules: [] };

/** A setting of .npmrc that is true or false. */
export function flagOf(values: readonly string[] | undefined): boolean | 'unknown' {
  const value = values?.at(-1);
  if (value === undefined || value === 'false' || value === 'null') return false;
  return value === 'true' ? true : 'unknown';
}

/** Rules for the entries of a list: `name`, or `name@1.0.0 || 1.0.1`; others are left out and noted. */
export function rulesFor(
  entries: readonly string[],
  answer: ScriptAnswer,
  unreadable: (entry: string) => void,
): ScriptRule[] {
  return entries.flatMap((entry): ScriptRule[] => {
    const { name, range } = splitSelector(entry);
    if (range === undefined || range === '' || range === '*') return [{ name, versions: undefined, answer }];
    const versions = range.split('||').map((each) => valid(each.trim()));
    const exact = versions.filter((each) => each !== null);
    if (range.length <= 1024 && exact.length === versions.length) return [{ name, versions: exact, answer }];
    unreadable(entry);
    return [];
  });
}
