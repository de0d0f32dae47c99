/**
 * From a verified SLSA provenance and its certificate to who built what. The certificate is the truth: its authority took
 * it from the identity token of the build; the predicate was written by the build itself and must agree with it. Pure.
 */
import { isObject, type JsonObject } from '../json.ts';
import type { Provenance } from './provenance.ts';
import { type CertificateSigner, FULCIO } from './sigstore/certificate.ts';
import type { Verdict } from './state.ts';
import { PROVENANCE_V1, type Statement } from './statement.ts';

export interface Built {
  readonly verdict: Verdict;
  /** Only where the verdict is verified. */
  readonly build?: Provenance;
}

const FACTS = ['repository', 'ref', 'commit', 'workflow', 'workflowRef', 'repositoryId', 'ownerId', 'runner'] as const;
type Fact = (typeof FACTS)[number];
/** What one side says of a build, as text that can be compared; empty counts as not said. */
type Facts = { readonly [fact in Fact]?: string | undefined };

/** npm's own for GitHub Actions (gha@v0, gha@v1, gha/v2), and SLSA's generator, which fills in the same fields. */
const GITHUB_V02 = /^https:\/\/github\.com\/(?:npm\/cli\/gha[@/]|slsa-framework\/slsa-github-generator\/)/;
const GITLAB_V02 = 'https://github.com/npm/cli/gitlab/';
const GITHUB_V1 = new Set([
  'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
  'https://actions.github.io/buildtypes/workflow/v1',
]);
/** GitLab's documents of its build type, which move: docs.gitlab.com, and the runner's PROVENANCE.md. */
const GITLAB_V1 = /^https:\/\/(?:docs\.gitlab\.com|gitlab\.com\/gitlab-org\/gitlab-runner)\//;
const GITHUB_RUNNER = 'https://github.com/actions/runner/';
/** Signs for the reusable workflows that call it, and attests which one did. */
/** Of an enterprise its name follows. */
const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
const DELEGATOR = 'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/delegator_';
const MOST_DEPENDENCIES = 1024;
/** Of what a predicate says; the longest seen is an address of 130 characters. */
const LONGEST_TEXT = 2048;

/**
 * @returns `unsupported` where the certificate names no source repository (a person's, or of a platform that tells none),
 *   or its issuer is not that of the repository's host:
 *   what the predicate says of it then has nobody's word but its own. `identity-differs` where both tell of something and
 *   differ. A predicate of an unknown build type is not read for it
 */
export function buildOf(statement: Statement, signer: CertificateSigner, loggedAt: string): Built {
  const certified = certifiedFacts(signer);
  const { repository } = certified;
  if (repository === undefined) {
    return {
      verdict: { reason: 'unsupported', detail: `a certificate without a source repository: ${signer.identity}` },
    };
  }
  if (!mayVouch(signer.issuer, repository)) {
    return { verdict: { reason: 'unsupported', detail: `${signer.issuer} vouches for a build of ${repository}` } };
  }
  const { predicateType, predicate } = statement;
  const builder = textAt(predicate, ...(predicateType === PROVENANCE_V1 ? ['runDetails'] : []), 'builder', 'id');
  const claimed = predicateType === PROVENANCE_V1 ? factsV1(predicate, repository) : factsV02(predicate, repository);
  const differences = differencesOf({ ...claimed, runner: runnerOf(builder) }, certified);
  if (builder !== undefined && !isBuilderOf(builder, repository, signer)) differences.push(`builder ${builder}`);
  const signedBy = extension(signer, 9);
  if (signedBy !== undefined && signer.identity !== signedBy) differences.push(`identity ${signer.identity}`);
  if (differences.length > 0) return { verdict: { reason: 'identity-differs', detail: differences.join('; ') } };
  return {
    verdict: { reason: 'verified' },
    build: {
      predicateType,
      repository,
      owner: repositoryOf(extension(signer, 16)) ?? repository.slice(0, repository.lastIndexOf('/')),
      repositoryId: certified.repositoryId ?? claimed.repositoryId,
      ownerId: certified.ownerId ?? claimed.ownerId,
      commit: certified.commit ?? claimed.commit,
      ref: certified.ref ?? claimed.ref,
      workflow: certified.workflow ?? claimed.workflow,
      builder: builder ?? extension(signer, 9) ?? signer.identity,
      issuer: signer.issuer,
      identity: signer.identity,
      loggedAt,
    },
  };
}

