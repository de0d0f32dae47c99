/** What changed between two reports: headings, tables and sentences for every format of the diff command. */
import type { Difference, SystemChange } from '../../analysis/difference.ts';
import { LAYER_NOUNS } from '../layer-words.ts';
import { count, percent } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { type Cells, left, notShown, right } from '../table.ts';

export interface DifferencePart {
  readonly title: string;
  readonly cells: Cells | undefined;
  readonly texts: readonly string[];
}

/** Names in one sentence. */
const EXAMPLES = 8;

/** @param top rows of each table */
export function differenceParts(difference: Difference, top: number): DifferencePart[] {
  return [redundancies(difference, top), causes(difference, top), evidence(difference, top), members(difference)];
}

function redundancies({ redundancies: all, systems: { changed } }: Difference, top: number): DifferencePart {
  return {
    title: 'Which redundancies changed?',
    cells: cellsOf(
      [left('system', 12), left('against', 12), left('any one', 0), right('defeating'), right('before')],
      all
        .slice(0, top)
        .map(({ system, layer, before, after }) => [
          forTerminal(system),
          layer,
          after === 0 ? 'survives' : before === 0 ? 'no more' : 'no',
          count(after),
          count(before),
        ]),
    ),
    texts: [
      ...(all.length + changed.length === 0 ? ['None.'] : []),
      ...notShown(all.length, top),
      ...changed.slice(0, top).map(declaredText),
      ...notShown(changed.length, top),
    ],
  };
}

/** `checkout is 2 of 2 (a, b) now, and was 1 of 2 (a, b): it tolerates no failure any more.` */
function declaredText({ system, before, after, tolerates }: SystemChange): string {
  const told = ({ need, members, weight }: SystemChange['before']): string =>
    `${need} of ${members.length} (${named(members)})${before.weight === after.weight ? '' : `, weight ${weight}`}`;
  const failures = (of: number): string => (of === 0 ? 'no failure' : count(of, 'failure'));
  const effect =
    tolerates.before === tolerates.after
      ? ''
      : `: it tolerates ${failures(tolerates.after)}, and tolerated ${failures(tolerates.before)}`;
  return `${forTerminal(system)} is declared as ${told(after)}, and was ${told(before)}${effect}.`;
}

function causes({ causes: all }: Difference, top: number): DifferencePart {
  const worse = all.filter((change) => change.worse).length;
  const better = all.filter(({ gain }) => gain < 0).length;
  return {
    title: 'Which causes changed?',
    cells: cellsOf(
      [left('cause', 12), left('is', 0), right('blast'), right('before'), right('services'), right('before')],
      all
        .slice(0, top)
        .map(({ cause, before, after, worse: isWorse }) => [
          forTerminal(cause),
          before === undefined ? 'new' : after === undefined ? 'gone' : isWorse ? 'worse' : 'changed',
          after ? percent(after.blastRadius) : '-',
          before ? percent(before.blastRadius) : '-',
          after ? count(after.services.size) : '-',
          before ? count(before.services.size) : '-',
        ]),
    ),
    texts: [
      all.length === 0
        ? 'None that several services share.'
        : `${count(worse)} worse, ${count(better)} with less blast radius, of ${count(all.length)} that changed.`,
      ...notShown(all.length, top),
    ],
  };
}

function evidence({ weakened, asked }: Difference, top: number): DifferencePart {
  return {
    title: 'Which evidence weakened?',
    cells: cellsOf(
      [left('package', 12), left('evidence', 0), left('before', 0)],
      weakened.slice(0, top).map(({ cause, before, after }) => [forTerminal(cause), after, before]),
    ),
    texts: [...(weakened.length === 0 ? [noneWeakened(asked)] : []), ...notShown(weakened.length, top)],
  };
}

/** Nothing found is not the same as nothing looked for. */
function noneWeakened({ before, after }: Difference['asked']): string {
  if (before && after) return 'None.';
  if (!before && !after) return 'Neither run looked for evidence: nothing is said of it.';
  return `The run ${before ? 'after' : 'before'} did not look for evidence: none is compared.`;
}

function members({ services, systems, unknown, complete, coverage }: Difference): DifferencePart {
  const said = (what: string, { joined, left }: Difference['services']): string[] => [
    ...(joined.length > 0 ? [`${count(joined.length, what)} joined: ${named(joined)}.`] : []),
    ...(left.length > 0 ? [`${count(left.length, what)} left: ${named(left)}.`] : []),
  ];
  const layers = unknown.map((layer) => LAYER_NOUNS[layer].many).join(', ');
  const texts = [
    ...said('service', services),
    ...said('system', systems),
    ...(unknown.length > 0
      ? [`Not compared, because one of the two does not have all of them, or asked nobody: ${layers}.`]
      : []),
    ...coverageTexts(coverage),
    ...(complete.before ? [] : ['The run before is incomplete: what it lacks shows as new.']),
    ...(complete.after ? [] : ['The run after is incomplete: what it lacks shows as gone.']),
  ];
  return {
    title: 'Who joined and left, and what is not compared',
    cells: undefined,
    texts: texts.length > 0 ? texts : ['Nobody and nothing.'],
  };
}

/** What is known of less shows as gone, and what is known of more as new. */
function coverageTexts(coverage: Difference['coverage']): string[] {
  const told = ({ layer, before, after }: Difference['coverage'][number]): string =>
    `${LAYER_NOUNS[layer].many} (${count(after.known)} of ${count(after.of)}, before ${count(before.known)} of ${count(before.of)})`;
  const isLess = ({ before, after }: Difference['coverage'][number]): boolean =>
    after.known * before.of < before.known * after.of;
  const [less, more] = [coverage.filter(isLess), coverage.filter((change) => !isLess(change))];
  return [
    ...(less.length > 0
      ? [`Known of a smaller share, and what is not shows as gone: ${less.map(told).join(', ')}.`]
      : []),
    ...(more.length > 0
      ? [`Known of a larger share, and what was not shows as new: ${more.map(told).join(', ')}.`]
      : []),
  ];
}

function cellsOf(columns: Cells['columns'], rows: string[][]): Cells | undefined {
  return rows.length === 0 ? undefined : { columns, rows };
}

function named(names: readonly string[]): string {
  const more = names.length - EXAMPLES;
  return forTerminal(`${names.slice(0, EXAMPLES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
}
