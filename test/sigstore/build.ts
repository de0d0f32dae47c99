/** A made GitHub Actions build: what its certificate says of it, and what npm's provenance predicates claim of it. */
import { alternativeUri, extension } from './certificate.ts';
import { utf8 } from './der.ts';

export interface Build {
  /** https URL without .git. */
  readonly repository: string;
  readonly ref: string;
  /** Path in the repository. */
  readonly workflow: string;
  readonly commit: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  /** Id of the build platform in the predicate. */
  readonly builder: string;
}

export const BUILD: Build = {
  repository: 'https://github.com/acme/widget',
  ref: 'refs/tags/v1.0.0',
  workflow: '.github/workflows/release.yml',
  commit: '8a2ee2fd20dda58ffa4a8d808a65cb1e04711c03',
  repositoryId: '495574555',
  ownerId: '71096353',
  builder: 'https://github.com/actions/runner/github-hosted',
};

export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
const RUN = 'actions/runs/3895197725/attempts/1';

/**
 * Last arcs of Fulcio's extensions under 1.3.6.1.4.1.57264.1
 * (https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md). Up to 6 the value is bare text, from 8 on a DER UTF8String.
 */
export const FULCIO = {
  issuerV1: 1,
  triggerV1: 2,
  commitV1: 3,
  workflowNameV1: 4,
  repositoryV1: 5,
  refV1: 6,
  issuer: 8,
  buildSignerUri: 9,
  buildSignerDigest: 10,
  runnerEnvironment: 11,
  sourceRepositoryUri: 12,
  sourceRepositoryDigest: 13,
  sourceRepositoryRef: 14,
  sourceRepositoryId: 15,
  sourceOwnerUri: 16,
  sourceOwnerId: 17,
  buildConfigUri: 18,
  buildConfigDigest: 19,
  buildTrigger: 20,
  runInvocationUri: 21,
  sourceRepositoryVisibility: 22,
} as const;
export type FulcioExtension = keyof typeof FULCIO;
export const FULCIO_NAMES = Object.keys(FULCIO).filter((name): name is FulcioExtension => Object.hasOwn(FULCIO, name));
export type FulcioExtensions = { readonly [name in FulcioExtension]?: string | undefined };

/** owner/name of a repository URL. */
const slug = (repository: string) => new URL(repository).pathname.slice(1);

export const identityOf = ({ repository, workflow, ref }: Build) => `${repository}/${workflow}@${ref}`;

/** What Fulcio certifies of a build of GitHub's. */
export function extensionsOf(build: Build, issuer: string): Record<FulcioExtension, string> {
  const { repository, ref, commit } = build;
  const workflow = identityOf(build);
  return {
    issuerV1: issuer,
    triggerV1: 'push',
    commitV1: commit,
    workflowNameV1: 'release',
    repositoryV1: slug(repository),
    refV1: ref,
    issuer,
    buildSignerUri: workflow,
    buildSignerDigest: commit,
    runnerEnvironment: build.builder.endsWith('self-hosted') ? 'self-hosted' : 'github-hosted',
    sourceRepositoryUri: repository,
    sourceRepositoryDigest: commit,
    sourceRepositoryRef: ref,
    sourceRepositoryId: build.repositoryId,
    sourceOwnerUri: repository.slice(0, repository.lastIndexOf('/')),
    sourceOwnerId: build.ownerId,
    buildConfigUri: workflow,
    buildConfigDigest: commit,
    buildTrigger: 'push',
    runInvocationUri: `${repository}/${RUN}`,
    sourceRepositoryVisibility: 'public',
  };
}

/** @param values undefined: the certificate has no such extension */
export function identityExtensions(identity: string, values: FulcioExtensions): Buffer[] {
  const made = FULCIO_NAMES.flatMap((name) => {
    const [arc, value] = [FULCIO[name], values[name]];
    if (value === undefined) return [];
    return [extension(`1.3.6.1.4.1.57264.1.${arc}`, arc < FULCIO.issuer ? Buffer.from(value) : utf8(value))];
  });
  return [alternativeUri(identity), ...made];
}

/** SLSA provenance v0.2 as npm wrote it at first. */
export function predicateV02(build: Build) {
  const { repository, ref, commit, workflow } = build;
  const entryPoint = `${slug(repository)}/${workflow}@${ref}`;
  return {
    buildType: 'https://github.com/npm/cli/gha/v2',
    builder: { id: build.builder },
    invocation: {
      configSource: { uri: `git+${repository}@${ref}`, digest: { sha1: commit }, entryPoint },
      parameters: {},
      environment: {
        GITHUB_EVENT_NAME: 'push',
        GITHUB_REF: ref,
        GITHUB_REPOSITORY: slug(repository),
        GITHUB_REPOSITORY_ID: build.repositoryId,
        GITHUB_REPOSITORY_OWNER_ID: build.ownerId,
        GITHUB_RUN_ATTEMPT: '1',
        GITHUB_RUN_ID: '3895197725',
        GITHUB_SHA: commit,
        GITHUB_WORKFLOW_REF: entryPoint,
        GITHUB_WORKFLOW_SHA: commit,
      },
    },
    metadata: {
      buildInvocationId: '3895197725-1',
      completeness: { parameters: false, environment: false, materials: false },
      reproducible: false,
    },
    materials: [{ uri: `git+${repository}@${ref}`, digest: { sha1: commit } }],
  };
}

/** SLSA provenance v1 as npm writes it now. */
export function predicateV1(build: Build) {
  const { repository, ref, commit, workflow } = build;
  return {
    buildDefinition: {
      buildType: 'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
      externalParameters: { workflow: { ref, repository, path: workflow } },
      internalParameters: {
        github: { event_name: 'push', repository_id: build.repositoryId, repository_owner_id: build.ownerId },
      },
      resolvedDependencies: [{ uri: `git+${repository}@${ref}`, digest: { gitCommit: commit } }],
    },
    runDetails: {
      builder: { id: build.builder },
      metadata: { invocationId: `${repository}/${RUN}` },
    },
  };
}
