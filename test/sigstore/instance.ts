/**
 * A made Sigstore (certificate authority, logs, timestamp authority) and the keys of a made registry: signs releases and
 * attestations that verify against its own trusted root and keys, at any time from 2021 to 2048.
 */
import { sign } from 'node:crypto';
import {
  BUILD,
  type Build,
  extensionsOf,
  type FulcioExtensions,
  GITHUB_ISSUER,
  identityExtensions,
  identityOf,
  predicateV1,
  predicateV02,
} from './build.ts';
import { type Bundle, LOGGED_AT, type SealedBy, type Sealing, seal } from './bundle.ts';
import { authority, distinguishedName, extendedKeyUsage, issue, keyPair, keyUsage } from './certificate.ts';
import { certificateTimestamp, RekorLog } from './logs.ts';
import { type KeyDescription, keysDocument, type MadeKey, madeKey, NEW_KEY, OLD_KEY } from './registry-keys.ts';
import { timestampAuthority } from './timestamps.ts';
import { trustedRootOf } from './trusted-root.ts';

export const PUBLISH = 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1';
export const SLSA_V02 = 'https://slsa.dev/provenance/v0.2';
export const SLSA_V1 = 'https://slsa.dev/provenance/v1';
export const REGISTRY = 'https://registry.example';

export interface Statement {
  _type: string;
  subject: { name: string; digest: Record<string, string> }[];
  predicateType: string;
  predicate: unknown;
}

export interface Attestation {
  predicateType: string;
  bundle: Bundle;
}

/** A release by what its attestations are bound to; integrity: `sha512-<base64>`. */
export interface Attested extends Sealing {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  /** Predicate type beside the bundle, which nothing signs, where it is to differ from the statement's. */
  readonly predicateType?: string;
  /** The statement to sign in place of the one made. */
  readonly statement?: (made: Statement) => unknown;
  /** A registry key for a publish attestation and a certificate for a provenance, unless told. */
  readonly signer?: 'key' | 'certificate';
  /** The registry key that signs; the last one made unless told. */
  readonly keyId?: string;
  /** What the certificate says, where it is to differ from the build. */
  readonly identity?: string;
  readonly issuer?: string;
  readonly extensions?: FulcioExtensions;
  /** When the certificate was issued, for ten minutes: ISO 8601; a second before `loggedAt` unless told. */
  readonly certifiedAt?: string;
  /** Whether the certificate has the timestamp of the certificate transparency log. */
  readonly transparent?: boolean;
}

/** The build, of which the certificate tells too; what is left out is as in BUILD. */
export interface AttestedBuild extends Attested, Partial<Build> {
  readonly predicate: 'v0.2' | 'v1';
  /** What the predicate says of the build, where it is to differ from the certificate. */
  readonly claimed?: Partial<Build>;
}

const FROM = new Date('2021-01-01T00:00:00Z');
const UNTIL = new Date('2048-01-01T00:00:00Z');
const CERTIFIED_MS = 10 * 60_000;

export type Sigstore = ReturnType<typeof createSigstore>;

