/** The dictionary of one fleet in terms of another: what lets lockfiles be read elsewhere and joined here. */
import type { Interner } from './interner.ts';
import { NONE } from './model.ts';

/** Columns of a component: ecosystem, name, version, source, integrity, resolved. All but the source are strings. */
export const WIDTH = 6;
export const SOURCE_COLUMN = 3;

/** A stretch of a fleet's dictionary: strings in order of id, and components as rows of WIDTH. */
export interface DictionaryPart {
  readonly strings: readonly string[];
  readonly components: Int32Array;
}

/** The dictionary of another fleet as it arrives in parts, and what its ids are here. */
export class Translation {
  readonly #strings: string[] = [];
  readonly #stringIds: number[] = [];
  readonly #rows: number[] = [];
  /** Own component of each foreign one, NONE where not seen yet. */
  readonly componentIds: number[] = [];

  /** Takes the part that follows those learned before. */
  learn({ strings, components }: DictionaryPart): void {
    for (const text of strings) {
      this.#strings.push(text);
      this.#stringIds.push(NONE);
    }
    for (const value of components) this.#rows.push(value);
    while (this.componentIds.length * WIDTH < this.#rows.length) this.componentIds.push(NONE);
  }

  /** Own id of a foreign string. */
  string(foreign: number, own: Interner): number {
    const known = this.#stringIds[foreign]!;
    if (known !== NONE) return known;
    const id = own.id(this.#strings[foreign]!);
    this.#stringIds[foreign] = id;
    this.#strings[foreign] = '';
    return id;
  }

  /** A column of a foreign component, as the other fleet has it. */
  column(component: number, column: number): number {
    return this.#rows[component * WIDTH + column]!;
  }
}
