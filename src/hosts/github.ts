/** Which GitHub is asked, and with which token: https://cli.github.com/manual/gh_help_environment. Pure. */
import { type ApiHost, apiBase, type Environment, hostBase, tokenFrom } from './base.ts';

const API = 'https://api.github.com/';
/** The oldest version of the interface there is: every GitHub Enterprise Server that is supported knows it. */
const VERSION = '2022-11-28';
/** GitHub takes 900 requests a minute, other programs of the same user included; an own server has no such limit. */
const PER_MINUTE = 800;

/**
 * GH_HOST, which only a user sets, before GITHUB_API_URL, which every workflow has; else github.com.
 *
 * @throws UsageError
 */
export function githubHost(env: Environment): ApiHost {
  const own = env.GITHUB_API_URL ? apiBase(env.GITHUB_API_URL, 'GITHUB_API_URL') : undefined;
  const base = env.GH_HOST ? apiOf(new URL(hostBase(env.GH_HOST, 'GH_HOST'))) : (own ?? API);
  const variables = tokenVariables(base, own);
  const token = tokenFrom(env, variables);
  return {
    base,
    webHost: webHostOf(new URL(base)),
    headers: {
      'x-github-api-version': VERSION,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    tokenVariables: variables,
    hasToken: token !== undefined,
    ...(isCloud(base) ? { perMinute: PER_MINUTE } : {}),
  };
}

function apiOf({ protocol, host }: URL): string {
  if (host === 'github.com' || host === 'api.github.com') return API;
  if (isTenant(host)) return `https://api.${host.replace(/^api\./, '')}/`;
  return `${protocol}//${host}/api/v3/`;
}

function isCloud(base: string): boolean {
  return base === API || isTenant(new URL(base).host);
}

/** With data residency: https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency. */
function isTenant(host: string): boolean {
  return host.endsWith('.ghe.com');
}

function webHostOf({ host }: URL): string {
  return host === 'api.github.com' || (isTenant(host) && host.startsWith('api.')) ? host.slice('api.'.length) : host;
}

/** A token goes to the host it is for: a workflow's to the one the workflow runs on. */
function tokenVariables(base: string, own: string | undefined): string[] {
  const isOwn = own === base;
  const workflow = isOwn || own === undefined ? ['GITHUB_TOKEN'] : [];
  if (isCloud(base)) return ['GH_TOKEN', ...workflow];
  return ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN', ...(isOwn ? ['GH_TOKEN', 'GITHUB_TOKEN'] : [])];
}
