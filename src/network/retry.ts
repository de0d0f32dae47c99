/** How long to wait before asking again. Pure. */
import type { RetryOptions } from './flat-options.ts';

/** A registry that wants to be left alone for longer is not asked again in this run. Milliseconds. */
const LONGEST_WAIT = 60_000;

/**
 * The value of a Retry-After header in milliseconds from `now`: seconds or an HTTP date (RFC 9110, section 10.2.3).
 *
 * @param now milliseconds since the epoch
 * @returns undefined where there is none or it cannot be read
 */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  // Date.parse takes much that is no HTTP date, a negative number among it.
  const time = /^[A-Z][a-z]{2,8},? .{10,40}$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

/**
 * @param tried retries already made
 * @param asked what the server asked for, milliseconds
 * @returns undefined where it asks for more than a run can wait
 */
export function waitBefore(tried: number, asked: number | undefined, options: RetryOptions): number | undefined {
  if (asked !== undefined) return asked > LONGEST_WAIT ? undefined : asked;
  return Math.min(options.minTimeout * options.factor ** tried, options.maxTimeout);
}
