/** Terminal report of the verify command: what is verified, what is not and why, by whom it was built. */
import type { Audit } from '../analysis/audit.ts';
import { inState } from '../analysis/evidence-counts.ts';
import { releasesBy } from '../analysis/releases.ts';
import { EVIDENCE_KINDS, EVIDENCE_STATES, type EvidenceKind, REASONS } from '../evidence/state.ts';
import { gateText } from './advice.ts';
import { type ReasonCount, reasonCounts } from './evidence-summary.ts';
import { KIND_NAMES, reasonText } from './evidence-words.ts';
import { count, percent } from './numbers.ts';
import type { ReportInput } from './report.ts';
import { forTerminal } from './safe.ts';
import { type Column, table, wrap } from './table.ts';
import { headline } from './terminal.ts';
import { heading, lines, paragraph, remarks, type Text, textOf } from './text.ts';

/** Releases named for one reason. */
const EXAMPLES = 3;

export function* verifyTerminal(input: ReportInput): Iterable<string> {
  const { audit, width, gates } = input;
  const text = textOf(input);
  if (audit.fleet.lockfiles.length === 0) yield 'No lockfile or SBOM was found: nothing was verified.\n';
  else {
    yield `${wrap(headline(audit), width, '  ').join('\n')}\n`;
    yield heading('What is verified, of what the lockfiles pin?', text);
    yield* lines(states(audit, text.width), text);
    const failed = gates.flatMap(gateText);
    if (failed.length > 0) yield '\n';
    for (const words of failed) yield paragraph(`- ${words}`, text);
    yield heading('What is not, and why?', text);
    yield* reasons(audit, text);
    yield heading('Who built it? Verified provenance only', text);
    yield* builds(input, text);
    yield heading('By service, the least verified first', text);
    yield* services(input, text);
  }
  yield* remarks(audit, text);
}

function states({ evidenceCounts: { fleet } }: Audit, width: number): string[] {
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
  return table(columns, rows, width);
}

/** Each reason once, for all kinds of evidence that lack it for the same number of components. */
function* reasons(audit: Audit, text: Text): Iterable<string> {
  const groups = new Map<string, { kinds: EvidenceKind[]; one: ReasonCount }>();
  for (const kind of EVIDENCE_KINDS) {
    for (const one of reasonCounts(audit.evidenceCounts.fleet, kind)) {
      if (one.reason === 'verified') continue;
      const group = groups.get(`${one.reason} ${one.count}`);
      if (group) group.kinds.push(kind);
      else groups.set(`${one.reason} ${one.count}`, { kinds: [kind], one });
    }
  }
  if (groups.size === 0) yield paragraph('Everything is verified.', text);
  const order = ({ one }: { one: ReasonCount }): number => EVIDENCE_STATES.indexOf(REASONS[one.reason]);
  for (const { kinds, one } of [...groups.values()].sort((a, b) => order(a) - order(b))) {
    const [kind] = kinds;
    const examples = releasesBy(audit, (found) => found.verdicts[kind!].reason === one.reason, EXAMPLES);
    const more = one.count > examples.length ? ', …' : '';
    const names = `${examples.map((name) => forTerminal(name.replace(/^npm\//, ''))).join(', ')}${more}`;
    const about =
      kinds.length === EVIDENCE_KINDS.length ? 'all evidence' : kinds.map((each) => KIND_NAMES[each]).join(' and ');
    yield paragraph(
      `- ${REASONS[one.reason]}, ${about}: ${count(one.count)} ${reasonText(one.reason)} (${names})`,
      text,
    );
  }
}

function* builds({ audit, top }: ReportInput, text: Text): Iterable<string> {
  const owners = new Map<string, { builders: Set<string>; releases: Set<string> }>();
  for (const [c, { build }] of audit.evidence.components.entries()) {
    if (!build) continue;
    const { name, version } = audit.fleet.component(c);
    const owner = owners.get(build.owner) ?? { builders: new Set(), releases: new Set() };
    owners.set(build.owner, owner);
    owner.builders.add(build.builder);
    owner.releases.add(`${name}@${version}`);
  }
  if (owners.size === 0) {
    yield paragraph('Nothing locked has a verified provenance.', text);
    return;
  }
  const sorted = [...owners].sort(([a, x], [b, y]) => y.releases.size - x.releases.size || (a < b ? -1 : 1));
  const columns: Column[] = [
    { header: 'source owner', align: 'left', shrinkTo: 16 },
    { header: 'releases', align: 'right' },
    { header: 'such as', align: 'left', shrinkTo: 12 },
    { header: 'build platform', align: 'left', shrinkTo: 16 },
  ];
  const rows = sorted
    .slice(0, top)
    .map(([owner, { builders, releases }]) => [
      forTerminal(owner),
      count(releases.size),
      [...releases].sort().slice(0, EXAMPLES).map(forTerminal).join(', '),
      [...builders].sort().map(forTerminal).join(', '),
    ]);
  yield* lines(table(columns, rows, text.width), text);
  if (sorted.length > rows.length) yield paragraph(`and ${count(sorted.length - rows.length)} more (--top all)`, text);
}

function* services({ audit, top }: ReportInput, text: Text): Iterable<string> {
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
  const rows = sorted
    .slice(0, top)
    .map(({ service, counts, invalid }) => [
      forTerminal(service.name),
      count(counts.of),
      ...EVIDENCE_KINDS.map((kind) => share(inState(counts, kind, 'verified'), counts.of)),
      count(invalid),
      count(counts.differs),
    ]);
  yield* lines(table(columns, rows, text.width), text);
  if (sorted.length > rows.length) yield paragraph(`and ${count(sorted.length - rows.length)} more (--top all)`, text);
}
