/** Uploads SARIF files, each to its repository: one after the other, and asks meanwhile what became of those before. */
import type { ApiHost } from '../hosts/base.ts';
import { ApiClient, type ClientOptions } from '../hosts/client.ts';
import { CLOCK, type Clock } from '../hosts/gate.ts';
import { CodeScanning, UPLOADS_PER_HOUR } from './code-scanning.ts';
import type { Outcome, Target, Trouble, TroubleCode } from './outcome.ts';
import { readSarif, type SarifFile } from './sarif-file.ts';
import { type Targets, targetOf } from './target.ts';

export interface UploadOptions extends Pick<ClientOptions, 'network' | 'timeout' | 'retries' | 'onWait'> {
  readonly host: ApiHost;
  readonly targets: Omit<Targets, 'host' | 'isOne'>;
  /** Say what would be uploaded, and ask nobody. */
  readonly dryRun: boolean;
  /** Whether to ask what became of it. */
  readonly wait: boolean;
  /** Milliseconds that limits may be waited for in total. */
  readonly patience: number;
  readonly clock?: Clock | undefined;
  /** Called after each file. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Uploads files in their order.
 *
 * @returns an outcome for each, in the same order; never rejects for what a file holds, a server or the network does
 */
export async function uploadAll(files: readonly string[], options: UploadOptions): Promise<Outcome[]> {
  const uploading = new Uploading(options, files.length === 1);
  const outcomes: Promise<Outcome>[] = [];
  for (const file of files) {
    // What will be known of it, which does not hold up the next.
    const { outcome } = await uploading.send(file);
    outcomes.push(outcome);
    options.onProgress?.(outcomes.length, files.length);
  }
  return Promise.all(outcomes);
}

class Uploading {
  readonly #options: UploadOptions;
  readonly #targets: Targets;
  readonly #scanning: CodeScanning;
  /** What an upload replaces, and the file of this run that it would be. */
  readonly #sent = new Map<string, string>();

  constructor(options: UploadOptions, isOne: boolean) {
    const { host, targets, network, timeout, retries, onWait, patience, clock = CLOCK } = options;
    const client = new ApiClient(host, {
      ...{ network, timeout, retries, onWait, patience, clock },
      postsPerHour: UPLOADS_PER_HOUR,
    });
    this.#options = options;
    this.#targets = { ...targets, host, isOne };
    this.#scanning = new CodeScanning(host, client, clock);
  }

  /** Resolves when the file is sent, or is not to be. */
  async send(file: string): Promise<{ readonly outcome: Promise<Outcome> }> {
    const sarif = await readSarif(file);
    if ('code' in sarif) return ended({ file, target: undefined, facts: undefined, status: 'failed', trouble: sarif });
    const { facts } = sarif;
    const target = targetOf(sarif.claim, this.#targets);
    if ('code' in target) return ended({ file, target: undefined, facts, status: 'skipped', trouble: target });
    const about = { file, target, facts };
    const before = this.#replaced(file, sarif, target);
    if (before !== undefined) return ended({ ...about, status: 'skipped', trouble: twice(before) });
    if (this.#options.dryRun) return ended({ ...about, status: 'planned' });
    const receipt = await this.#scanning.upload(sarif, target);
    if ('code' in receipt) return ended({ ...about, status: statusOf(receipt), trouble: receipt });
    if (!this.#options.wait) return ended({ ...about, status: 'uploaded' });
    const processed = this.#scanning.processed(target, receipt).then((trouble): Outcome => {
      if (trouble === undefined) return { ...about, status: 'processed' };
      return { ...about, status: trouble.code === 'PROCESSING_FAILED' ? 'failed' : 'uploaded', trouble };
    });
    return { outcome: processed };
  }

  #replaced(file: string, { facts }: SarifFile, { repository, commit, ref }: Target): string | undefined {
    const keys = facts.runs.map(({ tool, category }) =>
      JSON.stringify([repository.toLowerCase(), commit, ref, tool, category]),
    );
    const before = keys.map((key) => this.#sent.get(key)).find((other) => other !== undefined);
    for (const key of keys) this.#sent.set(key, file);
    return before;
  }
}

function ended(outcome: Outcome): { readonly outcome: Promise<Outcome> } {
  return { outcome: Promise.resolve(outcome) };
}

/** Of a repository that takes no alerts at all nothing has failed. */
const TAKING_NONE: ReadonlySet<TroubleCode> = new Set(['CODE_SCANNING_OFF', 'REPOSITORY_ARCHIVED']);

function statusOf({ code }: Trouble): 'skipped' | 'failed' {
  return TAKING_NONE.has(code) ? 'skipped' : 'failed';
}

function twice(before: string): Trouble {
  return {
    code: 'SARIF_TWICE',
    message: `it would replace ${before}: the same repository, commit, tool and category`,
    next: 'give one of them another category (automationDetails.id), or leave it out',
  };
}
