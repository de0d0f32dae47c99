/**
 * What an answer says of how often one may ask. Pure. GitHub:
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api; GitLab:
 * https://docs.gitlab.com/security/rate_limits/.
 */

import { isObject } from '../json.ts';
import { retryAfter } from '../network/retry.ts';

export interface Headers {
  get(name: string): string | null;
}

/** How much may still be asked, as far as the server says. */
export interface Budget {
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** Milliseconds from now until it is full again. */
  readonly resetIn: number | undefined;
}

/** @param now milliseconds since the epoch, where the server does not say what it takes for now */
export function budgetOf(headers: Headers, now: number): Budget {
  const reset = numberOf(headers, 'reset');
  const date = Date.parse(headers.get('date') ?? '');
  return {
    limit: numberOf(headers, 'limit'),
    remaining: numberOf(headers, 'remaining'),
    // A second more: both are whole seconds.
    resetIn: reset === undefined ? undefined : Math.max(0, reset * 1000 - (Number.isNaN(date) ? now : date)) + 1000,
  };
}

/** Milliseconds by which ends of one window may differ: they are in whole seconds, and answers take their time. */
const SAME_WINDOW = 5000;

/** A budget, and when it was told: milliseconds since the epoch. */
export interface ToldBudget extends Budget {
  readonly at: number;
}

/** What is left, of two answers: those of one window come in any order, and the lower number is the later one. */
export function lowerBudget(known: ToldBudget | undefined, told: ToldBudget): ToldBudget {
  if (known?.remaining === undefined || told.remaining === undefined)
    return told.remaining === undefined ? (known ?? told) : told;
  const isSame =
    known.resetIn !== undefined &&
    told.resetIn !== undefined &&
    told.at + told.resetIn - (known.at + known.resetIn) <= SAME_WINDOW;
  return isSame && known.remaining < told.remaining ? known : told;
}

function numberOf(headers: Headers, name: string): number | undefined {
  const text = (headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`) ?? '').trim();
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** The server wants fewer requests; `wait`: milliseconds it asks for, undefined where it does not say. */
export interface Limited {
  readonly wait: number | undefined;
}

/**
 * Whether an answer is a refusal for asking too often. One of status 403 may also be for good: then nothing says otherwise.
 *
 * @param body the first bytes of it
 */
export function limitedBy(status: number, headers: Headers, body: string, now: number): Limited | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const asked = retryAfter(headers.get('retry-after'), now);
  if (asked !== undefined) return { wait: asked };
  const { remaining, resetIn } = budgetOf(headers, now);
  if (remaining === 0 && resetIn !== undefined) return { wait: resetIn };
  return status === 429 || speaksOfLimits(body) ? { wait: undefined } : undefined;
}

function speaksOfLimits(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    const message = isObject(value) && typeof value.message === 'string' ? value.message.slice(0, 500) : '';
    return /rate limit|abuse detection/i.test(message);
  } catch {
    return false;
  }
}
