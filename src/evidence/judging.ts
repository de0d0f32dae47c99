/** Judges attestations: on threads where there are any, each answer once, and not again where an earlier run found it good. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isObject } from '../json.ts';
import type { Store } from '../registry/store.ts';
import { ThreadPool } from '../threads/pool.ts';
import { VERSION } from '../version.ts';
import { AttestationJudge, type AttestationVerdicts, type JudgeTrust } from './attestations.ts';
import type { Provenance } from './provenance.ts';
import { REASONS, stateOf, type Verdict } from './state.ts';
import type { Subject } from './subject.ts';

export interface JudgeJob {
  /** Names the trust: a thread makes one judge for each. */
  readonly id: string;
  readonly trust: JudgeTrust;
  readonly subject: Subject;
  /** The registry's answer. */
  readonly answer: string;
}

const MODULE = new URL('./worker.js', import.meta.url);
/** Threads beyond this wait for the network. */
const MOST_THREADS = 8;
/** A thousand times what one answer takes. */
const MILLISECONDS = 30_000;
const MEGABYTES = 512;

export class Judges {
  readonly #store: Store;
  readonly #here = new Map<string, AttestationJudge>();
  #pool: ThreadPool<JudgeJob, AttestationVerdicts, AttestationVerdicts> | undefined;

  constructor(store: Store, threads = existsSync(MODULE) ? Math.min(availableParallelism(), MOST_THREADS) : 0) {
    this.#store = store;
    if (threads > 0) {
      this.#pool = new ThreadPool({
        threads,
        module: MODULE,
        milliseconds: MILLISECONDS,
        megabytes: MEGABYTES,
        receiver: () => (verdicts: AttestationVerdicts) => verdicts,
        lost: (_, reason) => both({ reason: 'failed', detail: `judging the attestations was given up (${reason})` }),
      });
    }
  }

  /** What an answer proves of a subject. */
  async judge(trust: JudgeTrust, subject: Subject, answer: string): Promise<AttestationVerdicts> {
    const id = hash(trust.trustedRoot, trust.keys, trust.registry ?? '');
    const question = [VERSION, id, subject.name, subject.version, ...subject.digests, hash(answer)];
    const known = verdictsOf(await this.#store.read('verdict', question));
    if (known && isSettled(known)) return known;
    const job = { id, trust, subject, answer };
    const verdicts = (await this.#pool?.run(job)) ?? this.#judgeHere(job);
    // Only what is good is settled: a wrong verdict must not outlive its cause.
    if (isSettled(verdicts)) await this.#store.write('verdict', question, verdicts);
    return verdicts;
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }

  #judgeHere({ id, trust, subject, answer }: JudgeJob): AttestationVerdicts {
    const judge = this.#here.get(id) ?? new AttestationJudge(trust);
    this.#here.set(id, judge);
    return judge.judge(subject, answer);
  }
}

function both(verdict: Verdict): AttestationVerdicts {
  return { publish: verdict, provenance: verdict };
}

function isSettled({ publish, provenance }: AttestationVerdicts): boolean {
  const states = [stateOf(publish), stateOf(provenance)];
  return states.includes('verified') && states.every((state) => state === 'verified' || state === 'missing');
}

// Written by this program into a directory of the user's own; only its shape is checked.
function verdictsOf(value: unknown): AttestationVerdicts | undefined {
  if (!isObject(value)) return undefined;
  const { publish, provenance, build } = value;
  if (!isVerdict(publish) || !isVerdict(provenance)) return undefined;
  if (build === undefined) return provenance.reason === 'verified' ? undefined : { publish, provenance };
  return isBuild(build) ? { publish, provenance, build } : undefined;
}

function isVerdict(value: unknown): value is Verdict {
  if (!isObject(value)) return false;
  const { reason, detail, key } = value;
  const known = typeof reason === 'string' && Object.hasOwn(REASONS, reason);
  return known && [detail, key].every((text) => text === undefined || typeof text === 'string');
}

const ALWAYS_TOLD = ['predicateType', 'repository', 'owner', 'builder', 'issuer', 'identity'] as const;
const SOMETIMES_TOLD = ['repositoryId', 'ownerId', 'commit', 'ref', 'workflow', 'loggedAt'] as const;

function isBuild(value: unknown): value is Provenance {
  if (!isObject(value)) return false;
  const isText = (name: string) => typeof value[name] === 'string';
  return ALWAYS_TOLD.every(isText) && SOMETIMES_TOLD.every((name) => !Object.hasOwn(value, name) || isText(name));
}

function hash(...texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
