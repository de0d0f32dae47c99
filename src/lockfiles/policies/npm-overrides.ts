/**
 * npm's `overrides` of the root manifest: npm 11 documentation of package.json, and how
 * they are taken apart in @npmcli/arborist, lib/override-set.js and lib/edge.js.
 */
import type { OverrideParent, OverrideTarget } from '../../graph/policies.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { own, type PolicyFiles, splitSelector } from './files.ts';
import { type OverrideList, referenced, rootManifest, rulesIn, UNKNOWN } from './override-list.ts';

const FILE = 'package.json';
/** Deeper than anybody nests. */
const DEEPEST = 32;
/** Order in which npm looks a `$name` up. */
const GROUPS = ['devDependencies', 'optionalDependencies', 'dependencies', 'peerDependencies'];

export function npmOverrides(files: PolicyFiles, list: OverrideList): void {
  const manifest = rootManifest(files, list);
  const entries = rulesIn(manifest, 'overrides', FILE, list).filter(([key]) => key !== '.');
  for (const [key, value] of entries) addRule(key, value, [], { manifest, list });
}

interface Context {
  readonly manifest: JsonObject;
  readonly list: OverrideList;
}

function addRule(key: string, value: unknown, parents: readonly OverrideParent[], context: Context): void {
  const { list } = context;
  const { name, range: written } = splitSelector(key);
  if (name === '') {
    list.lose(FILE, 'overrides: a rule without a name');
    return;
  }
  const range = written === undefined || written === '' || written === '*' ? undefined : written;
  const nested = isObject(value) ? Object.entries(value).filter(([child]) => child !== '.') : [];
  const replacement = isObject(value) ? own(value, '.') : value;
  list.add({ name, range, parents, anchored: false, to: targetOf(replacement, range, context), file: FILE });
  if (nested.length === 0) return;
  if (parents.length >= DEEPEST) {
    list.lose(FILE, 'overrides: nested too deeply');
    return;
  }
  const inside: readonly OverrideParent[] = [...parents, { name, range, next: 'descendant' }];
  for (const [child, below] of nested) addRule(child, below, inside, context);
}

/** Without a value of its own a rule has its selector's range for one; `*` and '' leave a dependency as it is. */
function targetOf(value: unknown, range: string | undefined, { manifest }: Context): OverrideTarget {
  if (value === undefined) return range === undefined ? { kind: 'as-declared' } : { kind: 'range', range };
  if (typeof value !== 'string') return UNKNOWN;
  if (value === '' || value === '*') return { kind: 'as-declared' };
  if (!value.startsWith('$')) return { kind: 'range', range: value };
  const found = referenced(manifest, value.slice(1), GROUPS);
  return found === undefined || found.startsWith('$') ? UNKNOWN : { kind: 'range', range: found };
}
