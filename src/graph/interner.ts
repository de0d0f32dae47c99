/** A dictionary of strings as dense integers. */
export class Interner {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];

  get size(): number {
    return this.#texts.length;
  }

  id(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.length;
    const own = detach(text);
    this.#texts.push(own);
    this.#ids.set(own, id);
    return id;
  }

  /** Another dictionary with the same ids, which can grow by itself. */
  copy(): Interner {
    const copy = new Interner();
    for (const [id, text] of this.#texts.entries()) {
      copy.#texts.push(text);
      copy.#ids.set(text, id);
    }
    return copy;
  }

  /** The id of a text that may be unknown, or undefined. */
  find(text: string): number | undefined {
    return this.#ids.get(text);
  }

  text(id: number): string {
    return this.#texts[id]!;
  }

  /** The texts from an id on. */
  since(id: number): string[] {
    return this.#texts.slice(id);
  }
}

// V8 keeps the whole lockfile alive behind a slice of it longer than 12 characters; a fleet of thousands would never
// let go of any file it read. UTF-8 would not do for the copy: it has no form for half a surrogate pair.
function detach(text: string): string {
  if (text.length <= 12) return text;
  const encoding = BEYOND_LATIN1.test(text) ? 'utf16le' : 'latin1';
  return Buffer.from(text, encoding).toString(encoding);
}

const BEYOND_LATIN1 = /[^\0-\xff]/;
