/** What the user is told of a repository that cannot be read. */
import type { Diagnostic, DiagnosticCode } from '../../diagnostics.ts';
import type { FailureKind, RepositoryFailure } from './repository.ts';

interface Words {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly next: string;
}

const WORDS: Readonly<Record<FailureKind, Words>> = {
  'not-found': {
    code: 'REPOSITORY_NOT_FOUND',
    message: 'no such repository, or none that these credentials may see',
    next: 'check its address, and that your credentials may read it',
  },
  denied: {
    code: 'REPOSITORY_DENIED',
    message: 'the server wants other credentials',
    next: 'give git credentials for this host (git help gitcredentials), load your ssh key, or set a token for github: and gitlab: sources; nothing asks for a password here',
  },
  'ref-unknown': {
    code: 'REPOSITORY_REF_UNKNOWN',
    message: 'no such branch, tag or commit',
    next: 'name a branch, a tag, or the whole id of a commit after the #',
  },
  empty: {
    code: 'REPOSITORY_EMPTY',
    message: 'the repository has no commit',
    next: 'nothing, until something is pushed to it',
  },
  unreachable: {
    code: 'REPOSITORY_UNREACHABLE',
    message: 'the repository could not be fetched',
    next: 'try git ls-remote with its address, and run again: what was fetched is kept',
  },
  timeout: {
    code: 'REPOSITORY_TIMEOUT',
    message: 'the server took too long',
    next: 'run again: what was fetched of the others is kept',
  },
  'rate-limited': {
    code: 'REPOSITORY_RATE_LIMITED',
    message: 'the server wants fewer requests',
    next: 'run again later, or with a token that may ask more: what was fetched is kept',
  },
  'too-large': {
    code: 'REPOSITORY_TOO_LARGE',
    message: 'the repository is larger than what is fetched',
    next: 'clone it, and name the directories that matter as sources',
  },
  'not-cached': {
    code: 'REPOSITORY_NOT_CACHED',
    message: 'no earlier run kept it, and nobody is asked (--offline)',
    next: 'run once without --offline',
  },
  'no-git': {
    code: 'GIT_MISSING',
    message: 'git is not installed, or cannot be started',
    next: 'install git 2.30 or later',
  },
};

/** @param name of the repository */
export function failureDiagnostic(
  name: string,
  { kind, detail }: Pick<RepositoryFailure, 'kind' | 'detail'>,
): Diagnostic {
  const { code, message, next } = WORDS[kind];
  return {
    code,
    severity: kind === 'empty' ? 'notice' : 'incomplete',
    file: name,
    message: detail === undefined ? message : `${message} (${detail})`,
    next,
  };
}
