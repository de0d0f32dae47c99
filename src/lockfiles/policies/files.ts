/** Settings files beside a lockfile, read once and as data. What cannot be read is noted, never taken for empty. */
import { type ParseError, parse } from 'jsonc-parser';
import type { PlatformClaim } from '../../graph/platform.ts';
import type { PolicyManager, PolicyNote } from '../../graph/policies.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { lineAt } from '../../lines.ts';
import type { Siblings } from '../reader.ts';
import { parseYaml } from '../yaml/yaml.ts';

/** Characters; more than any settings file has. */
const LARGEST = 8 * 1024 * 1024;

/** A settings file: `missing`, `broken` (there, but nothing of it can be used), or its text and values. */
export type SettingsFile =
  | { readonly state: 'missing' }
  | { readonly state: 'broken'; readonly file: string }
  | { readonly state: 'read'; readonly file: string; readonly text: string; readonly values: JsonObject };

export type TextFile =
  | { readonly state: 'missing' }
  | { readonly state: 'broken'; readonly file: string }
  | { readonly state: 'read'; readonly file: string; readonly text: string };

/** What the readers of one lockfile's policies share. */
export class PolicyFiles {
  readonly notes: PolicyNote[] = [];
  readonly manager: PolicyManager | undefined;
  /** Major version of the manager, where a file names it. */
  readonly major: number | undefined;
  /** Version of the lockfile's format; NaN where it has none. */
  readonly format: number;
  readonly #siblings: Siblings;
  readonly #read = new Map<string, SettingsFile>();

  constructor(
    siblings: Siblings,
    manager: PolicyManager | undefined,
    formatVersion: string,
    platforms: readonly PlatformClaim[],
  ) {
    this.#siblings = siblings;
    this.manager = manager;
    this.format = Number.parseFloat(formatVersion);
    const tool = manager?.startsWith('yarn') ? 'yarn' : manager;
    this.major = platforms.find((claim) => claim.tool === tool && claim.project === 0)?.major;
  }

  note(file: string, message: string, line?: number): void {
    // One is enough of each, and a hostile file is not to fill the report.
    if (this.notes.length >= 100 || this.notes.some((each) => each.file === file && each.message === message)) return;
    this.notes.push({ file, line, message });
  }

  text(file: string): TextFile {
    let text: string | undefined;
    try {
      text = this.#siblings.read(file);
    } catch {
      this.note(file, 'cannot be read: its settings are unknown');
      return { state: 'broken', file };
    }
    if (text === undefined) return { state: 'missing' };
    if (text.length > LARGEST) {
      this.note(file, 'too large for a settings file: its settings are unknown');
      return { state: 'broken', file };
    }
    return { state: 'read', file, text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text };
  }

  /** A file of JSON (with comments where it has some), or of YAML where its name says so. An empty YAML file has no values. */
  settings(file: string): SettingsFile {
    const known = this.#read.get(file);
    if (known) return known;
    const found = this.text(file);
    const read = found.state === 'read' ? this.#parsed(file, found.text) : found;
    this.#read.set(file, read);
    return read;
  }

  #parsed(file: string, text: string): SettingsFile {
    const values = /\.ya?ml$/.test(file) ? yamlOf(file, text) : jsonOf(text);
    if (isObject(values)) return { state: 'read', file, text, values };
    this.note(file, 'not readable as a mapping of settings: its settings are unknown');
    return { state: 'broken', file };
  }
}

function yamlOf(file: string, text: string): unknown {
  try {
    return parseYaml(file, text) ?? {};
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Comments and trailing commas, which JSON5 has as well; the rest of JSON5 is not read.
  }
  try {
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, { allowTrailingComma: true });
    return errors.length === 0 ? value : undefined;
  } catch {
    // Nested beyond the stack.
    return undefined;
  }
}

/** An own property: `__proto__` and names of Object's own are ordinary keys. */
export function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Line of the first mention of a setting's name, which mostly is the setting. */
export function lineOf(text: string, key: string): number | undefined {
  const at = text.indexOf(key);
  return at === -1 ? undefined : lineAt(text, at);
}

/** Strings of a list; undefined where it is none, or holds anything else. */
export function stringsOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const strings = value.filter((each) => typeof each === 'string');
  return strings.length === value.length ? strings : undefined;
}

/** Name and version part of `name@rest`; the scope's `@` is no separator. */
export function splitSelector(text: string): { readonly name: string; readonly range: string | undefined } {
  const at = text.indexOf('@', 1);
  return at === -1 ? { name: text, range: undefined } : { name: text.slice(0, at), range: text.slice(at + 1) };
}
