/** Where the interface of a host is, and what is sent to be let in: from the environment alone. Pure. */
import { UsageError } from '../errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The interface of one host. */
export interface ApiHost {
  /** Address that ends in a slash, without credentials; nothing outside it is ever asked. */
  readonly base: string;
  /** Host of the repositories, as their names begin: `git.example`, with its port if it has one. */
  readonly webHost: string;
  /** Sent with every request. Holds a secret: for the wire only. */
  readonly headers: Readonly<Record<string, string>>;
  /** Variables that a token is taken from, for advice. */
  readonly tokenVariables: readonly string[];
  readonly hasToken: boolean;
  /** Requests in any minute, where the host refuses more without a word of it before. */
  readonly perMinute?: number;
}

const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * The address of an interface as a variable gives it.
 *
 * @param variable its name, for the error: the value may hold credentials
 * @throws UsageError where a token would travel in the clear, or the address is none
 */
export function apiBase(text: string, variable: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPrivate = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!url || !isPrivate || url.username || url.password || url.search || url.hash || url.hostname === '') {
    throw new UsageError([
      {
        code: 'USAGE',
        message: `${variable} is no https address without credentials, query and fragment`,
        next: `set ${variable} to the address of the host, or leave it out`,
      },
    ]);
  }
  return url.pathname.endsWith('/') ? url.href : `${url.href}/`;
}

/** The address of a repository for people. @param path owner and name */
export function webAddressOf({ base, webHost }: ApiHost, path: string): string {
  return `${new URL(base).protocol}//${webHost}/${path}`;
}

/** The host that a variable names, `git.example` or `https://git.example`, as the address of its root. */
export function hostBase(text: string, variable: string): string {
  return apiBase(/^https?:\/\//i.test(text) ? text : `https://${text}`, variable);
}

/**
 * The first token that is set.
 *
 * @throws UsageError where one cannot be sent in a header; the value is not repeated
 */
export function tokenFrom(env: Environment, variables: readonly string[]): string | undefined {
  for (const variable of variables) {
    const token = env[variable]?.trim();
    if (!token) continue;
    if (/^[\x21-\x7e]{1,4096}$/.test(token)) return token;
    throw new UsageError([
      {
        code: 'USAGE',
        message: `${variable} holds what cannot be a token: spaces, control characters, or too much`,
        next: `set ${variable} to the token alone`,
      },
    ]);
  }
  return undefined;
}
