/**
 * Incident lists in the forms that circulate; the content tells which it is. To add one: its file here, a line in `formOf`.
 * Whatever a text holds, reading it never throws: what cannot be read is counted and said with its place.
 */
import type { IncidentBuilder, ListForm } from './builder.ts';
import { delimiterOf, readCsv } from './csv.ts';
import { readJson } from './json.ts';
import { duplicateKeys } from './json-duplicates.ts';
import { linesOf, readLines } from './lines.ts';

/** Bytes of one list; half a million OSV records are less. */
export const LARGEST_INCIDENT_LIST = 512 * 1024 * 1024;

/**
 * Reads one list.
 *
 * @param file as reports name it
 */
export function readIncidentList(text: string, file: string, into: IncidentBuilder): void {
  into.list(file, formOf(text.startsWith('\uFEFF') ? text.slice(1) : text, file, into));
}

function formOf(text: string, file: string, into: IncidentBuilder): ListForm {
  const from = text.search(/\S/);
  if (from === -1) return 'empty';
  const first = firstLine(text);
  if (text[from] === '{' || text[from] === '[') return jsonForm(text, first, file, into);
  const fragment = text[from] === '"' ? fragmentOf(text) : undefined;
  if (fragment !== undefined) return readJson(fragment, file, into);
  const delimiter = delimiterOf(first);
  if (delimiter === undefined) readLines(text, file, into);
  else readCsv(text, delimiter, file, into);
  return delimiter === undefined ? 'lines' : 'csv';
}

function jsonForm(text: string, first: string, file: string, into: IncidentBuilder): ListForm {
  const whole = parsed(text);
  if (whole) return withDuplicates(text, whole.value, file, into);
  const start = parsed(first);
  if (start) return readNdjson(text, file, into);
  into.unreadable({ file }, 'not valid JSON: expected one document, or one on each line');
  return 'unreadable';
}

function withDuplicates(text: string, value: unknown, file: string, into: IncidentBuilder): ListForm {
  const twice = duplicateKeys(text);
  if (twice === undefined) {
    into.unreadable({ file }, 'JSON that is nested too deep for a list');
    return 'unreadable';
  }
  for (const { line } of twice)
    into.unreadable({ file, line }, 'a key that its object has twice: only the last counts');
  return readJson(value, file, into);
}

function readNdjson(text: string, file: string, into: IncidentBuilder): ListForm {
  let form: ListForm = 'json';
  let line = 0;
  for (const written of linesOf(text)) {
    line++;
    if (written.trim() === '') continue;
    const found = parsed(written);
    const twice = found && duplicateKeys(written);
    if (!found || !twice) into.unreadable({ file, line }, 'not valid JSON');
    else {
      if (twice.length > 0) into.unreadable({ file, line }, 'a key that its object has twice: only the last counts');
      form = readJson(found.value, file, into, line);
    }
  }
  return form;
}

/** Entries cut out of a lockfile have no braces around them. */
function fragmentOf(text: string): unknown {
  const body = text.trim().replace(/,$/, '');
  return parsed(`{${body}}`)?.value;
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The first line that says something. */
function firstLine(text: string): string {
  for (const line of linesOf(text)) if (line.trim() !== '' && !/^\s*(?:#|\/\/)/.test(line)) return line;
  return '';
}
