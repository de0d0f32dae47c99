/** What could not be asked, as one diagnostic per registry and kind of failure. */
import type { Diagnostic } from '../diagnostics.ts';
import type { Failure } from './release-evidence.ts';

/** Names given in one diagnostic. */
const EXAMPLES = 3;

export class Failures {
  readonly #groups = new Map<string, { registry: string; failure: Failure; about: string[] }>();
  readonly #keys: string[] = [];

  add(registry: string, about: string, failure: Failure): void {
    const key = JSON.stringify([registry, failure.code]);
    const group = this.#groups.get(key) ?? { registry, failure, about: [] };
    this.#groups.set(key, group);
    group.about.push(about);
  }

  /** The keys of a registry could not be had. */
  keys(registry: string): void {
    this.#keys.push(registry);
  }

  diagnostics(): Diagnostic[] {
    const groups = [...this.#groups.values()].map(({ registry, failure, about }): Diagnostic => {
      const names = [...new Set(about)].sort();
      const more = names.length > EXAMPLES ? ` and ${names.length - EXAMPLES} more` : '';
      return {
        code: 'REGISTRY_FAILED',
        severity: 'incomplete',
        file: registry,
        message: `${failure.message} (${failure.code}), asked about ${names.slice(0, EXAMPLES).join(', ')}${more}`,
        next: NEXT.get(failure.code) ?? 'run again; if it stays, --no-verify audits without evidence',
      };
    });
    const keys = this.#keys.map(
      (registry): Diagnostic => ({
        code: 'REGISTRY_FAILED',
        severity: 'incomplete',
        file: registry,
        message: 'the registry did not answer the question for its keys: no signature of it could be checked',
        next: 'run again, or pin its keys with --keys',
      }),
    );
    return [...keys, ...groups].sort((a, b) => (a.file + a.message < b.file + b.message ? -1 : 1));
  }
}

const NEXT = new Map([
  ['network', 'check the registry and proxy of your npm configuration; --offline uses what earlier runs kept'],
  ['timeout', 'check the registry and proxy of your npm configuration; --offline uses what earlier runs kept'],
  ['rate-limited', 'run again later; what was answered is kept'],
  ['refused-401', 'log in to the registry (npm login), or set its token in your npm configuration'],
  ['refused-403', 'log in to the registry (npm login), or set its token in your npm configuration'],
  ['redirected', 'configure the registry it redirects to, if that is the one you mean'],
  ['budget', 'run again: what was answered is kept, and the rest is asked then'],
]);
