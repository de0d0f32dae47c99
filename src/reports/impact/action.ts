/** What there is to do: whom to tell, and what they should do. */
import type { Status } from '../../analysis/impact/hits.ts';
import { count } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { type Column, left, notShown, right } from '../table.ts';

import { type ImpactContent, shortened, tellOf } from './content.ts';
import { exposedActions } from './history-parts.ts';
import type { ImpactPart } from './part.ts';

const COLUMNS: readonly Column[] = [
  left('whom', 10),
  right('locked'),
  right('would take'),
  right('unknown'),
  left('services', 20),
];

/** Services of somebody in each status that there is something to do about. */
type Told = Record<Exclude<Status, 'name-only'>, Set<number>>;

/** By owner or contact, who has most of what is locked first; services that nobody is named for last. */
export function tellPart(content: ImpactContent): ImpactPart[] {
  const { impact, audit, top } = content;
  const byOwner = new Map<string | undefined, Told>();
  for (const { status, service } of impact.hits) {
    if (status === 'name-only') continue;
    const whom = tellOf(content, service);
    for (const name of whom.length === 0 ? [undefined] : whom) {
      const told = byOwner.get(name) ?? { locked: new Set(), admitted: new Set(), unknown: new Set() };
      byOwner.set(name, told);
      told[status].add(service);
    }
  }
  if (byOwner.size === 0) return [];
  const title = 'Who is to be told?';
  if (byOwner.size === 1 && byOwner.has(undefined)) {
    const texts = ['No CODEOWNERS and no contact of the config names anybody for these services.'];
    return [{ id: 'tell', title, table: undefined, texts }];
  }
  const sorted = [...byOwner].sort(
    ([a, x], [b, y]) =>
      Number(a === undefined) - Number(b === undefined) ||
      y.locked.size - x.locked.size ||
      y.admitted.size - x.admitted.size ||
      (a! < b! ? -1 : 1),
  );
  const rows = sorted
    .slice(0, top)
    .map(([name, { locked, admitted, unknown }]) => [
      name === undefined ? '(nobody is named)' : forTerminal(name),
      ...[locked, admitted, unknown].map(({ size }) => (size === 0 ? '-' : count(size))),
      forTerminal(shortened([...new Set([...locked, ...admitted, ...unknown])].map((at) => audit.services[at]!.name))),
    ]);
  const table = { cells: { columns: COLUMNS, rows }, order: 'Who has most of what is locked first' };
  return [{ id: 'tell', title, table, texts: notShown(sorted.length, top) }];
}

export function actionTexts(content: ImpactContent): string[] {
  const { impact } = content;
  const { hits } = impact;
  const ran = new Set(
    hits
      .filter((hit) => hit.status === 'locked' && (hit.scripts === 'run' || hit.scripts === 'if-any'))
      .map(({ service }) => service),
  ).size;
  const waiting = hits.filter(({ status, waits }) => status === 'admitted' && waits === 'yes').length;
  const admitted = hits.filter(({ status }) => status === 'admitted').length;
  const unknown = hits.filter(({ status }) => status === 'unknown').length;
  return [
    ...(impact.locked.services.length > 0
      ? [
          'Locked: lock a version that is not on the list (an override, where others ask for it), and install from the lockfile alone.',
        ]
      : []),
    ...(ran > 0
      ? [
          `Installing ran, or may have run, a script of it in ${count(ran, 'service')}: take what that could reach (tokens, keys, caches of CI) for known to others.`,
        ]
      : []),
    ...(admitted > 0
      ? [
          `Admitted: make no lockfile anew, and run no update, before the versions are gone or excluded by an override; ${count(waiting)} of ${count(admitted)} wait before they take a new release.`,
        ]
      : []),
    ...(unknown > 0
      ? [
          `Unknown: look at ${unknown === 1 ? 'it' : `these ${count(unknown)}`} by hand, or run again with --verify, which asks registries what lockfiles leave out.`,
        ]
      : []),
    ...exposedActions(content),
    ...(impact.locked.services.length + admitted + unknown + (content.history?.exposures.length ?? 0) === 0
      ? ['Nothing is known to be done.']
      : []),
  ];
}
