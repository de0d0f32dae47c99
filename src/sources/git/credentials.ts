/**
 * Credentials of a URL on their way to git: through the environment, never as an argument, never in a file, and for the
 * server they were written for alone, wherever it redirects to.
 */

import { RepositoryFailure } from '../remote/repository.ts';
import type { GitAddress } from './address.ts';
import { type Environment, git, textOf } from './process.ts';

const USERNAME = 'SPOF_DEPS_GIT_USERNAME';
const PASSWORD = 'SPOF_DEPS_GIT_PASSWORD';
/** https://git-scm.com/docs/gitcredentials#_custom_helpers; the shell is the one git brings along. */
const HELPER = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$${USERNAME}" "$${PASSWORD}"; }; f`;

/** What the environment of git needs beside the user's. */
export function credentialEnvironment({ url, credentials }: GitAddress, env: Environment): Environment {
  if (credentials === undefined) return {};
  const { username, password } = credentials;
  const { origin } = new URL(url);
  if (password === undefined) return configured(env, [[`credential.${origin}.username`, username]]);
  return {
    ...configured(env, [
      // An empty one takes those of the user's configuration off the list: they are not to keep what is not theirs.
      [`credential.${origin}.helper`, ''],
      [`credential.${origin}.helper`, HELPER],
    ]),
    [USERNAME]: username,
    [PASSWORD]: password,
  };
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * What git would send to a server that asks: that of its URL, else what the user's helpers know. Nobody is asked.
 *
 * @param directory a repository of our own
 */
export async function filledCredentials(
  { url, credentials }: GitAddress,
  directory: string,
  env: Environment,
): Promise<Credentials | undefined> {
  const { username, password } = credentials ?? {};
  if (username !== undefined && password !== undefined) return { username, password };
  const { protocol, host, pathname } = new URL(url);
  const known = [`protocol=${protocol.slice(0, -1)}`, `host=${host}`, `path=${pathname.slice(1)}`];
  const input = [...known, ...(username === undefined ? [] : [`username=${username}`]), '', ''].join('\n');
  try {
    const { value } = await git(['credential', 'fill'], { directory, env, protocols: [], input, read: textOf });
    const found = new Map(
      value.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const [name, secret] = [found.get('username'), found.get('password')];
    return name === undefined || secret === undefined ? undefined : { username: name, password: secret };
  } catch (error) {
    if (error instanceof RepositoryFailure) return undefined;
    throw error;
  }
}

/** Settings of git in its environment, after those that are there: https://git-scm.com/docs/git-config#ENVIRONMENT. */
function configured(env: Environment, settings: readonly (readonly [string, string])[]): Environment {
  const before = /^\d+$/.test(env.GIT_CONFIG_COUNT ?? '') ? Number(env.GIT_CONFIG_COUNT) : 0;
  const pairs = settings.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${before + at}`, key],
    [`GIT_CONFIG_VALUE_${before + at}`, value],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(before + settings.length) };
}
