/** When an exposure began and ended, and how it came about, in words that every format has. */
import type { ServiceExposure } from '../../analysis/history/exposures.ts';
import { isoTime } from '../../analysis/history/times.ts';
import type { HeldStep } from '../../analysis/history/version.ts';
import { USE } from '../../analysis/uses.ts';

/** Characters of a commit's id, enough to find it with git show. */
const SHORT = 8;
/** Steps of a path named in text; what is between its ends is left out of longer ones. */
const MOST_STEPS = 12;

/** `2025-09-08 13:40`, UTC. @param seconds since 1970; a commit may say anything */
export function timeText(seconds: number): string {
  const iso = isoTime(seconds);
  return iso === undefined ? `${seconds} s` : iso.slice(0, -4).replace('T', ' ');
}

export function shortCommit(commit: string): string {
  return commit.slice(0, SHORT);
}

export function fromText({ from }: Pick<ServiceExposure, 'from'>): string {
  return `${from.exact ? '' : 'before '}${timeText(from.time)} ${shortCommit(from.commit)}`;
}

export function untilText({ until }: Pick<ServiceExposure, 'until'>): string {
  if (until === undefined) return 'still there';
  return `${until.gone ? 'gone ' : ''}${timeText(until.time)} ${shortCommit(until.commit)}`;
}

export function exposureScope({ scope, reached }: Pick<ServiceExposure, 'scope' | 'reached'>): string {
  if (!reached) return 'unreached';
  if (scope & USE.runtime) return scope & USE.build ? 'both' : 'runtime';
  return 'build';
}

/** `pay > debug@4.4.2 > chalk@5.6.1`; undefined where no service reaches it. */
export function exposurePath({ service, path }: Pick<ServiceExposure, 'service' | 'path'>): string | undefined {
  const steps = path.slice(1).map(stepText);
  if (steps.length === 0) return undefined;
  const shown = steps.length > MOST_STEPS ? [...steps.slice(0, MOST_STEPS - 2), '…', ...steps.slice(-1)] : steps;
  return [service, ...shown].join(' > ');
}

function stepText({ name, version }: HeldStep): string {
  return version === undefined ? name : `${name}@${version}`;
}

/** A branch by its name; HEAD where it is on none. */
export function branchText(branch: string | undefined): string {
  return branch ?? 'HEAD';
}
