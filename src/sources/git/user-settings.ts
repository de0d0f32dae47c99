/**
 * What of the user's configuration of git would change how a server is asked: where anything would, git itself asks. Reads
 * the configuration once a run.
 */
import { readFile } from 'node:fs/promises';
import type { GitAddress } from './address.ts';
import { type Environment, git, SETTING_KEYS, textOf } from './process.ts';

export interface UserSettings {
  /** Whether git would ask a server of this address as anybody would. */
  isPlain(address: GitAddress): boolean;
  /** PEM: whom git trusts to vouch for servers, where it is told. */
  readonly authorities: string | undefined;
  /** Whether credentials of a host may differ by path. */
  readonly isByPath: boolean;
}

/** Proxies, client certificates, protocols and the like, of git and of what it is built on. */
const ENVIRONMENT =
  /^(?:GIT_(?:SSL_(?:CERT|KEY|VERSION|CIPHER)|HTTP|PROXY|CURL|PROTOCOL|ALLOW_PROTOCOL|REDIRECT)\w*|(?:(?:https?|all)_)?proxy)$/i;
/**
 * Change nothing of what is sent to whom. Where git would trust more than is trusted here, no connection comes about, and
 * git is asked.
 */
const HARMLESS =
  /^http\.(?:.*\.)?(?:postbuffer|lowspeedlimit|lowspeedtime|maxrequests|minsessions|followredirects|sslverify|sslcapath|sslbackend)$/;
const AUTHORITIES = 'http.sslcainfo';

/**
 * @param directory a repository of our own, without configuration
 * @param environments of git, and of this process, whose HTTP library reads it too
 */
export async function userSettings(
  directory: string,
  env: Environment,
  environments: readonly Environment[] = [env, process.env],
): Promise<UserSettings> {
  const { value } = await git(['config', '--list', '-z'], {
    directory,
    env,
    protocols: [],
    read: (stdout) => textOf(stdout, MOST_BYTES),
  });
  const settings = entriesOf(value).filter(([key]) => !SETTING_KEYS.has(key));
  const isOdd =
    value.length >= MOST_BYTES ||
    environments.some((each) => Object.entries(each).some(([name, set]) => set && ENVIRONMENT.test(name)));
  const file = env.GIT_SSL_CAINFO || settings.findLast(([key]) => key === AUTHORITIES)?.[1] || env.SSL_CERT_FILE;
  const authorities = file ? await readFile(file, 'utf8').catch(() => 'unreadable' as const) : undefined;
  return {
    authorities,
    isPlain: (address) =>
      !isOdd &&
      (address.protocol === 'http' || authorities !== 'unreadable') &&
      !settings.some(([key, text]) => changes(key, text, address)),
    isByPath: settings.some(([key]) => isOfPath(key)),
  };
}

const MOST_BYTES = 1024 * 1024;

/** `key\nvalue\0`; a key without a value is true. */
function entriesOf(listed: string): [string, string][] {
  return listed.split('\0').flatMap((entry): [string, string][] => {
    const end = entry.indexOf('\n');
    return entry === '' ? [] : [end === -1 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)]];
  });
}

function changes(key: string, value: string, { url, protocol }: GitAddress): boolean {
  if (/^url\..*\.insteadof$/.test(key)) return url.startsWith(value);
  if (key === 'protocol.allow' || key === `protocol.${protocol}.allow`) return true;
  if (!key.startsWith('http.') || HARMLESS.test(key) || key === AUTHORITIES) return false;
  // http.<url>.<name>; what it matches is git's to say.
  const of = /^http\.(.+)\.[^.]+$/.exec(key)?.[1];
  return of === undefined || !URL.canParse(of) || of.includes('*') || new URL(of).host === new URL(url).host;
}

function isOfPath(key: string): boolean {
  const of = /^credential\.(.+)\.[^.]+$/.exec(key)?.[1];
  const hasPath = of !== undefined && (!URL.canParse(of) || new URL(of).pathname.length > 1);
  return hasPath || /^credential\.(?:.*\.)?usehttppath$/.test(key);
}
