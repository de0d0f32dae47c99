/** Lists as CSV (RFC 4180) with a header; fields parted by commas, semicolons or tabs. */
import type { IncidentBuilder } from './builder.ts';
import { ECOSYSTEM_FIELDS, isNpm, NAME_FIELDS, normalField, VERSION_FIELDS } from './headers.ts';
import { addSaid, type Said, selected } from './lines.ts';
import { ALL, UNSAID, versionsOf } from './versions.ts';

const DELIMITERS = [',', ';', '\t'] as const;
/** Columns that are looked at. */
const MOST_COLUMNS = 200;

interface Columns {
  readonly name: number;
  readonly ecosystem: number;
  /** -1 where versions are in no column; `unsaid` where some are, and none is known to be of bad ones. */
  readonly version: number | 'unsaid';
}

/** What parts the fields of a CSV, by its first line; undefined where that is no header with a column of names. */
export function delimiterOf(firstLine: string): string | undefined {
  if (firstLine.length > 10_000) return undefined;
  return DELIMITERS.find((delimiter) => {
    const [header] = rowsOf(firstLine, delimiter);
    return header !== undefined && header.fields.length > 1 && columnsOf(header.fields) !== undefined;
  });
}

export function readCsv(text: string, delimiter: string, file: string, into: IncidentBuilder): void {
  let columns: Columns | undefined;
  for (const { line, fields, open } of rowsOf(text, delimiter)) {
    if (open) {
      into.unreadable({ file, line }, 'a quoted field that does not end');
      continue;
    }
    if (fields.every((field) => field.trim() === '') || /^\s*#/.test(fields[0]!)) continue;
    if (columns) addSaid(rowSaid(fields, columns), { file, line }, into);
    else columns = columnsOf(fields);
  }
}

function rowSaid(fields: readonly string[], { name, ecosystem, version }: Columns): Said {
  const of = ecosystem === -1 ? '' : (fields[ecosystem] ?? '').trim();
  if (!isNpm(of)) return { ecosystem: of };
  const named = (fields[name] ?? '').trim();
  if (named === '') return { problem: 'a row without a package name' };
  // A name may bring its version along, as a package URL does.
  const isWhole = /^pkg:/i.test(named) || named.indexOf('@', 1) !== -1;
  const said = isWhole ? selected(named) : { name: named, versions: ALL };
  if (version === -1 || 'problem' in said || 'ecosystem' in said || said.versions.kind === 'some') return said;
  if (version === 'unsaid') return { name: said.name, versions: UNSAID };
  const cell = fields[version];
  if (cell === undefined) return { problem: 'a row without its column of versions' };
  const versions = versionsOf(cell);
  return 'problem' in versions ? versions : { name: said.name, versions };
}

function columnsOf(header: readonly string[]): Columns | undefined {
  const names = header.slice(0, MOST_COLUMNS).map((field) => normalField(field.trim()));
  const first = (wanted: readonly string[]): number =>
    wanted.reduce((found, field) => (found === -1 ? names.indexOf(field) : found), -1);
  const name = first(NAME_FIELDS);
  if (name === -1) return undefined;
  const version = first(VERSION_FIELDS);
  const isUnsaid = version === -1 && names.some((field) => field.includes('version'));
  return { name, ecosystem: first(ECOSYSTEM_FIELDS), version: isUnsaid ? 'unsaid' : version };
}

interface Row {
  /** 1-based, of its first character. */
  readonly line: number;
  readonly fields: readonly string[];
  /** Whether its last field is quoted and the text ends before the quote. */
  readonly open: boolean;
}

function* rowsOf(text: string, delimiter: string): Generator<Row> {
  let [at, line] = [0, 1];
  while (at < text.length) {
    const start = line;
    const fields: string[] = [];
    let open = false;
    for (let more = true; more; ) {
      let field = '';
      if (text[at] === '"') {
        const end = quoteEnd(text, at + 1);
        open = end === text.length;
        field = text.slice(at + 1, end).replaceAll('""', '"');
        for (let feed = text.indexOf('\n', at); feed !== -1 && feed < end; feed = text.indexOf('\n', feed + 1)) line++;
        at = end + 1;
      }
      let end = at;
      while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
      field += text.slice(at, text[end - 1] === '\r' && end > at && text[end] !== delimiter ? end - 1 : end);
      fields.push(field);
      more = text[end] === delimiter;
      at = end + 1;
    }
    line++;
    yield { line: start, fields, open };
  }
}

/** Where a quoted field ends: a quote that is not doubled, or the end of the text. */
function quoteEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return text.length;
}
