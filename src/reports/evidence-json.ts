/** Evidence in JSON reports: the same keys in those of audit and verify. */
import type { Audit } from '../analysis/audit.ts';
import { type EvidenceCounts, inState } from '../analysis/evidence-counts.ts';
import { EVIDENCE_KINDS, EVIDENCE_STATES } from '../evidence/state.ts';
import { reasonCounts } from './evidence-summary.ts';

/** The `evidence` key: how it was gathered, what was trusted, the counts of the fleet. */
export function evidenceHead({ evidence, evidenceCounts }: Audit): object {
  const { mode, requests, trust = null } = evidence;
  return {
    mode,
    requests,
    trust: trust && { ...trust, root: trust.root ?? null },
    ...countsJson(evidenceCounts.fleet),
  };
}

/** The counts of each service, in the order of the services. */
export function evidenceByService({ services, evidenceCounts }: Audit): object[] {
  return services.map(({ name }, at) => ({ service: name, ...countsJson(evidenceCounts.services[at]!) }));
}

function countsJson(counts: EvidenceCounts): object {
  const kinds = EVIDENCE_KINDS.map((kind) => [
    kind,
    {
      ...Object.fromEntries(EVIDENCE_STATES.map((state) => [state, inState(counts, kind, state)])),
      reasons: Object.fromEntries(reasonCounts(counts, kind).map(({ reason, count }) => [reason, count])),
    },
  ]);
  return { of: counts.of, ...Object.fromEntries(kinds), digestDiffers: counts.differs };
}
