/** What of a component evidence can be bound to: its name, version and the sha512 its lockfile pins. Pure. */
import { digestsOf } from '../graph/digests.ts';
import type { Component } from '../graph/fleet.ts';
import type { Reason } from './state.ts';

/** One thing to verify. Components that differ only in where they were locked from are one subject. */
export interface Subject {
  readonly name: string;
  readonly version: string;
  /** Every sha512 the lockfile accepts, each as `sha512-<base64>`, sorted; none where no evidence can be bound to it. */
  readonly digests: readonly string[];
}

export type Bound = { readonly subject: Subject } | { readonly reason: Reason };

/** @param bundled whether every place that holds the component has it from inside another package's tarball */
export function subjectOf(component: Component, bundled: boolean): Bound {
  const { ecosystem, name, version, source, integrity } = component;
  if (source === 'workspace' || source === 'link' || source === 'file') return { reason: 'first-party' };
  if (source === 'git' || source === 'url') return { reason: source };
  if (ecosystem !== 'npm') return { reason: 'ecosystem' };
  const digests = digestsOf(integrity);
  const strong = digests.filter((digest) => digest.algorithm === 'sha512').map((digest) => digest.text);
  if (version !== undefined && strong.length > 0) {
    return { subject: { name, version, digests: [...new Set(strong)].sort() } };
  }
  if (strong.length === 0 && digests.length > 0) return { reason: 'weak-digest' };
  if (bundled) return { reason: 'bundled' };
  return { reason: integrity?.startsWith('yarn') ? 'own-checksum' : 'no-digest' };
}

/** Equal text: the same subject. */
export function subjectKey({ name, version, digests }: Subject): string {
  return JSON.stringify([name, version, ...digests]);
}
