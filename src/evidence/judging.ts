/** Judges attestations: on threads where there are any, else here. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { ThreadPool } from '../threads/pool.ts';
import { AttestationJudge, type AttestationVerdicts, type JudgeTrust } from './attestations.ts';
import { trustId } from './settled.ts';
import { stateOf, type Verdict } from './state.ts';
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
  readonly #here = new Map<string, AttestationJudge>();
  #pool: ThreadPool<JudgeJob, AttestationVerdicts, AttestationVerdicts> | undefined;

  constructor(threads = existsSync(MODULE) ? Math.min(availableParallelism(), MOST_THREADS) : 0) {
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
    const job = { id: trustId(trust.trustedRoot, trust.keys, trust.registry ?? ''), trust, subject, answer };
    const verdicts = await this.#once(job);
    if (!isAccusing(verdicts)) return verdicts;
    // A fault of a thread or of the machine must not accuse anybody: what is really wrong is wrong twice.
    const again = await this.#once(job);
    if (again.publish.reason === verdicts.publish.reason && again.provenance.reason === verdicts.provenance.reason) {
      return verdicts;
    }
    return both({ reason: 'failed', detail: 'judged twice with different results' });
  }

  async #once(job: JudgeJob): Promise<AttestationVerdicts> {
    return (await this.#pool?.run(job)) ?? this.#judgeHere(job);
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

function isAccusing({ publish, provenance }: AttestationVerdicts): boolean {
  return stateOf(publish) === 'invalid' || stateOf(provenance) === 'invalid';
}

function both(verdict: Verdict): AttestationVerdicts {
  return { publish: verdict, provenance: verdict };
}
