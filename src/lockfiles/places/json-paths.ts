/** Finds members of a JSON document by their path, the one JSON.parse keeps where a key is there twice. */
import { LIMITS } from '../reader.ts';
import type { JsonCursor } from './json-cursor.ts';

/** Packages below one another take two names each. */
const MOST_NAMES = 2 * LIMITS.depth + 2;

/** A member that is looked for, or that is on the way to one. */
export class JsonPath {
  /** None below a member that is only looked for, which nearly all are. */
  #members: Map<string, JsonPath> | undefined;
  #key: string | undefined;
  /** Offset of its key. */
  #at = -1;
  /** How often it was met, and in which round of the object around it last: in an earlier one it was overwritten. */
  #round = 0;
  #roundAbove = -1;

  /** What names in the document are compared as. */
  normal: ((name: string) => string) | undefined;

  /** The member of a name, from now on looked for. */
  member(name: string): JsonPath {
    this.#members ??= new Map();
    let member = this.#members.get(name);
    if (member === undefined) {
      member = new JsonPath();
      this.#members.set(name, member);
    }
    return member;
  }

  /** Looks for the member at the end of some names, below this one, as the place of a key. */
  add(names: readonly string[], key: string): void {
    if (names.length > MOST_NAMES) return;
    let path: JsonPath = this;
    for (const name of names) path = path.member(name);
    path.#key = key;
  }

  /** Looks for all members in the value that is next, and goes behind it. */
  find(cursor: JsonCursor): void {
    const members = this.#members;
    if (members === undefined || !cursor.enter()) {
      cursor.skip();
      return;
    }
    while (cursor.key()) {
      const name = cursor.keyText();
      const member = members.get(this.normal === undefined ? name : this.normal(name));
      if (member === undefined) {
        cursor.skip();
        continue;
      }
      member.#at = cursor.keyAt;
      member.#round++;
      member.#roundAbove = this.#round;
      member.find(cursor);
    }
  }

  /** Offset of the key of this member of `above`, or undefined where it was not found. */
  foundIn(above: JsonPath): number | undefined {
    return this.#roundAbove === above.#round ? this.#at : undefined;
  }

  /** Adds the offsets of all keys found below. */
  collect(offsets: Map<string, number>): void {
    for (const member of this.#members?.values() ?? []) {
      const at = member.foundIn(this);
      if (at === undefined) continue;
      if (member.#key !== undefined) offsets.set(member.#key, at);
      member.collect(offsets);
    }
  }
}
