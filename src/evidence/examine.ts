/** Asks for each package once, and has its releases in the fleet examined: what is settled first, then the registry. */
import type { KeptPackage, PackageAnswer } from '../registry/answers.ts';
import { isSettled } from '../registry/excerpt.ts';
import { type ComponentEvidence, everyKind } from './evidence.ts';
import { type Examined, examineRelease, type Tools } from './release-evidence.ts';
import { trustId } from './settled.ts';
import { EVIDENCE_KINDS, stateOf } from './state.ts';
import { subjectKey } from './subject.ts';
import type { Package, Target } from './subjects.ts';

/** Examines every release of a package that the fleet holds. Never rejects for what one registry answers. */
export async function examine(pack: Package, tools: Tools): Promise<Examined[]> {
  const trust = await trustedIn(pack.registry, tools);
  const settled = await tools.settled.read(pack, trust);
  const known = pack.targets.flatMap((target): Examined[] => {
    const evidence = settled.releases.get(subjectKey(target.subject));
    if (!evidence) return [];
    const serves = { signatures: true, attestations: evidence.build !== undefined };
    return [{ target, evidence, serves, from: 'store', whole: true }];
  });
  if (known.length === pack.targets.length) return known;
  const open = pack.targets.filter((target) => !known.some((one) => one.target === target));
  const found = await examineOpen({ ...pack, targets: open }, tools);
  await tools.settled.write(pack, trust, settled, found);
  return [...known, ...found];
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
    targets.map((target) => ({
      target,
      evidence: target.unbound ? everyKind(target.unbound) : evidence,
      serves: undefined,
      from: 'registry',
      whole: false,
    }));
  if (tools.answers.offline) return kept ? judge(pack, targets, kept, tools) : without(everyKind('offline'));
  const wanted = new Set([...pack.targets.map(({ subject }) => subject.version), ...(kept?.wanted ?? [])]);
  const answer = await tools.answers.ask(pack.registry, pack.name, wanted, stillGood);
  if (answer.kind === 'known') return judge(pack, targets, answer, tools);
  if (answer.kind === 'failed') tools.onFailure(pack.registry, pack.name, answer);
  // What is settled stays so when nobody answers.
  if (answer.kind === 'failed' && stillGood) {
    const settled = targets.filter((target) => isSettledIn(stillGood, target));
    const others = without(everyKind('failed', answer.message)).filter(({ target }) => !settled.includes(target));
    // Old as it is, it must not be kept as new.
    const known = (await judge(pack, settled, stillGood, tools)).map((one) => ({ ...one, whole: false }));
    return [...known, ...others];
  }
  const reason = answer.kind === 'absent' ? 'package-unknown' : answer.kind;
  return without(everyKind(reason, answer.kind === 'failed' ? answer.message : undefined));
}

function judge(pack: Package, targets: readonly Target[], answer: PackageAnswer, tools: Tools): Promise<Examined[]> {
  return Promise.all(targets.map((target) => examineRelease(pack, target, answer, tools)));
}

function isAccused({ verdicts, digest }: ComponentEvidence): boolean {
  return digest === 'differs' || EVIDENCE_KINDS.some((kind) => stateOf(verdicts[kind]) === 'invalid');
}
