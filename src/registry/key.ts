/** Public keys of a registry, as npm's keys document and the TUF target of the same shape list them. */
import type { KeyObject } from 'node:crypto';

export const KEY_USAGES = ['npm:signatures', 'npm:attestations'] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

export interface RegistryKey {
  /** An opaque name: looked up, never computed. */
  readonly keyId: string;
  readonly usage: KeyUsage;
  readonly key: KeyObject;
  /** Milliseconds since 1970; valid from start (inclusive) to end (exclusive); undefined: no bound. */
  readonly start: number | undefined;
  readonly end: number | undefined;
}
