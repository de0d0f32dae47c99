/** Finds the entry a dependency is locked to: what Yarn does to a descriptor before it looks it up, in its order. */
import { NONE } from '../../graph/model.ts';
import { isBuiltinPatch, normalRange, parsePatch, shortRange, splitName, unbound } from './descriptor.ts';
import type { YarnEntry } from './entry.ts';
import type { YarnPackages } from './packages.ts';
import type { YarnRule, YarnSettings } from './settings.ts';
import { directoryOf } from './source.ts';

/** An alias of an alias of an alias ... is followed this deep. */
const DEPTH = 8;

export interface Asked {
  readonly name: string;
  readonly range: string;
}

export class YarnLookup {
  readonly #packages: YarnPackages;
  readonly #settings: YarnSettings;
  readonly #rootLocator: string;
  readonly #builtinPatches = new Map<string, number>();
  readonly #patchedNames = new Set<string>();
  readonly #byUnbound = new Map<string, number>();
  readonly #workspaceByName = new Map<string, number>();
  readonly #workspaceByPath = new Map<string, number>();
  /** By descriptor: whether anything but itself says what it leads to; undefined where nobody asked. */
  readonly #isRewritten: (boolean | undefined)[] = [];

  /** @param root the entry of the project at the top */
  constructor(packages: YarnPackages, settings: YarnSettings, root: YarnEntry) {
    this.#packages = packages;
    this.#settings = settings;
    this.#rootLocator = this.#locatorOf(root);
    for (const descriptor of packages.oddKeys) this.#addOddKey(descriptor);
    for (let index = 0; index < packages.entries.length; index++) {
      const entry = packages.entries[index]!;
      if (!entry.isWorkspace) continue;
      this.#workspaceByName.set(packages.text(entry.name), index);
      this.#workspaceByPath.set(directoryOf(entry.reference), index);
    }
  }

