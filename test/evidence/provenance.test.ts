/** Predicates against the certificate that signed them: what agrees, what differs, what only one side tells. */
import { describe, expect, it } from 'vitest';
import { buildOf } from '../../src/evidence/build.ts';
import { type CertificateSigner, FULCIO } from '../../src/evidence/sigstore/certificate.ts';
import { PROVENANCE_V1, PROVENANCE_V02, type Statement } from '../../src/evidence/statement.ts';

const GITHUB = 'https://token.actions.githubusercontent.com';
const COMMIT = 'a'.repeat(40);
const LOGGED = '2025-01-02T03:04:05.000Z';

function signer(identity: string, extensions: Readonly<Record<number, string>>, issuer = GITHUB): CertificateSigner {
  const named = Object.entries(extensions).map(([number, text]) => [`${FULCIO}.${number}`, text] as const);
  return { kind: 'certificate', issuer, identity, extensions: new Map(named) };
}

const WORKFLOW = 'https://github.com/o/r/.github/workflows/x.yml@refs/tags/@o/p@1.0.0';
const OLD = { 3: COMMIT, 5: 'o/r', 6: 'refs/tags/@o/p@1.0.0' };
const NEW = {
  ...OLD,
  9: WORKFLOW,
  11: 'github-hosted',
  12: 'https://github.com/o/r',
  13: COMMIT,
  14: 'refs/tags/@o/p@1.0.0',
  15: '11',
  16: 'https://github.com/o',
  17: '22',
  18: WORKFLOW,
};
const EXPECTED = {
  repository: 'https://github.com/o/r',
  owner: 'https://github.com/o',
  repositoryId: '11',
  ownerId: '22',
  commit: COMMIT,
  ref: 'refs/tags/@o/p@1.0.0',
  workflow: '.github/workflows/x.yml',
  issuer: GITHUB,
  identity: WORKFLOW,
  loggedAt: LOGGED,
};

const v1 = (
  workflow: object = {},
  change: object = {},
  builder = 'https://github.com/actions/runner/github-hosted',
) => ({
  buildDefinition: {
    buildType: 'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
    externalParameters: {
      workflow: {
        repository: 'https://github.com/o/r',
        ref: 'refs/tags/@o/p@1.0.0',
        path: '.github/workflows/x.yml',
        ...workflow,
      },
    },
    internalParameters: { github: { repository_id: '11', repository_owner_id: '22' } },
    resolvedDependencies: [
      { uri: 'pkg:npm/other@1.0.0', digest: { gitCommit: 'f'.repeat(40) } },
      { uri: 'git+https://github.com/o/r@refs/tags/@o/p@1.0.0', digest: { gitCommit: COMMIT } },
    ],
    ...change,
  },
  runDetails: { builder: { id: builder } },
});

const v02 = (change: object = {}, environment: object = {}, type = 'https://github.com/npm/cli/gha/v2') => ({
  buildType: type,
  builder: { id: 'https://github.com/actions/runner' },
  invocation: {
    configSource: {
      uri: 'git+https://github.com/o/r@refs/tags/@o/p@1.0.0',
      digest: { sha1: COMMIT },
      entryPoint: '.github/workflows/x.yml',
      ...change,
    },
    environment: { GITHUB_REPOSITORY_ID: '11', GITHUB_REPOSITORY_OWNER_ID: '22', ...environment },
  },
});

function built(predicate: Statement['predicate'], by: CertificateSigner) {
  const predicateType = Object.hasOwn(predicate, 'buildDefinition') ? PROVENANCE_V1 : PROVENANCE_V02;
  return buildOf({ predicateType, predicate, subjects: [] }, by, LOGGED);
}

