/** Kinds of dependencies, each with a release line that gets its next patch, and who takes it. */
import type { Case } from './case.ts';
import { GATE_CASES } from './gate-cases.ts';
import { KIND_CASES } from './kind-cases.ts';
import { OVERRIDE_CASES } from './override-cases.ts';
import { ALIAS_CASES, RANGE_CASES, TAG_CASES } from './range-cases.ts';
import { TREE_CASES } from './tree-cases.ts';
import { WORKSPACE_CASES } from './workspace-cases.ts';

export const CASES: readonly Case[] = [
  ...[...RANGE_CASES, ...TAG_CASES, ...ALIAS_CASES, ...TREE_CASES, ...KIND_CASES],
  ...[...OVERRIDE_CASES, ...WORKSPACE_CASES, ...GATE_CASES],
];
