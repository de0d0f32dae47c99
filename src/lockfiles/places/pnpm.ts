/** Where the entries of a pnpm-lock.yaml stand: in `packages`, else in `snapshots`; projects in `importers`. */
import { suffixStart } from '../pnpm/ids.ts';
import { hasContent, keyStart, Wanted, wantedKey } from './yaml-lines.ts';

const SPACE = 0x20;
/** In the order in which they are asked for the place of a key. */
const SECTIONS = ['packages', 'snapshots', 'importers'] as const;
type Section = (typeof SECTIONS)[number];

/** Offset by key; -1 for one that is there twice in one section of one document, and so once within a text. */
type Offsets = Map<string, number>;

/** Offsets by key, of the keys that are found. */
export function pnpmOffsets(text: string, keys: ReadonlySet<string>): Map<string, number> {
  const wanted = new Set(keys);
  for (const key of keys) wanted.add(withoutPeers(key));
  const sections = new SectionLines(text, new Wanted(wanted), keys).scan();
  const offsets = new Map<string, number>();
  for (const key of keys) {
    const at = offsetOf(key, sections);
    if (at !== undefined) offsets.set(key, at);
  }
  return offsets;
}

/** Up to 6.x the peers are part of the key in `packages`; from 9.0 on that of `snapshots` alone has them. */
function offsetOf(key: string, sections: Record<Section, Offsets>): number | undefined {
  const { packages, snapshots, importers } = sections;
  const places = [packages.get(key), packages.get(withoutPeers(key)), snapshots.get(key), importers.get(key)];
  return places.find((at) => at !== undefined && at !== -1);
}

function withoutPeers(key: string): string {
  const suffix = suffixStart(key);
  return suffix === -1 ? key : key.slice(0, suffix);
}

class SectionLines {
  readonly #text: string;
  readonly #wanted: Wanted;
  readonly #keys: ReadonlySet<string>;
  readonly #sections: Record<Section, Offsets> = { packages: new Map(), snapshots: new Map(), importers: new Map() };
  readonly #names = new Wanted(new Set(SECTIONS));
  /** The section that is read, undefined in any other; its entries so far, and their indentation, 0 before the first. */
  #section: Section | undefined;
  #entries: Offsets = new Map();
  #indent = 0;

  /** @param wanted the keys, and what they are without peers */
  constructor(text: string, wanted: Wanted, keys: ReadonlySet<string>) {
    this.#text = text;
    this.#wanted = wanted;
    this.#keys = keys;
  }

  scan(): Record<Section, Offsets> {
    const text = this.#text;
    for (let line = 0; line < text.length; ) {
      if (text.charCodeAt(line) !== SPACE) {
        if (hasContent(text.charCodeAt(line))) this.#open(line);
      } else if (this.#section !== undefined) {
        this.#entry(line);
      }
      const newline = text.indexOf('\n', line);
      line = newline === -1 ? text.length : newline + 1;
    }
    this.#close();
    return this.#sections;
  }

  /** A line without indentation: a section, or the end of one. */
  #open(line: number): void {
    this.#close();
    const name = wantedKey(this.#text, line, this.#names);
    this.#section = name === 'snapshots' && this.#hasAll() ? undefined : SECTIONS.find((section) => section === name);
    this.#indent = 0;
  }

  /** Whether snapshots, half of the file, have nothing to add to what packages have. */
  #hasAll(): boolean {
    for (const key of this.#keys) if (offsetOf(key, this.#sections) === undefined) return false;
    return true;
  }

  /** What a later document has takes the place of what an earlier one had: the lockfile proper comes last. */
  #close(): void {
    if (this.#section !== undefined) for (const [key, at] of this.#entries) this.#sections[this.#section].set(key, at);
    this.#entries = new Map();
  }

  #entry(line: number): void {
    const text = this.#text;
    const indent = this.#indent;
    let at = line + 1;
    if (indent === 0) {
      while (text.charCodeAt(at) === SPACE) at++;
    } else {
      const end = line + indent;
      while (at < end && text.charCodeAt(at) === SPACE) at++;
      if (at < end) return;
    }
    const first = text.charCodeAt(at);
    if (!hasContent(first)) return;
    this.#indent = at - line;
    const key = wantedKey(text, at, this.#wanted);
    if (key !== undefined) this.#entries.set(key, this.#entries.has(key) ? -1 : keyStart(text, at));
  }
}
