/** Addresses below a registry, made so that no name from a lockfile can lead elsewhere. Pure. */

/** Path of a registry's key list. */
export const KEYS_PATH = '-/npm/v1/keys';
const ATTESTATIONS_PATH = '-/npm/v1/attestations/';

/** New names have at most 214 characters; the oldest could be longer. */
const LONGEST_NAME = 512;
const LONGEST_VERSION = 256;
const LONGEST_PATH = 4096;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const UNFIT = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff/\\]/;
const VERSION = /^[0-9A-Za-z][0-9A-Za-z.+_-]*$/;

/**
 * The path of a package's packument below its registry, its scope written as registries expect it: `@scope%2fname`.
 *
 * @returns undefined where no registry can have a package of that name
 */
export function packagePath(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  if (!name.startsWith('@')) return encoded(name);
  const slash = name.indexOf('/');
  const [scope, rest] = [encoded(name.slice(1, slash)), encoded(name.slice(slash + 1))];
  return slash < 0 || scope === undefined || rest === undefined ? undefined : `@${scope}%2f${rest}`;
}

/** The path of a release's attestations; undefined where no registry can have such a release. */
export function attestationsPath(name: string, version: string): string | undefined {
  const path = packagePath(name);
  if (path === undefined || version.length > LONGEST_VERSION || !VERSION.test(version)) return undefined;
  return `${ATTESTATIONS_PATH}${path}@${encodeURIComponent(version)}`;
}

function encoded(segment: string): string | undefined {
  if (segment === '' || segment === '.' || segment === '..' || UNFIT.test(segment)) return undefined;
  // Half of a surrogate pair has no encoding.
  return /\p{Surrogate}/u.test(segment) ? undefined : encodeURIComponent(segment);
}

/**
 * @param registry http(s) address that ends in a slash
 * @param path relative and already encoded
 * @returns undefined unless the address is, to the letter, the registry's with the path behind it: whatever the URL parser
 * would resolve, drop or encode (dot segments, backslashes, control characters) is refused rather than understood
 */
export function below(registry: string, path: string): URL | undefined {
  const written = registry + path;
  if (!registry.endsWith('/') || path === '' || path.length > LONGEST_PATH || !URL.canParse(written)) return undefined;
  const url = new URL(written);
  return url.href === written && url.search === '' && url.hash === '' && !/[?#]/.test(path) ? url : undefined;
}

/** Where a redirect leads, if that is below the same registry. */
export function redirected(registry: string, from: URL, location: string | null): URL | undefined {
  if (location === null || !URL.canParse(location, from.href)) return undefined;
  const base = new URL(registry);
  const url = new URL(location, from.href);
  const same = url.origin === base.origin && url.pathname.startsWith(base.pathname);
  return same && url.username === '' && url.password === '' ? url : undefined;
}
