/** The few settings of an .npmrc that matter here. Credentials stand in the same file: only wanted keys are ever kept. */

export interface IniSetting {
  /** Every value the key has, in order; `key[]` adds, `key` replaces. A key without a value is 'true'. */
  readonly values: readonly string[];
  /** 1-based, of the last. */
  readonly line: number;
}

/**
 * Values of the wanted keys, by npm's format (https://github.com/npm/ini): comments after `;` and `#`, quotes, lists as
 * `key[]`. What stands below a `[section]` belongs to the section and is left out.
 */
export function readIni(text: string, wanted: ReadonlySet<string>): Map<string, IniSetting> {
  const found = new Map<string, { values: string[]; line: number }>();
  const lines = text.split(/\r\n|[\r\n]/);
  for (const [at, written] of lines.entries()) {
    const line = written.trim();
    if (line === '' || line.startsWith(';') || line.startsWith('#')) continue;
    if (line.startsWith('[') && line.endsWith(']')) break;
    const equals = line.indexOf('=');
    const name = (equals === -1 ? line : line.slice(0, equals)).trim();
    const isList = name.endsWith('[]');
    const key = isList ? name.slice(0, -2) : name;
    if (!wanted.has(key)) continue;
    const value = equals === -1 ? 'true' : unquoted(line.slice(equals + 1).trim());
    const known = isList ? found.get(key)?.values : undefined;
    known?.push(value);
    found.set(key, { values: known ?? [value], line: at + 1 });
  }
  return found;
}

function unquoted(text: string): string {
  const quote = text[0];
  if (text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote)) return text.slice(1, -1);
  const comment = /(?<!\\)[;#]/.exec(text);
  return (comment ? text.slice(0, comment.index) : text).trim();
}
