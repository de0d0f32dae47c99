/** One entry of `packages` as a node. */
import { posix } from 'node:path';
import type { GraphBuilder } from '../../graph/builder.ts';
import { NODE_FLAGS } from '../../graph/model.ts';
import { asString, type JsonObject } from '../../json.ts';
import { sourceOf } from './source.ts';
import { folderName } from './tree.ts';

export interface Place {
  readonly location: string;
  readonly entry: JsonObject;
  /** Its name in the node_modules it is in, or undefined where it is in none. */
  readonly child: string | undefined;
}

/**
 * Adds the root, before every other node.
 *
 * @param declared its entry or manifest
 * @param lock top level of the lockfile, for a name and version that are not declared
 */
export function addRoot(builder: GraphBuilder, declared: JsonObject | undefined, lock: JsonObject | undefined): number {
  const name = asString(declared?.name) ?? asString(lock?.name);
  const node = builder.node({
    key: '',
    ecosystem: 'npm',
    name: name ?? '',
    version: asString(declared?.version) ?? asString(lock?.version),
    source: 'workspace',
    resolved: '',
    flags: declared === undefined ? 0 : flagsOf(declared),
  });
  builder.project(node, '', name);
  return node;
}

/** Adds a package in a node_modules, a workspace, or a directory that something links to. */
export function addNode(builder: GraphBuilder, place: Place, workspaces: ReadonlySet<string>): number {
  const { location, entry, child } = place;
  const name = asString(entry.name) || (child ?? folderName(location));
  if (!inModules(place)) return addDirectory(builder, place, name, workspaces.has(location));
  const resolved = asString(entry.resolved);
  const source = sourceOf(name, resolved);
  return builder.node({
    key: location,
    ecosystem: 'npm',
    name,
    version: asString(entry.version),
    source,
    integrity: asString(entry.integrity),
    resolved: source === 'file' ? posix.normalize(resolved!.slice(5)) : resolved,
    flags: flagsOf(entry),
  });
}

function inModules({ location, child }: Place): boolean {
  return child !== undefined || location.startsWith('node_modules/') || location.includes('/node_modules/');
}

function addDirectory(builder: GraphBuilder, { location, entry }: Place, name: string, isWorkspace: boolean): number {
  const node = builder.node({
    key: location,
    ecosystem: 'npm',
    name,
    version: asString(entry.version),
    source: isWorkspace ? 'workspace' : 'link',
    integrity: asString(entry.integrity),
    resolved: location,
    flags: flagsOf(entry),
  });
  if (isWorkspace) builder.project(node, location, name);
  return node;
}

/** What the root itself bundles is in a bundle too, but has bytes of its own and so a URL or a digest. */
function flagsOf(entry: JsonObject): number {
  let flags = 0;
  if (entry.hasInstallScript === true) flags |= NODE_FLAGS.installScript;
  if (entry.optional === true || entry.devOptional === true) flags |= NODE_FLAGS.optional;
  if (entry.inBundle === true && entry.resolved === undefined && entry.integrity === undefined) {
    flags |= NODE_FLAGS.bundled;
  }
  if (isFilled(entry.os) || isFilled(entry.cpu) || isFilled(entry.libc)) flags |= NODE_FLAGS.platform;
  return flags;
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === 'string' && value !== '';
}