/** Extensions by number (sigstore/fulcio, docs/oid-info.md); certificates before April 2023 have only those below 8. */
function certifiedFacts(signer: CertificateSigner): Facts {
  const { identity } = signer;
  const path = extension(signer, 5);
  const old = path !== undefined && URL.canParse(identity) ? `${new URL(identity).origin}/${path}` : undefined;
  const repository = repositoryOf(extension(signer, 12) ?? old);
  if (repository === undefined) return {};
  const own = identity.toLowerCase().startsWith(`${repository.toLowerCase()}/`) ? identity : undefined;
  const workflow = workflowOf(extension(signer, 18) ?? own, repository);
  return {
    repository,
    commit: extension(signer, 13) ?? extension(signer, 3),
    ref: extension(signer, 14) ?? extension(signer, 6),
    workflow: workflow.path,
    workflowRef: workflow.ref,
    repositoryId: extension(signer, 15),
    ownerId: extension(signer, 17),
    runner: extension(signer, 11),
  };
}

/** SLSA provenance 0.2 as npm and SLSA's generator write it. */
function factsV02(predicate: JsonObject, repository: string): Facts {
  const type = textAt(predicate, 'buildType') ?? '';
  const invocation = valueAt(predicate, 'invocation');
  const source = sourceOf(textAt(invocation, 'configSource', 'uri'));
  const digest = valueAt(invocation, 'configSource', 'digest');
  const facts = { ...source, commit: textAt(digest, 'sha1') ?? textAt(digest, 'gitCommit') ?? source.commit };
  if (GITHUB_V02.test(type)) {
    const workflow = workflowOf(textAt(invocation, 'configSource', 'entryPoint'), repository);
    const environment = valueAt(invocation, 'environment');
    return {
      ...facts,
      workflow: workflow.path,
      workflowRef: workflow.ref,
      repositoryId: textAt(environment, 'GITHUB_REPOSITORY_ID'),
      ownerId: textAt(environment, 'GITHUB_REPOSITORY_OWNER_ID'),
    };
  }
  if (!type.startsWith(GITLAB_V02)) return {};
  const parameters = valueAt(invocation, 'parameters');
  return {
    ...facts,
    repositoryId: textAt(parameters, 'CI_PROJECT_ID'),
    ownerId: textAt(parameters, 'CI_PROJECT_NAMESPACE_ID'),
  };
}

/** SLSA provenance 1 of GitHub Actions and GitLab CI. */
function factsV1(predicate: JsonObject, repository: string): Facts {
  const definition = valueAt(predicate, 'buildDefinition');
  const type = textAt(definition, 'buildType') ?? '';
  const gitlab = GITLAB_V1.test(type);
  if (!gitlab && !GITHUB_V1.has(type)) return {};
  const parameters = valueAt(definition, 'externalParameters');
  const claimed = repositoryOf(textAt(parameters, ...(gitlab ? ['source'] : ['workflow', 'repository'])));
  const facts = { ...sourceAmong(valueAt(definition, 'resolvedDependencies'), repository), repository: claimed };
  if (gitlab) return facts;
  const github = valueAt(definition, 'internalParameters', 'github');
  return {
    ...facts,
    workflow: workflowOf(textAt(parameters, 'workflow', 'path'), repository).path,
    workflowRef: textAt(parameters, 'workflow', 'ref'),
    repositoryId: textAt(github, 'repository_id'),
    ownerId: textAt(github, 'repository_owner_id'),
  };
}

function sourceAmong(dependencies: unknown, repository: string): Facts {
  const list: readonly unknown[] = Array.isArray(dependencies) ? dependencies.slice(0, MOST_DEPENDENCIES) : [];
  for (const dependency of list) {
    const source = sourceOf(textAt(dependency, 'uri'));
    if (source.repository?.toLowerCase() !== repository.toLowerCase()) continue;
    const digest = valueAt(dependency, 'digest');
    return { ref: source.ref, commit: textAt(digest, 'gitCommit') ?? textAt(digest, 'sha1') ?? source.commit };
  }
  return {};
}

