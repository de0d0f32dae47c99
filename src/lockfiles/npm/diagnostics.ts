/** What the npm readers have to say about a lockfile: one diagnostic per reason, however often it occurs. */
import { type Diagnostic, LockfileError } from '../../diagnostics.ts';
import { lineAt } from '../../lines.ts';
import type { LockfileInput } from '../reader.ts';

const NAMES_SHOWN = 5;

/** Counts what a diagnostic is about and keeps the first few names. */
export class Tally {
  count = 0;
  readonly #names = new Set<string>();
  #firstKey: string | undefined;

  /** @param key what the name is found by in the text of the lockfile */
  add(name: string, key: string = name): void {
    this.count++;
    this.#firstKey ??= key;
    if (this.#names.size < NAMES_SHOWN) this.#names.add(name);
  }

  get names(): string {
    return [...this.#names].join(', ');
  }

  /** Line of the first one, where it is written as a key. */
  line(text: string): { readonly line: number } | undefined {
    return this.#firstKey === undefined ? undefined : lineOfKey(text, this.#firstKey);
  }
}

/** Line of the first place where `key` is written as a key, or undefined where it is not written like that. */
export function lineOfKey(text: string, key: string): { readonly line: number } | undefined {
  const written = JSON.stringify(key);
  for (let at = text.indexOf(written); at !== -1; at = text.indexOf(written, at + 1)) {
    if (/^\s*:/.test(text.slice(at + written.length, at + written.length + 16))) return { line: lineAt(text, at) };
  }
  return undefined;
}

export function unresolvedEdges(input: LockfileInput, missing: Tally): Diagnostic {
  return {
    code: 'EDGE_UNRESOLVED',
    severity: 'incomplete',
    file: input.path,
    message: `${missing.count} required dependencies are not in the lockfile (${missing.names}): expected an entry for each`,
    next: 'run npm install to bring the lockfile up to date and commit it',
  };
}

export function entriesSkipped(input: LockfileInput, skipped: Tally, expected: string): Diagnostic {
  return {
    code: 'ENTRY_SKIPPED',
    severity: 'incomplete',
    file: input.path,
    ...skipped.line(input.text),
    message: `${skipped.count} entries cannot be read (${skipped.names}): expected ${expected}`,
    next: 'write the lockfile again with npm 7 or later',
  };
}

export function targetsMissing(input: LockfileInput, links: Tally): Diagnostic {
  return {
    code: 'ENTRY_SKIPPED',
    severity: 'incomplete',
    file: input.path,
    ...links.line(input.text),
    message: `${links.count} linked directories have no entry (${links.names}): expected one with the dependencies of each`,
    next: 'run npm install to bring the lockfile up to date and commit it',
  };
}

/** @param edgesUnknown the root's dependencies are known, those of the packages are not */
export function rootsAssumed(input: LockfileInput, edgesUnknown: boolean): Diagnostic {
  return {
    code: 'ROOTS_ASSUMED',
    severity: 'notice',
    file: input.path,
    message: edgesUnknown
      ? 'the lockfile does not say which package depends on which: what nothing depends on counts as needed by the project'
      : 'neither the lockfile nor a manifest says what the project depends on: what nothing depends on counts as needed by it',
    next: 'put package.json beside the lockfile, or write the lockfile again with npm 7 or later',
  };
}

export function tooComplex(input: LockfileInput, what: string, limit: number): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_TOO_COMPLEX',
    file: input.path,
    message: `too many ${what}: expected at most ${limit}`,
    next: 'check that this is a lockfile; if it is, report the size that is needed',
  });
}
