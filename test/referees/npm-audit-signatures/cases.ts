/** Every case, in the order of the document. */
import { ALIKE } from './alike.ts';
import type { Case } from './case.ts';
import { DIFFERING } from './differing.ts';
import { STOPPING } from './stopping.ts';

export const CASES: readonly Case[] = [...ALIKE, ...DIFFERING, ...STOPPING];
