/** Redundant against what? Every declared system against every layer, and what its guards do not see. */
import type { Audit } from '../analysis/audit.ts';
import { blindShare } from '../analysis/blind-guards.ts';
import type { LayerResilience } from '../analysis/resilience.ts';
import { thresholdOf } from '../analysis/structure.ts';
import { LAYER_NOUNS } from './layer-words.ts';
import { count, percent } from './numbers.ts';
import { nameOf } from './ranking.ts';
import { forTerminal } from './safe.ts';
import { type Cells, type Column, cellLines } from './table.ts';
import { lines, paragraph, type Text } from './text.ts';
import { worstWitness } from './witness.ts';

/** Causes named in one sentence. */
const EXAMPLES = 3;

/** Systems that are named of what one guard protects. */
const MOST_SAID = 16;

export const RESILIENCE_COLUMNS: readonly Column[] = [
  { header: 'against', align: 'left', shrinkTo: 12, says: 'one bad cause of this layer' },
  {
    header: 'any one',
    align: 'left',
    says: 'whether it survives any one bad cause; unknown: none was found, but not everything is known',
  },
  { header: 'any two', align: 'left', says: 'whether it survives any two' },
  { header: 'defeating', align: 'right', says: 'causes that take it down on their own' },
  { header: 'the worst', align: 'left', shrinkTo: 8, says: 'of these the first by rank' },
  {
    header: 'shared',
    align: 'right',
    says: 'share of what its services depend on that is not theirs alone: a lower bound on their dependence',
  },
  {
    header: 'effective members',
    align: 'right',
    says: 'how many services that share nothing would hold as many different causes: 1 where all are alike',
  },
];

/** Nothing where no system is declared. */
export function* resilienceText(audit: Audit, text: Text): Iterable<string> {
  for (const { title, cells, news } of systemTables(audit)) {
    yield paragraph(title, text);
    yield* lines(cellLines(cells, text.width), text);
    for (const words of news) yield paragraph(`- ${words}`, text);
    yield '\n';
  }
  for (const words of guardTexts(audit)) yield paragraph(`- ${words}`, text);
}

/** What one declared system survives. */
export interface SystemTable {
  readonly title: string;
  /** A row for every layer of which something is known. */
  readonly cells: Cells;
  /** What no list of packages shows. */
  readonly news: readonly string[];
}

export function systemTables(audit: Audit): SystemTable[] {
  const declared = audit.systems.filter(({ origin }) => origin === 'declared');
  const layers = audit.resilience.filter(({ layer }) => layer.ranked.length > 0);
  return declared.map((system, at) => {
    const members = system.members.map((member) => audit.services[member]!.name).join(', ');
    const of = system.need + thresholdOf(system) - 1;
    return {
      title: forTerminal(`${system.name}, ${system.need} of ${of} (${members}): what does it survive?`),
      cells: { columns: RESILIENCE_COLUMNS, rows: layers.map((layer) => row(layer, at)) },
      news: [...witnessOf(audit, layers, at), ...layers.flatMap((layer) => newsText(audit, layer, at))],
    };
  });
}

/** How the worst of the first layer that has one gets into the members. */
function witnessOf(audit: Audit, layers: readonly LayerResilience[], at: number): string[] {
  for (const { layer, systems } of layers) {
    const { deadly } = systems[at]!.redundancy;
    if (layer.table.ofServices || deadly.length === 0) continue;
    const words = worstWitness(audit, layer, deadly[0]!, audit.systems[systems[at]!.redundancy.system]!.members);
    return words === '' ? [] : [words];
  }
  return [];
}