  #locatorOf(entry: YarnEntry): string {
    return `${this.#packages.text(entry.name)}@${entry.reference}`;
  }

  #addOddKey(descriptor: number): void {
    const { name, range } = this.#asked(descriptor);
    const index = this.#packages.descriptors.entries[descriptor]!;
    if (range.startsWith('patch:')) this.#addBuiltinPatch(name, range, index);
    if (range.includes('::')) {
      const key = `${name}@${unbound(range)}`;
      this.#byUnbound.set(key, this.#byUnbound.has(key) ? NONE : index);
    }
  }

  #asked(descriptor: number): Asked {
    const { names, ranges } = this.#packages.descriptors;
    return { name: this.#packages.text(names[descriptor]!), range: this.#packages.text(ranges[descriptor]!) };
  }

  #addBuiltinPatch(name: string, range: string, index: number): void {
    const patch = parsePatch(range);
    if (patch?.name !== name || !isBuiltinPatch(patch.selector)) return;
    this.#builtinPatches.set(`${name}@${shortRange(patch.rest)}`, index);
    this.#patchedNames.add(name);
  }

  /** Entries that are only there to be patched. */
  patchBases(): Set<number> {
    const bases = new Set<number>();
    for (const { reference } of this.#packages.entries) {
      const patch = reference.startsWith('patch:') ? parsePatch(reference) : undefined;
      const base = patch && this.#locate(patch.name, shortRange(patch.rest));
      if (base !== undefined) bases.add(base);
    }
    return bases;
  }

  /** The entry a descriptor that `from` asks for leads to, or NONE. */
  entryFor(from: YarnEntry, descriptor: number): number {
    this.#isRewritten[descriptor] ??= this.#isRewrittenAnyhow(this.#asked(descriptor));
    if (!this.#isRewritten[descriptor]) {
      const entry = this.#packages.descriptors.entries[descriptor]!;
      if (entry !== NONE) return entry;
    }
    return this.#find(from, this.#asked(descriptor));
  }

  #isRewrittenAnyhow({ name, range }: Asked): boolean {
    return this.#settings.rules.has(name) || this.#patchedNames.has(name) || range.includes(':');
  }

  #find(from: YarnEntry, asked: Asked): number {
    const rule = this.#ruleFor(from, asked);
    if (rule !== undefined) {
      const found = this.#resolve(asked.name, rule.to, undefined, 0);
      if (found !== NONE) return found;
    }
    return this.#resolve(asked.name, asked.range, from, 0);
  }

  /** What is asked for after resolutions and catalogs have had their say. */
  rewritten(from: YarnEntry, descriptor: number): Asked {
    const asked = this.#asked(descriptor);
    return { name: asked.name, range: this.#fromCatalog(asked.name, this.#ruleFor(from, asked)?.to ?? asked.range) };
  }

  #ruleFor(from: YarnEntry, asked: Asked): YarnRule | undefined {
    const rules = this.#settings.rules.size === 0 ? undefined : this.#settings.rules.get(asked.name);
    if (rules === undefined) return undefined;
    const range = normalRange(asked.range);
    return rules.find(
      (rule) =>
        (rule.range === undefined || rule.range === range) &&
        (rule.from === undefined ||
          (rule.from.name === this.#packages.text(from.name) &&
            (rule.from.reference === undefined || rule.from.reference === normalRange(from.reference)))),
    );
  }

  #fromCatalog(name: string, range: string): string {
    if (!range.startsWith('catalog:')) return range;
    return this.#settings.catalogs.get(range.slice('catalog:'.length))?.get(name) ?? range;
  }

  /** @param parent who asks; undefined for the root */
  #resolve(name: string, written: string, parent: YarnEntry | undefined, depth: number): number {
    const range = shortRange(this.#fromCatalog(name, written));
    const patched = this.#patchedNames.has(name) ? this.#builtinPatches.get(`${name}@${range}`) : undefined;
    const exact = patched ?? this.#exact(name, range);
    if (exact !== undefined) return exact;
    return (
      this.#bound(name, range, parent) ??
      this.#locate(name, range) ??
      this.#workspace(name, range) ??
      this.#aliased(range, parent, depth) ??
      this.#numeric(name, written) ??
      NONE
    );
  }

  /** Paths are bound to the package that asks; plugins bind what they like, so a single candidate is taken. */
  #bound(name: string, range: string, parent: YarnEntry | undefined): number | undefined {
    if (!range.includes(':')) return undefined;
    const locator = parent === undefined ? this.#rootLocator : this.#locatorOf(parent);
    const own = this.#exact(name, `${range}::locator=${encodeURIComponent(locator)}`);
    if (own !== undefined) return own;
    const only = this.#byUnbound.get(`${name}@${range}`);
    return only === NONE ? undefined : only;
  }

  #exact(name: string, range: string): number | undefined {
    const { builder, descriptors } = this.#packages;
    const at = descriptors.find(builder.find(name), builder.find(range));
    const entry = at === NONE ? NONE : descriptors.entries[at]!;
    return entry === NONE ? undefined : entry;
  }

  /** An exact version may be asked for that the file has under another range only. */
  #locate(name: string, range: string): number | undefined {
    const { builder, descriptors, entries } = this.#packages;
    const id = builder.find(name);
    for (const at of descriptors.keysOf(id)) {
      const index = descriptors.entries[at]!;
      if (entries[index]!.name === id && shortRange(entries[index]!.reference) === range) return index;
    }
    return undefined;
  }

  #workspace(name: string, range: string): number | undefined {
    if (range.startsWith('workspace:')) {
      return (
        this.#workspaceByPath.get(directoryOf(range)) ??
        this.#workspaceByName.get(range.slice('workspace:'.length)) ??
        this.#workspaceByName.get(name)
      );
    }
    return /[:/]/.test(range) ? undefined : this.#workspaceByName.get(name);
  }

  /** Yarn 6 does not list aliases; what they stand for is listed. */
  #aliased(range: string, parent: YarnEntry | undefined, depth: number): number | undefined {
    const target = range.startsWith('npm:') || range.includes(':') || depth >= DEPTH ? undefined : splitName(range);
    if (target === undefined) return undefined;
    const found = this.#resolve(target.name, target.rest, parent, depth + 1);
    return found === NONE ? undefined : found;
  }

  /** Lock versions before 7 write `1.10` unquoted, which YAML reads as the number 1.1. */
  #numeric(name: string, written: string): number | undefined {
    const value = Number(written);
    if (written === '' || Number.isNaN(value)) return undefined;
    const { builder, descriptors } = this.#packages;
    for (const at of descriptors.keysOf(builder.find(name))) {
      const range = this.#packages.text(descriptors.ranges[at]!);
      if (String(Number(range)) !== range && Number(range) === value) return descriptors.entries[at];
    }
    return undefined;
  }

  /** The entry a patch of `range` is made of, for formats that do not list patches. */
  patched(from: YarnEntry, range: string): number {
    const patch = range.startsWith('patch:') ? parsePatch(range) : undefined;
    return patch === undefined ? NONE : this.#resolve(patch.name, patch.rest, from, 1);
  }
}
