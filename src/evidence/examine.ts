/** What the answers to one package prove of each of its releases in the fleet. */

import { digestsOf } from '../graph/digests.ts';
import type { Answers, KeptPackage, NoAnswer, PackageAnswer } from '../registry/answers.ts';
import { isSettled } from '../registry/excerpt.ts';
import { historyOf } from '../registry/history.ts';
import type { Release } from '../registry/release.ts';
import { repositoryOf } from '../registry/repository.ts';
import type { AttestationVerdicts, JudgeTrust } from './attestations.ts';
import { type ComponentEvidence, everyKind, type ReleaseHistory } from './evidence.ts';
import type { Judges } from './judging.ts';
import { type Settled, trustId } from './settled.ts';
import { registryDigest, signatureVerdict } from './signature.ts';
import { EVIDENCE_KINDS, stateOf, type Verdict } from './state.ts';
import { type Subject, subjectKey } from './subject.ts';
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

/** Examines every release of a package that the fleet holds. Never rejects for what one registry answers. */
export async function examine(pack: Package, tools: Tools): Promise<Examined[]> {
  const trust = await trustedIn(pack.registry, tools);
  const settled = await tools.settled.read(pack, trust);
  const known = pack.targets.flatMap((target): Examined[] => {
    const evidence = settled.get(subjectKey(target.subject));
    if (!evidence) return [];
    const serves = { signatures: true, attestations: evidence.build !== undefined };
    return [{ target, evidence, serves, from: 'store', whole: true }];
  });
  if (known.length === pack.targets.length) return known;
  const open = pack.targets.filter((target) => !known.some((one) => one.target === target));
  const found = [...known, ...(await examineOpen({ ...pack, targets: open }, tools))];
  await tools.settled.write(pack, trust, found);
  return found;
}

/** Names all that a verdict on a registry's releases depends on besides the answers. */
async function trustedIn(registry: string, tools: Tools): Promise<string> {
  const [root, { found }] = await Promise.all([tools.root(), tools.keys(registry)]);
  return trustId(root.sha256, found?.sha256 ?? '', String(found?.ofRegistry), found?.origin ?? '');
}

async function examineOpen(pack: Package, tools: Tools): Promise<Examined[]> {
  const { answers } = tools;
  const kept = await answers.kept(pack.registry, pack.name);
  const current = kept && (kept.recent || answers.offline) ? kept : undefined;
  const holds = (target: Target): boolean => isSettledIn(current, target);
  const settled = kept ? await judge(pack, pack.targets.filter(holds), kept, tools) : [];
  const asked = await ask(
    pack,
    pack.targets.filter((target) => !holds(target)),
    kept,
    kept,
    tools,
  );
  // What an earlier run kept must not accuse anybody: the registry is asked again first.
  const accused = [...settled, ...asked].filter(({ evidence, from }) => from === 'store' && isAccused(evidence));
  if (accused.length === 0 || answers.offline) return [...settled, ...asked];
  const again = await ask(
    pack,
    accused.map(({ target }) => target),
    kept,
    undefined,
    tools,
  );
  return [...[...settled, ...asked].filter((examined) => !accused.includes(examined)), ...again];
}

function isSettledIn(kept: KeptPackage | undefined, { subject }: Target): boolean {
  return isSettled(kept?.packument.releases.get(subject.version));
}

/** @param stillGood what may be the answer without being sent again */
async function ask(
  pack: Package,
  targets: readonly Target[],
  kept: KeptPackage | undefined,
  stillGood: KeptPackage | undefined,
  tools: Tools,
): Promise<Examined[]> {
  if (targets.length === 0) return [];
  const without = (evidence: ComponentEvidence): Examined[] =>
    targets.map((target) => ({ target, evidence, serves: undefined, from: 'registry', whole: false }));
  if (tools.answers.offline) return kept ? judge(pack, targets, kept, tools) : without(everyKind('offline'));
  const wanted = new Set([...pack.targets.map(({ subject }) => subject.version), ...(kept?.wanted ?? [])]);
  const answer = await tools.answers.ask(pack.registry, pack.name, wanted, stillGood);
  if (answer.kind === 'known') return judge(pack, targets, answer, tools);
  if (answer.kind === 'failed') tools.onFailure(pack.registry, pack.name, answer);
  // What is settled stays so when nobody answers.
  if (answer.kind === 'failed' && stillGood) {
    const settled = targets.filter((target) => isSettledIn(stillGood, target));
    const others = without(everyKind('failed', answer.message)).filter(({ target }) => !settled.includes(target));
    return [...(await judge(pack, settled, stillGood, tools)), ...others];
  }
  const reason = answer.kind === 'absent' ? 'package-unknown' : answer.kind;
  return without(everyKind(reason, answer.kind === 'failed' ? answer.message : undefined));
}

function judge(pack: Package, targets: readonly Target[], answer: PackageAnswer, tools: Tools): Promise<Examined[]> {
  return Promise.all(targets.map((target) => examineRelease(pack, target, answer, tools)));
}

async function examineRelease(
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
      evidence: everyKind(tools.answers.offline ? 'offline' : 'version-unknown'),
    };
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
      publishers: packument.maintainers && { registry: pack.registry, accounts: packument.maintainers },
    },
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

function isAccused({ verdicts, digest }: ComponentEvidence): boolean {
  return digest === 'differs' || EVIDENCE_KINDS.some((kind) => stateOf(verdicts[kind]) === 'invalid');
}

function same(verdict: Verdict): AttestationVerdicts {
  return { publish: verdict, provenance: verdict };
}
