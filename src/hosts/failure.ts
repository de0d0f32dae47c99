/** Why a host gave no answer; a closed list. Holds nothing of what a server said: that may hold a secret. */
export interface HostFailure {
  readonly kind: 'unreachable' | 'timeout' | 'rate-limited' | 'redirected';
  /** A few words of ours on the cause: a status, a limit. */
  readonly detail?: string | undefined;
}
