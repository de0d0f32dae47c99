/** The third question: what to do, from what this run knows. */
import { type Audit, isIncomplete, isUnread, type LayerResult } from '../analysis/audit.ts';
import type { Details } from '../analysis/detail.ts';
import type { GateResult } from '../analysis/gate.ts';
import type { RankedCause } from '../analysis/rank.ts';
import { thresholdOf } from '../analysis/structure.ts';
import type { LayerName } from '../causes/layer.ts';
import { CONCENTRATED, type ConcentratedLayer, ruleName } from '../findings.ts';
import { CONCENTRATED_NEXT, CONCENTRATED_WORDS } from './messages.ts';
import { count, percent } from './numbers.ts';
import { forTerminal } from './safe.ts';

const PLANNED =
  'spof-deps plan finds the changes that save most, with what each of them does, and the settings of update rings; spof-deps why PACKAGE says what brings one of them in.';

/** Names given in one sentence. */
const EXAMPLES = 3;

export function advice(audit: Audit, gates: readonly GateResult[], details: Details): string[] {
  const layer = audit.layers.find((candidate) => candidate.table.layer === 'package') ?? audit.layers[0];
  if (!layer || layer.ranked.length === 0) return ['Nothing is left to rank: every cause is ignored.'];
  return [
    ...gates.flatMap((gate) => gateText(gate)),
    ...redundancyText(audit, layer, details),
    ...behindText(audit),
    ...directText(audit, layer, details),
    ...loneText(audit),
  ];
}

export function gateText({ gate, over }: GateResult): string[] {
  if ('evidence' in gate) {
    if (over.length === 0) return [];
    const [have, lack] = over.length === 1 ? ['has', 'lacks'] : ['have', 'lack'];
    const what =
      gate.evidence === 'invalid'
        ? `${have} invalid evidence, or other bytes than the registry's`
        : `${lack} a verified ${gate.evidence}`;
    return [`Gate failed: ${count(over.length, 'release')} ${what}: ${examples(over)}.`];
  }
  if ('rule' in gate) {
    if (over.length === 0) return [`Gate passed: nothing was found of ${ruleName(gate.rule)}.`];
    return [`Gate failed: ${count(over.length, 'finding')} of ${ruleName(gate.rule)}: ${examples(over)}.`];
  }
  if ('since' in gate) {
    if (over.length === 0) return ['Gate passed: nothing is worse than in the baseline.'];
    return [`Gate failed: ${count(over.length, 'cause')} worse than in the baseline: ${examples(over)}.`];
  }
  const where = gate.layer === undefined ? '' : ` in layer ${gate.layer}`;
  const what = `a blast radius of ${percent(gate.blastRadius)} or more${where}`;
  return over.length === 0
    ? [`Gate passed: no cause has ${what}.`]
    : [`Gate failed: ${count(over.length, 'cause')} ${over.length === 1 ? 'has' : 'have'} ${what}: ${examples(over)}.`];
}

