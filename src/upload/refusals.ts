/** What a refusal of GitHub's code-scanning endpoint means, and what helps. Pure. */

import type { ApiHost } from '../hosts/base.ts';
import type { HostFailure } from '../hosts/failure.ts';
import { isObject } from '../json.ts';
import type { Target, Trouble, TroubleCode } from './outcome.ts';

/** Errors that are repeated, and characters of each. */
const MOST_ERRORS = 10;
const LONGEST = 300;

const OFF =
  /(?:advanced security|code security|code scanning) (?:must be|is not) enabled|enable (?:code scanning|advanced security)/i;
const ARCHIVED = /archived/i;

/**
 * @param body the first bytes of what was answered
 */
export function refused(status: number, body: string, { repository, commit, ref }: Target, host: ApiHost): Trouble {
  const said = saidIn(body, host);
  const trouble = (code: TroubleCode, what: string, next: string): Trouble => ({
    code,
    message: `${what} (${status}${said === '' ? '' : `: ${said}`})`,
    next,
  });
  const variables = host.tokenVariables.join(' or ');
  if (status === 401) {
    return trouble(
      'TOKEN_REFUSED',
      'the token is not valid, or no longer',
      `renew what ${variables} holds: a token of an App lasts an hour`,
    );
  }
  if (status === 403 && OFF.test(said)) {
    return trouble(
      'CODE_SCANNING_OFF',
      `${repository} has no code scanning`,
      'a private repository needs GitHub Code Security (Settings, Advanced Security); switch it on, or leave the repository out with --repo or --only',
    );
  }
  if (status === 403 && ARCHIVED.test(said)) {
    return trouble(
      'REPOSITORY_ARCHIVED',
      `${repository} is archived, and takes nothing`,
      'scan without --include archived',
    );
  }
  if (status === 403) {
    return trouble(
      'PERMISSION_DENIED',
      `the token may not upload to ${repository}`,
      'it needs Code scanning alerts: write (App, fine-grained), security_events (classic), or security-events: write (workflow)',
    );
  }
  if (status === 404 || status === 410) {
    return trouble(
      'REPOSITORY_NOT_FOUND',
      `there is no ${repository} that this token may see`,
      `check its name, and that ${variables} holds a token that may read it`,
    );
  }
  if (status === 413) {
    return trouble('SARIF_TOO_LARGE', 'larger than the host takes', 'narrow what is reported: --layer, --scope');
  }
  const isOfCommit = status === 422 || /commit|ref\b/i.test(said);
  return trouble(
    'UPLOAD_REFUSED',
    'the host does not take it',
    isOfCommit
      ? `check that ${repository} has commit ${commit.slice(0, 12)} and ${ref}: it may have moved on since it was scanned`
      : 'correct what it names, or report it if spof-deps wrote the file',
  );
}

/** What a host that gave no answer means. */
export function unanswered({ kind, detail }: HostFailure): Trouble {
  const told = detail === undefined ? '' : ` (${detail})`;
  if (kind === 'rate-limited') {
    return {
      code: 'RATE_LIMITED',
      message: `the host wants fewer requests than these files take${told}`,
      next: 'upload again later, or wait longer (--max-wait): what was uploaded is only replaced by the same',
    };
  }
  return {
    code: 'HOST_UNREACHABLE',
    message: kind === 'timeout' ? 'the host took too long' : `the host did not take it${told}`,
    next: 'upload again: what arrived after all is only replaced by the same',
  };
}

/** @param errors as the host lists them */
export function unprocessed(errors: readonly unknown[], host: ApiHost): Trouble {
  const said = listed(errors, host);
  return {
    code: 'PROCESSING_FAILED',
    message: `taken, but not processed${said === '' ? '' : `: ${said}`}`,
    next: 'correct what it names, or report it if spof-deps wrote the file; the alerts are those of before',
  };
}

/** What an answer says of why, for people: `message`, and `errors` where they are listed. */
function saidIn(body: string, host: ApiHost): string {
  try {
    const value: unknown = JSON.parse(body);
    if (!isObject(value)) return '';
    const errors = Array.isArray(value.errors) ? value.errors : typeof value.errors === 'string' ? [value.errors] : [];
    return listed([value.message, ...errors], host);
  } catch {
    return '';
  }
}

function listed(errors: readonly unknown[], host: ApiHost): string {
  const texts = errors.map(textOf).filter((text) => text !== '');
  const shown = texts.slice(0, MOST_ERRORS).map((text) => withoutSecrets(text, host).slice(0, LONGEST));
  return [...shown, ...(texts.length > MOST_ERRORS ? [`${texts.length - MOST_ERRORS} more`] : [])].join('; ');
}

function textOf(error: unknown): string {
  if (typeof error === 'string') return error.trim();
  if (!isObject(error)) return '';
  const parts = [error.field, error.code, error.message];
  return parts.filter((part) => typeof part === 'string').join(' ');
}

/** A server, or what stands between, may send back what it was sent. */
function withoutSecrets(text: string, { headers }: ApiHost): string {
  const secret = headers.authorization?.replace(/^Bearer /, '');
  return secret === undefined ? text : text.replaceAll(secret, '***');
}
