/** What no change of dependencies helps against, and what the next change would take, as sentences. */
import { LAYER_NOUNS } from '../layer-words.ts';
import { count } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { EXAMPLES, type PlanContent } from './content.ts';

export function beyondTexts({ plan }: PlanContent): string[] {
  const { changed, beyond, untouchable, skipped } = plan;
  const nameOf = (layer: string, cause: number): string =>
    forTerminal(changed.layers.find(({ table }) => table.layer === layer)!.table.causes[cause]!.name);
  const examples = (layer: string, causes: readonly number[]): string => {
    const shown = causes
      .slice(0, EXAMPLES)
      .map((cause) => nameOf(layer, cause))
      .join(', ');
    return causes.length > EXAMPLES ? `${shown} and ${count(causes.length - EXAMPLES)} more` : shown;
  };
  const ofSystems = beyond.flatMap(({ system, layer, fixed, open, least }) => {
    const name = forTerminal(changed.systems[system]!.name);
    const { one, many } = LAYER_NOUNS[layer];
    const stays =
      fixed.length === 0
        ? []
        : [
            `${name} stays defeated by ${count(fixed.length, one, many)} whatever is changed (${examples(layer, fixed)}): no change of dependencies removes this: isolate, or accept.`,
          ];
    const left =
      least === undefined
        ? []
        : [
            `${name} is still defeated by ${count(open.length, one, many)} that changes could remove, ${nameOf(layer, least.cause)} with the fewest: ${count(least.edits, 'change')}.`,
          ];
    return [...stays, ...left];
  });
  const ofCauses = untouchable.flatMap(({ layer, causes }) => {
    const { one, many } = LAYER_NOUNS[layer];
    return causes.length === 0
      ? []
      : [
          `${count(causes.length, one, many)} that ${causes.length === 1 ? 'takes' : 'take'} down a system ${causes.length === 1 ? 'is' : 'are'} out of reach in every service (${examples(layer, causes)}): no change of dependencies removes this: isolate, or accept.`,
        ];
  });
  const left =
    skipped.length === 0
      ? []
      : [
          `Nothing was looked for in ${count(skipped.length, 'service')} (${forTerminal(
            skipped
              .slice(0, EXAMPLES)
              .map((at) => changed.services[at]!.name)
              .join(', '),
          )}${skipped.length > EXAMPLES ? ', …' : ''}): their manifests name more than is looked at.`,
        ];
  const all = [...ofSystems, ...ofCauses, ...left];
  if (all.length > 0) return all;
  return [
    plan.after.objective === 0
      ? 'Nothing: no cause that counts is left.'
      : 'Nothing: further changes could remove what is left.',
  ];
}
