/** Names on the command line, looked up among those that there are. */
import { UsageError } from '../errors.ts';
import { nearest } from '../nearest.ts';

/** Names of an error's next step. */
const MOST = 20;

/**
 * @param what they are names of: `service`
 * @throws UsageError for a name that there is not
 */
export function indexCalled(name: string, known: readonly string[], what: string): number {
  const index = known.indexOf(name);
  if (index !== -1) return index;
  const near = nearest(name, known);
  throw new UsageError([
    {
      code: 'USAGE',
      message: `no ${what} is called ${JSON.stringify(name)}${near === undefined ? '' : `; did you mean ${near}?`}`,
      next: `there are ${someOf(known)}`,
    },
  ]);
}

export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST).join(', ');
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown || 'none';
}
