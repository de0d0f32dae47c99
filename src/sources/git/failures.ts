/** Why git could not do what was asked, from what it wrote. Only the kind is kept: the words may hold an address or worse. */
import { RepositoryFailure } from '../remote/repository.ts';

const NO_COMMITS = 'the server gives no commit by its id';

/** The first that matches decides. Messages of git, of its transports in C locale, of ssh and of the large hosts. */
const CAUSES: readonly (readonly [RegExp, () => RepositoryFailure])[] = [
  [/couldn't find remote ref|not our ref/i, () => new RepositoryFailure('ref-unknown')],
  [/unadvertised object|no such ref was fetched/i, () => new RepositoryFailure('unreachable', NO_COMMITS)],
  [
    /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|(?:error:|HTTP) 40[13]|Permission denied|Host key verification failed|invalid credentials/i,
    () => new RepositoryFailure('denied'),
  ],
  [
    /repository '[^']*' not found|Repository not found|does not appear to be a git repository|repository not exported|(?:error:|HTTP) (?:404|410)|project you were looking for could not be found/i,
    () => new RepositoryFailure('not-found'),
  ],
  [/(?:error:|HTTP) 429\b/i, () => new RepositoryFailure('rate-limited')],
  [/transport '[^']*' not allowed/, () => new RepositoryFailure('unreachable', 'git does not allow this protocol')],
  [/dubious ownership/, () => new RepositoryFailure('denied', 'it belongs to another user: see safe.directory of git')],
  [/certificate|SSL|TLS/i, () => new RepositoryFailure('unreachable', 'no trusted connection')],
  [
    /Could not resolve host(?:name)?|Name or service not known/i,
    () => new RepositoryFailure('unreachable', 'no such host'),
  ],
  [
    /Connection refused|Failed to connect|unable to connect/i,
    () => new RepositoryFailure('unreachable', 'no connection'),
  ],
  [/Operation too slow|timed out/i, () => new RepositoryFailure('timeout')],
];
const STATUS = /(?:error:|HTTP) (\d{3})\b/;

/** @param said what git wrote to stderr */
export function failureOf(said: string): RepositoryFailure {
  // What a server says reaches us with this mark: it is not to be taken for git's own word.
  const own = said
    .split(/[\r\n]+/)
    .filter((line) => !line.startsWith('remote: '))
    .join('\n');
  for (const [pattern, failure] of CAUSES) if (pattern.test(own)) return failure();
  const status = STATUS.exec(own)?.[1];
  return new RepositoryFailure('unreachable', status === undefined ? undefined : `HTTP ${status}`);
}

/** Whether a failure may be for want of what a server can do, so that asking in a plainer way may go better. */
export function isOfAbility({ kind, detail }: RepositoryFailure): boolean {
  return kind === 'unreachable' && (detail === undefined || detail === NO_COMMITS);
}