/** @param options.keys the registry's keys, oldest first; OLD_KEY and NEW_KEY unless told */
export function createSigstore(options: { readonly keys?: readonly KeyDescription[] } = {}) {
  const root = authority(distinguishedName('sigstore.example', 'sigstore'), FROM, UNTIL);
  const fulcio = authority(distinguishedName('sigstore.example', 'sigstore-intermediate'), FROM, UNTIL, root);
  const transparency = keyPair();
  const log = new RekorLog(keyPair(), 'rekor.sigstore.example');
  const timestamps = timestampAuthority(FROM, UNTIL);
  const registryKeys = (options.keys ?? [OLD_KEY, NEW_KEY]).map(madeKey);

  function keyOf(keyId?: string): MadeKey {
    const found = keyId === undefined ? registryKeys.at(-1) : registryKeys.find((key) => key.keyId === keyId);
    if (found === undefined) throw new Error(`no key was made with the id ${keyId}`);
    return found;
  }

  function certified(release: Attested, build: Build): SealedBy {
    const { issuer = GITHUB_ISSUER, identity = identityOf(build), transparent = true } = release;
    const logged = new Date(release.loggedAt ?? LOGGED_AT);
    const from = new Date(release.certifiedAt ?? logged.getTime() - 1000);
    const { publicKey, privateKey } = keyPair();
    const extensions = identityExtensions(identity, { ...extensionsOf(build, issuer), ...release.extensions });
    const leaf = issue(
      fulcio,
      {
        publicKey,
        from,
        until: new Date(from.getTime() + CERTIFIED_MS),
        extensions: [keyUsage('sign'), extendedKeyUsage(3), ...extensions],
      },
      transparent ? (tbs, issuerKeyHash) => certificateTimestamp(transparency, from, tbs, issuerKeyHash) : undefined,
    );
    return { kind: 'certificate', chain: [leaf, fulcio.certificate, root.certificate], privateKey };
  }

  function attest(
    release: Attested,
    build: Build,
    made: Statement,
    usual: Required<Pick<Sealing, 'form' | 'entry'>> & { readonly signer: 'key' | 'certificate' },
  ): Attestation {
    const { signer, form, entry } = { ...usual, ...release };
    const by: SealedBy = signer === 'key' ? { kind: 'key', ...keyOf(release.keyId) } : certified(release, build);
    const statement = release.statement === undefined ? made : release.statement(made);
    return {
      predicateType: release.predicateType ?? made.predicateType,
      bundle: seal(statement, by, { ...release, form, entry }, { log, timestamps }),
    };
  }

  return {
    /** JSON text of a trusted_root.json. */
    trustedRoot: trustedRootOf({ fulcio: [fulcio, root], transparency, log, timestamps }, FROM),
    /** JSON text of the keys document as it is now. */
    keys: (): string => keysDocument(registryKeys),
    /** Makes another key; it signs from now on unless a key is named. */
    registryKey(described: KeyDescription): MadeKey {
      const made = madeKey(described);
      registryKeys.push(made);
      return made;
    },
    /** An entry of `dist.signatures`. */
    signRelease(release: {
      readonly name: string;
      readonly version: string;
      readonly integrity: string;
      readonly keyId?: string;
    }): { keyid: string; sig: string } {
      const { keyId, keys } = keyOf(release.keyId);
      const message = Buffer.from(`${release.name}@${release.version}:${release.integrity}`);
      return { keyid: keyId, sig: sign('sha256', message, keys.privateKey).toString('base64') };
    },
    /** The registry's own attestation. @param release.registry URL without a trailing slash */
    publishAttestation(release: Attested & { readonly registry?: string }): Attestation {
      const { name, version, registry = REGISTRY } = release;
      const made = statementOf('https://in-toto.io/Statement/v0.1', release, PUBLISH, { name, version, registry });
      return attest(release, BUILD, made, { form: 'v0.2', entry: 'intoto', signer: 'key' });
    },
    provenance(release: AttestedBuild): Attestation {
      const build = buildOf(release, BUILD);
      const claimed = buildOf(release.claimed ?? {}, build);
      if (release.predicate === 'v0.2') {
        const type = 'https://in-toto.io/Statement/v0.1';
        const made = statementOf(type, release, SLSA_V02, predicateV02(claimed));
        return attest(release, build, made, { form: 'v0.2', entry: 'intoto', signer: 'certificate' });
      }
      const made = statementOf('https://in-toto.io/Statement/v1', release, SLSA_V1, predicateV1(claimed));
      return attest(release, build, made, { form: 'v0.3', entry: 'dsse', signer: 'certificate' });
    },
    /** What the registry answers where it is asked for a release's attestations: JSON text. */
    response: (...attestations: readonly Attestation[]): string => JSON.stringify({ attestations }),
  };
}

function buildOf(given: Partial<Build>, otherwise: Build): Build {
  return {
    repository: given.repository ?? otherwise.repository,
    ref: given.ref ?? otherwise.ref,
    workflow: given.workflow ?? otherwise.workflow,
    commit: given.commit ?? otherwise.commit,
    repositoryId: given.repositoryId ?? otherwise.repositoryId,
    ownerId: given.ownerId ?? otherwise.ownerId,
    builder: given.builder ?? otherwise.builder,
  };
}

function statementOf(type: string, release: Attested, predicateType: string, predicate: unknown): Statement {
  const sha512 = Buffer.from(release.integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
  const name = `pkg:npm/${release.name.replace('@', '%40')}@${release.version}`;
  return { _type: type, subject: [{ name, digest: { sha512 } }], predicateType, predicate };
}
