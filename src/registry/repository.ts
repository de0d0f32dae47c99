/** The source repository a manifest declares, made comparable: many spellings, one https URL. Pure. */
import GitHost from 'hosted-git-info';

/** Longer texts are no address. */
const LONGEST = 4096;
/** What a manifest may write before a git host; the first group is the protocol that decides what a port means. */
const SCHEME = /^(?:git\+)?(https?|ssh|git):\/\//i;
/** `git@host:owner/name`, `host.tld:owner/name`. */
const SCP = /^(?:[^@/:]+@)?([^@/:]+):\/*([^@]+)$/;
/** `host.tld/owner/name` without a scheme. */
const BARE = /^(?:[^@/:]+@)?([^@/:]+)\/([^@/]+\/[^@]+)$/;
/** One part of a path on a known host. */
const PART = /^~?[\w.-]*[\w-][\w.-]*$/;

interface Place {
  readonly url: string;
  /** On a host known to take any case of owner and name for the same. */
  readonly known: boolean;
}

/**
 * The canonical URL of a git repository: `https://host/owner/name`, host in lower case, without credentials, query,
 * fragment, `.git`, or the path of a directory in it (`/tree/main/...`). Reads `git+https:`, `git:`, `ssh:`, `git@host:...`,
 * `owner/name` and the shortcuts of the hosts that hosted-git-info knows; other hosts as URLs. The case of owner and name
 * is kept.
 *
 * @param text as written in a manifest; anything
 * @returns undefined for a gist and for what is no address of a repository
 */
export function repositoryOf(text: string): string | undefined {
  return placeOf(text)?.url;
}

/** Whether two declared repositories are one; undefined where either is not known. Not redirects: a renamed one is another. */
export function sameRepository(a: string | undefined, b: string | undefined): boolean | undefined {
  const [x, y] = [placeOf(a ?? ''), placeOf(b ?? '')];
  if (x === undefined || y === undefined) return undefined;
  return comparable(x) === comparable(y);
}

function comparable({ url, known }: Place): string {
  return known ? url.toLowerCase() : url;
}

function placeOf(text: string): Place | undefined {
  if (text.length > LONGEST) return undefined;
  const address = text.split(/[?#]/, 1)[0]?.trim() ?? '';
  if (address === '' || /[\s\p{Cc}\\]/u.test(address)) return undefined;
  const scheme = SCHEME.exec(address);
  if (scheme !== null) return atUrl(scheme[1]?.toLowerCase() ?? '', address.slice(scheme[0].length), text);
  const scp = SCP.exec(address);
  // user.name:password#... would look like host.tld:path, were it not for the @ that follows.
  const isScp = scp !== null && (address.includes('@') || (scp[1]?.includes('.') && !text.includes('@')));
  if (isScp) return atUrl('ssh', `${scp[1]}/${scp[2]}`, text);
  const bare = BARE.exec(address);
  if (bare !== null && isKnown(bare[1] ?? '')) return atUrl('https', `${bare[1]}/${bare[2]}`, text);
  return onKnownHost(address.endsWith('/') ? address.slice(0, -1) : address);
}

/** @param rest of a URL, after `//`, with login and port */
function atUrl(protocol: string, rest: string, text: string): Place | undefined {
  const written = `https://${withoutLogin(rest, text) ?? ''}`;
  if (!URL.canParse(written)) return undefined;
  const url = new URL(written);
  const host = url.hostname.replace(/\.$/, '');
  if (host.split('.').includes('')) return undefined;
  const parts = url.pathname.split('/').filter((part) => part !== '');
  if (isKnown(host)) return onKnownHost(`https://${host}/${ownerAndName(host, parts).join('/')}`);
  const kept = withoutGit(beforeDirectory(parts));
  // What stands before an @ may be a password that was written with a slash in it.
  // And a name may be dots before its `.git`, which a URL takes for a step up.
  if (kept.length === 0 || kept.some((part) => part.includes('@') || /^\.+$/.test(part))) return undefined;
  // Where ssh listens says nothing of where a browser would look.
  const ported = url.port !== '' && protocol.startsWith('http') && !(protocol === 'http' && url.port === '80');
  return { url: `https://${host}${ported ? `:${url.port}` : ''}/${kept.join('/')}`, known: false };
}

/**
 * Without user and password, and `host:owner/name` as `host/owner/name`: that is no URL, and common after ssh://.
 *
 * @param text the whole: with an @ after an authority that has a colon, what looks like host, port or path may be a part of
 *   a password that was written with a slash, ? or # in it
 * @returns undefined where that may be so
 */
function withoutLogin(rest: string, text: string): string | undefined {
  const end = rest.indexOf('/') === -1 ? rest.length : rest.indexOf('/');
  const authority = rest.slice(0, end);
  if (authority.includes(':') && text.split('@').length !== authority.split('@').length) return undefined;
  const place = authority.slice(authority.lastIndexOf('@') + 1);
  const colon = place.startsWith('[') ? -1 : place.indexOf(':');
  const isPort = colon === -1 || /^\d*$/.test(place.slice(colon + 1));
  return `${isPort ? place : place.replace(':', '/')}${rest.slice(end)}`;
}

function isKnown(host: string): boolean {
  return hostOf(`https://${host}/owner/name`) !== undefined;
}

/** Only GitLab nests owners; elsewhere what follows the name is a place in the repository. */
function ownerAndName(host: string, parts: readonly string[]): readonly string[] {
  const nested = hostOf(`https://${host}/owner/name`)?.type === 'gitlab';
  return withoutGit(nested ? beforeDirectory(parts) : parts.slice(0, 2));
}

function beforeDirectory(parts: readonly string[]): readonly string[] {
  const at = parts.findIndex((part, index) => index >= 2 && (part === '-' || part === 'tree' || part === 'blob'));
  return at === -1 ? parts : parts.slice(0, at);
}

function withoutGit(parts: readonly string[]): readonly string[] {
  const kept = [...parts];
  for (let last = kept.pop(); last !== undefined; last = kept.pop()) {
    while (last.endsWith('.git')) last = last.slice(0, -'.git'.length);
    if (last !== '') return [...kept, last];
  }
  return kept;
}

/** A URL on a host that hosted-git-info knows, one of its shortcuts, or `owner/name`. */
function onKnownHost(address: string): Place | undefined {
  const host = hostOf(address);
  if (host === undefined || host.type === 'gist' || !host.user || !host.project) return undefined;
  const parts = withoutGit([...host.user.split('/'), host.project]);
  if (parts.length < 2 || (parts.length > 2 && host.type !== 'gitlab')) return undefined;
  return parts.every((part) => PART.test(part))
    ? { url: `https://${host.domain}/${parts.join('/')}`, known: true }
    : undefined;
}

function hostOf(address: string): GitHost | undefined {
  try {
    return GitHost.fromUrl(address);
  } catch {
    return undefined;
  }
}
