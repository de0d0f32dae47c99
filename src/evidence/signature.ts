/**
 * A registry's signatures of a release, judged against what the lockfile pins: ECDSA P-256 with SHA-256 over the UTF-8 text
 * `name@version:sha512-<base64>`, the scope of a name as written. The signature, the publish time and the rest of the
 * release are the registry's word; what they are compared with is the subject.
 */
import { type KeyObject, verify } from 'node:crypto';
import { digestsOf } from '../graph/digests.ts';
import { asString } from '../json.ts';
import type { RegistryKey } from '../registry/key.ts';
import { timeOf } from '../registry/keys.ts';
import type { Release } from '../registry/release.ts';
import { REASONS, type Reason, type Verdict } from './state.ts';
import type { Subject } from './subject.ts';

/** One, or two while keys change. A signature covers one digest, so more digests than this cannot all be signed. */
const MOST_ENTRIES = 8;
/** Characters of a key id, a name, a version, a base64 signature (which has at most 72 bytes). */
const LONGEST = 256;
/** Characters of an integrity text; a sha512 takes 95. */
const LONGEST_INTEGRITY = 4096;
/** What of one outside text a detail shows, and how many of them. */
const SHOWN = 64;
const MOST_SHOWN = 3;

/** Outcomes of a right signature, best first. */
const RIGHT = ['verified', 'verified-undated', 'key-not-yet-valid', 'key-expired'] as const satisfies Reason[];
/** Outcomes of a wrong signature, the one that says most first. */
const WRONG = ['replayed', 'other-digest', 'bad-signature'] as const satisfies Reason[];

/** A well-formed entry and the keys that go by its key id. */
interface Signed {
  readonly id: string;
  readonly keys: readonly RegistryKey[];
  readonly sig: Buffer;
}

interface Claim {
  readonly reason: Reason;
  readonly id: string;
  /** What was signed instead of the subject. */
  readonly instead?: string;
}

/**
 * Whether the registry signed the name, version and every digest of the subject.
 *
 * One right signature by a key valid when the release was published suffices beside others by unknown or outdated keys;
 * one wrong signature by a known key spoils all, as in npm. The order of entries, keys and digests changes nothing.
 *
 * @param keys keys of other uses than `npm:signatures` are passed over; several may go by one key id
 * @returns one of verified, verified-undated, not-signed, malformed, unknown-key, bad-signature, other-digest, replayed,
 *   key-expired, key-not-yet-valid, several-digests; with the key that vouches, or in the detail the ids that decided.
 *   Never rejects.
 */
export async function signatureVerdict(
  subject: Subject,
  release: Release,
  keys: readonly RegistryKey[],
): Promise<Verdict> {
  const count = release.signatures.length;
  if (count === 0) return { reason: 'not-signed' };
  if (count > MOST_ENTRIES) return { reason: 'malformed', detail: `${count} signatures` };
  const known: Signed[] = [];
  const unknown: string[] = [];
  for (const { keyid, sig } of release.signatures) {
    const id = bounded(keyid);
    const base64 = bounded(sig);
    if (id === undefined || base64 === undefined) continue;
    const own = keys.filter((key) => key.keyId === id && key.usage === 'npm:signatures');
    if (own.length === 0) unknown.push(id);
    else known.push({ id, keys: own, sig: Buffer.from(base64, 'base64') });
  }
  if (known.length === 0) {
    if (unknown.length > 0) return { reason: 'unknown-key', detail: list(unknown) };
    return { reason: 'malformed', detail: `${count} of ${count} signatures` };
  }
  const beside = unknown.length === 0 ? [] : [`unknown: ${list(unknown)}`];
  const { reason, id, instead } = await decided(subject, release, known);
  if (REASONS[reason] === 'verified') {
    return { reason, key: id, ...(beside.length > 0 && { detail: beside.join() }) };
  }
  const offending = `${short(id)}${instead === undefined ? '' : ` signs ${instead}`}`;
  return { reason, detail: [offending, ...beside].join('; ') };
}

/** Whether the registry serves today what the lockfile pins: every digest of the subject is among its sha512 digests. */
export function registryDigest(subject: Subject, release: Release): 'same' | 'differs' | 'unknown' {
  const served = servedDigests(release);
  if (served.length === 0) return 'unknown';
  return subject.digests.every((digest) => served.includes(digest)) ? 'same' : 'differs';
}

