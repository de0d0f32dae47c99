/** What stands beside a Yarn lockfile and changes how it is read: resolutions of the root manifest, .yarnrc.yml. */
import { posix } from 'node:path';
import type { Diagnostic } from '../../diagnostics.ts';
import { entriesOf, isObject, type JsonObject } from '../../json.ts';
import type { LockfileInput } from '../reader.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { normalRange, splitName } from './descriptor.ts';

/** One entry of `resolutions`: where `from` asks for `name` (by `range`), it gets `to`. */
export interface YarnRule {
  readonly from: { readonly name: string; readonly reference: string | undefined } | undefined;
  /** Normal form, or undefined for any. */
  readonly range: string | undefined;
  /** As written. */
  readonly to: string;
}

export interface YarnExtension {
  readonly range: string;
  readonly dependencies: readonly [string, string][];
  readonly peers: readonly [string, string][];
  readonly optionalPeers: readonly string[];
}

export interface YarnSettings {
  /** By the name that is asked for. */
  readonly rules: ReadonlyMap<string, readonly YarnRule[]>;
  /** catalog name ('' for the default one) -> package name -> range. */
  readonly catalogs: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** packageExtensions by package name. */
  readonly extensions: ReadonlyMap<string, readonly YarnExtension[]>;
  /** Yarn 6 workspaceProfiles: name -> its devDependencies and the profiles it extends. */
  readonly profiles: ReadonlyMap<
    string,
    { readonly dev: readonly [string, string][]; readonly extends: readonly string[] }
  >;
}

/** Reads the settings beside a lockfile as data; one that cannot be read is reported and counts as empty. */
export function readSettings(
  input: LockfileInput,
  root: JsonObject | undefined,
  report: (diagnostic: Diagnostic) => void,
): YarnSettings {
  const rc = readRc(input, report);
  return {
    rules: rulesOf(root?.resolutions),
    catalogs: catalogsOf(rc),
    extensions: extensionsOf(rc?.packageExtensions),
    profiles: profilesOf(rc?.workspaceProfiles),
  };
}

/** Most of these files hold nothing that matters here and need not be parsed. */
function readRc(input: LockfileInput, report: (diagnostic: Diagnostic) => void): JsonObject | undefined {
  const text = input.siblings.read('.yarnrc.yml');
  if (text === undefined || !/catalog|packageExtensions|workspaceProfiles/.test(text)) return undefined;
  const file = posix.join(posix.dirname(input.path), '.yarnrc.yml');
  try {
    const value = parseYaml(file, text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    if (isObject(value)) return value;
    if (value === null || value === undefined) return undefined;
  } catch {
    // Reported below: whatever is wrong with it, its settings are lost.
  }
  report({
    code: 'MANIFEST_UNREADABLE',
    severity: 'incomplete',
    file,
    message: 'not a Yarn configuration: expected YAML with settings',
    next: 'correct the file; its catalogs and packageExtensions are missing from the result',
  });
  return undefined;
}

/** String entries of a mapping; numbers count as their text, as Yarn reads all scalars as text. */
export function textEntries(value: unknown): [string, string][] {
  const result: [string, string][] = [];
  for (const [name, item] of entriesOf(value)) {
    if (typeof item === 'string') result.push([name, item]);
    else if (typeof item === 'number') result.push([name, String(item)]);
  }
  return result;
}

function rulesOf(resolutions: unknown): Map<string, YarnRule[]> {
  const rules = new Map<string, YarnRule[]>();
  for (const [pattern, to] of textEntries(resolutions)) {
    const parsed = parsePattern(pattern);
    if (parsed === undefined) continue;
    const { target, from } = parsed;
    const rule = { from, range: target.rest === '' ? undefined : normalRange(target.rest), to };
    const known = rules.get(target.name);
    if (known === undefined) rules.set(target.name, [rule]);
    else known.push(rule);
  }
  return rules;
}

const SPECIFIER = String.raw`((?:@[^/@]+\/)?[^/@]+)(?:@(.+))?`;
const PATTERN = new RegExp(`^(?:${SPECIFIER.replace('(.+)', '([^/]+)')}\\/)?${SPECIFIER}$`);

/** `name`, `name@range`, `from/name`, `from@npm:1.0.0/name@range`. Globs, which only Yarn 1 has, are no pattern. */
function parsePattern(pattern: string) {
  const match = pattern.startsWith('*') ? null : PATTERN.exec(pattern);
  if (match === null) return undefined;
  const [, fromName, fromRest, name, rest] = match;
  const from = fromName === undefined ? undefined : { name: fromName, reference: fromRest && normalRange(fromRest) };
  return { from, target: { name: name!, rest: rest ?? '' } };
}

function catalogsOf(rc: JsonObject | undefined): Map<string, Map<string, string>> {
  const catalogs = new Map<string, Map<string, string>>();
  for (const [name, entries] of entriesOf(rc?.catalogs)) catalogs.set(name, new Map(textEntries(entries)));
  catalogs.set('', new Map(textEntries(rc?.catalog)));
  return catalogs;
}

function extensionsOf(value: unknown): Map<string, YarnExtension[]> {
  const extensions = new Map<string, YarnExtension[]>();
  for (const [descriptor, body] of entriesOf(value)) {
    const target = splitName(descriptor);
    if (target === undefined || !isObject(body)) continue;
    const extension = {
      range: target.rest,
      dependencies: textEntries(body.dependencies),
      peers: textEntries(body.peerDependencies),
      optionalPeers: entriesOf(body.peerDependenciesMeta)
        .filter(([, meta]) => isObject(meta) && isTrue(meta.optional))
        .map(([name]) => name),
    };
    const known = extensions.get(target.name);
    if (known === undefined) extensions.set(target.name, [extension]);
    else known.push(extension);
  }
  return extensions;
}

function profilesOf(value: unknown): YarnSettings['profiles'] {
  const profiles = new Map<string, { dev: [string, string][]; extends: string[] }>();
  for (const [name, body] of entriesOf(value)) {
    if (!isObject(body)) continue;
    const bases = Array.isArray(body.extends) ? body.extends : [body.extends];
    profiles.set(name, {
      dev: textEntries(body.devDependencies),
      extends: bases.filter((base): base is string => typeof base === 'string'),
    });
  }
  return profiles;
}

/** Flags are written `true`; some writers quote them. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
