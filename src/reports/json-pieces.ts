/** Pieces of JSON reports. */
import type { Audit } from '../analysis/audit.ts';
import type { Diagnostic } from '../diagnostics.ts';
import { findingText } from './messages.ts';

/** An array with one item per line, so that two reports can be compared line by line. */
export function* jsonList(indent: string, name: string, items: Iterable<unknown>, end: string): Iterable<string> {
  yield `${indent}${JSON.stringify(name)}: [`;
  let first = true;
  for (const item of items) {
    yield `${first ? '' : ','}\n${indent}  ${JSON.stringify(item)}`;
    first = false;
  }
  yield `${first ? '' : `\n${indent}`}]${end}\n`;
}

/** What every report of an audit ends with: findings, and what is missing or odd. */
export function* jsonRemarks(audit: Audit): Iterable<string> {
  const findings = audit.findings.map((finding) => ({ ...finding, ...findingText(finding) }));
  yield* jsonList('  ', 'findings', findings, ',');
  yield* jsonList('  ', 'incomplete', withSeverity(audit, 'incomplete'), ',');
  yield* jsonList('  ', 'notices', withSeverity(audit, 'notice'), '');
}

function withSeverity(audit: Audit, wanted: Diagnostic['severity']): unknown[] {
  return audit.diagnostics
    .filter((diagnostic) => diagnostic.severity === wanted)
    .map(({ severity: _, ...diagnostic }) => diagnostic);
}
