/** The components of a fleet as packages to ask registries about, each name once. Pure. */
import type { Fleet } from '../graph/fleet.ts';
import { NODE_FLAGS } from '../graph/model.ts';
import type { Reason } from './state.ts';
import { type Subject, subjectKey, subjectOf } from './subject.ts';

/** A subject, with the components of the fleet it stands for. */
export interface Target {
  readonly subject: Subject;
  readonly components: readonly number[];
}

export interface Package {
  readonly registry: string;
  readonly name: string;
  readonly targets: readonly Target[];
}

export interface Subjects {
  readonly packages: readonly Package[];
  /** By component: why nothing can be asked about it; undefined where it is a target's. */
  readonly unbound: readonly (Reason | undefined)[];
}

/** @param registryFor URL of the registry that the user's npm configuration gives a package name */
export function subjectsOf(fleet: Fleet, registryFor: (name: string) => string): Subjects {
  const bundled = bundledOnly(fleet);
  const unbound: (Reason | undefined)[] = [];
  const packages = new Map<string, Map<string, { subject: Subject; components: number[] }>>();
  for (let c = 0; c < fleet.componentCount; c++) {
    const bound = subjectOf(fleet.component(c), bundled[c] === 1);
    unbound.push('reason' in bound ? bound.reason : undefined);
    if ('reason' in bound) continue;
    const { subject } = bound;
    const targets = packages.get(subject.name) ?? new Map<string, { subject: Subject; components: number[] }>();
    packages.set(subject.name, targets);
    const key = subjectKey(subject);
    const target = targets.get(key);
    if (target) target.components.push(c);
    else targets.set(key, { subject, components: [c] });
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

/** By component: 1 if every node that holds it is bundled. */
function bundledOnly(fleet: Fleet): Uint8Array {
  const only = new Uint8Array(fleet.componentCount).fill(1);
  for (const { component, flags } of fleet.lockfiles) {
    for (let n = 0; n < component.length; n++) if (!(flags[n]! & NODE_FLAGS.bundled)) only[component[n]!] = 0;
  }
  return only;
}
