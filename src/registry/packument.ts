/** Reads a registry's document of a package: what of it this program uses, with every type checked. Pure. */
import { isObject, type JsonObject } from '../json.ts';
import { newestOfLines } from './lines.ts';
import type { Packument, Release, SignatureEntry } from './release.ts';

/** Several times what any package has had. */
const MOST_VERSIONS = 100_000;
/** npm has had one signature per release, two while it changes keys. */
const MOST_SIGNATURES = 16;
/** Ten times what any package has had. */
const MOST_MAINTAINERS = 20_000;
/** Packages have a few tags, and manifests some hundred dependencies. */
const MOST_TAGS = 1000;
const MOST_DEPENDENCIES = 5000;
/** In UTF-16 code units; an integrity is about 100. */
const LONGEST = 4096;
/** ISO 8601 as registries write it; with a zone, since without one a time depends on the machine that reads it. */
const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

export interface ServesEvidence {
  readonly signatures: boolean;
  readonly attestations: boolean;
}

const MALFORMED: SignatureEntry = { keyid: undefined, sig: undefined };

/**
 * The releases of a packument, full or abbreviated (the abbreviated one has neither times nor trusted publishers). A field
 * of a wrong type, or a text over 4,096 characters, counts as absent; so does a manifest that is no object. A signature
 * entry of a wrong type keeps its place, and all entries after the sixteenth become one malformed entry. A manifest's own
 * name and version are read as given: they need not be those it is listed under. `newest`, which no registry has, is
 * where what is kept of a packument (excerpt.ts) has the newest versions of the lines it does not keep.
 *
 * Of the parsed document only short strings are kept, each of its own: V8's JSON.parse gives no slices of its input.
 *
 * @param name the package asked for; the document's own name is not looked at, what is signed is in the manifests
 * @returns undefined where the text is no packument, or lists more than 100,000 versions; without any release where the
 *   package was unpublished
 */
export function parsePackument(text: string, name: string): Packument | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(document)) return undefined;
  const times = objectIn(document, 'time') ?? {};
  const versions = objectIn(document, 'versions');
  if (versions === undefined) {
    const unpublished = !Object.hasOwn(document, 'versions') && objectIn(times, 'unpublished') !== undefined;
    const nothing = { releases: new Map(), maintainers: undefined, newest: new Map(), tags: new Map() };
    return unpublished ? { name, ...nothing } : undefined;
  }
  const listed = Object.keys(versions);
  if (listed.length > MOST_VERSIONS) return undefined;
  const releases = new Map<string, Release>();
  for (const version of listed) {
    const manifest = objectIn(versions, version);
    if (manifest !== undefined && version.length <= LONGEST) {
      releases.set(version, releaseOf(manifest, timeIn(times, version)));
    }
  }
  const kept = textsIn(document, 'newest', MOST_VERSIONS);
  return {
    name,
    releases,
    maintainers: maintainersIn(document),
    newest: newestOfLines([...releases.keys(), ...kept.values()]),
    tags: textsIn(document, 'dist-tags', MOST_TAGS),
  };
}

/** Whether anything a registry lists of a package carries evidence at all: a registry that strips it serves none. */
export function servesEvidence({ releases }: Packument): ServesEvidence {
  const all = [...releases.values()];
  return {
    signatures: all.some((release) => release.signatures.length > 0),
    attestations: all.some((release) => release.attested),
  };
}

function releaseOf(manifest: JsonObject, published: string | undefined): Release {
  const dist = objectIn(manifest, 'dist') ?? {};
  const publisher = objectIn(objectIn(manifest, '_npmUser') ?? {}, 'trustedPublisher') ?? {};
  return {
    name: textIn(manifest, 'name'),
    version: textIn(manifest, 'version'),
    integrity: textIn(dist, 'integrity'),
    signatures: signaturesIn(dist),
    attested: objectIn(dist, 'attestations') !== undefined,
    published,
    trustedPublisher: textIn(publisher, 'id'),
    repository: textIn(manifest, 'repository') ?? textIn(objectIn(manifest, 'repository') ?? {}, 'url'),
    // An optional one overrides a dependency of the same name, as package managers have it.
    dependencies: new Map([
      ...textsIn(manifest, 'dependencies', MOST_DEPENDENCIES),
      ...textsIn(manifest, 'optionalDependencies', MOST_DEPENDENCIES),
    ]),
  };
}

/** Names of accounts, of `{ name, email }` or `name <email>`; one list that cannot be read to its end is not known. */
function maintainersIn(document: JsonObject): string[] | undefined {
  const listed = own(document, 'maintainers');
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > MOST_MAINTAINERS) return undefined;
  const names = new Set<string>();
  for (const entry of listed) {
    const text = isObject(entry) ? textIn(entry, 'name') : entry;
    const name = typeof text === 'string' && text.length <= LONGEST ? text.replace(/\s*<[^<>]*>$/, '').trim() : '';
    if (name === '') return undefined;
    names.add(name);
  }
  return [...names].sort();
}

function signaturesIn(dist: JsonObject): SignatureEntry[] {
  const listed = own(dist, 'signatures');
  if (!Array.isArray(listed)) return [];
  const entries = listed.slice(0, MOST_SIGNATURES).map((entry: unknown) => signatureOf(entry));
  return listed.length > MOST_SIGNATURES ? [...entries, MALFORMED] : entries;
}

function signatureOf(entry: unknown): SignatureEntry {
  return isObject(entry) ? { keyid: textIn(entry, 'keyid'), sig: textIn(entry, 'sig') } : MALFORMED;
}

function timeIn(times: JsonObject, version: string): string | undefined {
  const time = textIn(times, version);
  return time !== undefined && TIME.test(time) && !Number.isNaN(Date.parse(time)) ? time : undefined;
}

function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function objectIn(object: JsonObject, key: string): JsonObject | undefined {
  const value = own(object, key);
  return isObject(value) ? value : undefined;
}

/** The texts of an object by their keys; empty where there are more than so many. */
function textsIn(object: JsonObject, key: string, most: number): Map<string, string> {
  const found = objectIn(object, key) ?? {};
  const keys = Object.keys(found);
  if (keys.length > most) return new Map();
  return new Map(
    keys.flatMap((name): [string, string][] => {
      const text = textIn(found, name);
      return text === undefined || name.length > LONGEST ? [] : [[name, text]];
    }),
  );
}

function textIn(object: JsonObject, key: string): string | undefined {
  const value = own(object, key);
  return typeof value === 'string' && value.length <= LONGEST ? value : undefined;
}
