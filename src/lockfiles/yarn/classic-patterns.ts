/** Patterns of a Yarn 1 lockfile and what they are locked to. A later one takes the place of an equal earlier one. */

const SLASH = 47;
const COLON = 58;
const AT = 64;

/** Chains longer than this are looked up in one table of whole patterns: no package is asked for in so many ways. */
const LONG = 64;

export interface Pattern {
  /** '' where the whole pattern is a range, as old lockfiles have it. */
  readonly name: string;
  /** undefined where there is no '@' behind the name; may be ''. */
  readonly range: string | undefined;
}

/** Takes the pattern in a part of a text apart: name@range, name@, name, @scope/name@range, or a URL or path alone. */
export function splitPattern(text: string, from: number, to: number): Pattern {
  const scoped = text.charCodeAt(from) === AT;
  for (let at = from + 1; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === AT) return { name: text.slice(from, at), range: text.slice(at + 1, to) };
    if (!scoped && (code === COLON || code === SLASH)) return { name: '', range: text.slice(from, to) };
  }
  return { name: text.slice(from, to), range: undefined };
}

/**
 * Name (by its id), range -> node. Most names have one or two ranges, so they hang in a chain below the name: neither a
 * table per name nor a string per lookup is made.
 */
export class PatternIndex {
  /** By id of the name: the newest of its patterns. */
  readonly #newest: (number | undefined)[] = [];
  readonly #names: number[] = [];
  readonly #ranges: (string | undefined)[] = [];
  readonly #nodes: number[] = [];
  readonly #older: (number | undefined)[] = [];
  #whole: Map<string, number> | undefined;

  /** `range` is undefined for a pattern that is a bare name. */
  set(name: number, range: string | undefined, node: number): void {
    this.#older.push(this.#newest[name]);
    this.#newest[name] = this.#nodes.length;
    this.#names.push(name);
    this.#ranges.push(range);
    this.#nodes.push(node);
  }

  get(name: number, range: string | undefined): number | undefined {
    let at = this.#newest[name];
    for (let step = 0; at !== undefined; step++) {
      if (step === LONG) return this.#getWhole(name, range);
      if (this.#ranges[at] === range) return this.#nodes[at];
      at = this.#older[at];
    }
    return undefined;
  }

  #getWhole(name: number, range: string | undefined): number | undefined {
    this.#whole ??= new Map(this.#names.map((each, at) => [whole(each, this.#ranges[at]), this.#nodes[at]!]));
    return this.#whole.get(whole(name, range));
  }
}

function whole(name: number, range: string | undefined): string {
  return range === undefined ? String(name) : `${name}@${range}`;
}
