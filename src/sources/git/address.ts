/** `git+URL[#ref]`: what the user names, checked before git sees any of it. Pure. */

/** Where a repository is, and what of it is wanted. */
export interface GitAddress {
  /** For git: without credentials, but for the user name that ssh needs. */
  readonly url: string;
  /** As git names it for `GIT_ALLOW_PROTOCOL`. */
  readonly protocol: 'https' | 'http' | 'ssh' | 'git' | 'file';
  /** From the URL of an http(s) server; given to git for that server alone. */
  readonly credentials: { readonly username: string; readonly password: string | undefined } | undefined;
  /** Branch, tag, `refs/...` or the whole id of a commit; undefined for what HEAD points at. */
  readonly ref: string | undefined;
  /** `git.example/acme/pay`, with a ref `git.example/acme/pay@v2`. */
  readonly name: string;
}

const PREFIX = 'git+';
const PROTOCOLS = ['https', 'http', 'ssh', 'git', 'file'] as const;
const LONGEST = 2048;
const HOST = /^(?:\w|\w[\w.-]*\w|\[[0-9a-f:.]+\])$/i;

export function isGitSource(source: string): boolean {
  return source.startsWith(PREFIX);
}

/**
 * @returns the address, or what is wrong with it, in words that hold nothing of it
 */
export function parseGitSource(source: string): GitAddress | { readonly wrong: string } {
  const text = source.slice(PREFIX.length);
  if (text.length > LONGEST || isUnprintable(text)) return { wrong: 'too long, or with spaces or control characters' };
  const hash = text.indexOf('#');
  const [address, ref] = hash === -1 ? [text, undefined] : [text.slice(0, hash), text.slice(hash + 1)];
  if (ref !== undefined && !isRef(ref))
    return { wrong: 'what stands after # cannot be the name of a branch, tag or commit' };
  const url = parsed(address);
  const protocol = PROTOCOLS.find((each) => url?.protocol === `${each}:`);
  if (!url || !protocol || !/^[a-z]+:\/\//i.test(address)) {
    return { wrong: `expected git+URL with one of ${PROTOCOLS.map((each) => `${each}://`).join(', ')}` };
  }
  const isWeb = protocol === 'https' || protocol === 'http';
  const isPlace = protocol === 'file' ? url.host === '' : HOST.test(url.hostname);
  const place = nameOf(url);
  if (!isPlace || place === undefined) return { wrong: 'expected a host and the path of a repository' };
  // What stands there may be a token, and nothing of git needs it.
  if (url.search !== '') return { wrong: 'the address of a repository has no query (?)' };
  const credentials = isWeb && url.username + url.password !== '' ? credentialsOf(url) : undefined;
  if (credentials === 'unreadable') return { wrong: 'its credentials hold what git cannot pass on' };
  if (isWeb) url.username = '';
  url.password = '';
  const name = ref === undefined ? place : `${place}@${ref}`;
  return { url: url.href, protocol, credentials, ref, name };
}

/** Host and path as the start of paths: nothing in it leads anywhere. undefined where there is no path, or it would. */
function nameOf(url: URL): string | undefined {
  const parts = url.pathname
    .replace(/\/+$/, '')
    .replace(/\/?\.git$/, '')
    .split('/')
    .filter((part) => part !== '');
  const isPath = parts.length > 0 && !parts.includes('.') && !parts.includes('..');
  return isPath ? [...(url.host === '' ? [] : [url.host]), ...parts].join('/') : undefined;
}

function parsed(text: string): URL | undefined {
  try {
    const url = new URL(text);
    // An option of ssh in the place of a user or a path is refused by git too; see CVE-2017-1000117.
    return decodeURIComponent(url.username).startsWith('-') || url.pathname.startsWith('/-') ? undefined : url;
  } catch {
    return undefined;
  }
}

function credentialsOf(url: URL): { username: string; password: string | undefined } | 'unreadable' {
  const username = decoded(url.username);
  const password = url.password === '' ? undefined : decoded(url.password);
  if (username === undefined || (url.password !== '' && password === undefined)) return 'unreadable';
  return hasControls(username + (password ?? '')) ? 'unreadable' : { username, password };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isUnprintable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u0020\u007f-\u00a0]/.test(text);
}

// A line break would be one more line of the protocol that helpers speak.
function hasControls(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f]/.test(text);
}

/** The rules of git check-ref-format: https://git-scm.com/docs/git-check-ref-format. */
export function isRef(ref: string): boolean {
  if (ref === '' || ref.length > 255 || ref === '@' || /^[-/]|[/.]$/.test(ref)) return false;
  if (isUnprintable(ref) || /[~^:?*[\\]|\.\.|@\{|\/\//.test(ref)) return false;
  return ref.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}
