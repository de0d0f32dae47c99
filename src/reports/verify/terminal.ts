/** Terminal report of the verify command: what is verified, what is not and why, by whom it was built. */
import { gateText } from '../advice.ts';
import { ALL_VERIFIED, buildCells, NO_BUILD, reasonTexts, serviceCells, stateCells } from '../evidence-tables.ts';
import { count } from '../numbers.ts';
import type { RunInput } from '../report.ts';
import { headline } from '../summary.ts';
import { type Cells, cellLines, wrap } from '../table.ts';
import { heading, lines, paragraph, remarks, type Text, textOf } from '../text.ts';

export function* verifyTerminal(input: RunInput): Iterable<string> {
  const { audit, width, gates, top } = input;
  const text = textOf(input);
  if (audit.fleet.lockfiles.length === 0) yield 'No lockfile or SBOM was found: nothing was verified.\n';
  else {
    yield `${wrap(headline(audit), width, '  ').join('\n')}\n`;
    yield heading('What is verified, of what the lockfiles pin?', text);
    yield* lines(cellLines(stateCells(audit), text.width), text);
    const failed = gates.flatMap(gateText);
    if (failed.length > 0) yield '\n';
    for (const words of failed) yield paragraph(`- ${words}`, text);
    yield heading('What is not, and why?', text);
    const reasons = [...reasonTexts(audit)];
    if (reasons.length === 0) yield paragraph(ALL_VERIFIED, text);
    for (const words of reasons) yield paragraph(`- ${words}`, text);
    yield heading('Who built it? Verified provenance only', text);
    const builds = buildCells(audit);
    if (builds.rows.length === 0) yield paragraph(NO_BUILD, text);
    else yield* most(builds, top, text);
    yield heading('By service, the least verified first', text);
    yield* most(serviceCells(audit), top, text);
  }
  yield* remarks(audit, text);
}

function* most({ columns, rows }: Cells, top: number, text: Text): Iterable<string> {
  const shown = rows.slice(0, top);
  yield* lines(cellLines({ columns, rows: shown }, text.width), text);
  if (rows.length > shown.length) yield paragraph(`and ${count(rows.length - shown.length)} more (--top all)`, text);
}
