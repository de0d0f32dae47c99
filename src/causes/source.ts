/**
 * Layers of the source: repository and its owner, as manifests declare them, and apart from that as verified provenance
 * proves them. They stand for a takeover of the source or of the organisation.
 */
import type { Evidence } from '../evidence/evidence.ts';
import type { Fleet } from '../graph/fleet.ts';
import { type CauseTable, layerOf, outsideCause } from './layer.ts';

export function declaredRepositoryLayer(fleet: Fleet, { components }: Evidence): CauseTable {
  return layerOf('repository', fleet, (c) => {
    const declared = components[c]!.history?.declared;
    return declared === undefined ? [] : [outsideCause('repository', declared.toLowerCase(), declared)];
  });
}

export function declaredOwnerLayer(fleet: Fleet, { components }: Evidence): CauseTable {
  return layerOf('owner', fleet, (c) => {
    const owner = ownerOf(components[c]!.history?.declared);
    return owner === undefined ? [] : [outsideCause('owner', owner.toLowerCase(), owner)];
  });
}

export function attestedRepositoryLayer(fleet: Fleet, { components }: Evidence): CauseTable {
  return layerOf('attested-repository', fleet, (c) => {
    const { build } = components[c]!;
    if (!build) return [];
    return [outsideCause('attested-repository', placeKey(build.repository, build.repositoryId), build.repository)];
  });
}

export function attestedOwnerLayer(fleet: Fleet, { components }: Evidence): CauseTable {
  return layerOf('attested-owner', fleet, (c) => {
    const { build } = components[c]!;
    if (!build) return [];
    return [outsideCause('attested-owner', placeKey(build.owner, build.ownerId), build.owner)];
  });
}

/** The host's numeric id where there is one, which outlives a rename and tells a name used again from the one before. */
export function placeKey(url: string, id: string | undefined): string {
  return id === undefined ? url.toLowerCase() : `${new URL(url).host}#${id}`;
}

/** The address a repository lies directly below: an account, an organisation, a group. */
function ownerOf(repository: string | undefined): string | undefined {
  if (repository === undefined) return undefined;
  const { origin, pathname } = new URL(repository);
  const path = pathname.slice(0, pathname.lastIndexOf('/'));
  return path === '' ? undefined : `${origin}${path}`;
}
