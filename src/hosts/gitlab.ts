/** Which GitLab is asked, and with which token: https://docs.gitlab.com/ci/variables/predefined_variables/. Pure. */
import { type ApiHost, apiBase, type Environment, hostBase, tokenFrom } from './base.ts';

const API = 'https://gitlab.com/api/v4/';

/**
 * GITLAB_HOST, which only a user sets, before CI_API_V4_URL, which every job has; else gitlab.com.
 *
 * @throws UsageError
 */
export function gitlabHost(env: Environment): ApiHost {
  const own = env.CI_API_V4_URL ? apiBase(env.CI_API_V4_URL, 'CI_API_V4_URL') : undefined;
  const base = env.GITLAB_HOST ? `${hostBase(env.GITLAB_HOST, 'GITLAB_HOST')}api/v4/` : (own ?? API);
  const token = tokenFrom(env, ['GITLAB_TOKEN']);
  // That of a job is for the server that runs it.
  const job = token === undefined && own === base ? tokenFrom(env, ['CI_JOB_TOKEN']) : undefined;
  return {
    base,
    webHost: `${new URL(base).host}${rootOf(base)}`,
    headers: {
      ...(token === undefined ? {} : { 'private-token': token }),
      ...(job === undefined ? {} : { 'job-token': job }),
    },
    tokenVariables: ['GITLAB_TOKEN', 'CI_JOB_TOKEN'],
    hasToken: token !== undefined || job !== undefined,
  };
}

/** GitLab may live below a path: https://docs.gitlab.com/omnibus/settings/configuration/#configure-a-relative-url-for-gitlab. */
function rootOf(base: string): string {
  return new URL(base).pathname.replace(/\/api\/v4\/$/, '');
}
