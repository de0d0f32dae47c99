/** Layer registry: one cause per host that serves the bytes, as the lockfile has it. It stands for its outage or compromise. */
import type { Fleet } from '../graph/fleet.ts';
import { type CauseTable, layerOf, outsideCause } from './layer.ts';
import { isOwn } from './package.ts';

/** Formats that leave the address of the default registry out (pnpm, bun, Yarn Berry) leave its components unknown. */
export function registryLayer(fleet: Fleet): CauseTable {
  return layerOf('registry', fleet, (c) => {
    const component = fleet.component(c);
    const host = isOwn(component) ? undefined : hostOf(component.resolved);
    return host === undefined ? [] : [outsideCause('registry', host)];
  });
}

// git+ssh://git@host/..., https://host/...: the scheme before a plus is the transport's.
/** The host of an address in a lockfile; undefined for what has none. */
export function hostOf(resolved: string | undefined): string | undefined {
  const url = resolved?.replace(/^[a-z]+\+/, '');
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { host, protocol } = new URL(url);
  return host === '' || protocol === 'file:' ? undefined : host;
}