describe('a build on GitHub Actions', () => {
  it.each([
    ['provenance 1', v1(), NEW],
    ['provenance 1, old certificate', v1(), OLD],
    ['provenance 0.2', v02(), NEW],
    ['provenance 0.2, old certificate', v02(), OLD],
    ['provenance 0.2, whole entry point', v02({ entryPoint: 'o/r/.github/workflows/x.yml@refs/tags/@o/p@1.0.0' }), NEW],
    ['provenance 0.2, no ref', v02({ uri: 'git+https://github.com/o/r' }), NEW],
    ['names in another case, a .git', v1({ repository: 'https://GitHub.com/O/R.git' }), NEW],
    ['a hash in another case', v02({ digest: { gitCommit: COMMIT.toUpperCase() } }), NEW],
    ['a build type of actions/attest', v1({}, { buildType: 'https://actions.github.io/buildtypes/workflow/v1' }), NEW],
  ])('%s', (_, predicate, extensions) => {
    expect(built(predicate, signer(WORKFLOW, extensions))).toMatchObject({
      verdict: { reason: 'verified' },
      build: EXPECTED,
    });
  });

  it.each([
    ['repository', v1({ repository: 'https://github.com/o/other' })],
    ['repository', v02({ uri: 'git+https://github.com/o/other@refs/tags/@o/p@1.0.0' })],
    ['repository', v02({ uri: 'git+https://github.com.example/o/r' })],
    ['ref', v02({ uri: 'git+https://github.com/o/r@refs/heads/main' })],
    ['ref', v1({}, { resolvedDependencies: [{ uri: 'git+https://github.com/o/r@refs/heads/main' }] })],
    ['commit', v02({ digest: { sha1: 'b'.repeat(40) } })],
    [
      'commit',
      v1({}, { resolvedDependencies: [{ uri: 'git+https://github.com/o/r', digest: { gitCommit: 'b'.repeat(40) } }] }),
    ],
    ['workflow', v1({ path: '.github/workflows/y.yml' })],
    ['workflow', v02({ entryPoint: '.github/workflows/y.yml' })],
    ['workflowRef', v1({ ref: 'refs/heads/main' })],
    ['workflowRef', v02({ entryPoint: 'o/r/.github/workflows/x.yml@refs/heads/main' })],
    ['repositoryId', v02({}, { GITHUB_REPOSITORY_ID: '12' })],
    ['ownerId', v1({}, { internalParameters: { github: { repository_owner_id: '23' } } })],
    ['runner', v1({}, {}, 'https://github.com/actions/runner/self-hosted')],
    ['builder', v1({}, {}, 'https://github.com/o/r/.github/workflows/y.yml@refs/tags/v1')],
    ['builder', v1({}, {}, 'https://github.com/o/other/-/runners/1')],
  ])('differs in its %s', (fact, predicate) => {
    const { verdict, build } = built(predicate, signer(WORKFLOW, NEW));
    expect(verdict.reason).toBe('identity-differs');
    expect(verdict.detail).toMatch(new RegExp(`^${fact} [^;]*$`));
    expect(build).toBeUndefined();
  });

  it.each([
    ['workflow', v1({ path: '.github/workflows/y.yml' })],
    ['commit', v02({ digest: { sha1: 'b'.repeat(40) } })],
    ['ref', v02({ uri: 'git+https://github.com/o/r@refs/heads/main' })],
    ['repository', v1({ repository: 'https://github.com/o/other' })],
  ])('differs in its %s from an old certificate', (fact, predicate) => {
    const { verdict } = built(predicate, signer(WORKFLOW, OLD));
    expect(verdict).toMatchObject({ reason: 'identity-differs', detail: expect.stringContaining(fact) });
  });

  it('with a reusable workflow of another repository is that of the caller', () => {
    const reusable = 'https://github.com/shared/flows/.github/workflows/publish.yml@refs/heads/main';
    expect(built(v1(), signer(reusable, { ...NEW, 9: reusable })).build).toMatchObject({
      ...EXPECTED,
      identity: reusable,
    });
    expect(built(v1(), signer(reusable, OLD)).build).toMatchObject({ ...EXPECTED, identity: reusable });
    expect(built(v1({}, {}, reusable), signer(reusable, { ...NEW, 9: reusable })).build).toMatchObject({
      builder: reusable,
    });
  });

  it('with a workflow of another repository keeps its whole path', () => {
    const required = 'https://github.com/o/policy/.github/workflows/x.yml@refs/heads/main';
    const certificate = signer(required, { ...NEW, 9: required, 18: required });
    expect(
      built(v1({ path: 'o/policy/.github/workflows/x.yml', ref: 'refs/heads/main' }), certificate).build,
    ).toMatchObject({
      workflow: 'o/policy/.github/workflows/x.yml',
    });
    expect(built(v1(), certificate).verdict.reason).toBe('identity-differs');
  });
});

describe('a certificate', () => {
  it('of one name that was issued to another signer is of neither', () => {
    const other = 'https://github.com/evil/r/.github/workflows/x.yml@refs/heads/main';
    expect(built(v1(), signer(other, NEW)).verdict).toEqual({
      reason: 'identity-differs',
      detail: `identity ${other}`,
    });
  });

  it.each([
    ['https://ci.example', 'https://github.com/o/r'],
    ['https://gitlab.com', 'https://github.com/o/r'],
    [GITHUB, 'https://gitlab.com/o/r'],
    [`${GITHUB}.evil.example`, 'https://github.com/o/r'],
    ['not an address', 'https://git.example/o/r'],
  ])('of the issuer %s proves nothing of %s', (issuer, repository) => {
    const identity = `${repository}/.github/workflows/x.yml@refs/tags/@o/p@1.0.0`;
    const extensions = { ...NEW, 9: identity, 12: repository, 18: identity };
    expect(built({}, signer(identity, extensions, issuer))).toEqual({
      verdict: { reason: 'unsupported', detail: `${issuer} vouches for a build of ${repository}` },
    });
  });

  it("of an enterprise's issuer is GitHub's", () => {
    expect(built(v1(), signer(WORKFLOW, NEW, `${GITHUB}/acme`)).build).toMatchObject({ issuer: `${GITHUB}/acme` });
  });
});

