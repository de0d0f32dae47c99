/** Evidence in tables and sentences: what is verified, what is not and why, by whom it was built. */
import type { Audit } from '../analysis/audit.ts';
import { inState } from '../analysis/evidence-counts.ts';
import { releasesBy } from '../analysis/releases.ts';
import { EVIDENCE_KINDS, EVIDENCE_STATES, type EvidenceKind, REASONS } from '../evidence/state.ts';
import { type ReasonCount, reasonCounts } from './evidence-summary.ts';
import { KIND_NAMES, reasonText } from './evidence-words.ts';
import { count, percent } from './numbers.ts';
import { forTerminal } from './safe.ts';
import type { Cells, Column } from './table.ts';

/** Releases named for one reason. */
const EXAMPLES = 3;

/** Of all components: how many are in which state, by kind of evidence. */
export function stateCells({ evidenceCounts: { fleet } }: Audit): Cells {
  const shown = ['verified', ...EVIDENCE_STATES.filter((state) => state !== 'verified')] as const;
  const columns: Column[] = [
    { header: 'evidence', align: 'left' },
    ...shown.map((header): Column => ({ header, align: 'right' })),
    { header: 'of', align: 'right' },
  ];
  const rows = EVIDENCE_KINDS.map((kind) => [
    KIND_NAMES[kind],
    ...shown.map((state) => count(inState(fleet, kind, state))),
    count(fleet.of),
  ]);
  return { columns, rows };
}

/** Said where there is no reason, and where there is no build. */
export const ALL_VERIFIED = 'Everything is verified.';
export const NO_BUILD = 'Nothing locked has a verified provenance.';

/** Each reason once, for all kinds of evidence that lack it for the same number of components. */
export function* reasonTexts(audit: Audit): Iterable<string> {
  const groups = new Map<string, { kinds: EvidenceKind[]; one: ReasonCount }>();
  for (const kind of EVIDENCE_KINDS) {
    for (const one of reasonCounts(audit.evidenceCounts.fleet, kind)) {
      if (one.reason === 'verified') continue;
      const group = groups.get(`${one.reason} ${one.count}`);
      if (group) group.kinds.push(kind);
      else groups.set(`${one.reason} ${one.count}`, { kinds: [kind], one });
    }
  }
  const order = ({ one }: { one: ReasonCount }): number => EVIDENCE_STATES.indexOf(REASONS[one.reason]);
  for (const { kinds, one } of [...groups.values()].sort((a, b) => order(a) - order(b))) {
    const [kind] = kinds;
    const examples = releasesBy(audit, (found) => found.verdicts[kind!].reason === one.reason, EXAMPLES);
    const more = one.count > examples.length ? ', …' : '';
    const names = `${examples.map((name) => forTerminal(name.replace(/^npm\//, ''))).join(', ')}${more}`;
    const about =
      kinds.length === EVIDENCE_KINDS.length ? 'all evidence' : kinds.map((each) => KIND_NAMES[each]).join(' and ');
    yield `${REASONS[one.reason]}, ${about}: ${count(one.count)} ${reasonText(one.reason)} (${names})`;
  }
}

/** Who built what has a verified provenance; the owner of most releases first. No rows where nothing has one. */
export function buildCells(audit: Audit): Cells {
  const owners = new Map<string, { builders: Set<string>; releases: Set<string> }>();
  for (const [c, { build }] of audit.evidence.components.entries()) {
    if (!build) continue;
    const { name, version } = audit.fleet.component(c);
    const owner = owners.get(build.owner) ?? { builders: new Set(), releases: new Set() };
    owners.set(build.owner, owner);
    owner.builders.add(build.builder);
    owner.releases.add(`${name}@${version}`);
  }
  const sorted = [...owners].sort(([a, x], [b, y]) => y.releases.size - x.releases.size || (a < b ? -1 : 1));
  const columns: Column[] = [
    { header: 'source owner', align: 'left', shrinkTo: 16 },
    { header: 'releases', align: 'right' },
    { header: 'such as', align: 'left', shrinkTo: 12 },
    { header: 'build platform', align: 'left', shrinkTo: 16 },
  ];
  const rows = sorted.map(([owner, { builders, releases }]) => [
    forTerminal(owner),
    count(releases.size),
    [...releases].sort().slice(0, EXAMPLES).map(forTerminal).join(', '),
    [...builders].sort().map(forTerminal).join(', '),
  ]);
  return { columns, rows };
}

/** What is verified of what each service holds; invalid evidence first, then the least signed. */
export function serviceCells(audit: Audit): Cells {
  const columns: Column[] = [
    { header: 'service', align: 'left', shrinkTo: 16 },
    { header: 'components', align: 'right' },
    ...EVIDENCE_KINDS.map((kind): Column => ({ header: KIND_NAMES[kind], align: 'right' })),
    { header: 'invalid', align: 'right' },
    { header: 'other digest', align: 'right' },
  ];
  const share = (verified: number, of: number): string =>
    of === 0 ? '-' : `${count(verified)} (${percent(verified / of)})`;
  const sorted = audit.services
    .map((service, at) => ({ service, counts: audit.evidenceCounts.services[at]! }))
    .map(({ service, counts }) => ({
      service,
      counts,
      invalid: Math.max(...EVIDENCE_KINDS.map((kind) => inState(counts, kind, 'invalid'))),
      signed: counts.of === 0 ? 1 : inState(counts, 'signature', 'verified') / counts.of,
    }))
    .sort((a, b) => b.invalid - a.invalid || a.signed - b.signed || (a.service.name < b.service.name ? -1 : 1));
  const rows = sorted.map(({ service, counts, invalid }) => [
    forTerminal(service.name),
    count(counts.of),
    ...EVIDENCE_KINDS.map((kind) => share(inState(counts, kind, 'verified'), counts.of)),
    count(invalid),
    count(counts.differs),
  ]);
  return { columns, rows };
}
