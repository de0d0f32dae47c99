/** What an error of the HTTP library or of Node means. Pure. */
import { asString, isObject } from '../json.ts';

const TIMEOUTS: ReadonlySet<string> = new Set([
  'EIDLETIMEOUT',
  'ETIMEDOUT',
  'ECONNECTIONTIMEOUT',
  'ERESPONSETIMEOUT',
  'ETRANSFERTIMEOUT',
]);
/** A name that does not exist and a certificate that is not trusted stay so. */
const LASTING = /^(?:ENOTFOUND|EINVALIDPROXY|CERT_.*|ERR_TLS_.*|.*SELF_SIGNED.*|UNABLE_TO_.*|HOSTNAME_MISMATCH)$/;

export function timedOut(error: unknown): boolean {
  if (!isObject(error)) return false;
  return error.name === 'AbortError' || error.type === 'request-timeout' || TIMEOUTS.has(codeOf(error) ?? '');
}

/** Whether asking again would meet the same error. */
export function lasting(error: unknown): boolean {
  return LASTING.test(codeOf(error) ?? '');
}

/** The error's code if it looks like one: all of an error that can be shown, since its message may repeat a secret. */
export function shownCode(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : undefined;
}

function codeOf(error: unknown): string | undefined {
  return asString(isObject(error) ? error.code : undefined);
}
