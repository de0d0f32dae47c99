/**
 * Bun's `overrides` and `resolutions` of the root manifest: https://bun.com/docs/pm/overrides. Rules for a parent or a
 * version came with version 3 of the lockfile's format; before, Bun had rules by name alone.
 */
import type { Override, OverrideTarget } from '../../graph/policies.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { own, type PolicyFiles } from './files.ts';
import { inCatalog, type OverrideList, referenced, rootManifest, rulesIn, UNKNOWN } from './override-list.ts';
import { parseSelector } from './pnpm-overrides.ts';

const FILE = 'package.json';
/** First version of the format that has rules for a parent or a version. */
const SCOPED = 3;
const GROUPS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

export function bunOverrides(files: PolicyFiles, list: OverrideList): void {
  const manifest = rootManifest(files, list);
  const overrides = rulesIn(manifest, 'overrides', FILE, list).flatMap(([key, value]) => flattened(key, value, files));
  const resolutions = rulesIn(manifest, 'resolutions', FILE, list);
  const seen = new Set<string>();
  const rules: Override[] = [];
  for (const [key, value] of overrides) {
    const rule = ruleOf(key, value, manifest, files);
    if (rule) rules.push(rule);
  }
  for (const rule of rules) seen.add(identity(rule));
  for (const [key, value] of resolutions) {
    const rule = ruleOf(ofPath(key), value, manifest, files);
    if (!rule || seen.has(identity(rule))) continue;
    // Bun once took the one field and left the other.
    rules.push(overrides.length > 0 && files.format < SCOPED ? { ...rule, to: UNKNOWN } : rule);
  }
  for (const rule of rules) list.add(rule);
}

function identity({ name, range, parents }: Override): string {
  return JSON.stringify([name, range, parents]);
}

/** npm's nested form as pnpm's flat one: `{ "a": { ".": "1", "b": "2" } }` is `a: 1` and `a>b: 2`. */
function flattened(key: string, value: unknown, files: PolicyFiles): [string, unknown][] {
  if (!isObject(value)) return [[key, value]];
  return Object.entries(value).flatMap(([child, below]): [string, unknown][] => {
    if (child === '.') return [[key, below]];
    const itself = own(below, '.');
    if (isObject(below) && (itself === undefined || Object.keys(below).length > 1)) ignored(files);
    return !isObject(below) ? [[`${key}>${child}`, below]] : itself === undefined ? [] : [[`${key}>${child}`, itself]];
  });
}

/** Yarn's form as pnpm's: `a/b` and `**` + `/a/**` + `/b` are both `a>b`. */
function ofPath(pattern: string): string {
  const parts = pattern.match(/(?:@[^/]+\/)?[^/]+/g) ?? [];
  return parts.filter((part) => part !== '**').join('>');
}

function ruleOf(key: string, value: unknown, manifest: JsonObject, files: PolicyFiles): Override | undefined {
  const parsed = parseSelector(key);
  const isScoped = parsed === undefined || parsed.range !== undefined || parsed.parents.length > 0;
  if (!parsed || key.endsWith('@') || value === '-' || value === '' || (isScoped && files.format < SCOPED)) {
    ignored(files);
    return undefined;
  }
  return { ...parsed, anchored: false, to: targetOf(value, parsed.name, manifest), file: FILE };
}

function ignored(files: PolicyFiles): void {
  files.note(
    FILE,
    'overrides: rules that the Bun of this lockfile ignores (deep nesting, removals, or scoped before Bun had that)',
  );
}

function targetOf(value: unknown, name: string, manifest: JsonObject): OverrideTarget {
  if (typeof value !== 'string') return UNKNOWN;
  const range = value.startsWith('$') ? referenced(manifest, value.slice(1), GROUPS) : value;
  if (range === undefined || range.startsWith('$')) return UNKNOWN;
  if (!range.startsWith('catalog:')) return { kind: 'range', range };
  const found = inCatalog(manifest, range, name) ?? inCatalog(own(manifest, 'workspaces'), range, name);
  return found === undefined ? UNKNOWN : { kind: 'range', range: found };
}
