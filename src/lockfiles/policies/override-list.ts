/** What the readers of overrides share: the list they fill, and what rules refer to. */
import type { Override, OverrideTarget } from '../../graph/policies.ts';
import { entriesOf, type JsonObject } from '../../json.ts';
import { own, type PolicyFiles } from './files.ts';

/** More than any project has. */
const MOST = 20_000;

/** Collects rules up to a bound, and whether all of them could be had. */
export class OverrideList {
  readonly rules: Override[] = [];
  complete = true;
  readonly #files: PolicyFiles;

  constructor(files: PolicyFiles) {
    this.#files = files;
  }

  add(rule: Override): void {
    if (this.rules.length < MOST) this.rules.push(rule);
    else this.lose(rule.file, 'more overrides than are read: the rest is unknown');
  }

  /** Some rule exists, of which it is not known what it does to whom. */
  lose(file: string, message: string): void {
    this.complete = false;
    this.#files.note(file, message);
  }
}

/** The root manifest; {} where there is none. One that cannot be read leaves the rules incomplete. */
export function rootManifest(files: PolicyFiles, list: OverrideList): JsonObject {
  const manifest = files.settings('package.json');
  if (manifest.state === 'broken') list.complete = false;
  return manifest.state === 'read' ? manifest.values : {};
}

/** Entries of a field of rules; one of another type is reported. */
export function rulesIn(owner: unknown, field: string, file: string, list: OverrideList): [string, unknown][] {
  const rules = own(owner, field);
  if (rules !== undefined && rules !== null && (typeof rules !== 'object' || Array.isArray(rules))) {
    list.lose(file, `${field} is no mapping: what it overrides is unknown`);
  }
  return entriesOf(rules);
}

export const UNKNOWN: OverrideTarget = { kind: 'unknown' };

/** What `$name` stands for: the range of a direct dependency, from the first of these groups of the root manifest that has it. */
export function referenced(manifest: JsonObject, name: string, groups: readonly string[]): string | undefined {
  for (const group of groups) {
    const range = own(own(manifest, group), name);
    if (typeof range === 'string' && range !== '') return range;
  }
  return undefined;
}

/** What `catalog:` or `catalog:name` stands for, of an owner of `catalog` (the one called default) and `catalogs`. */
export function inCatalog(owner: unknown, range: string, name: string): string | undefined {
  const catalog = range.slice('catalog:'.length).trim();
  const unnamed = catalog === '' || catalog === 'default' ? own(own(owner, 'catalog'), name) : undefined;
  const found = unnamed ?? own(own(own(owner, 'catalogs'), catalog === '' ? 'default' : catalog), name);
  return typeof found === 'string' && !found.startsWith('catalog:') ? found : undefined;
}
