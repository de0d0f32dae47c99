/** Times of commits, which may say anything. Pure. */

/**
 * ISO 8601 in UTC, without fractions.
 *
 * @param seconds since 1970
 * @returns undefined for what is no time of a calendar
 */
export function isoTime(seconds: number): string | undefined {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().replace(/\.\d+Z$/, 'Z');
}
