/**
 * Where two runs of a history cannot be compared as they are: they were asked something else, by another config, or by
 * another program. A line that goes on over such a point shows that change too. Pure.
 */
import { LAYERS, type LayerName } from '../causes/layer.ts';
import type { Scope } from '../graph/closure.ts';
import type { PastRun, PastSystem } from './past-run.ts';

export type RunDifference =
  | { readonly kind: 'scope'; readonly before: Scope; readonly after: Scope }
  | { readonly kind: 'layers'; readonly joined: readonly LayerName[]; readonly left: readonly LayerName[] }
  /** Whether registries were asked. */
  | { readonly kind: 'evidence'; readonly before: boolean; readonly after: boolean }
  | { readonly kind: 'tool'; readonly before: string; readonly after: string }
  | ({ readonly kind: 'systems' } & SystemDifference)
  /** Sections of the config that say something else, without its systems. */
  | { readonly kind: 'config'; readonly sections: readonly string[] };

/** Declared systems that came, went, or are declared otherwise. */
export interface SystemDifference {
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly changed: readonly string[];
  /** One name went and another came for the same members and need. */
  readonly renamed: readonly { readonly before: string; readonly after: string }[];
}

export interface Break {
  /** Index of the run from which on it is otherwise, from 1. */
  readonly run: number;
  readonly differences: readonly RunDifference[];
}

/** @param runs in the order of time */
export function breaksOf(runs: readonly PastRun[]): Break[] {
  return runs.flatMap((after, run): Break[] => {
    const before = runs[run - 1];
    if (before === undefined) return [];
    const differences = differencesOf(before, after);
    return differences.length === 0 ? [] : [{ run, differences }];
  });
}

function differencesOf(before: PastRun, after: PastRun): RunDifference[] {
  const all: RunDifference[] = [];
  if (before.scope !== after.scope) all.push({ kind: 'scope', before: before.scope, after: after.scope });
  const joined = LAYERS.filter((layer) => after.layers.has(layer) && !before.layers.has(layer));
  const left = LAYERS.filter((layer) => before.layers.has(layer) && !after.layers.has(layer));
  if (joined.length + left.length > 0) all.push({ kind: 'layers', joined, left });
  const [was, is] = [before.evidence !== undefined, after.evidence !== undefined];
  if (was !== is) all.push({ kind: 'evidence', before: was, after: is });
  if (before.tool !== after.tool) all.push({ kind: 'tool', before: before.tool, after: after.tool });
  const systems = systemDifference(before.declared, after.declared);
  if (Object.values(systems).some((names) => names.length > 0)) all.push({ kind: 'systems', ...systems });
  const sections = [...new Set([...before.config.keys(), ...after.config.keys()])].filter(
    (section) => section !== 'systems' && before.config.get(section) !== after.config.get(section),
  );
  if (sections.length > 0) all.push({ kind: 'config', sections: sections.sort() });
  return all;
}

function systemDifference(before: readonly PastSystem[], after: readonly PastSystem[]): SystemDifference {
  const was = new Map(before.map((system) => [system.name, system]));
  const is = new Map(after.map((system) => [system.name, system]));
  const gone = before.filter(({ name }) => !is.has(name));
  const come = after.filter(({ name }) => !was.has(name));
  const renamed = gone.flatMap((system) => {
    const alike = (other: PastSystem): boolean => other.need === system.need && sameMembers(other, system);
    const [one, more] = come.filter(alike);
    // Two that are alike: which of them it became cannot be told.
    const isSure = one !== undefined && more === undefined && gone.filter(alike).length === 1;
    return isSure ? [{ before: system.name, after: one.name }] : [];
  });
  const told = new Set(renamed.flatMap(({ before: from, after: to }) => [`- ${from}`, `+ ${to}`]));
  return {
    joined: come.map(({ name }) => name).filter((name) => !told.has(`+ ${name}`)),
    left: gone.map(({ name }) => name).filter((name) => !told.has(`- ${name}`)),
    changed: after.flatMap((system) => {
      const earlier = was.get(system.name);
      const isSame =
        !earlier || (earlier.need === system.need && earlier.weight === system.weight && sameMembers(earlier, system));
      return isSame ? [] : [system.name];
    }),
    renamed,
  };
}

function sameMembers(a: PastSystem, b: PastSystem): boolean {
  const members = new Set(a.members);
  return a.members.length === b.members.length && b.members.every((member) => members.has(member));
}
