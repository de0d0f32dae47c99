/** Finds the entry a dependency is locked to: what Yarn does to a descriptor before it looks it up, in its order. */
import { NONE } from '../../graph/model.ts';
import { isBuiltinPatch, normalRange, parsePatch, shortRange, splitName, unbound } from './descriptor.ts';
import { Descriptors } from './descriptor-table.ts';
import type { YarnDependency, YarnEntry } from './entry.ts';
import type { YarnRule, YarnSettings } from './settings.ts';
import { directoryOf } from './source.ts';

/** An alias of an alias of an alias ... is followed this deep. */
const DEPTH = 8;

export interface Asked {
  readonly name: string;
  readonly range: string;
}

export class YarnLookup {
  readonly #settings: YarnSettings;
  readonly #rootLocator: string;
  readonly descriptors = new Descriptors();
  readonly #builtinPatches = new Map<string, number>();
  readonly #patchedNames = new Set<string>();
  readonly #byUnbound = new Map<string, number>();
  readonly #workspaceByName = new Map<string, number>();
  readonly #workspaceByPath = new Map<string, number>();
  readonly #entries: readonly YarnEntry[];

  constructor(entries: readonly YarnEntry[], settings: YarnSettings, rootLocator: string) {
    this.#entries = entries;
    this.#settings = settings;
    this.#rootLocator = rootLocator;
    for (const [index, entry] of entries.entries()) {
      for (const descriptor of entry.descriptors) this.#addDescriptor(descriptor, index);
      if (!entry.reference.startsWith('workspace:')) continue;
      this.#workspaceByName.set(entry.name, index);
      this.#workspaceByPath.set(directoryOf(entry.reference), index);
    }
  }

  #addDescriptor(descriptor: string, index: number): void {
    const asked = splitName(descriptor);
    if (asked === undefined) return;
    const range = shortRange(asked.rest);
    this.descriptors.add(asked.name, range, index);
    if (range.startsWith('patch:')) this.#addBuiltinPatch(asked.name, range, index);
    if (range.includes('::')) {
      const key = `${asked.name}@${unbound(range)}`;
      this.#byUnbound.set(key, this.#byUnbound.has(key) ? NONE : index);
    }
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
    for (const { reference } of this.#entries) {
      const patch = reference.startsWith('patch:') ? parsePatch(reference) : undefined;
      const base = patch && this.#locate(patch.name, shortRange(patch.rest));
      if (base !== undefined) bases.add(base);
    }
    return bases;
  }

  /** Points a dependency of `from` at its entry. */
  link(from: YarnEntry, dependency: YarnDependency): void {
    const { name, range } = dependency;
    if (!this.#isRewritten(name, range)) {
      const descriptor = this.descriptors.find(name, range);
      if (descriptor !== NONE) {
        dependency.descriptor = descriptor;
        dependency.to = this.descriptors.entries[descriptor]!;
        return;
      }
    }
    dependency.to = this.#find(from, dependency);
  }

  /** Whether anything but the descriptor itself says what it leads to. */
  #isRewritten(name: string, range: string): boolean {
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
  rewritten(from: YarnEntry, asked: Asked): Asked {
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
          (rule.from.name === from.name &&
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
    const locator = parent === undefined ? this.#rootLocator : `${parent.name}@${parent.reference}`;
    const own = this.#exact(name, `${range}::locator=${encodeURIComponent(locator)}`);
    if (own !== undefined) return own;
    const only = this.#byUnbound.get(`${name}@${range}`);
    return only === NONE ? undefined : only;
  }

  #exact(name: string, range: string): number | undefined {
    const at = this.descriptors.find(name, range);
    return at === NONE ? undefined : this.descriptors.entries[at];
  }

  /** An exact version may be asked for that the file has under another range only. */
  #locate(name: string, range: string): number | undefined {
    for (const at of this.descriptors.of(name)) {
      const entry = this.#entries[this.descriptors.entries[at]!]!;
      if (entry.name === name && shortRange(entry.reference) === range) return this.descriptors.entries[at];
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
    for (const at of this.descriptors.of(name)) {
      const range = this.descriptors.ranges[at]!;
      if (String(Number(range)) !== range && Number(range) === value) return this.descriptors.entries[at];
    }
    return undefined;
  }

  /** The entry a patch of `range` is made of, for formats that do not list patches. */
  patched(from: YarnEntry, range: string): number {
    const patch = range.startsWith('patch:') ? parsePatch(range) : undefined;
    return patch === undefined ? NONE : this.#resolve(patch.name, patch.rest, from, 1);
  }
}
