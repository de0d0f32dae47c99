/** The page of an incident, for those who are told of it: what is missing first, then what is lost, who holds it, whom to tell. */

import { type PageSection, stillPage } from '../html/frame.ts';
import { cellsTable, list } from '../html/markup.ts';
import { count, percent } from '../numbers.ts';
import { QUESTIONS } from '../questions.ts';
import { INCOMPLETE } from '../summary.ts';
import { type ImpactContent, isImpactIncomplete } from './content.ts';
import { withHistory } from './history-parts.ts';
import { blindTexts } from './list-words.ts';
import type { ImpactPart } from './part.ts';
import { impactParts } from './parts.ts';
import { impactRemarks } from './remarks.ts';

/** Rows of each table: a page scrolls, so it has more than a terminal, and no more than a browser likes. */
const ROWS = 1_000;

export function impactHtml(content: ImpactContent): Iterable<string> {
  const { audit, impact } = content;
  const { locked } = impact;
  const question =
    locked.services.length === 0
      ? 'No bad version is known to be locked'
      : `Bad versions are locked in ${count(locked.services.length)} of ${count(audit.services.length, 'service')}`;
  const alerts = isImpactIncomplete(content) ? [INCOMPLETE, ...blindTexts(content)] : [];
  const shown = { ...content, top: Math.max(content.top, ROWS) };
  return stillPage(withHistory(content, question), headline(content), alerts, [
    ...impactParts(shown).map(sectionOf),
    ...skippedSection(content),
  ]);
}

function headline({ audit, impact, list: { packages } }: ImpactContent): string {
  const { locked, lockfiles, unread } = impact;
  const lost = `${count(locked.systems.length)} of ${count(audit.systems.length, 'system')} lost (blast radius ${percent(locked.blastRadius)})`;
  return `${lost}; ${count(packages.length, 'package')} looked for in ${count(lockfiles)} of ${count(lockfiles + unread.length, 'lockfile')}`;
}

function sectionOf({ id, title, table, texts }: ImpactPart): PageSection {
  const cells = table ? cellsTable(table.cells, table.order, `${id}-table`) : [];
  return { id, title, content: [...cells, list(texts)] };
}

function skippedSection(content: ImpactContent): PageSection[] {
  const texts = impactRemarks(content).map(({ text }) => text);
  return texts.length === 0 ? [] : [{ id: 'skipped', title: QUESTIONS.skipped, content: [list(texts)] }];
}
