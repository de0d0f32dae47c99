/** The kinds of changes there are, and what makes each. Adding one: its file, its name in edit.ts, a line in each table, its tests. */
import type { Kind } from './candidates.ts';
import { DROPS, drop } from './drops.ts';
import { Draft, type Edit, type Known } from './edit.ts';
import { MOVES, move } from './moves.ts';
import { REHOSTINGS, rehost } from './rehosting.ts';
import { REPLATFORMINGS, replatform } from './replatforming.ts';

export const KINDS: Readonly<Record<Edit['kind'], Kind>> = {
  drop: DROPS,
  move: MOVES,
  rehost: REHOSTINGS,
  replatform: REPLATFORMINGS,
};

type Make = { readonly [K in Edit['kind']]: (draft: Draft, edit: Extract<Edit, { kind: K }>) => void };
const MAKE: Make = { drop, move, rehost, replatform };

/** A fleet with changes made to it. What was given stays as it is. */
export function withEdits(known: Known, edits: readonly Edit[]): Known {
  const draft = new Draft(known);
  for (const edit of edits) make(draft, edit);
  return draft.done();
}

function make<K extends Edit['kind']>(draft: Draft, edit: Extract<Edit, { kind: K }>): void {
  MAKE[edit.kind as K](draft, edit);
}
