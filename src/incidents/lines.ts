/**
 * Lists of lines: `name@1.2.3`, `name 1.2.3`, `name`, `name@>=1.2.0 <1.2.4`, `name (1.2.3, 1.2.4)`, package URLs; bullets,
 * quotes, commas at the end and tables of Markdown are seen through. What follows `#` or `//` after a space is a comment.
 */
import { parsePurl, purlName } from '../lockfiles/sbom/purl.ts';
import type { IncidentBuilder, ListPlace } from './builder.ts';
import { isHeader } from './headers.ts';
import { ALL, type BadVersions, type Unreadable, versionsOf } from './versions.ts';

/** Characters; more than a list of all versions of a package. */
const LONGEST_LINE = 1 << 18;

export type Said =
  | { readonly name: string; readonly versions: BadVersions }
  | { readonly ecosystem: string }
  | Unreadable;

export function readLines(text: string, file: string, into: IncidentBuilder): void {
  let line = 0;
  for (const written of linesOf(text)) {
    line++;
    const said = lineOf(written);
    if (said) addSaid(said, { file, line }, into);
  }
}

/** Lines without their ends, one at a time. */
export function* linesOf(text: string): Generator<string> {
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end === -1 ? text.length : end;
    yield text.slice(from, text[to - 1] === '\r' && to > from ? to - 1 : to);
    from = to + 1;
  }
}

export function addSaid(said: Said, place: ListPlace, into: IncidentBuilder): void {
  if ('problem' in said) into.unreadable(place, said.problem);
  else if ('ecosystem' in said) into.other(said.ecosystem);
  else into.add(said.name, said.versions, place);
}

/** What a line says; undefined for an empty one, a comment, a header and a rule of a table. */
export function lineOf(written: string): Said | undefined {
  if (written.length > LONGEST_LINE) return { problem: `a line longer than ${LONGEST_LINE} characters` };
  const text = bare(withoutComment(written));
  if (text === '' || /^[-|:=+ ]+$/.test(text)) return undefined;
  const [name, rest] = parted(text);
  if (isHeader(name, rest)) return undefined;
  return selected(text);
}

/** What `name`, `name@selector` or a package URL says. */
export function selected(text: string): Said {
  if (/^pkg:/i.test(text)) return purlSaid(text);
  const [name, rest] = parted(text.replace(/^npm:/i, ''));
  if (rest === '') return { name, versions: ALL };
  const versions = versionsOf(rest);
  return 'problem' in versions ? versions : { name, versions };
}

function purlSaid(text: string): Said {
  const purl = parsePurl(text);
  if (!purl) return { problem: 'expected a package URL (pkg:npm/name@1.2.3)' };
  if (purl.type !== 'npm') return { ecosystem: purl.type };
  const versions = purl.version === undefined ? ALL : versionsOf(purl.version);
  return 'problem' in versions ? versions : { name: purlName(purl), versions };
}

function withoutComment(line: string): string {
  for (let at = 0; at < line.length; at++) {
    const begins = line[at] === '#' || (line[at] === '/' && line[at + 1] === '/');
    if (begins && (at === 0 || line[at - 1] === ' ' || line[at - 1] === '\t')) return line.slice(0, at);
  }
  return line;
}

const AROUND = new Set([' ', '\t', '\u00a0', '"', "'", '`', ',', ';', '|', '\uFEFF']);

/** Without a bullet, and what stands around a name. */
function bare(line: string): string {
  const text = trimmed(line).replace(/^(?:[-*+\u2022] |\d{1,6}[.)] )/, '');
  return trimmed(text);
}

function trimmed(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && AROUND.has(text[from]!)) from++;
  while (to > from && AROUND.has(text[to - 1]!)) to--;
  return text.slice(from, to);
}

const ENDS_NAME = new Set(['@', ' ', '\t', '\u00a0', ',', ':', '|', '(', '=', '<', '>', ';', '"', "'", '`']);
const PARTS = new Set(['@', ' ', '\t', '\u00a0', ',', ':', '|', '(', '"', "'", '`']);

/** A name and what follows it; the `@` of a scope is part of the name. */
function parted(text: string): [string, string] {
  let end = 1;
  while (end < text.length && !ENDS_NAME.has(text[end]!)) end++;
  let from = end;
  while (from < text.length && PARTS.has(text[from]!)) from++;
  let to = text.length;
  while (to > from && (text[to - 1] === ')' || AROUND.has(text[to - 1]!))) to--;
  return [text.slice(0, end), text.slice(from, to)];
}
