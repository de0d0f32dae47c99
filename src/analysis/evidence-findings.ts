/** What evidence says is wrong, or has become weaker: one finding per release, with the lockfiles that pin it. Pure. */

import type { ComponentEvidence, Evidence } from '../evidence/evidence.ts';
import type { Provenance } from '../evidence/provenance.ts';
import { EVIDENCE_KINDS, stateOf } from '../evidence/state.ts';
import type { Finding } from '../findings.ts';
import type { Fleet } from '../graph/fleet.ts';
import { append } from '../lists.ts';
import { compareTexts } from '../order.ts';
import { sameRepository } from '../registry/repository.ts';
import { lockfilesByComponent } from './holders.ts';

/** Lockfiles named per finding. */
const EXAMPLES = 3;

export function evidenceFindings(fleet: Fleet, evidence: Evidence): Finding[] {
  const holding = new Map<ComponentEvidence, number[]>();
  for (const [c, found] of evidence.components.entries()) append(holding, found, c);
  const speaking = [...holding].filter(([found, [c]]) => findingsOf(fleet, c!, found, []).length > 0);
  const holders = lockfilesByComponent(fleet, new Set(speaking.flatMap(([, components]) => components)));
  const order = { error: 0, warning: 1, note: 2 };
  return speaking
    .flatMap(([found, components]) => {
      const lockfiles = [...new Set(components.flatMap((c) => holders.get(c) ?? []))].sort();
      return findingsOf(fleet, components[0]!, found, lockfiles);
    })
    .sort((a, b) => order[a.level] - order[b.level] || compareTexts(sortKey(a), sortKey(b)));
}

function findingsOf(
  fleet: Fleet,
  c: number,
  { verdicts, digest, build, history }: ComponentEvidence,
  lockfiles: readonly string[],
): Finding[] {
  const component = fleet.component(c);
  const about = {
    package: `${component.ecosystem}/${component.name}`,
    version: component.version ?? '?',
    lockfiles: lockfiles.slice(0, EXAMPLES),
    file: lockfiles[0] ?? '',
  };
  const findings: Finding[] = [];
  for (const kind of EVIDENCE_KINDS) {
    const { reason, detail = '' } = verdicts[kind];
    if (stateOf(verdicts[kind]) !== 'invalid') continue;
    findings.push({ code: 'EVIDENCE_INVALID', level: 'error', ...about, kind, reason, detail });
  }
  if (digest === 'differs') {
    findings.push({ code: 'INTEGRITY_DIFFERS', level: 'error', ...about, locked: component.integrity ?? '' });
  }
  if (history?.lost) findings.push({ code: 'PROVENANCE_LOST', level: 'warning', ...about, ...history.lost });
  if (!build || !history) return findings;
  const { declared, buildBefore, repositoryBefore, predecessor = '?' } = history;
  if (declared !== undefined && sameRepository(declared, build.repository) === false) {
    const args = { declared, attested: build.repository };
    findings.push({ code: 'SOURCE_DIFFERS', level: 'warning', ...about, ...args });
  }
  const change = buildBefore ? changeOf(buildBefore, build) : repositoryChange(repositoryBefore, build);
  if (change) findings.push({ code: 'SOURCE_CHANGED', level: 'warning', ...about, since: predecessor, ...change });
  return findings;
}

interface Change {
  readonly what: 'repository' | 'workflow';
  readonly before: string;
  readonly now: string;
}

function changeOf(before: Provenance, now: Provenance): Change | undefined {
  const known = before.repositoryId !== undefined && now.repositoryId !== undefined;
  // An id outlives a rename; the same name with another id is another repository.
  const moved = known ? before.repositoryId !== now.repositoryId : !sameRepository(before.repository, now.repository);
  if (moved) {
    const named = (build: Provenance): string =>
      known ? `${build.repository} (id ${build.repositoryId})` : build.repository;
    return { what: 'repository', before: named(before), now: named(now) };
  }
  if (before.workflow === now.workflow || before.workflow === undefined || now.workflow === undefined) return undefined;
  return { what: 'workflow', before: before.workflow, now: now.workflow };
}

// Without an earlier provenance, what the earlier manifest declared is all there is to compare with.
function repositoryChange(before: string | undefined, now: Provenance): Change | undefined {
  if (before === undefined || sameRepository(before, now.repository) !== false) return undefined;
  return { what: 'repository', before, now: now.repository };
}

function sortKey(finding: Finding): string {
  const named = 'package' in finding ? `${finding.package}@${finding.version}` : '';
  return `${finding.code} ${named}`;
}