/** Per declared system that tolerates a failure: how much of what its members hold defeats it in one stroke. */
function redundancyText(audit: Audit, layer: LayerResult, details: Details): string[] {
  const redundant = audit.systems.filter((system) => thresholdOf(system) > 1);
  if (redundant.length === 0) {
    return audit.services.length < 2
      ? []
      : [
          'No redundancy is declared: every service counts as a system of its own. Declare in spof-deps.json which services back each other up ("systems"), to see what they are redundant against.',
        ];
  }
  const deadlyTo = new Map(redundant.map((system) => [system, [] as RankedCause[]]));
  for (const cause of layer.ranked) {
    for (const lost of details.lostSystems(layer, cause)) deadlyTo.get(audit.systems[lost]!)?.push(cause);
  }
  const held = causesByService(audit, layer);
  const told = redundant.map((system) => {
    const deadly = deadlyTo.get(system)!;
    const members = system.members.map((member) => audit.services[member]!.name).join(', ');
    const who = `${system.name} (${system.need} of ${system.need + thresholdOf(system) - 1}: ${members})`;
    const unread = system.members
      .filter((member) => isUnread(audit, member))
      .map((member) => audit.services[member]!.name);
    if (deadly.length === 0) {
      return forTerminal(
        unread.length > 0
          ? `${who} cannot be judged: what ${unread.join(', ')} holds could not be read.`
          : `${who} survives any one bad ${layer.table.layer}${layer.ignored > 0 ? ' that is not ignored' : ''}${isIncomplete(audit) ? ', as far as could be read' : ''}.`,
      );
    }
    const names = examples(deadly.map((cause) => layer.table.causes[cause.cause]!.name));
    const smallest = Math.min(...system.members.map((member) => held[member]!));
    const share =
      unread.length > 0 ? '' : ` (${percent(Math.min(1, deadly.length / smallest))} of what its smallest member holds)`;
    return `${forTerminal(who)} does not survive any one of ${unread.length > 0 ? 'at least ' : ''}${count(deadly.length, layer.table.layer)}${share}, ${names} first: put its members into different update rings, so that no release reaches all of them before it is noticed, or move one of them to other code.`;
  });
  const isDefeated = [...deadlyTo.values()].some((deadly) => deadly.length > 0);
  return isDefeated ? [...told, PLANNED] : told;
}

/** What stands behind the packages, the worst of each kind: as far as it takes several services along. */
function behindText(audit: Audit): string[] {
  return audit.layers.flatMap(({ table, ranked }) => {
    const [worst] = ranked;
    const code = isConcentrated(table.layer) ? CONCENTRATED[table.layer] : undefined;
    if (code === undefined || !worst || worst.lost < 2 || worst.reach < 2) return [];
    const name = table.causes[worst.cause]!.name.replace(/^https:\/\//, '');
    const next = CONCENTRATED_NEXT[code];
    return [
      `${capital(CONCENTRATED_WORDS[code])} ${forTerminal(name)} stands behind ${count(worst.reach)} of ${count(audit.services.length, 'service')}, and ${count(worst.lost)} of ${count(audit.systems.length, 'system')} are lost with it: ${next}.`,
    ];
  });
}

function isConcentrated(layer: LayerName): layer is ConcentratedLayer {
  return layer in CONCENTRATED;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function causesByService(audit: Audit, layer: LayerResult): Int32Array {
  const held = new Int32Array(audit.services.length);
  for (const cause of layer.ranked) {
    const { start, service } = layer.reach;
    for (let at = start[cause.cause]!; at < start[cause.cause + 1]!; at++) held[service[at]!]!++;
  }
  return held;
}

function directText(audit: Audit, layer: LayerResult, details: Details): string[] {
  const worst = layer.ranked.slice(0, 20);
  const named = worst.filter((cause) => cause.direct > 0);
  const top = layer.ranked[0]!;
  const { sameBytes } = details.of(layer, top);
  const bytes =
    audit.services.length > 1 && layer.table.layer === 'package'
      ? [
          `A fault in ${forTerminal(sameBytes.artifact.replace(/^artifact:/, ''))} strikes ${percent(sameBytes.share)} of the services that hold ${forTerminal(layer.table.causes[top.cause]!.name)} at once, as they run the same bytes: stage its next update.`,
        ]
      : [];
  return [
    ...bytes,
    named.length === 0
      ? `None of the top ${worst.length} is named by a manifest of your own: they come in through what you do name.`
      : `Of the top ${worst.length}, ${named.length} ${named.length === 1 ? 'is' : 'are'} named by a manifest of your own (${examples(named.map((cause) => layer.table.causes[cause.cause]!.name))}): those you can drop or replace yourselves; the others come in through them.`,
  ];
}

function loneText(audit: Audit): string[] {
  return audit.services.length === 1
    ? [
        'One service: every cause reaches it, so load ranks them. Scan the services that back it up together with it to see what they share.',
      ]
    : [];
}

function examples(names: readonly string[]): string {
  const shown = names.slice(0, EXAMPLES).map(forTerminal).join(', ');
  return names.length > EXAMPLES ? `${shown} and ${count(names.length - EXAMPLES)} more` : shown;
}
