/** The rules as SARIF has them: all of them each time, one for each severity where a finding may be about a loss. */
import { type Alert, SEVERITIES, type Severity, severityOf } from '../../analysis/alerts/alert.ts';
import { FINDING_CODES, type Finding, ruleName } from '../../findings.ts';
import type { Rule } from '../rules/rule.ts';
import { RULES, rulePage } from '../rules.ts';

/**
 * GitHub has severities for rules, not for results: a rule for each. The numbers are in the middle of GitHub's ranges, as
 * texts; nothing is computed from likelihood, which spof-deps does not know.
 */
export const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
};

const PROBLEM_SEVERITY = { error: 'error', warning: 'warning', note: 'recommendation' } as const;

/** `shared-package-critical`; `shared-package` where nothing is lost. */
export function ruleIdOf({ finding, blastRadius }: Pick<Alert, 'finding' | 'blastRadius'>): string {
  return ruleId(finding.code, RULES[finding.code].loses ? severityOf({ blastRadius }) : undefined);
}

function ruleId(code: Finding['code'], severity: Severity | undefined): string {
  return severity === undefined ? ruleName(code) : `${ruleName(code)}-${severity}`;
}

/** The catalogue, and where in it each rule is. */
export const SARIF_RULES: readonly object[] = FINDING_CODES.flatMap((code) =>
  bandsOf(code).map((severity) => sarifRule(code, severity)),
);

export const RULE_INDEX: ReadonlyMap<string, number> = new Map(
  FINDING_CODES.flatMap((code) => bandsOf(code).map((severity) => ruleId(code, severity))).map((id, at) => [id, at]),
);

function bandsOf(code: Finding['code']): (Severity | undefined)[] {
  return RULES[code].loses ? [...SEVERITIES, undefined] : [undefined];
}

function sarifRule(code: Finding['code'], severity: Severity | undefined): object {
  const rule = RULES[code];
  const { name, short, what, why, level, precision, tags } = rule;
  const id = ruleId(code, severity);
  return {
    id,
    name: pascal(id),
    shortDescription: { text: severity === undefined ? short : `${name} (${severity}): ${lowerFirst(short)}` },
    fullDescription: { text: `${what} ${why}` },
    help: helpOf(rule, rulePage(code)),
    defaultConfiguration: { level },
    properties: {
      tags: severity === undefined ? tags : ['security', ...tags],
      precision,
      'problem.severity': PROBLEM_SEVERITY[level],
      ...(severity === undefined ? {} : { 'security-severity': SECURITY_SEVERITY[severity] }),
    },
  };
}

/** Readers show the one or the other; GitHub the Markdown. */
function helpOf({ name, what, why, example, next, since }: Rule, page: string): object {
  const last = `Since ${since}. \`${page}\` of spof-deps tells more.`;
  const parts = [
    `# ${name}`,
    what,
    `## Why it matters\n\n${why}`,
    `## Example\n\n> ${example}`,
    `## What to do\n\n${next}`,
  ];
  return { text: `What to do: ${next} ${last}`, markdown: [...parts, last].join('\n\n') };
}

function pascal(id: string): string {
  return id.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
