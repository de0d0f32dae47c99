/** What is lost if packages are bad: headings, tables and sentences that all formats for people have in common. */
import { actionTexts, tellPart } from './action.ts';
import type { ImpactContent } from './content.ts';
import { historyParts } from './history-parts.ts';
import { listTexts } from './list-words.ts';
import { lostTexts, systemsPart } from './lost.ts';
import type { ImpactPart } from './part.ts';
import { packagesPart, pathsPart, servicesPart, toldHits } from './services.ts';
import { watchPart } from './watch.ts';

/** In the order of the questions that every report answers. */
export function impactParts(content: ImpactContent): ImpactPart[] {
  const hits = toldHits(content);
  return [
    { id: 'lost', title: 'What is lost if these are bad?', table: undefined, texts: lostTexts(content) },
    ...systemsPart(content),
    ...packagesPart(content),
    ...servicesPart(content, hits),
    ...pathsPart(content, hits),
    ...historyParts(content),
    ...tellPart(content),
    { id: 'action', title: 'What do we do about them?', table: undefined, texts: actionTexts(content) },
    ...watchPart(content),
    {
      id: 'looked-at',
      title: 'What was looked at, and what needs a look',
      table: undefined,
      texts: listTexts(content),
    },
  ];
}
