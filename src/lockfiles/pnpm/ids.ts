/**
 * Dependency paths: the keys of pnpm's packages and snapshots, and the references to them.
 *
 *   5.x  /name/1.0.0_peers       reference 1.0.0_peers       host/name/1.0.0, host/path, file:path
 *   6.x  /name@1.0.0(peer@1)     reference 1.0.0(peer@1)     host/name@1.0.0, host/path, file:path
 *   9.x  name@1.0.0(peer@1)      reference 1.0.0(peer@1)     name@https://..., name@file:path
 *
 * A reference under an alias is the whole key. Format facts: https://github.com/pnpm/spec/tree/master/lockfile and
 * what @pnpm/dependency-path 2.1 (5.x, 6.x) and 1000 (9.x) do.
 */

export interface ParsedId {
  /** Undefined where the key has none: then it is a field of the entry. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** A version of a registry, not the place of a tarball, a repository or a directory. */
  readonly isRegistry: boolean;
  /** By this a dependency of that name refers to it; undefined where only the whole key does. */
  readonly reference: string | undefined;
}

export interface IdScheme {
  readonly parse: (key: string) => ParsedId;
  /** Whether a reference stands for the package of the dependency's own name. */
  readonly isOwnName: (reference: string) => boolean;
  /** The key that a reference of its own name stands for. */
  readonly ownKey: (name: string, reference: string) => string;
  /** Whether packages with their peers are in a section of their own, `snapshots`. */
  readonly hasSnapshots: boolean;
}

/** Where the suffix of a key begins, `(patch_hash=...)(peer@1)`, or -1: parentheses at its end, with others inside. */
export function suffixStart(key: string): number {
  if (key.charCodeAt(key.length - 1) !== 0x29) return -1;
  let open = 0;
  for (let i = key.length - 1; i >= 0; i--) {
    const c = key.charCodeAt(i);
    if (c === 0x29) open++;
    else if (c === 0x28) open--;
    else if (open === 0) return i + 1;
  }
  return -1;
}

function startsWithDigit(text: string): boolean {
  const first = text.charCodeAt(0);
  return first >= 0x30 && first <= 0x39;
}

/** name@version from `start` on, where an `@` at the start belongs to a scope. */
function parseAt(key: string, start: number): ParsedId {
  const at = key.indexOf('@', start + 1);
  if (at === -1) return { name: undefined, version: undefined, isRegistry: false, reference: undefined };
  const reference = key.slice(at + 1);
  const isRegistry = startsWithDigit(reference);
  const suffix = isRegistry ? suffixStart(reference) : -1;
  const version = isRegistry ? (suffix === -1 ? reference : reference.slice(0, suffix)) : undefined;
  return { name: key.slice(start, at), version, isRegistry, reference };
}

/** name/version from `start` on; peers follow the version after `_` or, in files of transition, in parentheses. */
function parseSlash(key: string, start: number): ParsedId {
  const scopeEnd = key.charCodeAt(start) === 0x40 ? key.indexOf('/', start) : start;
  const slash = key.indexOf('/', scopeEnd + 1);
  const reference = key.slice(slash + 1);
  if (scopeEnd === -1 || slash === -1 || !startsWithDigit(reference)) {
    return { name: undefined, version: undefined, isRegistry: false, reference: undefined };
  }
  const peers = reference.search(/[_(]/);
  const version = peers === -1 ? reference : reference.slice(0, peers);
  return { name: key.slice(start, slash), version, isRegistry: true, reference };
}

/** Up to 6.x: `/` and a name, or a host and a name, or a place. */
function parseRooted(key: string, parse: (key: string, start: number) => ParsedId): ParsedId {
  if (key.charCodeAt(0) === 0x2f) return parse(key, 1);
  const slash = key.indexOf('/');
  if (slash !== -1 && !key.startsWith('file:')) {
    const behindHost = parse(key, slash + 1);
    if (behindHost.isRegistry && behindHost.name !== undefined && isPackageName(behindHost.name)) {
      return { ...behindHost, reference: undefined };
    }
  }
  return { name: undefined, version: undefined, isRegistry: false, reference: undefined };
}

function isPackageName(name: string): boolean {
  return /^(?:@[^/]+\/)?[^/]+$/.test(name);
}

/** Up to 6.x a reference with a slash, but for slashes among peers, is a key. */
function hasNoSlash(reference: string): boolean {
  const slash = reference.indexOf('/');
  if (slash === -1) return true;
  const peers = reference.indexOf('(');
  return peers !== -1 && peers < slash && !reference.startsWith('file:');
}

const V5: IdScheme = {
  parse: (key) => parseRooted(key, parseSlash),
  isOwnName: hasNoSlash,
  ownKey: (name, reference) => `/${name}/${reference}`,
  hasSnapshots: false,
};

const V6: IdScheme = {
  parse: (key) => parseRooted(key, parseAt),
  isOwnName: hasNoSlash,
  ownKey: (name, reference) => `/${name}@${reference}`,
  hasSnapshots: false,
};

/** In 9.x a reference is a key where an `@` comes before any colon and any parenthesis. */
const V9: IdScheme = {
  parse: (key) => parseAt(key, 0),
  isOwnName(reference) {
    const at = reference.indexOf('@');
    if (at === -1) return true;
    if (at === 0) return false;
    const colon = reference.indexOf(':');
    const bracket = reference.indexOf('(');
    return (colon !== -1 && colon < at) || (bracket !== -1 && bracket < at);
  },
  ownKey: (name, reference) => `${name}@${reference}`,
  hasSnapshots: true,
};

/** The scheme of a major version of the format, or undefined for one that is not known. */
export function idScheme(major: string): IdScheme | undefined {
  return major === '9' ? V9 : major === '6' ? V6 : major === '5' ? V5 : undefined;
}
