/** Evidence as sentences: what is verified of how much, what is not and why, and what the run trusted. */
import type { Audit } from '../analysis/audit.ts';
import { type EvidenceCounts, inState } from '../analysis/evidence-counts.ts';
import type { Trust, TrustedKeys } from '../evidence/evidence.ts';
import { EVIDENCE_KINDS, EVIDENCE_STATES, type EvidenceKind, REASONS, type Reason } from '../evidence/state.ts';
import { KIND_NAMES, reasonText } from './evidence-words.ts';
import { count } from './numbers.ts';

/** What a kind of evidence comes to, weakest state first, biggest reason first within it. */
export interface ReasonCount {
  readonly reason: Reason;
  readonly count: number;
}

export function reasonCounts({ reasons }: EvidenceCounts, kind: EvidenceKind): ReasonCount[] {
  const order = (reason: Reason): number => EVIDENCE_STATES.indexOf(REASONS[reason]);
  return [...reasons[kind]]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => order(a.reason) - order(b.reason) || b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

/** One paragraph for a report that is about something else. */
export function evidenceParagraph({ evidence, evidenceCounts: { fleet } }: Audit): string {
  if (evidence.mode === 'off')
    return 'Evidence was not checked (--no-verify): nothing is said of signatures or provenance.';
  const verified = EVIDENCE_KINDS.map((kind) => `${KIND_NAMES[kind]} ${count(inState(fleet, kind, 'verified'))}`);
  const worst = EVIDENCE_KINDS.reduce((sum, kind) => sum + inState(fleet, kind, 'invalid'), 0);
  const wrong =
    worst + fleet.differs === 0
      ? 'nothing is invalid'
      : `${count(worst, 'verdict')} INVALID and ${count(fleet.differs, 'locked digest')} not the registry's`;
  const not = reasonCounts(fleet, 'signature').filter(({ reason }) => REASONS[reason] !== 'verified');
  const why =
    not.length === 0
      ? ''
      : ` No verified signature: ${not.map((one) => `${count(one.count)} ${reasonText(one.reason)}`).join('; ')}.`;
  const offline = evidence.mode === 'offline' ? ' (offline)' : '';
  return `Evidence bound to what the lockfiles pin${offline}, verified of ${count(fleet.of, 'component')}: ${verified.join(', ')}; ${wrong}.${why} Evidence never lowers a rank.`;
}

/** What the run trusted, a sentence each. */
export function trustLines(trust: Trust | undefined): string[] {
  if (!trust) return [];
  const { root, registries, clock } = trust;
  return [
    root
      ? `Sigstore root: ${ORIGINS[root.origin]}${root.version === undefined ? '' : `, TUF root version ${root.version}`}, sha256 ${root.sha256}`
      : 'Sigstore root: none was needed, as nothing can be attested',
    ...registries.map(({ url, keys }) => `keys of ${url}: ${keysText(keys)}`),
    `clock: ${clock}`,
  ];
}

const ORIGINS = {
  file: 'from the file given',
  tuf: 'from TUF, now',
  kept: 'kept by an earlier run',
  embedded: 'as shipped with the sigstore library',
  registry: 'served by that registry itself',
} as const;

function keysText(keys: TrustedKeys): string {
  if (keys === 'none') return 'it has none';
  if (keys === 'failed') return 'it did not answer';
  const version = keys.version === undefined ? '' : `, TUF root version ${keys.version}`;
  return `${ORIGINS[keys.origin]}${version}, ${keys.ids.join(', ')}, sha256 ${keys.sha256}`;
}
