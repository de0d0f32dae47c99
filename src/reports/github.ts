/**
 * GitHub's workflow commands: findings as annotations of a step, the worst first.
 * Format: GitHub documentation, "Workflow commands for GitHub Actions"; escapes: actions/runner, ActionCommand.cs.
 */
import { severityOf } from '../analysis/alerts/alert.ts';
import { type Alert, alertsOf } from '../analysis/alerts/index.ts';
import { isIncomplete } from '../analysis/audit.ts';
import { type Finding, ruleName } from '../findings.ts';
import type { LocatedAlert } from '../locate.ts';
import { gateText } from './advice.ts';
import { findingText } from './messages.ts';
import { count, percent } from './numbers.ts';
import type { ReportInput } from './report.ts';
import { forWorkflowData, forWorkflowProperty } from './safe.ts';
import { headline, INCOMPLETE, nothingText } from './summary.ts';

type Command = 'error' | 'warning' | 'notice';

const COMMANDS: Readonly<Record<Finding['level'], Command>> = { error: 'error', warning: 'warning', note: 'notice' };

/** Annotations of each kind that GitHub shows for a step. */
const SHOWN = 10;

export function* githubReport(input: ReportInput): Iterable<string> {
  const { audit, gates, fleet, changes, locate, repositories } = input;
  const failed = gates.filter(({ over }) => over.length > 0).flatMap((result) => gateText(result));
  const told = nothingText(audit) ?? headline(audit);
  const last: Command = isIncomplete(audit) ? 'warning' : 'notice';
  const alerts = newFirst(alertsOf(audit, fleet), changes);
  const left = { error: SHOWN - Math.min(SHOWN, failed.length), warning: SHOWN, notice: SHOWN };
  left[last]--;
  const shown = alerts.filter(({ finding }) => left[COMMANDS[finding.level]]-- > 0);
  for (const words of failed.slice(0, SHOWN)) yield command('error', { title: 'spof-deps' }, words);
  for (const kind of Object.values(COMMANDS)) yield* annotations(kind, shown, locate, repositories);
  const more = alerts.length - shown.length + Math.max(0, failed.length - SHOWN);
  const words = [
    told.endsWith('.') ? told : `${told}.`,
    ...(isIncomplete(audit) ? [INCOMPLETE] : []),
    ...(more > 0 ? [`${count(more, 'more finding')}: --format markdown --top all tells them.`] : []),
  ];
  yield command(last, { title: 'spof-deps' }, words.join(' '));
}

/** What is worse than in the baseline is what the reader of a pull request can do something about. */
function newFirst(alerts: readonly Alert[], changes: ReportInput['changes']): readonly Alert[] {
  if (!changes) return alerts;
  const worse = new Set(changes.worse.map(({ cause }) => cause));
  const isNew = ({ subject }: Alert): boolean => worse.has(subject);
  return [...alerts.filter(isNew), ...alerts.filter((alert) => !isNew(alert))];
}

function* annotations(
  kind: Command,
  shown: readonly Alert[],
  locate: ReportInput['locate'],
  repositories: ReportInput['repositories'],
): Iterable<string> {
  for (const alert of locate(shown.filter(({ finding }) => COMMANDS[finding.level] === kind))) {
    yield annotation(kind, alert, repositories);
  }
}

function annotation(kind: Command, alert: LocatedAlert, repositories: ReportInput['repositories']): string {
  const { finding, blastRadius, sites, places } = alert;
  const { message, next } = findingText(finding);
  const severity = severityOf(alert);
  const loss = blastRadius === undefined || blastRadius === 0 ? '' : `blast radius ${percent(blastRadius)}: `;
  const more = sites.length > 1 ? ` (and in ${count(sites.length - 1, 'more file')})` : '';
  const title = `${severity === undefined ? '' : `${severity}, `}${ruleName(finding.code)}`;
  const place = places[0] ? { line: String(places[0].line), col: String(places[0].column) } : {};
  // GitHub looks for the file from the root of the repository that is checked out.
  const found = repositories?.of(sites[0]!.file);
  const { file } = found?.repository.where === 'here' ? found : sites[0]!;
  return command(kind, { file, ...place, title }, `${loss}${message}${more}; ${next}`);
}

function command(kind: Command, properties: Readonly<Record<string, string>>, message: string): string {
  const given = Object.entries(properties).map(([name, value]) => `${name}=${forWorkflowProperty(value)}`);
  return `::${kind} ${given.join(',')}::${forWorkflowData(message)}\n`;
}
