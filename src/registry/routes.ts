/** Which registry each package name is asked of, as data: kept beside saved answers, so that they are found again elsewhere. */
import { entriesOf, isObject } from '../json.ts';

export interface Routes {
  readonly standard: string;
  /** By scope, with its `@`. */
  readonly scopes: ReadonlyMap<string, string>;
}

export function registryOf({ standard, scopes }: Routes, name: string): string {
  return scopes.get(scopeOf(name) ?? '') ?? standard;
}

/** The routes of the names given, as JSON. */
export function routesJson(names: Iterable<string>, standard: string, registryFor: (name: string) => string): object {
  const scopes = new Map<string, string>();
  for (const name of names) {
    const scope = scopeOf(name);
    if (scope !== undefined && registryFor(name) !== standard) scopes.set(scope, registryFor(name));
  }
  return { standard, scopes: Object.fromEntries([...scopes].sort()) };
}

/** Reads what routesJson wrote; undefined where it is none. Addresses are names here: nothing is ever sent to them. */
export function parseRoutes(value: unknown): Routes | undefined {
  if (!isObject(value) || !isAddress(value.standard)) return undefined;
  const scopes = entriesOf(value.scopes).flatMap(([scope, url]) => (isAddress(url) ? [[scope, url] as const] : []));
  return { standard: value.standard, scopes: new Map(scopes) };
}

function scopeOf(name: string): string | undefined {
  return /^(@[^/]+)\//.exec(name)?.[1];
}

function isAddress(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
