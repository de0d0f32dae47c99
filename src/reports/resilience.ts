/** Redundant against what? Every declared system against every layer, and what its guards do not see. */
import type { Audit } from '../analysis/audit.ts';
import { blindShare } from '../analysis/blind-guards.ts';
import type { LayerResilience } from '../analysis/resilience.ts';
import { thresholdOf } from '../analysis/structure.ts';
import { count, percent } from './numbers.ts';
import { nameOf } from './ranking.ts';
import { forTerminal } from './safe.ts';
import { type Column, table } from './table.ts';
import { lines, paragraph, type Text } from './text.ts';

/** Causes named in one sentence. */
const EXAMPLES = 3;

const COLUMNS: readonly Column[] = [
  { header: 'against', align: 'left', shrinkTo: 12 },
  { header: 'any one', align: 'left' },
  { header: 'any two', align: 'left' },
  { header: 'defeating', align: 'right' },
  { header: 'the worst', align: 'left', shrinkTo: 8 },
  { header: 'shared', align: 'right' },
  { header: 'effective members', align: 'right' },
];

/** Nothing where no system is declared. */
export function* resilienceText(audit: Audit, text: Text): Iterable<string> {
  const declared = audit.systems.filter(({ origin }) => origin === 'declared');
  for (const [at, system] of declared.entries()) {
    const members = system.members.map((member) => audit.services[member]!.name).join(', ');
    yield paragraph(
      forTerminal(
        `${system.name}, ${system.need} of ${system.need + thresholdOf(system) - 1} (${members}): what does it survive?`,
      ),
      text,
    );
    const layers = audit.resilience.filter(({ layer }) => layer.ranked.length > 0);
    yield* lines(
      table(
        COLUMNS,
        layers.map((layer) => row(layer, at)),
        text.width,
      ),
      text,
    );
    for (const layer of layers) yield* news(layer, at, text);
    yield '\n';
  }
  yield* guards(audit, text);
}

function row({ layer, systems }: LayerResilience, at: number): string[] {
  const { redundancy } = systems[at]!;
  const { deadly, survivesAnyOne, survivesAnyTwo, beta, effectiveMembers, leaves, unknown } = redundancy;
  const worst = deadly.length === 0 ? undefined : layer.ranked.find(({ cause }) => cause === deadly[0]);
  const bound = unknown.length > 0 ? '>=' : '';
  return [
    layer.table.layer,
    survivesAnyOne,
    survivesAnyTwo,
    `${bound}${count(deadly.length)}`,
    worst ? nameOf(layer, worst) : '-',
    beta === undefined ? '-' : percent(beta),
    effectiveMembers === undefined ? '-' : `${effectiveMembers.toFixed(2)} of ${leaves}`,
  ];
}

/** Causes that defeat the system only by several packages together: nobody sees them from a list of packages. */
function* news({ layer, systems }: LayerResilience, at: number, text: Text): Iterable<string> {
  const union = systems[at]!.explained?.union ?? [];
  if (union.length === 0) return;
  const packages = layer.table.layer;
  const told = union.slice(0, EXAMPLES).map(({ cause, touching }) => {
    const name = forTerminal(layer.table.causes[cause]!.name);
    return `${name} (${count(touching, 'package')})`;
  });
  const more = union.length > EXAMPLES ? ` and ${count(union.length - EXAMPLES)} more` : '';
  yield paragraph(
    `- ${count(union.length, 'cause')} of layer ${packages} ${union.length === 1 ? 'defeats' : 'defeat'} it by packages that are harmless one by one: ${told.join(', ')}${more}.`,
    text,
  );
}

function* guards(audit: Audit, text: Text): Iterable<string> {
  for (const [at, guard] of audit.guards.entries()) {
    const said = audit.resilience.flatMap(({ layer, guards: found }) =>
      found[at]!.protects.flatMap(({ system, defeating, blindDefeating, touching, blindTouching }) => {
        const share = blindShare(blindDefeating, defeating) ?? blindShare(blindTouching, touching);
        if (share === undefined || share === 0) return [];
        const what = defeating > 0 ? 'defeat' : 'touch';
        const [blind, of] = defeating > 0 ? [blindDefeating, defeating] : [blindTouching, touching];
        return [
          `${count(blind)} of ${count(of)} ${layer.table.layer} causes that ${what} ${audit.systems[system]!.name}`,
        ];
      }),
    );
    const name = `guard ${guard.name} (${audit.services[guard.service]!.name})`;
    yield paragraph(
      forTerminal(
        said.length === 0
          ? `- ${name} shares nothing known with what it protects.`
          : `- ${name} goes down together with what it protects: by ${said.join('; ')}.`,
      ),
      text,
    );
  }
}
