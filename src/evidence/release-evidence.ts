/** What the answers about one release prove of it: signature, attestations, digest, and how it compares with the one before. */
import { digestsOf } from '../graph/digests.ts';
import type { Answers, NoAnswer, PackageAnswer } from '../registry/answers.ts';
import { historyOf } from '../registry/history.ts';
import type { Packument, Release } from '../registry/release.ts';
import { repositoryOf } from '../registry/repository.ts';
import type { AttestationVerdicts, JudgeTrust } from './attestations.ts';
import { type ComponentEvidence, everyKind, type ReleaseHistory } from './evidence.ts';
import type { Judges } from './judging.ts';
import type { Settled } from './settled.ts';
import { registryDigest, signatureVerdict } from './signature.ts';
import type { Verdict } from './state.ts';
import type { Subject } from './subject.ts';
import type { Package, Target } from './subjects.ts';
import type { Keys, TrustedText } from './trust.ts';

export interface Tools {
  readonly answers: Answers;
  readonly judges: Judges;
  readonly settled: Settled;
  readonly root: () => Promise<TrustedText>;
  readonly keys: (registry: string) => Promise<Keys>;
  /** Told of every question that got no answer. */
  readonly onFailure: (registry: string, about: string, failure: Failure) => void;
}

export type Failure = Extract<NoAnswer, { kind: 'failed' }>;

export interface Examined {
  readonly target: Target;
  readonly evidence: ComponentEvidence;
  /** Whether the registry's answer carries any evidence at all, for any release. */
  readonly serves: PackageAnswer['serves'] | undefined;
  readonly from: PackageAnswer['from'];
  /** False where a question about it was left without an answer. */
  readonly whole: boolean;
}

/** Examines one release by what is known of its package. */
export async function examineRelease(
  pack: Package,
  target: Target,
  { packument, serves, from }: PackageAnswer,
  tools: Tools,
): Promise<Examined> {
  const { subject } = target;
  const fresh = from === 'registry';
  const release = packument.releases.get(subject.version);
  if (!release)
    return {
      target,
      serves,
      from,
      whole: false,
      evidence: {
        ...everyKind(target.unbound ?? (tools.answers.offline ? 'offline' : 'version-unknown')),
        ...packageFacts(pack, packument),
      },
    };
  if (target.unbound) {
    const declared = release.repository === undefined ? undefined : repositoryOf(release.repository);
    const history = {
      declared,
      predecessor: undefined,
      lost: undefined,
      repositoryBefore: undefined,
      buildBefore: undefined,
    };
    const evidence = { ...everyKind(target.unbound), history, ...packageFacts(pack, packument, release) };
    return { target, serves, from, whole: true, evidence };
  }
  const history = historyOf(packument.releases, subject.version);
  const predecessor = history.predecessor === undefined ? undefined : packument.releases.get(history.predecessor);
  const [signature, attested, before] = await Promise.all([
    signatureOf(pack.registry, subject, release, tools),
    attestationsOf(pack.registry, subject, release, fresh, tools),
    // Only where there is something to compare it with.
    release.attested && predecessor?.attested ? buildBefore(pack, history.predecessor!, predecessor, tools) : undefined,
  ]);
  const releaseHistory: ReleaseHistory = {
    ...history,
    declared: release.repository === undefined ? undefined : repositoryOf(release.repository),
    buildBefore: before?.build,
  };
  return {
    target,
    serves,
    from,
    whole: !before?.failed,
    evidence: {
      verdicts: { signature, publish: attested.publish, provenance: attested.provenance },
      digest: registryDigest(subject, release),
      build: attested.build,
      history: releaseHistory,
      ...packageFacts(pack, packument, release),
    },
  };
}

/** What holds of a release whatever can be verified of it. */
function packageFacts(
  { registry }: Package,
  { maintainers, newest, tags }: Packument,
  release?: Release,
): Pick<ComponentEvidence, 'publishers' | 'listing'> {
  return {
    publishers: maintainers && { registry, accounts: maintainers },
    listing: { newest, tags, dependencies: release?.dependencies },
  };
}

async function signatureOf(registry: string, subject: Subject, release: Release, tools: Tools): Promise<Verdict> {
  const keys = await tools.keys(registry);
  if (!keys.found) return { reason: keys.why === 'none' ? 'no-keys' : 'failed' };
  return fair(await signatureVerdict(subject, release, keys.found.keys), keys);
}

async function attestationsOf(
  registry: string,
  subject: Subject,
  release: Release,
  fresh: boolean,
  tools: Tools,
): Promise<AttestationVerdicts> {
  if (!release.attested) return same({ reason: 'not-attested' });
  const answer = await tools.answers.attestations(registry, subject.name, subject.version, fresh);
  switch (answer.kind) {
    case 'known': {
      const keys = await tools.keys(registry);
      const judged = await tools.judges.judge(await trustOf(registry, keys, tools), subject, answer.text);
      const { reason, detail = '' } = judged.provenance;
      if (reason === 'failed') {
        const about = `the attestations of ${subject.name}@${subject.version}`;
        tools.onFailure(registry, about, { kind: 'failed', code: 'judging', message: detail });
      }
      return withKeys(judged, keys);
    }
    case 'absent':
      return same({ reason: 'not-served' });
    case 'offline':
      return same({ reason: 'offline' });
    case 'failed':
      tools.onFailure(registry, `the attestations of ${subject.name}@${subject.version}`, answer);
      return same({ reason: 'failed', detail: answer.message });
  }
}

/** Who built an earlier release, as far as its provenance is good for the bytes the registry serves of it. */
async function buildBefore(
  { registry, name }: Package,
  version: string,
  release: Release,
  tools: Tools,
): Promise<{ readonly build: AttestationVerdicts['build']; readonly failed: boolean }> {
  const digests = digestsOf(release.integrity).filter(({ algorithm }) => algorithm === 'sha512');
  if (digests.length === 0) return { build: undefined, failed: false };
  const subject = { name, version, digests: digests.map(({ text }) => text) };
  const { provenance, build } = await attestationsOf(registry, subject, release, false, tools);
  return { build, failed: provenance.reason === 'failed' };
}

async function trustOf(registry: string, keys: Keys, tools: Tools): Promise<JudgeTrust> {
  const { text } = await tools.root();
  return {
    trustedRoot: text,
    keys: keys.found?.text ?? '{"keys":[]}',
    ...(keys.found?.ofRegistry ? { registry } : {}),
  };
}

function withKeys(judged: AttestationVerdicts, keys: Keys): AttestationVerdicts {
  if (keys.found) return { ...judged, publish: fair(judged.publish, keys) };
  if (judged.publish.reason !== 'unknown-key') return judged;
  return { ...judged, publish: { reason: keys.why === 'none' ? 'no-keys' : 'failed' } };
}

// A key that an old list does not know may be a new key, not a wrong one.
function fair(verdict: Verdict, keys: Keys): Verdict {
  const old = keys.found?.origin === 'kept' || keys.found?.origin === 'embedded';
  return verdict.reason === 'unknown-key' && old ? { ...verdict, reason: 'stale-keys' } : verdict;
}

function same(verdict: Verdict): AttestationVerdicts {
  return { publish: verdict, provenance: verdict };
}
