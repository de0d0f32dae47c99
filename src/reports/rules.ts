/**
 * The rules: what each finding code means, why it matters and what to do, for machines that show help beside a result. The
 * pages of docs/rules/ tell people the same at length. A code without a rule does not compile.
 */
import { type Finding, ruleName } from '../findings.ts';
import { INCIDENT_RULES } from './rules/incident.ts';
import { INPUT_RULES } from './rules/input.ts';
import { RELEASE_RULES } from './rules/release.ts';
import type { Rule } from './rules/rule.ts';
import { SHARED_RULES } from './rules/shared.ts';

/** Where a rule is explained at length, from the root of the repository of spof-deps. */
export function rulePage(code: Finding['code']): string {
  return `docs/rules/${ruleName(code)}.md`;
}

export const RULES: Readonly<Record<Finding['code'], Rule>> = {
  ...SHARED_RULES,
  ...RELEASE_RULES,
  ...INPUT_RULES,
  ...INCIDENT_RULES,
};
