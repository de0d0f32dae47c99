/** What came of asking a registry: a closed set, so that no failure can pass for an answer. */

export const FAILURE_CODES = [
  /** Name not resolved, connection refused or cut, TLS. */
  'network',
  'timeout',
  /** A status of the server's own failure, or one that makes no sense here. */
  'server',
  'rate-limited',
  /** To another registry or host, nowhere, or too often. */
  'redirected',
  'too-large',
  /** Less than was announced, or a compressed body that breaks off or is damaged. */
  'truncated',
  /** Compressed in a way that was not asked for. */
  'undecodable',
  /** The host has had all the requests of a run. */
  'budget',
  /** No address below a configured registry. */
  'bad-path',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export interface Failure {
  readonly kind: 'failed';
  readonly code: FailureCode;
  /** For a reader; in our words, with the registry's origin and nothing else from outside. */
  readonly message: string;
}

/** How an answer may be used again (RFC 9111). */
export interface Validity {
  /** Entity tag to ask by whether it still holds. */
  readonly etag: string | undefined;
  /** How long it holds without asking. */
  readonly milliseconds: number;
}

export type Answer =
  | { readonly kind: 'ok'; readonly text: string; readonly validity?: Validity }
  /** What an earlier answer said still holds: only where its entity tag was given. */
  | { readonly kind: 'unchanged'; readonly validity?: Validity }
  /** The registry has no such thing, or knows no such endpoint: 404, 405, 410. */
  | { readonly kind: 'absent'; readonly status: number }
  /** Any other status from 400 to 499: 401, 403, but also 400, which some registries answer for an endpoint unknown to them. */
  | { readonly kind: 'refused'; readonly status: number }
  | Failure;

export function failed(code: FailureCode, message: string): Failure {
  return { kind: 'failed', code, message };
}
