/** What GitHub does with SARIF that is uploaded: checks what it refuses, keeps what it takes, and processes it later. */
import { gunzipSync } from 'node:zlib';
import type { FakeClock, Reply, Request } from '../api/http.ts';
import { error, type Made } from './server.ts';

export interface Delivery {
  readonly id: string;
  readonly repository: string;
  readonly commit: string;
  readonly ref: string;
  /** As it was before it was compressed. */
  readonly text: string;
  readonly tool: string | undefined;
  /** Questions after which it is no more pending. */
  pending: number;
  readonly errors: readonly string[];
}

const HOUR = 3600_000;
/** Of a request's body. */
const MOST = 15 * 1024 * 1024;

export class CodeScanning {
  /** In the order they were taken. */
  readonly deliveries: Delivery[] = [];
  /** Owner and name of repositories without it. */
  readonly off = new Set<string>();
  /** Tokens that may only read. */
  readonly readers = new Set<string>();
  perHour = 1000;
  /** Questions that a delivery stays pending for. */
  pending = 0;
  /** What is wrong with a delivery once it is processed. */
  errors: (delivery: Omit<Delivery, 'errors'>) => readonly string[] = () => [];
  readonly #clock: FakeClock;
  #hour = 0;
  #used = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** What is open in a repository: of each tool, category, commit and ref the last that was processed. */
  analyses(repository: string): Delivery[] {
    const found = new Map<string, Delivery>();
    for (const delivery of this.deliveries) {
      if (delivery.repository !== repository || delivery.errors.length > 0) continue;
      for (const { tool, automationDetails } of JSON.parse(delivery.text).runs) {
        found.set(JSON.stringify([tool.driver.name, automationDetails?.id, delivery.commit, delivery.ref]), delivery);
      }
    }
    return [...found.values()];
  }

  take(made: Made, { body }: Request, token: string | undefined, url: string): Reply {
    const now = this.#clock.time;
    if (now >= this.#hour + HOUR) {
      this.#hour = now;
      this.#used = 0;
    }
    if (++this.#used > this.perHour) {
      const headers = { 'retry-after': String(Math.ceil((this.#hour + HOUR - now) / 1000)) };
      return { ...error(403, 'You have exceeded the limit of uploads.'), headers };
    }
    if (token === undefined || this.readers.has(token)) return error(403, 'Resource not accessible by integration');
    if (made.archived) return error(403, 'Repository was archived so is read-only.');
    if (this.off.has(made.full_name)) {
      return error(403, 'Code Security must be enabled for this repository to use code scanning.');
    }
    if (body.length > MOST) return error(413, 'SARIF file is too large');
    const { commit_sha: commit, ref, sarif, tool_name: tool } = JSON.parse(body.toString());
    const known = [...made.refs].some(([name, { id }]) => id === commit && ref === `refs/heads/${name}`);
    if (!known) return error(422, 'commit_sha does not belong to ref');
    const text = gunzipSync(Buffer.from(sarif, 'base64')).toString();
    if (!Array.isArray(JSON.parse(text).runs)) return error(400, 'Invalid SARIF. Missing runs.');
    const id = `d-${this.deliveries.length + 1}`;
    const delivery = { id, repository: made.full_name, commit, ref, text, tool, pending: this.pending };
    this.deliveries.push({ ...delivery, errors: this.errors(delivery) });
    return { status: 202, body: { id, url: `${url}/${id}` } };
  }

  status(made: Made, id: string): Reply {
    const delivery = this.deliveries.find((each) => each.id === id && each.repository === made.full_name);
    if (!delivery) return error(404, 'Not Found');
    if (delivery.pending-- > 0) return { status: 200, body: { processing_status: 'pending' } };
    const { errors } = delivery;
    return errors.length > 0
      ? { status: 200, body: { processing_status: 'failed', analyses_url: null, errors } }
      : {
          status: 200,
          body: { processing_status: 'complete', analyses_url: 'https://git.example/analyses', errors: null },
        };
  }
}
