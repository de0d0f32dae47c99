/**
 * GitHub's endpoint for SARIF: https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data.
 * An upload of the same tool and category for the same commit replaces the one before, so that one whose answer was lost is
 * sent again without harm.
 */

import { apiAddress } from '../hosts/address.ts';
import type { ApiHost } from '../hosts/base.ts';
import type { ApiClient } from '../hosts/client.ts';
import type { Clock } from '../hosts/gate.ts';
import { isObject } from '../json.ts';
import type { Target, Trouble } from './outcome.ts';
import { refused, unanswered, unprocessed } from './refusals.ts';
import type { SarifFile } from './sarif-file.ts';

/** Uploads in any hour, of a user or an installation of an App. Its headers say nothing of this limit. */
export const UPLOADS_PER_HOUR = 1000;
/** Seconds between questions: about as long in all as the largest files take. */
const QUESTIONS = [1, 4, 10, 20, 40, 80, 160, 300];
const MOST_BYTES = 1024 * 1024;
const ACCEPT = 'application/vnd.github+json';

/** Taken, under this id. */
export interface Receipt {
  readonly id: string;
}

export class CodeScanning {
  readonly #host: ApiHost;
  readonly #client: ApiClient;
  readonly #clock: Clock;

  constructor(host: ApiHost, client: ApiClient, clock: Clock) {
    this.#host = host;
    this.#client = client;
    this.#clock = clock;
  }

  async upload({ zipped, facts }: SarifFile, target: Target): Promise<Receipt | Trouble> {
    const [first] = facts.runs;
    const isOfOne = facts.runs.every(({ tool }) => tool === first?.tool);
    const json = JSON.stringify({
      commit_sha: target.commit,
      ref: target.ref,
      sarif: zipped.toString('base64'),
      ...(first !== undefined && isOfOne ? { tool_name: first.tool } : {}),
    });
    const answer = await this.#client.post({
      url: this.#address(target, ''),
      accept: ACCEPT,
      most: MOST_BYTES,
      json: Buffer.from(json),
    });
    if (answer.kind === 'refused') return refused(answer.status, answer.body, target, this.#host);
    if (answer.kind === 'failed') {
      return answer.failure.kind === 'redirected' ? moved(target) : unanswered(answer.failure);
    }
    const id = answer.kind === 'ok' ? idOf(answer.body) : undefined;
    return id === undefined ? unanswered({ kind: 'unreachable', detail: 'an answer that is no receipt' }) : { id };
  }

  /** @returns undefined once its alerts are stored */
  async processed(target: Target, { id }: Receipt): Promise<Trouble | undefined> {
    const url = this.#address(target, `/${encodeURIComponent(id)}`);
    for (const seconds of QUESTIONS) {
      await this.#clock.sleep(seconds * 1000);
      const answer = await this.#client.get({ url, accept: ACCEPT, most: MOST_BYTES });
      // It may take a moment until it is known at all.
      if (answer.kind === 'refused' && answer.status === 404) continue;
      if (answer.kind === 'refused') return unknown(refused(answer.status, answer.body, target, this.#host).message);
      if (answer.kind === 'failed') return unknown(unanswered(answer.failure).message);
      const status = answer.kind === 'ok' ? statusOf(answer.body) : undefined;
      if (status?.is === 'complete') return undefined;
      if (status?.is === 'failed') return unprocessed(status.errors, this.#host);
    }
    return unknown(`not within ${Math.round(QUESTIONS.reduce((sum, seconds) => sum + seconds, 0) / 60)} minutes`);
  }

  #address({ repository }: Target, below: string): URL {
    const url = apiAddress(this.#host.base, `repos/${repository}/code-scanning/sarifs${below}`);
    if (!url) throw new Error('a target that is no address');
    return url;
  }
}

function idOf(body: Buffer): string | undefined {
  const { id } = parsed(body);
  return typeof id === 'string' && /^[\w-]{1,200}$/.test(id) ? id : undefined;
}

function statusOf(body: Buffer): { readonly is: unknown; readonly errors: readonly unknown[] } {
  const { processing_status: is, errors } = parsed(body);
  return { is, errors: Array.isArray(errors) ? errors : [] };
}

function parsed(body: Buffer): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function moved({ repository }: Target): Trouble {
  return {
    code: 'REPOSITORY_MOVED',
    message: `${repository} has another name now, to which nothing is sent`,
    next: 'scan again: the host lists it under its name of now',
  };
}

function unknown(what: string): Trouble {
  return {
    code: 'PROCESSING_UNKNOWN',
    message: `taken; whether it was processed is not known: ${what}`,
    next: 'look at Security, Code scanning, Tool status of the repository, or upload again: it is only replaced by the same',
  };
}
