/** packageExtensions of .yarnrc.yml: dependencies and peers a project adds to packages of others. */
import { NONE } from '../../graph/model.ts';
import { declaredRange } from './descriptor.ts';
import { peersOf, type YarnPackages } from './packages.ts';
import type { YarnExtension, YarnSettings } from './settings.ts';

/** Applies the extensions of the settings. What a package already has stays as it is. */
export async function extend(packages: YarnPackages, settings: YarnSettings): Promise<void> {
  const { default: satisfies } = await import('semver/functions/satisfies.js');
  for (let index = 0; index < packages.entries.length; index++) {
    const entry = packages.entries[index]!;
    for (const extension of settings.extensions.get(packages.text(entry.name)) ?? []) {
      const version = entry.version === NONE ? '0.0.0' : packages.text(entry.version);
      if (extension.range !== '*' && !satisfies(version, extension.range, { includePrerelease: true })) continue;
      apply(packages, index, extension);
    }
  }
}

function apply(packages: YarnPackages, index: number, extension: YarnExtension): void {
  const { builder, entries } = packages;
  const names = packages.needNames(entries[index]!);
  const added = extension.dependencies.filter(([name]) => !names.has(builder.text(name)));
  packages.extend(
    index,
    added.map(([name, range]) => ({ name, range: declaredRange(range), kind: 'prod' })),
  );
  const declared = new Map(extension.peers);
  const optional = new Map(extension.optionalPeers.map((name) => [name, true]));
  for (const peer of entries[index]!.peers) {
    const name = packages.text(peer.name);
    if (peer.range !== NONE) declared.set(name, packages.text(peer.range));
    optional.set(name, optional.get(name) ?? peer.optional);
  }
  entries[index] = { ...entries[index]!, peers: peersOf(builder, declared, optional), addsOwnTypes: false };
}
