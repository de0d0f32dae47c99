/** One entry of the `packages` map of a bun.lock: an array whose first string says where the package comes from. */
import { posix } from 'node:path';
import type { SourceKind } from '../../graph/model.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';

/**
 * What an entry resolves to. Shapes, by the first element (bun's own writer and parser):
 * - name@1.2.3, tarball URL or '', info, integrity
 * - name@github:owner/repo#commit or name@git+url#commit, info, tag, integrity (from late 1.3 on)
 * - name@https://host/file.tgz or name@path/file.tgz, info, integrity (from late 1.3 on)
 * - name@file:directory or name@link:target, info
 * - name@workspace:path; name@root:, info
 */
export interface BunEntry {
  readonly kind: SourceKind | 'root';
  /** Real name; the last part of the entry's key is the name it is asked by. */
  readonly name: string;
  /** The first element, name and resolution: what `patchedDependencies` names a package by. */
  readonly id: string;
  readonly version: string | undefined;
  readonly resolved: string | undefined;
  readonly integrity: string | undefined;
  /** Dependencies, os, cpu, bundled; undefined for workspaces and where the entry lacks it. */
  readonly info: JsonObject | undefined;
}

/** Reads an entry, or gives undefined for one of no known shape. */
export function bunEntry(value: unknown): BunEntry | undefined {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return undefined;
  const id = value[0];
  if (id.startsWith('@root:')) return entry('root', '', id, value[1]);
  const at = id.indexOf('@', 1);
  if (at === -1 || at === id.length - 1) return undefined;
  const name = id.slice(0, at);
  const resolution = id.slice(at + 1);
  const second: unknown = value[1];
  if (typeof second === 'string') {
    return entry('registry', name, id, value[2], second === '' ? undefined : second, value[3], resolution);
  }
  if (resolution.startsWith('workspace:')) {
    return entry('workspace', name, id, second, posixPath(resolution.slice('workspace:'.length)));
  }
  if (resolution.startsWith('root:')) return entry('root', name, id, second);
  if (resolution.startsWith('file:')) return entry('file', name, id, second, posixPath(resolution.slice(5)));
  if (resolution.startsWith('link:')) return entry('link', name, id, second, linkPath(name, resolution.slice(5)));
  if (resolution.startsWith('github:')) {
    return entry('git', name, id, second, githubUrl(resolution.slice('github:'.length)), value[3]);
  }
  if (resolution.startsWith('git+')) return entry('git', name, id, second, resolution, value[3]);
  if (/^https?:\/\//.test(resolution)) return entry('url', name, id, second, resolution, value[2]);
  if (/\.(?:tgz|tar\.gz|tar)$/.test(resolution)) return entry('file', name, id, second, resolution, value[2]);
  return undefined;
}

/** A tarball on disk: its path is relative to the project that asks for it, unlike that of a directory. */
export function isLocalTarball(entry: BunEntry): boolean {
  return entry.kind === 'file' && !entry.id.startsWith('file:', entry.name.length + 1);
}

/** A path as the graph has it: POSIX, no './' in front, no '/' at the end, '' for the lockfile's own directory. */
export function posixPath(path: string): string {
  const normal = posix.normalize(path.replaceAll('\\', '/'));
  if (normal === '.' || normal === './') return '';
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

function entry(
  kind: BunEntry['kind'],
  name: string,
  id: string,
  info: unknown,
  resolved?: string,
  integrity?: unknown,
  version?: string,
): BunEntry {
  return {
    kind,
    name,
    id,
    version,
    resolved,
    integrity: asString(integrity) || undefined,
    info: isObject(info) ? info : undefined,
  };
}

/** `bun link` writes the name of a globally linked package, which is no place in this tree. */
function linkPath(name: string, target: string): string | undefined {
  return target === name || target === '' ? undefined : posixPath(target);
}

function githubUrl(repository: string): string {
  const hash = repository.indexOf('#');
  const path = hash === -1 ? repository : repository.slice(0, hash);
  return `git+https://github.com/${path}.git${hash === -1 ? '' : repository.slice(hash)}`;
}
