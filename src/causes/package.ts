/**
 * Layer package: one cause per package name. It stands for losing the right to publish the name, or the name being
 * unpublished. First-party code is named by its directory, because two repositories may both have a private `utils`.
 */
import type { Component, Fleet } from '../graph/fleet.ts';
import { type Cause, type CauseTable, causeTable } from './layer.ts';

export function packageLayer(fleet: Fleet): CauseTable {
  const groups = new Map<string, { cause: Cause; components: number[] }>();
  for (let c = 0; c < fleet.componentCount; c++) {
    const component = fleet.component(c);
    const cause = causeOf(component);
    const group = groups.get(cause.id);
    if (!group) groups.set(cause.id, { cause, components: [c] });
    else {
      group.components.push(c);
      // Two lockfiles may name one directory differently; which of them is read first must not decide.
      if (cause.name < group.cause.name) group.cause = cause;
    }
  }
  return causeTable('package', fleet.componentCount, [...groups.values()]);
}

/** `npm/debug`, or `first-party/libs/ui` for one's own directory. */
export function packageName(component: Component): string {
  return isOwn(component)
    ? `first-party/${component.resolved ?? component.name}`
    : `${component.ecosystem}/${component.name}`;
}

export function isOwn(component: Component): boolean {
  return component.source === 'workspace' || component.source === 'link' || component.source === 'file';
}

function causeOf(component: Component): Cause {
  return {
    id: `package:${packageName(component)}`,
    name: component.name || (component.resolved ?? ''),
    ecosystem: component.ecosystem,
    firstParty: isOwn(component),
    identity: 'exact',
  };
}
