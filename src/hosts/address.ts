/** Addresses below the interface of a host: whatever leads elsewhere is refused. Pure. */

const LONGEST = 8192;

/**
 * @param path relative, its segments encoded; may have a query
 * @returns undefined where the address would be another one than it is written as
 */
export function apiAddress(base: string, path: string): URL | undefined {
  const written = base + path;
  if (path === '' || written.length > LONGEST || !URL.canParse(written)) return undefined;
  const url = new URL(written);
  return url.href === written && url.hash === '' ? url : undefined;
}

/**
 * Where a redirect or the link to the next page leads, if that is below the same interface. A server behind a proxy may
 * write http for its own https: the scheme of the base is kept, so that nothing ever travels in the clear.
 */
export function sameApi(base: string, from: URL, location: string | null): URL | undefined {
  if (location === null || location.length > LONGEST || !URL.canParse(location, from.href)) return undefined;
  const home = new URL(base);
  const url = new URL(location, from.href);
  if (url.protocol === 'http:' && url.host === home.host) url.protocol = home.protocol;
  const isBelow = url.origin === home.origin && url.pathname.startsWith(home.pathname);
  return isBelow && url.username === '' && url.password === '' ? url : undefined;
}

/** The target of `rel="next"` in a Link header (RFC 8288), unchecked. */
export function nextLink(header: string | null): string | undefined {
  if (header === null || header.length > LONGEST) return undefined;
  for (const part of header.split('<').slice(1)) {
    const end = part.indexOf('>');
    if (end > 0 && /;\s*rel="?next"?\s*(?:[;,]|$)/i.test(part.slice(end + 1))) return part.slice(0, end);
  }
  return undefined;
}
