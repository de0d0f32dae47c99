/** What is lost: in sentences, and by declared system. */
import type { Loss } from '../../analysis/impact/loss.ts';
import { partsOf } from '../../analysis/structure.ts';
import { count, percent } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { type Column, left, notShown, right } from '../table.ts';
import { type ImpactContent, named } from './content.ts';
import type { ImpactPart } from './part.ts';

export function lostTexts(content: ImpactContent): string[] {
  const { impact, audit } = content;
  const { locked, admitted } = impact;
  const of = count(audit.services.length, 'service');
  const isMore = admitted.services.length > locked.services.length;
  const services = { locked: new Set(), admitted: new Set(), unknown: new Set(), 'name-only': new Set() };
  for (const { status, service } of impact.hits) services[status].add(service);
  const [open, watched] = [services.unknown.size, services['name-only'].size];
  return [
    lockedText(content, of),
    ...(isMore
      ? [
          `Admitted (hypothetical): declared ranges of ${count(admitted.services.length - locked.services.length, 'more service')} would take one if their lockfiles were made anew. ${lossText(content, admitted, ' in all')}`,
        ]
      : []),
    ...(open > 0 ? [`Unknown: of ${count(open, 'service')} it cannot be told for some package.`] : []),
    ...(watched > 0
      ? [`Name only: ${count(watched, 'service')} ${watched === 1 ? 'holds' : 'hold'} some package at other versions.`]
      : []),
  ];
}

function lockedText(content: ImpactContent, of: string): string {
  const { locked, unread } = content.impact;
  if (locked.services.length > 0) {
    return `Locked: ${count(locked.services.length)} of ${of}. ${lossText(content, locked)}`;
  }
  return `Locked: ${unread.length > 0 ? 'none that could be read' : 'none'} of ${of} holds a version on the list.`;
}

function lossText({ audit }: ImpactContent, { systems, blastRadius, blinded }: Loss, all = ''): string {
  const names = systems.map((system) => audit.systems[system]!.name);
  const lost =
    systems.length === 0
      ? `No system is lost${all}: what is redundant against them holds.`
      : `Lost${all}: ${count(systems.length)} of ${count(audit.systems.length, 'system')} (blast radius ${percent(blastRadius)}): ${named(names)}.`;
  const guards = blinded.map(({ guard, touched }) => {
    const protects = touched.map((system) => audit.systems[system]!.name);
    return ` Guard ${forTerminal(audit.guards[guard]!.name)} fails along with what it protects: ${named(protects)}.`;
  });
  return lost + guards.join('');
}

const COLUMNS: readonly Column[] = [
  left('system', 10),
  left('is', 0),
  right('locked'),
  right('would take'),
  right('needs'),
  right('weight'),
];

/** Declared systems that something of the list touches: lost ones first, then by weight. */
export function systemsPart({ impact, audit, top }: ImpactContent): ImpactPart[] {
  const { locked, admitted } = impact;
  const [holding, taking] = [new Set(locked.services), new Set(admitted.services)];
  const [lost, open] = [new Set(locked.systems), new Set(admitted.systems)];
  const order = (system: number): number => (lost.has(system) ? 0 : open.has(system) ? 1 : 2);
  const touched = [...audit.systems.keys()]
    .filter((at) => {
      const { origin, members } = audit.systems[at]!;
      return origin === 'declared' && members.some((member) => taking.has(member));
    })
    .sort((a, b) => order(a) - order(b) || audit.systems[b]!.weight - audit.systems[a]!.weight || a - b);
  if (touched.length === 0) return [];
  const rows = touched.slice(0, top).map((at) => {
    const system = audit.systems[at]!;
    const { name, members, need, weight } = system;
    const { services, systems } = partsOf(system);
    const counted = (of: ReadonlySet<number>): number => members.filter((member) => of.has(member)).length;
    return [
      forTerminal(name),
      lost.has(at) ? 'lost' : open.has(at) ? 'lost if taken' : 'up',
      `${count(counted(holding))} of ${count(members.length)}`,
      count(counted(taking) - counted(holding)),
      `${count(need)} of ${count(services.length + systems.length)}`,
      count(weight),
    ];
  });
  const table = { cells: { columns: COLUMNS, rows }, order: 'Those that are lost first, then by weight' };
  return [{ id: 'systems', title: 'Which declared systems?', table, texts: notShown(touched.length, top) }];
}
