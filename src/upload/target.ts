/**
 * Where a SARIF file is uploaded to. What the file says counts only where it was written from a host's list or from an address
 * that the user gave; what a checkout says of itself does not, because a scanned tree may say anything. Pure.
 */
import { Minimatch } from 'minimatch';
import { type Problem, UsageError } from '../errors.ts';
import type { ApiHost, Environment } from '../hosts/base.ts';
import { isRef } from '../sources/git/address.ts';
import { isFullName } from '../sources/github/source.ts';
import type { Target, Trouble } from './outcome.ts';
import type { Claim } from './sarif-file.ts';

/** As the command line has it. */
export interface TargetOptions {
  readonly repository?: string | undefined;
  readonly commit?: string | undefined;
  readonly ref?: string | undefined;
  /** Globs of OWNER or OWNER/NAME: nothing else is uploaded to. */
  readonly only?: readonly string[] | undefined;
}

/** What every file of a run is judged by. */
export interface Targets {
  readonly host: ApiHost;
  readonly told: TargetOptions;
  /** The repository that a workflow runs in. */
  readonly workflow: Omit<Target, 'host'> | undefined;
  /** Whether there is but one file: one that does not say where it belongs is then taken to be of the workflow. */
  readonly isOne: boolean;
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const LONGEST_GLOB = 256;

/** @throws UsageError with all that is wrong */
export function checkTargets({ repository, commit, ref, only = [] }: TargetOptions, isOne: boolean): void {
  const problems: Problem[] = [];
  const wrong = (message: string, next: string) => problems.push({ code: 'USAGE', message, next });
  if (repository !== undefined && !isFullName(repository))
    wrong('--repository: expected OWNER/NAME', 'give the name of a repository: acme/pay');
  if (commit !== undefined && !COMMIT.test(commit))
    wrong('--commit: expected the whole id of a commit', 'git rev-parse HEAD prints it');
  if (ref !== undefined && !isFullRef(ref))
    wrong('--ref: expected a ref in full', 'write refs/heads/BRANCH, refs/tags/TAG or refs/pull/NUMBER/merge');
  if (!isOne && (repository ?? commit ?? ref) !== undefined)
    wrong(
      '--repository, --commit and --ref are for one file',
      'upload files one by one, or let each say where it belongs',
    );
  if (only.some((glob) => glob === '' || glob.length > LONGEST_GLOB))
    wrong('--only: expected OWNER, or OWNER/NAME as a glob', 'give the owner whose repositories were scanned: acme');
  if (problems.length > 0) throw new UsageError(problems);
}

/** The repository of a workflow, where it runs on the host that is uploaded to. */
export function workflowOf(env: Environment, host: ApiHost): Targets['workflow'] {
  const { GITHUB_REPOSITORY: repository = '', GITHUB_SHA: commit = '', GITHUB_REF: ref = '' } = env;
  const server = env.GITHUB_SERVER_URL ?? 'https://github.com';
  const isHere = URL.canParse(server) && new URL(server).host === host.webHost;
  return isHere && isFullName(repository) && COMMIT.test(commit) && isFullRef(ref)
    ? { repository, commit, ref }
    : undefined;
}

/** @returns the target, or why there is none */
export function targetOf(claim: Claim | undefined, { host, told, workflow, isOne }: Targets): Target | Trouble {
  const own = claim && claimed(claim, host);
  const named = told.repository ?? (own && 'repository' in own ? own.repository : undefined);
  if (named === undefined) {
    if (own && 'code' in own) return own;
    return isOne && workflow
      ? { host: host.webHost, ...workflow }
      : unknown('it does not say which repository it is of');
  }
  const isOfWorkflow = workflow !== undefined && isSame(named, workflow.repository);
  if (told.repository === undefined && !isTrusted(claim) && !isOfWorkflow) return untold(named);
  if (!isAllowed(named, told.only)) return elsewhere(`${named} is not among what --only allows`);
  const from = own && 'repository' in own && isSame(own.repository, named) ? own : undefined;
  const commit = told.commit ?? from?.commit ?? (isOfWorkflow ? workflow.commit : undefined);
  const ref = told.ref ?? from?.ref ?? (isOfWorkflow ? workflow.ref : undefined);
  if (commit === undefined) return unknown('it does not say of which commit it is');
  if (ref === undefined) return unknown('it does not say of which branch it is');
  return { host: host.webHost, repository: named, commit, ref };
}

interface Claimed {
  readonly repository: string;
  readonly commit: string | undefined;
  readonly ref: string | undefined;
}

function claimed({ url, commit, branch, says }: Claim, host: ApiHost): Claimed | Trouble {
  if (says === 'gitlab') return takesNone();
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const repository = (parsed?.pathname ?? '').replace(/^\/|\/$|\.git$/g, '');
  if (!parsed || !isFullName(repository)) return unknown('what it says of its repository is no OWNER/NAME on a host');
  if (parsed.host !== host.webHost) return elsewhere(`it is of ${parsed.host}, and ${host.webHost} is uploaded to`);
  return {
    repository,
    commit: commit !== undefined && COMMIT.test(commit) ? commit : undefined,
    ref: branch !== undefined && isRef(branch) ? `refs/heads/${branch}` : undefined,
  };
}

function isTrusted(claim: Claim | undefined): boolean {
  return claim?.says === 'github' || claim?.says === 'git';
}

function isAllowed(repository: string, only: readonly string[] | undefined): boolean {
  if (only === undefined || only.length === 0) return true;
  const globs = only.map((glob) => (glob.includes('/') ? glob : `${glob}/*`));
  return globs.some((glob) =>
    new Minimatch(glob, { nocase: true, dot: true, nocomment: true, nonegate: true }).match(repository),
  );
}

/** Names of GitHub are the same in any case. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isFullRef(ref: string): boolean {
  return /^refs\/(?:heads|tags|pull)\/./.test(ref) && isRef(ref);
}

function unknown(what: string): Trouble {
  return {
    code: 'TARGET_UNKNOWN',
    message: `nowhere to upload it to: ${what}`,
    next: 'write it with --sarif-dir from github: or git+ sources at their default branch, or give --repository, --commit and --ref',
  };
}

function untold(repository: string): Trouble {
  return {
    code: 'TARGET_UNTOLD',
    message: `a checkout says that it is of ${repository}, which is not believed: what is scanned may say anything`,
    next: `give --repository ${repository} if it is, or scan github:${repository}`,
  };
}

function elsewhere(message: string): Trouble {
  return {
    code: 'TARGET_ELSEWHERE',
    message,
    next: 'set GH_HOST or GITHUB_API_URL to its host, widen --only, or leave the file out',
  };
}

function takesNone(): Trouble {
  return {
    code: 'HOST_TAKES_NONE',
    message: 'it is of GitLab, which takes no SARIF of projects from outside of their pipelines',
    next: 'publish the reports as artifacts of the pipeline that scans: docs/scheduled-scan.md, "GitLab"',
  };
}
