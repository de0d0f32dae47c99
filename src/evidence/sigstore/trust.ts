/** What a Sigstore bundle is verified against: a trusted root (certificate authorities, logs) and a registry's keys. */
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type KeyFinderFunc, type TrustMaterial, toTrustMaterial, Verifier } from '@sigstore/verify';
import { isObject } from '../../json.ts';
import type { RegistryKey } from '../../registry/key.ts';
import type { Reason } from '../state.ts';

/** Sigstore's public root has 7 kB; bounded because it may come from a file someone names. */
const MOST_TEXT = 4 * 1024 * 1024;
const MOST_AUTHORITIES = 256;
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.1|\.v0\.[12]\+json)$/;
const LISTS = ['certificateAuthorities', 'timestampAuthorities', 'tlogs', 'ctlogs'] as const;

export type ParsedRoot = { readonly root: TrustedRoot } | { readonly problem: string };

/**
 * Reads a trusted root (`trusted_root.json`, sigstore protobuf-specs 0.1 and 0.2). Refused as a whole where a log has no
 * start of validity, because the verifying library takes none for the beginning of time.
 *
 * @returns the root, or in plain words why it cannot be used; never throws
 */
export function parseTrustedRoot(text: string): ParsedRoot {
  if (text.length > MOST_TEXT) return { problem: `more than ${MOST_TEXT} characters` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'not JSON' };
  }
  if (!isObject(value)) return { problem: 'not an object' };
  const { mediaType } = value;
  if (typeof mediaType !== 'string' || !MEDIA_TYPE.test(mediaType))
    return { problem: 'not a trusted root of a known version' };
  for (const list of LISTS) {
    const entries = value[list];
    if (Array.isArray(entries) && entries.length > MOST_AUTHORITIES) return { problem: `too many ${list}` };
  }
  try {
    const root = TrustedRoot.fromJSON(value);
    const problem = rootProblem(root);
    if (problem !== undefined) return { problem };
    toTrustMaterial(root);
    return { root };
  } catch {
    return { problem: 'a key or a certificate in it cannot be read' };
  }
}

function rootProblem(root: TrustedRoot): string | undefined {
  if (root.certificateAuthorities.length === 0) return 'no certificate authority';
  if (root.tlogs.length === 0) return 'no transparency log';
  for (const log of [...root.tlogs, ...root.ctlogs]) {
    const start = log.publicKey?.validFor?.start;
    if (start === undefined || Number.isNaN(start.getTime())) return 'a log without a start of validity';
  }
  return undefined;
}

/** The library verified nothing, because a key it asked for is not one to trust for that time. */
export class KeyRefused extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, keyId: string) {
    super(keyId);
    this.reason = reason;
  }
}

/** Made once and used for every bundle: making one costs some milliseconds. */
export interface BundleVerifier {
  /** Asks for a log entry, a timestamp and, of a certificate, its entry in a certificate log: one of each. */
  readonly logged: Verifier;
  /** The same without a log entry: tells what else is wrong where an entry is of a kind the library does not know. */
  readonly unlogged: Verifier;
}

/**
 * @param keys those of the registry; only keys for attestations are used. Two entries of one id are one key with several
 *   times of validity; where they hold different keys, the first counts
 */
export function verifierOf(root: TrustedRoot, keys: readonly RegistryKey[]): BundleVerifier {
  const material = toTrustMaterial(root, keyFinder(keys));
  rememberTrusted(material);
  return {
    logged: new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 }),
    unlogged: new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 1, timestampThreshold: 1 }),
  };
}

/**
 * Has trusted certificates remember what never changes of them. The library encodes each again and verifies the signatures
 * of the root and the intermediate again for every bundle, which is half of its work (docs/measurements.md).
 */
function rememberTrusted({ certificateAuthorities, timestampAuthorities }: TrustMaterial): void {
  for (const { certChain } of [...certificateAuthorities, ...timestampAuthorities]) {
    for (const certificate of certChain) {
      const { root } = certificate;
      const encoded = root.toDER();
      Object.defineProperty(root, 'toDER', { value: () => encoded });
      const verify = certificate.verify.bind(certificate);
      const known = new Map<typeof certificate | undefined, boolean>();
      Object.defineProperty(certificate, 'verify', {
        value: (issuer?: typeof certificate) => {
          // Certificates of bundles come and go; remembering them would keep them all.
          if (issuer !== undefined && !certChain.includes(issuer)) return verify(issuer);
          const before = known.get(issuer);
          if (before !== undefined) return before;
          const isRight = verify(issuer);
          known.set(issuer, isRight);
          return isRight;
        },
      });
    }
  }
}

function keyFinder(keys: readonly RegistryKey[]): KeyFinderFunc {
  const byId = new Map<string, RegistryKey[]>();
  for (const key of keys) {
    if (key.usage !== 'npm:attestations') continue;
    const known = byId.get(key.keyId);
    if (known === undefined) byId.set(key.keyId, [key]);
    else if (known[0]!.key.equals(key.key)) known.push(key);
  }
  return (hint) => {
    const entries = byId.get(hint);
    if (entries === undefined) throw new KeyRefused('unknown-key', hint);
    return {
      publicKey: entries[0]!.key,
      validFor: (date) => {
        const time = date.getTime();
        const begun = entries.filter(({ start }) => start === undefined || start <= time);
        if (begun.some(({ end }) => end === undefined || time < end)) return true;
        throw new KeyRefused(begun.length > 0 ? 'key-expired' : 'key-not-yet-valid', hint);
      },
    };
  };
}
