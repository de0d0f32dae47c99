/** Keys that an object of a JSON text has twice: a parser keeps the last of them without a word. */
import { visit } from 'jsonc-parser';

export interface DuplicateKey {
  /** 1-based. */
  readonly line: number;
  readonly key: string;
}

/** The visitor calls itself for every level. */
const DEEPEST = 256;
const MOST = 1000;

class TooDeep extends Error {}

/**
 * @param text JSON that was parsed already
 * @returns undefined where it is nested too deep to be looked at
 */
export function duplicateKeys(text: string): DuplicateKey[] | undefined {
  const found: DuplicateKey[] = [];
  const objects: Set<string>[] = [];
  let depth = 0;
  const enter = (): void => {
    if (++depth > DEEPEST) throw new TooDeep();
  };
  const visitor = {
    onObjectBegin: () => {
      enter();
      objects.push(new Set());
    },
    onObjectEnd: () => {
      depth--;
      objects.pop();
    },
    onArrayBegin: enter,
    onArrayEnd: () => {
      depth--;
    },
    onObjectProperty: (key: string, _offset: number, _length: number, line: number) => {
      const keys = objects.at(-1);
      if (keys?.has(key) && found.length < MOST) found.push({ line: line + 1, key });
      keys?.add(key);
    },
  };
  try {
    visit(text, visitor);
    return found;
  } catch (error) {
    if (error instanceof TooDeep) return undefined;
    throw error;
  }
}
