/** Packages of the list that are held at other versions alone: what to look at again when the list grows. */
import type { Hit } from '../../analysis/impact/hits.ts';
import { append } from '../../lists.ts';
import { count } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { type Column, left, notShown, right } from '../table.ts';
import { badWords, heldVersions, type ImpactContent, shortened } from './content.ts';
import type { ImpactPart } from './part.ts';

const COLUMNS: readonly Column[] = [
  left('package', 12),
  left('bad', 8),
  left('held', 8),
  right('services'),
  left('of them', 20),
];

export function watchPart({ impact, audit, top }: ImpactContent): ImpactPart[] {
  const byEntry = new Map<number, Hit[]>();
  for (const hit of impact.hits) if (hit.status === 'name-only') append(byEntry, hit.entry, hit);
  if (byEntry.size === 0) return [];
  const sorted = [...byEntry].sort(([a, x], [b, y]) => y.length - x.length || a - b);
  const rows = sorted.slice(0, top).map(([entry, hits]) => {
    const { bad } = impact.entries[entry]!;
    const held = heldVersions(audit, [...new Set(hits.flatMap(({ components }) => components))]);
    return [
      forTerminal(bad.name),
      forTerminal(shortened(badWords(bad))),
      forTerminal(shortened(held)),
      count(hits.length),
      forTerminal(shortened(hits.map(({ service }) => audit.services[service]!.name))),
    ];
  });
  const table = { cells: { columns: COLUMNS, rows }, order: 'Those that most services hold first' };
  return [{ id: 'watch', title: 'What is held at other versions?', table, texts: notShown(sorted.length, top) }];
}
