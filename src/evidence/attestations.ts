/** Judges the attestations of a release: by the registry that it published it, by a build that it came out of it. */
import { parseAttestations } from '../registry/attestations.ts';
import { parseKeys } from '../registry/keys.ts';
import { buildOf } from './build.ts';
import type { Provenance } from './provenance.ts';
import { type VerifiedBundle, verifyBundle } from './sigstore/bundle.ts';
import { type BundleVerifier, parseTrustedRoot, verifierOf } from './sigstore/trust.ts';
import { EVIDENCE_STATES, stateOf, type Verdict } from './state.ts';
import {
  type AttestationKind,
  claimedPredicateType,
  parseStatement,
  predicateKind,
  publishProblem,
  STATEMENT_PAYLOAD,
  subjectProblem,
} from './statement.ts';
import type { Subject } from './subject.ts';

/** Texts, so that a judge can be made in a thread. */
export interface JudgeTrust {
  /** Sigstore's trusted root. */
  readonly trustedRoot: string;
  /** The registry's keys. */
  readonly keys: string;
  /** URL of the registry whose keys they are; undefined: what a statement says of its registry is not compared. */
  readonly registry?: string;
}

export interface AttestationVerdicts {
  readonly publish: Verdict;
  readonly provenance: Verdict;
  /** Only where the provenance is verified. */
  readonly build?: Provenance;
}

export interface JudgedBundle {
  readonly verdict: Verdict;
  readonly build?: Provenance;
}

/** Characters of what is said about a verdict; statements can be long. */
const LONGEST_DETAIL = 500;

export class AttestationJudge {
  readonly #verifier: BundleVerifier;
  readonly #registry: string | undefined;

  /** @throws Error in plain words where the root or the keys cannot be used */
  constructor({ trustedRoot, keys, registry }: JudgeTrust) {
    const parsed = parseTrustedRoot(trustedRoot);
    if ('problem' in parsed) throw new Error(`Trusted root: ${parsed.problem}`);
    const known = parseKeys(keys);
    if (known === undefined) throw new Error('Registry keys: not a list of keys');
    this.#verifier = verifierOf(parsed.root, known);
    this.#registry = registry;
  }

  /**
   * Judges everything a registry serves for a release. Of several attestations of a kind every one must be right: the
   * verdict is the worst. One counts for the kind the registry gives it and for the kind its statement has.
   *
   * @param answer the registry's answer as text; a broken one makes both verdicts `bad-bundle`
   */
  judge(subject: Subject, answer: string): AttestationVerdicts {
    const attestations = parseAttestations(answer);
    if (attestations === undefined) {
      const broken: Verdict = { reason: 'bad-bundle', detail: 'the answer is no list of attestations' };
      return { publish: broken, provenance: broken };
    }
    const judged: Record<AttestationKind, JudgedBundle[]> = { publish: [], provenance: [] };
    const newer = new Map<AttestationKind, Verdict>();
    for (const { predicateType, bundle } of attestations) {
      const types = [predicateType, claimedPredicateType(bundle) ?? predicateType].map(predicateKind);
      const kinds = new Set(types.flatMap((type) => (type?.known ? [type.kind] : [])));
      for (const type of types) if (type?.known === false) newer.set(type.kind, shortened(unsupported(predicateType)));
      if (kinds.size === 0) continue;
      const result = this.judgeBundle(subject, bundle, predicateType);
      for (const kind of kinds) judged[kind].push(result);
    }
    const publish = worst(judged.publish.map(({ verdict }) => verdict)) ?? newer.get('publish');
    const provenance = worst(judged.provenance.map(({ verdict }) => verdict)) ?? newer.get('provenance');
    const missing: Verdict = { reason: 'not-attested' };
    return { publish: publish ?? missing, ...withBuild(provenance ?? missing, judged.provenance) };
  }

  /** @param predicateType what the bundle's surroundings say it is a statement of; undefined: nothing, so not compared */
  judgeBundle(subject: Subject, bundle: unknown, predicateType?: string): JudgedBundle {
    const { verdict, ...build } = this.#judged(subject, bundle, predicateType);
    return { verdict: shortened(verdict), ...build };
  }

  #judged(subject: Subject, bundle: unknown, predicateType: string | undefined): JudgedBundle {
    const verified = verifyBundle(this.#verifier, bundle);
    if (!verified.ok) return { verdict: { reason: verified.reason, detail: verified.detail } };
    const { signer, payload, payloadType } = verified;
    if (payloadType !== STATEMENT_PAYLOAD) return bad('bad-bundle', `payload type ${payloadType}`);
    if (!ownKey(verified)) return bad('key-differs', verified.envelopeKeyId || 'no key id in the envelope');
    const parsed = parseStatement(payload);
    if ('verdict' in parsed) return parsed;
    const { statement } = parsed;
    if (predicateType !== undefined && predicateType !== statement.predicateType) {
      return bad('predicate-differs', `${predicateType} outside, ${statement.predicateType} inside`);
    }
    const type = predicateKind(statement.predicateType);
    if (type?.known !== true) return { verdict: unsupported(statement.predicateType) };
    if (type.kind === 'publish') {
      if (signer.kind !== 'key') return bad('wrong-signer', signer.identity);
      const problem =
        subjectProblem(statement, subject, this.#registry) ?? publishProblem(statement, subject, this.#registry);
      return { verdict: problem ?? { reason: 'verified', key: signer.keyId } };
    }
    if (signer.kind !== 'certificate') return bad('wrong-signer', signer.keyId);
    const problem = subjectProblem(statement, subject, this.#registry);
    return problem === undefined ? buildOf(statement, signer, verified.loggedAt) : { verdict: problem };
  }
}

/** Whether the key id of the envelope, which npm looks up too, is the one of the key that verified it. */
function ownKey({ signer, envelopeKeyId }: VerifiedBundle): boolean {
  return envelopeKeyId === (signer.kind === 'key' ? signer.keyId : '');
}

function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  const rank = (verdict: Verdict) => EVIDENCE_STATES.indexOf(stateOf(verdict));
  return verdicts.reduce<Verdict | undefined>(
    (found, verdict) => (found === undefined || rank(verdict) < rank(found) ? verdict : found),
    undefined,
  );
}

function withBuild(
  provenance: Verdict,
  judged: readonly JudgedBundle[],
): Pick<AttestationVerdicts, 'provenance' | 'build'> {
  const builds = judged.flatMap(({ build }) => (build === undefined ? [] : [build]));
  const [build] = builds;
  if (provenance.reason !== 'verified' || build === undefined) return { provenance };
  const other = builds.find(({ repository }) => repository !== build.repository);
  if (other === undefined) return { provenance, build };
  return { provenance: { reason: 'identity-differs', detail: `${build.repository} and ${other.repository}` } };
}

function shortened(verdict: Verdict): Verdict {
  const { detail = '' } = verdict;
  return detail.length > LONGEST_DETAIL ? { ...verdict, detail: `${detail.slice(0, LONGEST_DETAIL)}...` } : verdict;
}

function unsupported(predicateType: string): Verdict {
  return { reason: 'unsupported', detail: `predicate type ${predicateType}` };
}

function bad(reason: Verdict['reason'], detail: string): JudgedBundle {
  return { verdict: { reason, detail } };
}