/** The claim that decides over several signatures by known keys: a wrong one, else the worst over the digests. */
async function decided(subject: Subject, release: Release, known: readonly Signed[]): Promise<Claim> {
  const { digests } = subject;
  if (digests.length > MOST_ENTRIES) {
    return first(known.map(({ id }) => ({ reason: 'several-digests', id, instead: `not all of ${digests.length}` })));
  }
  const found = await Promise.all(known.map((signed) => rightClaims(signed, subject, release)));
  const wrong = known.filter((_, index) => found[index]!.size === 0);
  if (wrong.length > 0) {
    const claims = await Promise.all(wrong.map((signed) => wrongClaim(signed, subject, release)));
    return bestOf(WRONG, claims);
  }
  const perDigest = digests.flatMap((digest) => {
    const claims = found.flatMap((claimed) => claimed.get(digest) ?? []);
    return claims.length === 0 ? [] : [bestOf(RIGHT, claims)];
  });
  if (perDigest.length < digests.length) {
    const instead = `${perDigest.length} of ${digests.length}`;
    return first(perDigest.map(({ id }) => ({ reason: 'several-digests', id, instead })));
  }
  return bestOf(RIGHT.toReversed(), perDigest);
}

/** For the digest that an entry is right over, if any, a claim for each key that finds it right. */
async function rightClaims(
  { id, keys, sig }: Signed,
  { name, version, digests }: Subject,
  { published }: Release,
): Promise<Map<string, Claim[]>> {
  const time = timeOf(published);
  for (const digest of digests) {
    const claims: Claim[] = [];
    for (const key of keys) {
      if (await isRight(key.key, `${name}@${version}:${digest}`, sig)) claims.push({ reason: validity(key, time), id });
    }
    if (claims.length > 0) return new Map([[digest, claims]]);
  }
  return new Map();
}

/** A publish time equal to the start of a key is in its validity, one equal to the end is not. */
function validity({ start, end }: RegistryKey, published: number | undefined): (typeof RIGHT)[number] {
  if (published === undefined) return end === undefined ? 'verified' : 'verified-undated';
  if (end !== undefined && published >= end) return 'key-expired';
  return start !== undefined && published < start ? 'key-not-yet-valid' : 'verified';
}

/** What an entry that is not right over the subject is right over, as far as the release itself tells. */
async function wrongClaim({ id, keys, sig }: Signed, subject: Subject, release: Release): Promise<Claim> {
  const { digests } = subject;
  const others = servedDigests(release)
    .filter((digest) => !digests.includes(digest))
    .slice(0, MOST_ENTRIES);
  const isSigned = async (name: string, version: string, integrities: readonly string[]) => {
    for (const integrity of integrities) {
      for (const { key } of keys) if (await isRight(key, `${name}@${version}:${integrity}`, sig)) return true;
    }
    return false;
  };
  // What was signed may have been the whole text the registry serves.
  const served = others.length === 0 ? [] : [...others, release.integrity ?? ''];
  if (await isSigned(subject.name, subject.version, served)) {
    return { reason: 'other-digest', id, instead: list(others) };
  }
  const name = bounded(release.name) ?? subject.name;
  const version = bounded(release.version) ?? subject.version;
  const isOther = name !== subject.name || version !== subject.version;
  if (isOther && (await isSigned(name, version, [...digests, ...served]))) {
    return { reason: 'replayed', id, instead: `${short(name)}@${short(version)}` };
  }
  return { reason: 'bad-signature', id };
}

/** Runs in libuv's thread pool, so that many are checked at once. What the library refuses to look at is not right. */
function isRight(key: KeyObject, text: string, sig: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      verify('sha256', Buffer.from(text), key, sig, (error, right) => resolve(error === null && right));
    } catch {
      resolve(false);
    }
  });
}

function servedDigests({ integrity }: Release): string[] {
  const text = asString(integrity);
  if (text === undefined || text.length > LONGEST_INTEGRITY) return [];
  return digestsOf(text).flatMap((digest) => (digest.algorithm === 'sha512' ? [digest.text] : []));
}

function bestOf(order: readonly Reason[], claims: readonly Claim[]): Claim {
  const best = order.find((reason) => claims.some((claim) => claim.reason === reason));
  return first(claims.filter((claim) => claim.reason === best));
}

/** The same claim of several, whatever their order. */
function first(claims: readonly Claim[]): Claim {
  return claims.reduce((least, claim) => (claim.id < least.id ? claim : least));
}

/** The text if it is one, not empty and not too long. */
function bounded(value: unknown): string | undefined {
  const text = asString(value);
  return text === undefined || text === '' || text.length > LONGEST ? undefined : text;
}

function list(texts: readonly string[]): string {
  const all = [...new Set(texts)].sort();
  const rest = all.length > MOST_SHOWN ? `, ${all.length - MOST_SHOWN} more` : '';
  return all.slice(0, MOST_SHOWN).map(short).join(', ') + rest;
}

function short(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
