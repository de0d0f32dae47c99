/** Findings as items of a list: how much is lost, where it is, and what to do. */

import { severityOf } from '../../analysis/alerts/alert.ts';
import { type Alert, alertsOf } from '../../analysis/alerts/index.ts';
import { ruleName } from '../../findings.ts';
import type { LocatedAlert } from '../../locate.ts';
import { findingText } from '../messages.ts';
import { count, percent } from '../numbers.ts';
import type { ReportInput } from '../report.ts';
import { forMarkdown, forMarkdownCode } from '../safe.ts';
import { byLevel } from '../skipped.ts';
import { item } from './pieces.ts';

/** Characters of what is found: nobody makes the report too long for a comment by one long name. */
const MOST_SAID = 600;

/** What is missing of the input is told apart. */
export function toldAlerts({ audit, fleet }: ReportInput): Alert[] {
  return alertsOf(audit, fleet)
    .filter(({ finding }) => finding.code !== 'INPUT_INCOMPLETE')
    .sort((a, b) => byLevel(a.finding, b.finding));
}

/** Bytes of an item at least: more than have room need no place. */
const LEAST_ITEM = 100;

/** The first `top` of them, and how many more there are. @param room bytes that there are */
export function* findingItems(alerts: readonly Alert[], { top, locate }: ReportInput, room: number): Iterable<string> {
  const shown = alerts.slice(0, Math.min(top, room / LEAST_ITEM));
  for (const alert of locate(shown)) yield findingItem(alert);
  if (alerts.length > shown.length) {
    yield item(`and ${count(alerts.length - shown.length)} more (--top all lists them)`);
  }
}

function findingItem(alert: LocatedAlert): string {
  const { finding, blastRadius, sites, places } = alert;
  const { message, next } = findingText(finding);
  const place = `${sites[0]!.file}${places[0] ? `:${places[0].line}` : ''}`;
  const more = sites.length > 1 ? ` and ${count(sites.length - 1, 'more file')}` : '';
  const loss = blastRadius === undefined || blastRadius === 0 ? '' : `, blast radius ${percent(blastRadius)}`;
  return `- **${severityOf(alert) ?? finding.level}**${loss}, ${forMarkdownCode(ruleName(finding.code))} at ${forMarkdownCode(place)}${more}: ${forMarkdown(short(message))}. *Next:* ${forMarkdown(next)}.\n`;
}

function short(text: string): string {
  return text.length > MOST_SAID ? `${text.slice(0, MOST_SAID)}…` : text;
}
