/** Redundant against what? Every declared system and every guard against every layer (design, section 4). Pure. */
import type { LayerResult } from './audit.ts';
import { type BlindGuard, blindGuards } from './blind-guards.ts';
import { type Collusion, collusionOf } from './collusion.ts';
import { type Explanations, explain, packagesOf } from './implied.ts';
import type { Landscape } from './landscape.ts';
import { type Masks, masksOf } from './masks.ts';
import { type Redundancy, redundancyOf } from './redundancy.ts';
import { reachSizes, type Spread, spreadOf, trustedBy } from './trust.ts';

export interface SystemResilience {
  readonly redundancy: Redundancy;
  /** Why the causes of a layer behind the packages defeat it; undefined in layers package and artifact themselves. */
  readonly explained: Explanations | undefined;
  /** For whoever wants to list pairs or members. */
  readonly masks: Masks;
}

export interface LayerResilience {
  readonly layer: LayerResult;
  /** The declared systems, in their order. */
  readonly systems: readonly SystemResilience[];
  readonly guards: readonly BlindGuard[];
  /** How many causes suffice to take down a share of all systems: an upper bound. */
  readonly collusion: Collusion;
  /** How many services trust a cause, and how many causes a service trusts, directly or not. */
  readonly trust: { readonly reach: Spread; readonly trusted: Spread };
}

/**
 * @param packages the package layer, by whose causes those of other layers are explained
 * @param held by component: 1 if some service holds it within the scope
 */
export function resilienceOf(
  layers: readonly LayerResult[],
  packages: LayerResult,
  { services, systems, guards }: Landscape,
  held: Uint8Array,
): LayerResilience[] {
  const declared = systems.flatMap((system, index) => (system.origin === 'declared' ? [index] : []));
  const asked = [...new Set([...declared, ...guards.flatMap(({ protects }) => protects)])].sort((a, b) => a - b);
  const masksIn = ({ reach, ranked }: LayerResult): Masks[] =>
    masksOf(
      reach,
      ranked.map(({ cause }) => cause),
      systems,
      asked,
      services.length,
    );
  // An ignored package explains too: what is ignored is its finding, not that it is there.
  const ofPackages = masksOf(
    packages.reach,
    packages.all.map(({ cause }) => cause),
    systems,
    declared,
    services.length,
  );
  return layers.map((layer) => {
    const masks = new Map(masksIn(layer).map((each) => [each.system, each]));
    const ranked = layer.ranked.map(({ cause }) => cause);
    const isUnknown = (service: number): boolean => layer.gaps[service] === 1;
    const behind = layer.table.layer === 'package' || layer.table.layer === 'artifact' ? undefined : layer;
    const inside = behind && packagesOf(behind.table, packages.table, held);
    return {
      layer,
      systems: declared.map((system, at) => {
        const own = masks.get(system)!;
        const redundancy = redundancyOf(own, isUnknown);
        return { redundancy, masks: own, explained: inside && explain(redundancy.deadly, inside, ofPackages[at]!) };
      }),
      guards: blindGuards(guards, layer.reach, ranked, masks, isUnknown),
      collusion: collusionOf({
        reach: layer.reach,
        causes: ranked,
        idOf: (cause) => layer.table.causes[cause]!.id,
        systems,
        weights: services.map(({ weight }) => weight),
      }),
      trust: {
        reach: spreadOf(reachSizes(layer.reach, ranked)),
        trusted: spreadOf(trustedBy(layer.reach, ranked, services.length)),
      },
    };
  });
}
