/** Reading YAML front to back without building what nobody asks for. */

/**
 * A place in a YAML stream. After `document` or `key` there is a current value, which must be taken by exactly one of
 * `enter`, `string`, `value` and `skip`; after `enter` its entries are read by `key` until that gives undefined.
 */
export interface YamlCursor {
  /** Moves to the next document, whose top level is the current value; false where there is none. */
  document(): boolean;
  /** Enters the mapping that is the current value; false where it is something else, which is then skipped. */
  enter(): boolean;
  /** Next key of the innermost entered mapping; undefined at its end, which leaves it. */
  key(): string | undefined;
  /** The current value where it is a string; undefined where it is something else, which is then skipped. */
  string(): string | undefined;
  /** The current value as js-yaml gives it; not to be changed. */
  value(): unknown;
  skip(): void;
}

/** A cursor over documents that js-yaml has read. */
export class TreeCursor implements YamlCursor {
  readonly #documents: readonly unknown[];
  #document = -1;
  #current: unknown;
  readonly #levels: { readonly entries: readonly [string, unknown][]; next: number }[] = [];

  constructor(documents: readonly unknown[]) {
    this.#documents = documents;
  }

  document(): boolean {
    this.#document++;
    this.#current = this.#documents[this.#document];
    return this.#document < this.#documents.length;
  }

  enter(): boolean {
    const value = this.#current;
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date) return false;
    this.#levels.push({ entries: Object.entries(value), next: 0 });
    return true;
  }

  key(): string | undefined {
    const level = this.#levels.at(-1)!;
    const entry = level.entries[level.next++];
    if (entry === undefined) {
      this.#levels.pop();
      return undefined;
    }
    this.#current = entry[1];
    return entry[0];
  }

  string(): string | undefined {
    return typeof this.#current === 'string' ? this.#current : undefined;
  }

  value(): unknown {
    return this.#current;
  }

  skip(): void {}
}
