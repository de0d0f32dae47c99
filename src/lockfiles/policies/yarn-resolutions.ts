/**
 * Yarn's `resolutions` of the root manifest. Yarn 1: globs over the path of names from the project down
 * (Yarn 1's documentation of selective version resolutions, its resolution-map.js). Yarn 2 and later: exact
 * descriptors, at most one parent (Yarn's documentation of the manifest: resolutions).
 */
import { validRange } from 'semver';
import type { OverrideParent } from '../../graph/policies.ts';
import type { PolicyFiles } from './files.ts';
import { type OverrideList, rootManifest, rulesIn, UNKNOWN } from './override-list.ts';

const FILE = 'package.json';
/** Names on a path that is read. */
const LONGEST = 32;
const SPECIFIER = String.raw`((?:@[^/@]+\/)?[^/@]+)`;
const BERRY = new RegExp(String.raw`^(?:${SPECIFIER}(?:@([^/]+))?\/)?${SPECIFIER}(?:@(.+))?$`);

export function berryResolutions(files: PolicyFiles, list: OverrideList): void {
  for (const [pattern, value] of rulesIn(rootManifest(files, list), 'resolutions', FILE, list)) {
    const match = pattern.length <= 1024 && !pattern.startsWith('*') ? BERRY.exec(pattern) : null;
    if (match === null) {
      // Yarn refuses to install with these.
      list.lose(FILE, 'resolutions: a pattern that Yarn 2 and later do not read');
      continue;
    }
    const [, parent, reference, name = '', range] = match;
    const parents: OverrideParent[] = parent === undefined ? [] : [{ name: parent, range: reference, next: 'child' }];
    // A catalog's range is chosen after the rule, by plugins.
    const isText = typeof value === 'string' && value !== '' && !value.startsWith('catalog:');
    list.add({
      name,
      range,
      parents,
      anchored: false,
      to: isText ? { kind: 'range', range: value } : UNKNOWN,
      file: FILE,
    });
  }
}

export function classicResolutions(files: PolicyFiles, list: OverrideList): void {
  for (const [pattern, value] of rulesIn(rootManifest(files, list), 'resolutions', FILE, list)) {
    // Yarn warns and goes on without these.
    if (/\/$|\/\/|\*$/.test(pattern) || pattern === '' || typeof value !== 'string' || !isReplacement(value)) {
      files.note(FILE, 'resolutions: a pattern or a range that Yarn 1 ignores');
      continue;
    }
    const parts = pattern.match(/(?:@[^/]+\/)?[^/]+/g) ?? [];
    const name = parts.pop() ?? '';
    const parents = parts.length <= LONGEST ? chainOf(parts) : undefined;
    if (parents === undefined || /[*?[\]{}()!]/.test(name)) {
      // It is looked up by its last name, so no other name is touched.
      files.note(FILE, 'resolutions: a glob that is not decidable here');
      list.add({ name, range: undefined, parents: [], anchored: false, to: UNKNOWN, file: FILE });
      continue;
    }
    const anchored = parents.length > 0 && parts[0] !== '**';
    list.add({ name, range: undefined, parents, anchored, to: { kind: 'range', range: value }, file: FILE });
  }
}

/** The parents on a path with `**` between some; undefined where it has other wildcards. */
function chainOf(parts: readonly string[]): OverrideParent[] | undefined {
  const parents: OverrideParent[] = [];
  for (const [at, part] of parts.entries()) {
    if (part === '**') continue;
    if (/[*?[\]{}()!]/.test(part)) return undefined;
    parents.push({ name: part, range: undefined, next: parts[at + 1] === '**' ? 'descendant' : 'child' });
  }
  return parents;
}

/** A range, or a source of another kind (git, URL, file, alias); a tag is neither. */
function isReplacement(value: string): boolean {
  return value.length <= 1024 && (validRange(value) !== null || /[:/]/.test(value));
}
