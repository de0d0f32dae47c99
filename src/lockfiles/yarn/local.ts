/** Packages a Yarn 6 lockfile leaves out because Yarn reads them from disk again: patches and paths. */
import type { Diagnostic } from '../../diagnostics.ts';
import { NODE_FLAGS, NONE } from '../../graph/model.ts';
import type { LockfileInput } from '../reader.ts';
import { readManifest } from '../workspaces.ts';
import type { YarnEntry } from './entry.ts';
import type { Asked, YarnLookup } from './lookup.ts';
import type { YarnPackages } from './packages.ts';
import { directoryNeeds } from './projects.ts';
import { sourceOf } from './source.ts';

export class LocalPackages {
  /** Names of archives and directories whose own dependencies nothing here tells. */
  readonly opaque = new Set<string>();
  readonly #input: LockfileInput;
  readonly #packages: YarnPackages;
  readonly #lookup: YarnLookup;
  readonly #listed: boolean;
  readonly #report: (diagnostic: Diagnostic) => void;
  readonly #made = new Map<string, number>();

  /** @param listed whether the format lists them itself, so that one that is not there is missing */
  constructor(
    input: LockfileInput,
    packages: YarnPackages,
    lookup: YarnLookup,
    listed: boolean,
    report: (diagnostic: Diagnostic) => void,
  ) {
    this.#input = input;
    this.#packages = packages;
    this.#lookup = lookup;
    this.#listed = listed;
    this.#report = report;
  }

  /** Appends the entry for what `from` asks for where it is a patch or a path; NONE where it is neither. */
  find(from: YarnEntry, descriptor: number): number {
    if (this.#listed) return NONE;
    const asked = this.#lookup.rewritten(from, descriptor);
    if (asked.range.startsWith('patch:')) return this.#patched(from, asked);
    const range = /^\.{0,2}\//.test(asked.range) ? `file:${asked.range}` : asked.range;
    return /^(?:file|link|portal):/.test(range) ? this.#atPath(from, { name: asked.name, range }) : NONE;
  }

  #patched(from: YarnEntry, asked: Asked): number {
    const base = this.#lookup.patched(from, asked.range);
    if (base === NONE) return NONE;
    return this.#make(`${asked.name}@${asked.range}@${base}`, () => {
      const flags = this.#packages.entries[base]!.flags | NODE_FLAGS.patched;
      this.#packages.addLike(base, { flags });
    });
  }

  #atPath(from: YarnEntry, { name, range }: Asked): number {
    const reference = `${range}::locator=${encodeURIComponent(`${this.#packages.text(from.name)}@${from.reference}`)}`;
    return this.#make(`${name}@${reference}`, () => {
      const path = sourceOf(reference).resolved ?? '';
      const isLink = range.startsWith('link:');
      const isArchive = /\.(?:tgz|tar\.gz)$/.test(path);
      const manifest =
        isLink || isArchive
          ? undefined
          : readManifest(this.#input.siblings, path, { lockfile: this.#input.path, report: this.#report });
      if (!isLink && manifest === undefined) this.opaque.add(name);
      const needs = manifest === undefined ? {} : directoryNeeds(manifest, this.#packages.builder);
      this.#packages.add({ key: `${name}@${range}`, name, reference, ...needs });
    });
  }

  #make(identity: string, make: () => void): number {
    const known = this.#made.get(identity);
    if (known !== undefined) return known;
    const index = this.#packages.entries.length;
    make();
    this.#made.set(identity, index);
    return index;
  }
}
