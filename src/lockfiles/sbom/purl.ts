/**
 * Package URLs: type, namespace, name, version, qualifiers of 'pkg:type/namespace/name@version?qualifiers#subpath'
 * (ECMA-427). Written here because names must come out exactly as the lockfile readers write them: a reader that
 * lower-cases npm names merges JSONStream with jsonstream, and one that reads '+' as a space breaks git+https URLs.
 */

export interface Purl {
  /** Lower case: npm, pypi, maven, golang, ... */
  readonly type: string;
  /** Decoded, segments joined by '/'; '' where there is none. */
  readonly namespace: string;
  readonly name: string;
  readonly version: string | undefined;
  /** Decoded values by lower-case key. */
  readonly qualifiers: ReadonlyMap<string, string>;
}

const TYPE = /^[a-z][a-z0-9.+-]*$/;

/** Types whose namespace and name are the same package in any case. */
const CASELESS = new Set([
  'alpm',
  'apk',
  'bitbucket',
  'bitnami',
  'composer',
  'deb',
  'github',
  'gitlab',
  'hex',
  'luarocks',
  'oci',
  'pub',
  'pypi',
]);

/**
 * Parses a package URL. The '@' of an npm scope may stand there unencoded, as several tools write it.
 *
 * @returns undefined where the text is no package URL: another scheme, no type or name, broken percent-encoding
 */
export function parsePurl(text: string): Purl | undefined {
  const scheme = /^\s*pkg:\/*/i.exec(text);
  if (!scheme) return undefined;
  const body = text.slice(scheme[0].length).trimEnd();
  const hash = body.lastIndexOf('#');
  const withQualifiers = hash === -1 ? body : body.slice(0, hash);
  // The first '?', where the standard takes the last: a URL in a qualifier may have one that is not encoded.
  const question = withQualifiers.indexOf('?');
  const main = question === -1 ? withQualifiers : withQualifiers.slice(0, question);
  const query = question === -1 ? '' : withQualifiers.slice(question + 1);
  const slash = main.indexOf('/');
  const type = main.slice(0, Math.max(slash, 0)).toLowerCase();
  if (!TYPE.test(type)) return undefined;
  const path = main.slice(slash + 1);
  const at = versionSign(type, path);
  const segments = decodeAll((at === -1 ? path : path.slice(0, at)).split('/'));
  const version = at === -1 ? '' : decode(path.slice(at + 1));
  const qualifiers = parseQualifiers(query);
  if (segments === undefined || version === undefined || qualifiers === undefined) return undefined;
  const name = segments.pop();
  if (name === undefined) return undefined;
  return {
    type,
    namespace: spelled(type, segments.join('/')),
    name: spelled(type, name),
    version: version === '' ? undefined : version,
    qualifiers,
  };
}

/** The full name as the ecosystem writes it: @scope/name, group:artifact (Maven), vendor/name, module path. */
export function purlName(purl: Purl): string {
  if (purl.namespace === '') return purl.name;
  return `${purl.namespace}${purl.type === 'maven' ? ':' : '/'}${purl.name}`;
}

/**
 * Where the version starts. npm names hold no '@' but the scope's, and npm versions may (git URLs, aliases); elsewhere
 * it is the other way round. An '@' at the start of a segment belongs to a scope.
 */
function versionSign(type: string, path: string): number {
  if (type === 'npm') {
    let at = path.indexOf('@');
    while (at === 0 || (at > 0 && path[at - 1] === '/')) at = path.indexOf('@', at + 1);
    return at;
  }
  const at = path.lastIndexOf('@');
  return at > 0 && path[at - 1] !== '/' ? at : -1;
}

function spelled(type: string, name: string): string {
  if (!CASELESS.has(type)) return name;
  const lower = name.toLowerCase();
  // PEP 503: runs of '-', '_' and '.' are the same in a Python package name.
  return type === 'pypi' ? lower.replace(/[-_.]+/g, '-') : lower;
}

function parseQualifiers(query: string): Map<string, string> | undefined {
  const qualifiers = new Map<string, string>();
  for (const pair of query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals < 1) continue;
    const value = decode(pair.slice(equals + 1));
    if (value === undefined) return undefined;
    if (value !== '') qualifiers.set(pair.slice(0, equals).toLowerCase(), value);
  }
  return qualifiers;
}

function decodeAll(segments: readonly string[]): string[] | undefined {
  const decoded: string[] = [];
  for (const segment of segments) {
    const text = decode(segment);
    if (text === undefined) return undefined;
    if (text !== '') decoded.push(text);
  }
  return decoded;
}

function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
