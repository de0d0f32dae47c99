/** Reads what a registry answers when asked for the attestations of a release. Pure; nothing in it is verified. */
import { isObject } from '../json.ts';

/** npm's registry serves two per release; the bound keeps a hostile answer from costing minutes of verification. */
const MOST_ATTESTATIONS = 32;
const MOST_TEXT = 16 * 1024 * 1024;

export interface Attestation {
  /** What the registry says it is a statement of; not signed, the statement inside the bundle is. */
  readonly predicateType: string;
  /** A Sigstore bundle, or whatever is in its place. */
  readonly bundle: unknown;
}

/**
 * The attestations of `{ "attestations": [{ "predicateType": "...", "bundle": {...} }] }`; other members are ignored.
 *
 * @returns undefined where the text is not of that shape, or beyond the bounds; never throws
 */
export function parseAttestations(text: string): Attestation[] | undefined {
  if (text.length > MOST_TEXT) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = isObject(document) ? document.attestations : undefined;
  if (!Array.isArray(list) || list.length > MOST_ATTESTATIONS) return undefined;
  const attestations: Attestation[] = [];
  for (const entry of list) {
    if (!isObject(entry) || typeof entry.predicateType !== 'string') return undefined;
    attestations.push({ predicateType: entry.predicateType, bundle: entry.bundle });
  }
  return attestations;
}
