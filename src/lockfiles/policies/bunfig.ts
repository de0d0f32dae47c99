/** The `[install]` table of a bunfig.toml, as far as scalars and lists of strings go. */

export type BunfigValue = string | number | boolean | readonly string[];

export interface BunfigSetting {
  /** Undefined where the value is of a form that is not read here. */
  readonly value: BunfigValue | undefined;
  /** 1-based. */
  readonly line: number;
}

const TABLE = /^\[\s*([\w.-]+)\s*\]$/;
const KEY = /^(?:install\s*\.\s*)?([\w-]+)\s*=\s*(.*)$/;

/**
 * Wanted keys of `[install]`, or of `install.key` at the top. TOML (https://toml.io/en/v1.0.0) in its plain forms only: one
 * key a line, basic and literal strings without escapes, decimal numbers, lists of strings over several lines.
 *
 * @returns undefined where the file has what could hide a setting: other forms of keys and tables, multi-line strings
 */
export function readBunfig(text: string, wanted: ReadonlySet<string>): Map<string, BunfigSetting> | undefined {
  const found = new Map<string, BunfigSetting>();
  if (text.includes('"""') || text.includes("'''")) return undefined;
  const lines = text.split(/\r\n|\n/);
  let table = '';
  for (let at = 0; at < lines.length; at++) {
    const line = withoutComment(lines[at]!).trim();
    if (line === '') continue;
    if (line.startsWith('[')) {
      const [, name] = TABLE.exec(line) ?? [];
      if (name === undefined && /install/.test(line)) return undefined;
      table = name ?? '[]';
      continue;
    }
    const start = at;
    const pieces = [line];
    if (/=\s*\[/.test(line)) {
      while (!pieces.at(-1)!.endsWith(']') && at + 1 < lines.length) pieces.push(withoutComment(lines[++at]!).trim());
      if (!pieces.at(-1)!.endsWith(']')) return undefined;
    }
    const whole = pieces.join(' ');
    if (table !== 'install' && !(table === '' && line.startsWith('install'))) {
      if (table === '' && /^["']/.test(line)) return undefined;
      continue;
    }
    const [, key, value] = KEY.exec(whole) ?? [];
    // `install = { ... }` and quoted keys could be any setting.
    if (key === undefined || value === undefined || (table === '' && key === 'install')) return undefined;
    if (!wanted.has(key)) continue;
    if (found.has(key)) return undefined;
    found.set(key, { value: parsedValue(value.trim()), line: start + 1 });
  }
  return found;
}

function withoutComment(line: string): string {
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const c = line[at]!;
    if (quote !== '') {
      if (c === '\\' && quote === '"') at++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '#') return line.slice(0, at);
  }
  return line;
}

function parsedValue(text: string): BunfigValue | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^[+-]?\d[\d_]*(?:\.\d+)?$/.test(text)) return Number(text.replaceAll('_', ''));
  if (!text.startsWith('[')) return stringOf(text);
  const inside = text.slice(1, -1).trim().replace(/,$/, '').trim();
  if (inside === '') return [];
  const items = inside.split(',').map((item) => stringOf(item.trim()));
  const strings = items.filter((item) => item !== undefined);
  return strings.length === items.length ? strings : undefined;
}

function stringOf(text: string): string | undefined {
  return /^"[^"\\]*"$|^'[^']*'$/.test(text) ? text.slice(1, -1) : undefined;
}
