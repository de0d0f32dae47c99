/** packageExtensions of .yarnrc.yml: dependencies and peers a project adds to packages of others. */
import { declaredRange } from './descriptor.ts';
import { allPeers, newDependency, type YarnEntry } from './entry.ts';
import type { YarnExtension, YarnSettings } from './settings.ts';

/** Applies the extensions of the settings. What a package already has stays as it is. */
export async function extend(entries: YarnEntry[], settings: YarnSettings): Promise<void> {
  if (settings.extensions.size === 0) return;
  const { default: satisfies } = await import('semver/functions/satisfies.js');
  for (const [index, entry] of entries.entries()) {
    for (const extension of settings.extensions.get(entry.name) ?? []) {
      const version = entry.version ?? '0.0.0';
      if (extension.range !== '*' && !satisfies(version, extension.range, { includePrerelease: true })) continue;
      entries[index] = extended(entries[index]!, extension);
    }
  }
}

function extended(entry: YarnEntry, extension: YarnExtension): YarnEntry {
  const names = new Set(entry.dependencies.map((dependency) => dependency.name));
  const dependencies = [...entry.dependencies];
  for (const [name, range] of extension.dependencies) {
    if (!names.has(name)) dependencies.push(newDependency(name, declaredRange(range), 'prod'));
  }
  const declared = new Map(extension.peers);
  const optional = new Map(extension.optionalPeers.map((name) => [name, true]));
  for (const peer of entry.peers) {
    if (peer.implicit) continue;
    if (peer.range !== undefined) declared.set(peer.name, peer.range);
    optional.set(peer.name, optional.get(peer.name) ?? peer.optional);
  }
  return { ...entry, dependencies, peers: allPeers(declared, optional, dependencies) };
}
