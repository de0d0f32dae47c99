/** Terminal report of the compare command: what the services share, and the smallest change that sets one apart. */
import type { Comparison } from '../../analysis/comparison.ts';
import type { LayerIndependence } from '../../analysis/independence.ts';
import type { Change, Separation } from '../../analysis/separation.ts';
import { LAYER_NAMES } from '../layer-words.ts';
import { count, percent } from '../numbers.ts';
import type { Layout, RunContent } from '../report.ts';
import { forTerminal } from '../safe.ts';
import { type Column, table } from '../table.ts';
import { heading, lines, paragraph, remarks, type Text, textOf } from '../text.ts';

export type CompareContent = RunContent & { readonly comparison: Comparison };
type Input = CompareContent & Layout;

/** Names in one sentence. */
const EXAMPLES = 8;

export function* compareTerminal(input: Input): Iterable<string> {
  const { audit, comparison } = input;
  const text = textOf(input);
  const names = comparison.independence.services.map((service) => audit.services[service]!.name);
  yield heading(`Are ${forTerminal(names.join(' and '))} independent?`, text);
  const unread = comparison.independence.unread.map((service) => audit.services[service]!.name);
  yield paragraph(forTerminal(verdict(comparison.independence.layers, unread)), text);
  yield* lines(overlapTable(input, text.width), text);
  for (const layer of comparison.independence.layers) yield* pairs(input, layer, text);
  yield heading('What is the smallest change that sets one of them apart?', text);
  for (const { layer, separation } of comparison.separations) {
    yield paragraph(`In layer ${layer}:`, text);
    yield* separationText(input, separation, text);
  }
  yield* remarks(audit, text);
}

function verdict(layers: readonly LayerIndependence[], unread: readonly string[]): string {
  if (unread.length > 0) return `That cannot be said: what ${unread.join(', ')} holds could not be read.`;
  const sharing = layers.filter(({ inAll }) => inAll.length > 0);
  const gaps = layers.filter(({ effective }) => effective === undefined).map(({ layer }) => layer);
  const unknown = gaps.length === 0 ? '' : ` Nothing can be said of ${gaps.join(', ')}: not enough is known.`;
  if (sharing.length === 0)
    return `They share nothing known in any layer, which does not make them independent.${unknown}`;
  return `No: one bad cause in any of ${count(sharing.length, 'layer')} takes all of them down.${unknown}`;
}

function overlapTable({ comparison, audit }: Input, width: number): string[] {
  const { services, layers } = comparison.independence;
  const columns: Column[] = [
    { header: 'layer', align: 'left', shrinkTo: 10 },
    { header: 'in all', align: 'right' },
    ...(services.length > 2 ? [{ header: 'in two or more', align: 'right' } as const] : []),
    ...services.map(
      (service): Column => ({
        header: `in ${forTerminal(audit.services[service]!.name)}`,
        align: 'right',
        shrinkTo: 6,
      }),
    ),
    { header: 'effective', align: 'right' },
  ];
  const rows = layers.map(({ layer, inAll, inSome, sizes, effective }) => [
    layer,
    count(inAll.length),
    ...(services.length > 2 ? [count(inSome.length)] : []),
    ...sizes.map((size) => count(size)),
    effective === undefined ? '?' : `${effective.toFixed(2)} of ${services.length}`,
  ]);
  return table(columns, rows, width);
}

function* pairs(
  { audit, top }: Input,
  { layer, inAll, pairs: overlaps }: LayerIndependence,
  text: Text,
): Iterable<string> {
  if (inAll.length === 0) return;
  const found = audit.layers.find(({ table: of }) => of.layer === layer)!;
  const shared = new Set(inAll);
  const ranked = found.all.filter(({ cause }) => shared.has(cause)).slice(0, Math.min(top, EXAMPLES));
  const names = ranked.map(({ cause }) => forTerminal(found.table.causes[cause]!.name)).join(', ');
  const more = inAll.length > ranked.length ? ` and ${count(inAll.length - ranked.length)} more` : '';
  const [only] = overlaps;
  const how =
    overlaps.length === 1 && only?.jaccard !== undefined
      ? ` (Jaccard ${percent(only.jaccard)}; ${percent(only.aInB!)} of the one is in the other, ${percent(only.bInA!)} the other way round)`
      : '';
  yield paragraph(`- ${LAYER_NAMES[layer]} in all of them${how}: ${names}${more}.`, text);
}

function* separationText({ audit }: Input, { causes, changes, impossible }: Separation, text: Text): Iterable<string> {
  if (causes.length === 0) {
    yield paragraph('- There is nothing to separate.', text);
    return;
  }
  const name = (service: number): string => forTerminal(audit.services[service]!.name);
  for (const change of changes.slice(0, 2)) yield paragraph(`- ${changeText(name(change.service), change)}`, text);
  for (const service of impossible) {
    yield paragraph(
      `- No change of packages sets ${name(service)} apart: something shared is its own code, or ships in what it cannot drop.`,
      text,
    );
  }
}

function changeText(name: string, { packages, least, effect }: Change): string {
  const of = (action: 'drop' | 'move'): string[] =>
    packages.filter((one) => one.action === action).map((one) => forTerminal(one.package.replace(/^npm\//, '')));
  const said = [['drop or replace', of('drop')] as const, ['move to another version', of('move')] as const].flatMap(
    ([words, names]) => (names.length === 0 ? [] : [`${words} ${listed(names)}`]),
  );
  const exact = least === packages.length ? 'no smaller change does it' : `at least ${least} are needed`;
  const { shared, components } = effect;
  return `In ${name}, ${count(packages.length, 'package')} (${exact}): ${said.join('; ')}. Shared causes go from ${count(shared.before)} to ${count(shared.after)}, its components from ${count(components.before)} to ${count(components.after)}.`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, EXAMPLES).join(', ');
  return names.length > EXAMPLES ? `${shown} and ${count(names.length - EXAMPLES)} more` : shown;
}
