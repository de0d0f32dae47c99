/** What a Yarn locator says about where the bytes of a package come from. */
import { posix } from 'node:path';
import { NODE_FLAGS, type SourceKind } from '../../graph/model.ts';
import { binding, decoded, parsePatch, splitName, unbound } from './descriptor.ts';

export interface YarnSource {
  readonly source: SourceKind;
  readonly resolved: string | undefined;
  readonly flags: number;
}

const REGISTRY: YarnSource = { source: 'registry', resolved: undefined, flags: 0 };

/** Packages bound to packages bound to packages ... are followed this deep. */
const DEPTH = 8;

/**
 * Source, place and flags of a locator's reference. Protocols of plugins nobody here knows count as `url`.
 *
 * @param reference what follows `name@` in `resolution`
 */
export function sourceOf(reference: string, depth = 0): YarnSource {
  if (reference.startsWith('npm:')) {
    if (!reference.includes(':', 4) && !reference.includes('#')) return REGISTRY;
    return { source: 'registry', resolved: binding(reference, '__archiveUrl') ?? archiveOf(reference), flags: 0 };
  }
  const protocol = /^([a-z+]+):/.exec(reference)?.[1];
  switch (protocol) {
    case 'workspace':
      return { source: 'workspace', resolved: directoryOf(reference), flags: 0 };
    case 'link':
    case 'portal':
      return { source: 'link', resolved: boundPath(reference, depth), flags: 0 };
    case 'file':
    case 'exec':
      return { source: 'file', resolved: boundPath(reference, depth), flags: 0 };
    case 'patch':
      return patched(reference, depth);
    default:
      return remote(reference);
  }
}

/** Yarn 6 keeps an archive's unusual place behind a `#`. */
function archiveOf(reference: string): string | undefined {
  const hash = reference.indexOf('#');
  return hash === -1 ? undefined : decoded(reference.slice(hash + 1));
}

/** The real name behind a locator: Yarn 6 writes an alias as `alias@npm:name@version`. */
export function realName(name: string, reference: string): string {
  return reference.startsWith('npm:') && reference.includes('@') ? (splitName(reference.slice(4))?.name ?? name) : name;
}

/** The directory of a `workspace:` reference relative to the lockfile's, '' for its own. */
export function directoryOf(reference: string): string {
  return relative('', unbound(reference).slice('workspace:'.length));
}

function relative(from: string, path: string): string {
  const joined = posix.join(from, path.replaceAll('\\', '/')).replace(/\/+$/, '');
  return joined === '.' ? '' : joined;
}

/** `file:./a.tgz#./a.tgz::hash=..&locator=..` and the like: the path, from the directory of the package it is bound to. */
function boundPath(reference: string, depth: number): string {
  const path = decoded(/^[a-z]+:([^#]*)/.exec(unbound(reference))?.[1] ?? '');
  const parent = splitName(binding(reference, 'locator') ?? '');
  const base = parent && depth < DEPTH ? sourceOf(parent.rest, depth + 1) : undefined;
  const first = base?.source === 'workspace' || base?.source === 'link';
  return relative(first ? (base.resolved ?? '') : '', path);
}

function patched(reference: string, depth: number): YarnSource {
  const patch = parsePatch(reference);
  const base: YarnSource =
    patch && depth < DEPTH ? sourceOf(patch.rest, depth + 1) : { source: 'registry', resolved: undefined, flags: 0 };
  return { ...base, flags: base.flags | NODE_FLAGS.patched };
}

/** git locators carry the commit they were resolved to behind `#commit=`; what else is a URL is an archive. */
function remote(reference: string): YarnSource {
  const [place = '', fragment = ''] = unbound(reference)
    .replace(/^git:(?=[a-z+]+:|git@)/, '')
    .split('#', 2);
  const commit = /(?:^|&)commit=([^&]+)/.exec(fragment)?.[1];
  if (commit !== undefined) return { source: 'git', resolved: `${place}#${commit}`, flags: 0 };
  if (/^(?:git|ssh|github)\b|\.git$/.test(place)) {
    return { source: 'git', resolved: fragment === '' ? place : `${place}#${fragment}`, flags: 0 };
  }
  return { source: 'url', resolved: /^https?:/.test(place) ? unbound(reference) : undefined, flags: 0 };
}