describe('a build on GitLab CI', () => {
  const config = 'https://gitlab.com/group/sub/project//.gitlab-ci.yml@refs/heads/main';
  const certificate = signer(
    config,
    {
      9: config,
      11: 'gitlab-hosted',
      12: 'https://gitlab.com/group/sub/project',
      13: COMMIT,
      14: 'refs/heads/main',
      15: '31',
      16: 'https://gitlab.com/group/sub',
      17: '32',
      18: config,
    },
    'https://gitlab.com',
  );
  const old = (uri: string, project = '31') => ({
    buildType: 'https://github.com/npm/cli/gitlab/v0alpha1',
    builder: { id: 'https://gitlab.com/group/sub/project/-/runners/7' },
    invocation: {
      configSource: { uri, digest: { sha1: COMMIT }, entryPoint: 'publish' },
      parameters: { CI_PROJECT_ID: project, CI_PROJECT_NAMESPACE_ID: '32' },
    },
  });
  const recent = (source: string) => ({
    buildDefinition: {
      buildType: 'https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1',
      externalParameters: { source, entryPoint: 'publish' },
      resolvedDependencies: [{ uri: source, digest: { gitCommit: COMMIT } }],
    },
    runDetails: { builder: { id: 'https://gitlab.com/group/sub/project/-/runners/7' } },
  });

  it.each([
    ['provenance 0.2', old('git+https://gitlab.com/group/sub/project')],
    ['provenance 0.2, commit after the address', old(`git+https://gitlab.com/group/sub/project@${COMMIT}`)],
    ['provenance 1', recent('https://gitlab.com/group/sub/project')],
  ])('%s', (_, predicate) => {
    expect(built(predicate, certificate).build).toMatchObject({
      repository: 'https://gitlab.com/group/sub/project',
      owner: 'https://gitlab.com/group/sub',
      repositoryId: '31',
      ownerId: '32',
      commit: COMMIT,
      ref: 'refs/heads/main',
      workflow: '.gitlab-ci.yml',
      builder: 'https://gitlab.com/group/sub/project/-/runners/7',
      issuer: 'https://gitlab.com',
    });
  });

  it.each([
    ['repository', old('git+https://gitlab.com/group/other')],
    ['repositoryId', old('git+https://gitlab.com/group/sub/project', '99')],
    ['repository', recent('https://gitlab.com/group/other')],
  ])('differs in its %s', (fact, predicate) => {
    expect(built(predicate, certificate).verdict).toMatchObject({
      reason: 'identity-differs',
      detail: expect.stringMatching(`^${fact} `),
    });
  });
});

describe('a certificate', () => {
  it('is all there is of an unknown build type', () => {
    const predicate = v1(
      { repository: 'https://github.com/o/other' },
      { buildType: 'https://example.com/build' },
      'robot',
    );
    expect(built(predicate, signer(WORKFLOW, NEW)).build).toMatchObject({ ...EXPECTED, builder: 'robot' });
    expect(built({}, signer(WORKFLOW, NEW)).build).toMatchObject({ ...EXPECTED, builder: WORKFLOW });
    expect(built(v02({}, {}, 'https://example.com/build'), signer(WORKFLOW, OLD)).build).toMatchObject({
      repositoryId: undefined,
      ownerId: undefined,
    });
  });

  it.each([
    ['a person', signer('someone@example.com', {}, 'https://accounts.example')],
    ['a person with an odd extension', signer('someone@example.com', { 5: 'o/r' }, 'https://accounts.example')],
    ['no address', signer(WORKFLOW, { 12: 'o/r' })],
    ['no path', signer(WORKFLOW, { 12: 'https://github.com/' })],
    ['no encryption', signer(WORKFLOW, { 12: 'http://github.com/o/r' })],
    ['nothing', signer(WORKFLOW, { 12: '' })],
  ])('that names no repository, but %s, proves none', (_, certificate) => {
    expect(built(v1(), certificate)).toEqual({ verdict: { reason: 'unsupported', detail: expect.any(String) } });
  });

  it('has addresses without credentials', () => {
    const certificate = signer(WORKFLOW, { 12: 'https://user:secret@github.com/o/r.git/' });
    expect(built({}, certificate).build).toMatchObject({
      repository: 'https://github.com/o/r',
      owner: 'https://github.com/o',
    });
  });

  it.each([
    {},
    { buildDefinition: 7, runDetails: [] },
    {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        resolvedDependencies: [null, 7, { uri: 8 }],
      },
    },
    {
      buildType: 'https://github.com/npm/cli/gha/v2',
      invocation: { configSource: { uri: [], digest: 'x', entryPoint: {} } },
    },
    JSON.parse('{"__proto__": {"builder": {"id": "x"}}, "buildType": "https://github.com/npm/cli/gha/v2"}'),
  ])('stands against a predicate of odd shape: %j', (predicate) => {
    expect(built(predicate, signer(WORKFLOW, NEW)).build).toMatchObject({ ...EXPECTED, builder: WORKFLOW });
  });
});
