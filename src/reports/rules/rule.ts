/** What a rule is, and what many of them have in common. */
import type { Finding } from '../../findings.ts';

/** How many of a rule's findings are right, in the words of GitHub; from the least sure confidence its findings have. */
export type Precision = 'very-high' | 'high' | 'medium' | 'low';

export interface Rule {
  /** Title, also of its page. */
  readonly name: string;
  /** One sentence. This and `what` with `why` are at most 1,024 characters: GitHub takes no more. */
  readonly short: string;
  readonly what: string;
  readonly why: string;
  /** A message as such a finding has it. */
  readonly example: string;
  readonly next: string;
  /** The version that brought it. */
  readonly since: string;
  /** Of its findings, unless they say otherwise. */
  readonly level: Finding['level'];
  readonly precision: Precision;
  readonly tags: readonly string[];
  /** Whether its findings may be about something that systems are lost with: then it has a rule for each severity. */
  readonly loses: boolean;
}

/** Of findings that may be about a loss, and of others. */
export const LOSS = { since: '0.1.0', level: 'warning', loses: true } as const;
export const PLAIN = { since: '0.1.0', level: 'warning', loses: false } as const;

export const SHARED = ['supply-chain', 'reliability'] as const;
export const CHAIN = ['supply-chain'] as const;
