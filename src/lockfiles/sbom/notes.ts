/** Diagnostics of the SBOM readers: what happens many times in a file is one diagnostic with a count and a few names. */
import type { Diagnostic, DiagnosticCode } from '../../diagnostics.ts';
import { LockfileError } from '../../diagnostics.ts';
import { lineAt } from '../../lines.ts';
import type { LockfileInput } from '../reader.ts';

interface Note {
  readonly code: DiagnosticCode;
  readonly severity: Diagnostic['severity'];
  readonly what: string;
  readonly next: string;
  readonly names: string[];
  readonly line: number | undefined;
  count: number;
}

const NAMES_SHOWN = 3;
const NAME_LENGTH = 100;

export class SbomNotes {
  readonly #input: LockfileInput;
  readonly #notes = new Map<string, Note>();

  constructor(input: LockfileInput) {
    this.#input = input;
  }

  /**
   * Counts one case. `what` says in the plural what was found and what was expected, and is the key cases are counted
   * by; `name` is quoted for the first few, and the first one gives the line.
   */
  count(code: DiagnosticCode, severity: Diagnostic['severity'], what: string, name: string, next: string): void {
    let note = this.#notes.get(what);
    if (note === undefined) {
      note = { code, severity, what, next, names: [], line: lineOf(this.#input.text, name), count: 0 };
      this.#notes.set(what, note);
    }
    note.count++;
    const quoted = shortened(name);
    if (quoted !== '' && note.names.length < NAMES_SHOWN && !note.names.includes(quoted)) note.names.push(quoted);
  }

  diagnostics(): Diagnostic[] {
    return [...this.#notes.values()].map((note) => ({
      code: note.code,
      severity: note.severity,
      file: this.#input.path,
      ...(note.line === undefined ? {} : { line: note.line }),
      message: `${note.what} (${note.count})${listed(note)}`,
      next: note.next,
    }));
  }
}

/** Nothing of an SBOM can be used. The place is that of the string `near`, or the first line where it is absent. */
export function sbomError(
  input: LockfileInput,
  code: DiagnosticCode,
  message: string,
  next: string,
  near?: string,
): LockfileError {
  const place = near === undefined ? {} : { line: lineOf(input.text, near) ?? 1 };
  return new LockfileError({ code, file: input.path, ...place, message, next });
}

function listed(note: Note): string {
  if (note.names.length === 0) return '';
  const more = note.count - note.names.length;
  return `: ${note.names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A reference without the user and password of a URL: ids and names are often URLs. */
export function withoutCredentials(reference: string): string {
  return reference.replace(/\/\/[^/?#\s]*@/g, '//');
}

function shortened(name: string): string {
  const safe = withoutCredentials(name);
  return safe.length > NAME_LENGTH ? `${safe.slice(0, NAME_LENGTH)}...` : safe;
}

function lineOf(text: string, name: string): number | undefined {
  const at = name === '' ? -1 : text.indexOf(JSON.stringify(name));
  return at === -1 ? undefined : lineAt(text, at);
}
