/**
 * The two kinds of text Yarn 2 and later are made of: descriptors (`name@range`, what is asked for) and locators
 * (`name@reference`, what it resolved to).
 */

export interface Named {
  /** Package name with its scope. */
  readonly name: string;
  /** What follows the `@`: a range in a descriptor, a reference in a locator. */
  readonly rest: string;
}

/** A patch of a patch of a patch ... is read this deep; nobody goes beyond two. */
const PATCH_DEPTH = 8;

/** Splits `name@rest` or `@scope/name@rest`; undefined where it is neither. */
export function splitName(text: string): Named | undefined {
  const at = text.indexOf('@', 1);
  if (at === -1 || at === text.length - 1) return undefined;
  const name = text.slice(0, at);
  const slash = name.indexOf('/');
  const scoped = name.charCodeAt(0) === 64;
  if (scoped ? slash < 2 || slash === name.length - 1 || name.indexOf('/', slash + 1) !== -1 : slash !== -1) {
    return undefined;
  }
  return { name, rest: text.slice(at + 1) };
}

/** The descriptors of an entry's key. */
export function splitKey(key: string): string[] {
  return key.includes(',') ? key.split(/\s*,\s*/) : [key];
}

/**
 * A range as lookups compare it: with its `npm:` (lock versions before 7 leave it out where it is the default) and, for
 * a patch, with its source decoded (some versions write it encoded, some do not).
 */
export function normalRange(range: string, depth = 0): string {
  if (range.startsWith('npm:')) return range;
  if (range.startsWith('patch:') && depth < PATCH_DEPTH) {
    const patch = parsePatch(range);
    if (patch !== undefined) return `patch:${patch.name}@${normalRange(patch.rest, depth + 1)}#${patch.selector}`;
  }
  return range.includes(':') || range.includes('/') ? range : `npm:${range}`;
}

/** normalRange without `npm:`, which makes ranges of all lock versions alike. */
export function shortRange(range: string): string {
  if (range.startsWith('npm:')) return range.slice(4);
  return range.startsWith('patch:') ? normalRange(range) : range;
}

/** A dependency's range as its manifest has it: newer lockfiles write the default `npm:` out. Aliases keep it. */
export function declaredRange(range: string): string {
  return range.startsWith('npm:') && !range.includes('@') ? range.slice(4) : range;
}

export interface Patch extends Named {
  /** The patch files with what is bound to them; `builtin<compat/...>` for Yarn's own. */
  readonly selector: string;
}

/** Takes `patch:<encoded name@rest>#<selector>` apart. */
export function parsePatch(range: string): Patch | undefined {
  const hash = range.indexOf('#');
  if (hash === -1) return undefined;
  const source = splitName(decoded(range.slice('patch:'.length, hash)));
  return source && { ...source, selector: range.slice(hash + 1) };
}

/** Yarn applies patches of its own to a few packages (`builtin<compat/...>`, later `~builtin`, later `optional!builtin`). */
export function isBuiltinPatch(selector: string): boolean {
  return /^(?:~|optional!)?builtin</.test(selector);
}

/** decodeURIComponent that leaves malformed text as it is. */
export function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The value of one binding (`range::a=1&b=2`), decoded. */
export function binding(reference: string, name: string): string | undefined {
  const at = reference.lastIndexOf('::');
  if (at === -1) return undefined;
  for (const pair of reference.slice(at + 2).split('&')) {
    if (pair.startsWith(`${name}=`)) return decoded(pair.slice(name.length + 1).replaceAll('+', ' '));
  }
  return undefined;
}

/** A range or reference without its bindings. */
export function unbound(reference: string): string {
  const at = reference.indexOf('::');
  return at === -1 ? reference : reference.slice(0, at);
}

/** Whether descriptors of one name sort before those of another: `a@` before `b@`, which is how Yarn walks them. */
export function isBefore(a: string, b: string): boolean {
  return b.startsWith(a) ? 64 < b.charCodeAt(a.length) : a.startsWith(b) ? a.charCodeAt(b.length) < 64 : a < b;
}
