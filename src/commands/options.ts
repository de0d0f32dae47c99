/** The options of every command that verifies, and what they mean for a run. */
import type { VerifyOptions } from '../verify.ts';
import type { Streams } from './output.ts';
import type { ProgressLine } from './progress.ts';

export interface EvidenceOptions {
  readonly offline: boolean;
  readonly trustedRoot?: string | undefined;
  readonly keys?: string | undefined;
  readonly evidence?: string | undefined;
  readonly tufMirror?: string | undefined;
  readonly tufRoot?: string | undefined;
}

export function verifyOptions(options: EvidenceOptions, streams: Streams, progress: ProgressLine): VerifyOptions {
  const { offline, trustedRoot, keys, evidence, tufMirror, tufRoot } = options;
  return {
    offline,
    trustedRoot,
    keys,
    evidence,
    tufMirror,
    tufRoot,
    env: streams.env,
    onProgress: (done, total) => progress.step('verifying packages', done, total),
  };
}
