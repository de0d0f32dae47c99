/** In-toto statements: what they say, and whether they are about the bytes that a lockfile pins. Pure. */
import { isObject, type JsonObject } from '../json.ts';
import type { Verdict } from './state.ts';
import type { Subject } from './subject.ts';

export const STATEMENT_PAYLOAD = 'application/vnd.in-toto+json';
/** npm/attestation, specs/publish. */
const PUBLISH = 'https://github.com/npm/attestation/tree/main/specs/publish/';
const PROVENANCE = 'https://slsa.dev/provenance/';
export const PUBLISH_V01 = `${PUBLISH}v0.1`;
export const PROVENANCE_V02 = `${PROVENANCE}v0.2`;
export const PROVENANCE_V1 = `${PROVENANCE}v1`;

const FAMILY = 'https://in-toto.io/Statement/';
const KNOWN_TYPES = new Set([`${FAMILY}v0.1`, `${FAMILY}v1`]);

export type AttestationKind = 'publish' | 'provenance';

export interface Statement {
  readonly predicateType: string;
  readonly predicate: JsonObject;
  readonly subjects: readonly unknown[];
}

export type ParsedStatement = { readonly statement: Statement } | { readonly verdict: Verdict };

/** @returns the kind a predicate type is of, and whether it is a version that can be judged; undefined: another kind */
export function predicateKind(type: string): { readonly kind: AttestationKind; readonly known: boolean } | undefined {
  if (type.startsWith(PUBLISH)) return { kind: 'publish', known: type === PUBLISH_V01 };
  if (!type.startsWith(PROVENANCE)) return undefined;
  return { kind: 'provenance', known: type === PROVENANCE_V02 || type === PROVENANCE_V1 };
}

/** Reads the payload of an envelope as an in-toto statement (0.1 or 1). */
export function parseStatement(payload: Buffer): ParsedStatement {
  const value = jsonOf(payload);
  const { _type: type, predicateType, predicate, subject } = isObject(value) ? value : {};
  if (typeof type !== 'string' || !type.startsWith(FAMILY)) return bad('no in-toto statement');
  if (!KNOWN_TYPES.has(type)) return { verdict: { reason: 'unsupported', detail: `statement type ${type}` } };
  if (typeof predicateType !== 'string' || !Array.isArray(subject)) return bad('a statement without type or subjects');
  return { statement: { predicateType, predicate: isObject(predicate) ? predicate : {}, subjects: subject } };
}

/** The predicate type inside a bundle of which nothing is verified yet; undefined where it has none. */
export function claimedPredicateType(bundle: unknown): string | undefined {
  const envelope = isObject(bundle) ? bundle.dsseEnvelope : undefined;
  const payload = isObject(envelope) ? envelope.payload : undefined;
  const value = typeof payload === 'string' ? jsonOf(Buffer.from(payload, 'base64')) : undefined;
  return isObject(value) && typeof value.predicateType === 'string' ? value.predicateType : undefined;
}

/**
 * Whether a statement is about one release and its bytes: one subject, the package URL of the name and version, the
 * sha512 that the lockfile pins.
 *
 * @param registry URL of the registry the release is from: a package URL that names another is of another package
 * @returns what is wrong, or undefined
 */
export function subjectProblem(statement: Statement, subject: Subject, registry?: string): Verdict | undefined {
  const [only] = statement.subjects;
  if (statement.subjects.length !== 1 || !isObject(only)) {
    return { reason: 'wrong-subject', detail: `${statement.subjects.length} subjects` };
  }
  if (typeof only.name !== 'string' || !isPurlOf(only.name, subject, registry)) {
    return { reason: 'wrong-subject', detail: shown(only.name) };
  }
  const sha512 = isObject(only.digest) && Object.hasOwn(only.digest, 'sha512') ? only.digest.sha512 : undefined;
  if (typeof sha512 !== 'string') return { reason: 'wrong-digest', detail: 'no sha512 attested' };
  const same = subject.digests.filter((digest) => hexOf(digest) === sha512.toLowerCase()).length;
  if (same === subject.digests.length && same > 0) return undefined;
  return { reason: same > 0 ? 'several-digests' : 'wrong-digest', detail: `attested sha512 ${sha512}` };
}

/**
 * Whether the predicate of a publish statement names the release, and the registry where one is expected.
 *
 * @returns what is wrong, or undefined
 */
export function publishProblem({ predicate }: Statement, subject: Subject, registry?: string): Verdict | undefined {
  if (predicate.name !== subject.name || predicate.version !== subject.version) {
    return { reason: 'wrong-subject', detail: `published ${shown(predicate.name)}@${shown(predicate.version)}` };
  }
  if (registry === undefined || isRegistry(predicate.registry, registry)) return undefined;
  return { reason: 'wrong-subject', detail: `published to ${shown(predicate.registry)}` };
}

/**
 * Package URLs of npm (purl-spec, npm definition): `pkg:npm/%40scope/name@version`, the scope's `@` encoded or not, and
 * `?repository_url=` where the registry is not npm's own. Any other qualifier or a subpath makes it another package.
 */
function isPurlOf(text: string, { name, version }: Subject, registry: string | undefined): boolean {
  const [, path, query] = /^pkg:npm\/([^?#]+)(?:\?([^#]*))?$/.exec(text) ?? [];
  if (path === undefined) return false;
  if (query !== undefined) {
    const qualifiers = [...new URLSearchParams(query)];
    if (qualifiers.some(([key]) => key !== 'repository_url')) return false;
    if (registry !== undefined && qualifiers.some(([, url]) => !isRegistry(url, registry))) return false;
  }
  const at = path.lastIndexOf('@');
  try {
    return decodeURIComponent(path.slice(0, at)) === name && decodeURIComponent(path.slice(at + 1)) === version;
  } catch {
    return false;
  }
}

function isRegistry(value: unknown, registry: string): boolean {
  return typeof value === 'string' && urlOf(value) === urlOf(registry);
}

function urlOf(text: string): string {
  return (URL.canParse(text) ? new URL(text).href : text).replace(/\/+$/, '');
}

function hexOf(digest: string): string {
  return Buffer.from(digest.slice('sha512-'.length), 'base64').toString('hex');
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Never made a text of by force: an object of JSON may have a member named toString. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value : `(${typeof value})`;
}

function bad(detail: string): ParsedStatement {
  return { verdict: { reason: 'bad-bundle', detail } };
}
