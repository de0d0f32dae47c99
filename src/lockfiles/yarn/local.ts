/** Packages a Yarn 6 lockfile leaves out because Yarn reads them from disk again: patches and paths. */
import type { Diagnostic } from '../../diagnostics.ts';
import { NODE_FLAGS, NONE } from '../../graph/model.ts';
import type { LockfileInput } from '../reader.ts';
import { readManifest } from '../workspaces.ts';
import type { YarnEntry } from './entry.ts';
import type { Asked, YarnLookup } from './lookup.ts';
import { directoryNeeds } from './projects.ts';
import { sourceOf } from './source.ts';

export class LocalPackages {
  /** Names of archives and directories whose own dependencies nothing here tells. */
  readonly opaque = new Set<string>();
  readonly #input: LockfileInput;
  readonly #entries: YarnEntry[];
  readonly #lookup: YarnLookup;
  readonly #listed: boolean;
  readonly #report: (diagnostic: Diagnostic) => void;
  readonly #made = new Map<string, number>();

  /** @param listed whether the format lists them itself, so that one that is not there is missing */
  constructor(
    input: LockfileInput,
    entries: YarnEntry[],
    lookup: YarnLookup,
    listed: boolean,
    report: (diagnostic: Diagnostic) => void,
  ) {
    this.#input = input;
    this.#entries = entries;
    this.#lookup = lookup;
    this.#listed = listed;
    this.#report = report;
  }

  /** Appends the entry for what `from` asks for where it is a patch or a path; NONE where it is neither. */
  find(from: YarnEntry, dependency: Asked): number {
    if (this.#listed) return NONE;
    const asked = this.#lookup.rewritten(from, dependency);
    if (asked.range.startsWith('patch:')) return this.#patched(from, asked);
    const range = /^\.{0,2}\//.test(asked.range) ? `file:${asked.range}` : asked.range;
    return /^(?:file|link|portal):/.test(range) ? this.#atPath(from, { name: asked.name, range }) : NONE;
  }

  #patched(from: YarnEntry, asked: Asked): number {
    const base = this.#lookup.patched(from, asked.range);
    if (base === NONE) return NONE;
    return this.#make(`${asked.name}@${asked.range}@${base}`, () => {
      const entry = this.#entries[base]!;
      return {
        ...entry,
        descriptors: [],
        flags: entry.flags | NODE_FLAGS.patched,
        dependencies: entry.dependencies.map((dependency) => ({ ...dependency })),
      };
    });
  }

  #atPath(from: YarnEntry, { name, range }: Asked): number {
    const reference = `${range}::locator=${encodeURIComponent(`${from.name}@${from.reference}`)}`;
    return this.#make(`${name}@${reference}`, () => {
      const path = sourceOf(reference).resolved ?? '';
      const isLink = range.startsWith('link:');
      const isArchive = /\.(?:tgz|tar\.gz)$/.test(path);
      const manifest =
        isLink || isArchive
          ? undefined
          : readManifest(this.#input.siblings, path, { lockfile: this.#input.path, report: this.#report });
      if (!isLink && manifest === undefined) this.opaque.add(name);
      return {
        key: `${name}@${range}`,
        descriptors: [],
        name,
        reference,
        version: undefined,
        checksum: undefined,
        platform: false,
        flags: 0,
        ...(manifest === undefined ? { dependencies: [], peers: [] } : directoryNeeds(manifest)),
      };
    });
  }

  #make(identity: string, make: () => YarnEntry): number {
    const known = this.#made.get(identity);
    if (known !== undefined) return known;
    const index = this.#entries.length;
    this.#entries.push(make());
    this.#made.set(identity, index);
    return index;
  }
}
