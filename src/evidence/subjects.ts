/** The components of a fleet as packages to ask registries about, each name once. Pure. */
import type { Component, Fleet } from '../graph/fleet.ts';
import { NODE_FLAGS } from '../graph/model.ts';
import type { Reason } from './state.ts';
import { type Subject, subjectKey, subjectOf } from './subject.ts';

/** A subject, with the components of the fleet it stands for. */
export interface Target {
  readonly subject: Subject;
  readonly components: readonly number[];
  /** Why no evidence can be bound to it: then its registry is asked about its package alone. */
  readonly unbound?: Reason;
}

export interface Package {
  readonly registry: string;
  readonly name: string;
  readonly targets: readonly Target[];
}

export interface Subjects {
  readonly packages: readonly Package[];
  /** By component: why no evidence can be bound to it; undefined where it can. */
  readonly unbound: readonly (Reason | undefined)[];
}

/** @param registryFor URL of the registry that the user's npm configuration gives a package name */
export function subjectsOf(fleet: Fleet, registryFor: (name: string) => string): Subjects {
  const bundled = bundledOnly(fleet);
  const unbound: (Reason | undefined)[] = [];
  const packages = new Map<string, Map<string, Growing>>();
  for (let c = 0; c < fleet.componentCount; c++) {
    const component = fleet.component(c);
    const bound = subjectOf(component, bundled[c] === 1);
    unbound.push('reason' in bound ? bound.reason : undefined);
    const named: Named | undefined = 'reason' in bound ? byNameAlone(component, bound.reason) : bound;
    if (!named) continue;
    const { name } = named.subject;
    const targets = packages.get(name) ?? new Map<string, Growing>();
    packages.set(name, targets);
    const key = `${named.unbound ?? ''} ${subjectKey(named.subject)}`;
    const target = targets.get(key);
    if (target) target.components.push(c);
    else targets.set(key, { ...named, components: [c] });
  }
  return {
    packages: [...packages].map(([name, targets]) => ({
      registry: registryFor(name),
      name,
      targets: [...targets.values()],
    })),
    unbound,
  };
}

type Named = Omit<Target, 'components'>;

interface Growing extends Target {
  readonly components: number[];
}

/** Locked from a registry without a digest that could be compared: who may publish it can be asked all the same. */
const WITHOUT_DIGEST: ReadonlySet<Reason> = new Set<Reason>(['weak-digest', 'own-checksum', 'no-digest']);

function byNameAlone({ name, version, source }: Component, unbound: Reason): Named | undefined {
  if (source !== 'registry' || version === undefined || !WITHOUT_DIGEST.has(unbound)) return undefined;
  return { subject: { name, version, digests: [] }, unbound };
}

/** By component: 1 if every node that holds it is bundled. */
function bundledOnly(fleet: Fleet): Uint8Array {
  const only = new Uint8Array(fleet.componentCount).fill(1);
  for (const { component, flags } of fleet.lockfiles) {
    for (let n = 0; n < component.length; n++) if (!(flags[n]! & NODE_FLAGS.bundled)) only[component[n]!] = 0;
  }
  return only;
}
