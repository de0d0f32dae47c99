/**
 * What an audit gives people to act on: every finding with its severity, its confidence and its places, the greatest loss
 * first. One finding per cause: the lockfiles that share it are its places. Pure.
 */

import type { Diagnostic } from '../../diagnostics.ts';
import type { Finding } from '../../findings.ts';
import { compareTexts } from '../../order.ts';
import type { Audit } from '../audit.ts';
import { CauseMembers } from '../cause-members.ts';
import { Details } from '../detail.ts';
import type { FleetEffect } from '../fleet-effect.ts';
import type { Alert, Site } from './alert.ts';
import { entryAlerts, oddComponents, PackageRanks, unboundAlerts } from './entries.ts';
import { blindAlerts, defeatedAlerts, worstCauses } from './redundancy.ts';
import { ALERT_LAYERS, type AlertTools, alarming, sharedAlerts } from './shared.ts';
import { Sites } from './sites.ts';

export type { Alert, Severity, Site } from './alert.ts';

/** Several reports of one run list the same. */
const made = new WeakMap<Audit, { readonly fleet: FleetEffect | undefined; readonly alerts: readonly Alert[] }>();

/** @param fleet what causes mean for the whole fleet: then severity is that */
export function alertsOf(audit: Audit, fleet?: FleetEffect): readonly Alert[] {
  const before = made.get(audit);
  if (before && before.fleet === fleet) return before.alerts;
  const alerts = madeAlerts(audit, fleet);
  made.set(audit, { fleet, alerts });
  return alerts;
}

function madeAlerts(audit: Audit, fleet: FleetEffect | undefined): Alert[] {
  const members = new CauseMembers();
  const layers = audit.layers.filter(({ table }) => ALERT_LAYERS.includes(table.layer));
  const odd = oddComponents(audit);
  const placed = [
    ...layers.flatMap((layer) => alarming(audit, fleet, layer).map(({ cause }) => ({ layer, cause }))),
    ...worstCauses(audit),
  ];
  const wanted = new Set(odd);
  for (const { layer, cause } of placed) for (const c of members.of(layer.table, cause)) wanted.add(c);
  const releases = releasesOf(audit);
  for (const components of releases.values()) for (const c of components) wanted.add(c);
  const tools: AlertTools = {
    audit,
    fleet,
    members,
    details: new Details(audit),
    sites: new Sites(audit.fleet, wanted),
  };
  const ranks = new PackageRanks(audit, fleet);
  return [
    ...layers.flatMap((layer) => sharedAlerts(layer, tools)),
    ...audit.resilience.flatMap((found) => [...defeatedAlerts(found, tools), ...blindAlerts(found, tools)]),
    ...audit.findings.map((finding) => foundAlert(finding, releases, ranks, tools.sites)),
    ...entryAlerts(odd, ranks, tools),
    ...unboundAlerts(audit),
    ...audit.diagnostics.filter(({ severity }) => severity === 'incomplete').map(incompleteAlert),
  ].sort(byLoss);
}

function byLoss(a: Alert, b: Alert): number {
  const loss = (b.blastRadius ?? 0) - (a.blastRadius ?? 0);
  return loss || compareTexts(a.finding.code, b.finding.code) || compareTexts(a.subject, b.subject);
}

/** Components of the releases that findings of the audit are about, by `npm/name@version`. */
function releasesOf({ fleet, findings }: Audit): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const finding of findings) if ('package' in finding) found.set(`${finding.package}@${finding.version}`, []);
  if (found.size === 0) return found;
  for (let c = 0; c < fleet.componentCount; c++) {
    const { ecosystem, name, version } = fleet.component(c);
    found.get(`${ecosystem}/${name}@${version ?? '?'}`)?.push(c);
  }
  return found;
}

/** A finding that the audit made itself: of evidence, of digests, of the config. */
function foundAlert(
  finding: Finding,
  releases: ReadonlyMap<string, readonly number[]>,
  ranks: PackageRanks,
  sites: Sites,
): Alert {
  const isRelease = 'package' in finding;
  const subject = isRelease ? `package:${finding.package}` : `ignore:${'cause' in finding ? finding.cause : ''}`;
  const components = isRelease ? releases.get(`${finding.package}@${finding.version}`)! : [];
  const found = sites.of(components);
  const own = found.filter(({ file }) => file === finding.file);
  const file: Site = { file: finding.file, entry: undefined };
  return {
    finding,
    subject,
    blastRadius: isRelease ? ranks.of(subject)?.blastRadius : undefined,
    confidence: finding.code === 'EVIDENCE_INVALID' || finding.code === 'SOURCE_DIFFERS' ? 'verified' : 'locked',
    sites: found.length === 0 ? [file] : [...own, ...found.filter((site) => !own.includes(site))],
  };
}

/** Of what is missing from the result. */
export function incompleteAlert({ code, file, line, column, message, next }: Omit<Diagnostic, 'severity'>): Alert {
  const place = { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
  return {
    finding: { code: 'INPUT_INCOMPLETE', reason: code, message, next, level: 'warning', file, ...place },
    subject: `input:${file} ${code}`,
    blastRadius: undefined,
    confidence: 'locked',
    sites: [{ file, entry: undefined }],
  };
}