function differencesOf(claimed: Facts, certified: Facts): string[] {
  return FACTS.flatMap((fact) => {
    const [ours, theirs] = [certified[fact], claimed[fact]];
    if (ours === undefined || theirs === undefined) return [];
    // The hosts take names of repositories, and git takes digests, in either case.
    const loose = fact === 'repository' || fact === 'commit';
    const same = loose ? ours.toLowerCase() === theirs.toLowerCase() : ours === theirs;
    return same ? [] : [`${fact} ${theirs}, certificate ${ours}`];
  });
}

function runnerOf(builder: string | undefined): string | undefined {
  return builder?.startsWith(GITHUB_RUNNER) ? builder.slice(GITHUB_RUNNER.length) : undefined;
}

/**
 * Whether an issuer speaks for builds on a repository's host. Other build services vouch for repositories that they only
 * check out; npm takes provenance of these two kinds of issuer alone.
 */
function mayVouch(issuer: string, repository: string): boolean {
  const { host } = new URL(repository);
  if (host === 'github.com') return issuer === GITHUB_ISSUER || issuer.startsWith(`${GITHUB_ISSUER}/`);
  return URL.canParse(issuer) && new URL(issuer).host === host;
}

/** Whether a builder that names a repository is the one that signed; others (a runner, npm) name none to compare. */
function isBuilderOf(builder: string, repository: string, { identity }: CertificateSigner): boolean {
  const [project] = builder.split('/-/runners/');
  if (project !== builder) return repositoryOf(project)?.toLowerCase() === repository.toLowerCase();
  if (!builder.includes('/.github/workflows/')) return true;
  return builder === identity || identity.startsWith(DELEGATOR);
}

/** `git+https://host/owner/name@refs/tags/v1`: the ref, which may hold an `@`, or a commit, or nothing may follow. */
function sourceOf(uri: string | undefined): Facts {
  const [, url, ref, commit] = /^(.*?)(?:@(refs\/.*)|@([0-9a-f]{40,64}))?$/s.exec(uri ?? '') ?? [];
  return { repository: repositoryOf(url), ref, commit };
}

/** Path and ref of `path@ref`, `owner/name/path@ref` or a URL of these; GitLab's has `//` before the path. */
function workflowOf(text: string | undefined, repository: string): { path?: string; ref?: string } {
  if (text === undefined) return {};
  const at = text.includes('@refs/') ? text.indexOf('@refs/') : text.lastIndexOf('@');
  const whole = at < 0 ? text : text.slice(0, at);
  const { origin, pathname } = new URL(repository);
  const inHost = whole.startsWith(`${origin}/`) ? whole.slice(origin.length + 1) : whole;
  const home = `${pathname.slice(1)}/`;
  const inRepository = inHost.toLowerCase().startsWith(home.toLowerCase()) ? inHost.slice(home.length) : inHost;
  const path = inRepository.replace(/^\/+/, '');
  return at < 0 ? { path } : { path, ref: text.slice(at + 1) };
}

/** The https URL of a repository or its owner, without credentials, `.git` or a slash at its end. */
function repositoryOf(text: string | undefined): string | undefined {
  const url = text?.replace(/^git\+/, '');
  if (url === undefined || !/^https:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  const { host, pathname } = new URL(url);
  const path = pathname.replace(/\/+$/, '').replace(/\.git$/, '');
  return path === '' ? undefined : `https://${host}${path}`;
}

function extension({ extensions }: CertificateSigner, number: number): string | undefined {
  const text = extensions.get(`${FULCIO}.${number}`);
  return text === '' ? undefined : text;
}

function valueAt(value: unknown, ...path: string[]): unknown {
  return path.reduce((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);
}

function textAt(value: unknown, ...path: string[]): string | undefined {
  const text = valueAt(value, ...path);
  return typeof text === 'string' && text !== '' ? text.slice(0, LONGEST_TEXT) : undefined;
}