function row({ layer, systems }: LayerResilience, at: number): string[] {
  const { redundancy } = systems[at]!;
  const { deadly, survivesAnyOne, survivesAnyTwo, beta, effectiveMembers, leaves, unknown } = redundancy;
  const worst = deadly.length === 0 ? undefined : layer.ranked.find(({ cause }) => cause === deadly[0]);
  // What is not known may be shared too: of what shows nothing shared, nothing can be said.
  const isOpen = unknown.length > 0 && beta !== 1;
  const [bound, atMost] = isOpen ? ['>=', '<='] : ['', ''];
  const isNothing = isOpen && (beta ?? 0) === 0;
  return [
    layer.table.layer,
    survivesAnyOne,
    survivesAnyTwo,
    `${unknown.length > 0 ? '>=' : ''}${count(deadly.length)}`,
    worst ? nameOf(layer, worst) : '-',
    beta === undefined || isNothing ? '-' : `${bound}${percent(beta)}`,
    effectiveMembers === undefined || isNothing ? '-' : `${atMost}${effectiveMembers.toFixed(2)} of ${leaves}`,
  ];
}

/** Causes that defeat the system only by several packages together: nobody sees them from a list of packages. */
function newsText(audit: Audit, { layer, systems }: LayerResilience, at: number): string[] {
  const union = systems[at]!.explained?.union ?? [];
  if (union.length === 0) return [];
  const noun = LAYER_NOUNS[layer.table.layer];
  const told = union.slice(0, EXAMPLES).map(({ cause, packages }) => {
    const names = packages.slice(0, EXAMPLES).map((at) => audit.packages.table.causes[at]!.name);
    const more = packages.length > names.length ? ', …' : '';
    return forTerminal(`${layer.table.causes[cause]!.name.replace(/^https:\/\//, '')} (${names.join(', ')}${more})`);
  });
  const more = union.length > EXAMPLES ? ` and ${count(union.length - EXAMPLES)} more` : '';
  return [
    `${count(union.length, noun.one, noun.many)} ${union.length === 1 ? 'defeats' : 'defeat'} it only by packages together that are harmless one by one: ${told.join('; ')}${more}.`,
  ];
}

/** What every guard does not see, a sentence for each system it protects. */
export function guardTexts(audit: Audit): string[] {
  return audit.guards.flatMap((guard, at) => {
    const name = forTerminal(`guard ${guard.name} (${audit.services[guard.service]!.name})`);
    const said = guard.protects.flatMap((system) => {
      const blind = blindParts(audit, at, system);
      const parts = [...blind.defeating.map((part, first) => (first === 0 ? `by ${part}` : part))];
      const told = parts.length > 0 ? `${parts.join(', ')} that defeat it` : '';
      const touching = blind.touching.length > 0 ? `by ${blind.touching.join(', ')} that touch it` : '';
      const both = [told, touching].filter((text) => text !== '').join('; and ');
      if (both === '') return [];
      return [
        `${name} goes down together with ${forTerminal(audit.systems[system]!.name)}, which it protects: ${both}.`,
      ];
    });
    const more = said.length - MOST_SAID;
    if (more > 0) return [...said.slice(0, MOST_SAID), `${name} goes down together with ${count(more)} more.`];
    return said.length > 0 ? said : [`${name} shares nothing known with what it protects.`];
  });
}

/** `94 of 191 packages`, by layer: of the causes that defeat a system, and where none does of those that touch it. */
function blindParts(audit: Audit, guard: number, wanted: number) {
  const parts = { defeating: [] as string[], touching: [] as string[] };
  for (const { layer, guards } of audit.resilience) {
    const found = guards[guard]!.protects.find(({ system }) => system === wanted);
    if (!found) continue;
    const { defeating, blindDefeating, touching, blindTouching } = found;
    const [blind, of] = defeating > 0 ? [blindDefeating, defeating] : [blindTouching, touching];
    if (!blindShare(blind, of)) continue;
    const { one, many } = LAYER_NOUNS[layer.table.layer];
    parts[defeating > 0 ? 'defeating' : 'touching'].push(`${count(blind)} of ${count(of, one, many)}`);
  }
  return parts;
}
