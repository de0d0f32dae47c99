/** Histories for tests: runs at instants of their own, kept as snapshots. */
import { join } from 'node:path';
import { vi } from 'vitest';
import { npmLock, scratch, spofDeps, tree } from './harness.ts';

/** What a run finds: dependencies of each service, declared systems, options of its own. */
export interface Past {
  readonly locks: Readonly<Record<string, Readonly<Record<string, string>> | 'broken'>>;
  readonly config?: object;
  readonly args?: readonly string[];
}

export const PAIR = { systems: { checkout: { members: ['a', 'b'] } } };

/** Writes DAY.spof for every day into a folder, as nightly runs would. */
export async function historyOf(days: Readonly<Record<string, Past>>, folder = scratch()): Promise<string> {
  for (const [day, past] of Object.entries(days)) {
    await keep(
      join(folder, `${day.replace(/[T:]/g, '-')}.spof`),
      day.includes('T') ? `${day}Z` : `${day}T02:30:00Z`,
      past,
    );
  }
  return folder;
}

/** One run at an instant, kept as a file, or as a directory where its name ends in a slash. */
export async function keep(file: string, instant: string, { locks, config = PAIR, args = [] }: Past): Promise<void> {
  const root = tree({
    ...Object.fromEntries(
      Object.entries(locks).map(([name, held]) => [
        `${name}/package-lock.json`,
        held === 'broken' ? '{' : npmLock(held),
      ]),
    ),
    'spof-deps.json': JSON.stringify(config),
  });
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(instant) });
  try {
    await spofDeps([root, '--out', file, ...args]);
  } finally {
    vi.useRealTimers();
  }
}
