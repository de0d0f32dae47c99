/** Gates: what makes a run exit with 1. */
import type { LayerName } from '../causes/layer.ts';
import { isOwn, packageName } from '../causes/package.ts';
import { type ComponentEvidence, strengthOf } from '../evidence/evidence.ts';
import { stateOf } from '../evidence/state.ts';
import type { Finding } from '../findings.ts';
import { type Alert, alertsOf } from './alerts/index.ts';
import type { Audit } from './audit.ts';
import type { Changes } from './changes.ts';
import type { FleetEffect } from './fleet-effect.ts';

/** A cause with at least this blast radius fails the run. */
export interface BlastGate {
  readonly blastRadius: number;
  /** Only causes of this layer; every layer of the run where absent. */
  readonly layer?: LayerName;
}

/**
 * `invalid`: evidence that is wrong, or bytes that are not the registry's, fail the run. `signature`, `provenance`: so
 * does every component from elsewhere that has none verified.
 */
export const EVIDENCE_GATES = ['invalid', 'signature', 'provenance'] as const;
export interface EvidenceGate {
  readonly evidence: (typeof EVIDENCE_GATES)[number];
}

/** A finding with this code (alerts) fails the run. */
export interface RuleGate {
  readonly rule: Finding['code'];
}

/** What is worse than in an earlier report fails the run. */
export interface NewGate {
  readonly since: 'baseline';
}

export type Gate = BlastGate | EvidenceGate | RuleGate | NewGate;

export interface GateResult {
  readonly gate: Gate;
  /**
   * What is over the gate: ids of causes, first rank first; of an evidence gate releases as `npm/name@version`, sorted; of
   * a rule what its findings are about, the greatest loss first.
   */
  readonly over: readonly string[];
}

/**
 * Applies every gate to every ranked cause, component or finding, whatever part of them a report shows.
 *
 * @param changes since the earlier report that a gate on what is new needs
 * @param fleet that the findings of rules are measured in
 */
export function applyGates(audit: Audit, gates: readonly Gate[], changes?: Changes, fleet?: FleetEffect): GateResult[] {
  const alerts = gates.some((gate) => 'rule' in gate) ? alertsOf(audit, fleet) : [];
  return gates.map((gate) => ({ gate, over: overGate(audit, gate, alerts, changes) }));
}

function overGate(audit: Audit, gate: Gate, alerts: readonly Alert[], changes: Changes | undefined): string[] {
  if ('evidence' in gate) return releasesOver(audit, gate);
  if ('rule' in gate) return alerts.filter(({ finding }) => finding.code === gate.rule).map(({ subject }) => subject);
  return 'since' in gate ? (changes?.worse ?? []).map(({ cause }) => cause) : causesOver(audit, gate);
}

function causesOver(audit: Audit, gate: BlastGate): string[] {
  return audit.layers
    .filter((layer) => gate.layer === undefined || layer.table.layer === gate.layer)
    .flatMap((layer) =>
      layer.ranked
        .filter((cause) => cause.blastRadius >= gate.blastRadius)
        .map((cause) => layer.table.causes[cause.cause]!.id),
    );
}

function releasesOver({ fleet, evidence }: Audit, gate: EvidenceGate): string[] {
  const over = new Set<string>();
  for (const [c, found] of evidence.components.entries()) {
    if (!isOver(found, gate)) continue;
    const component = fleet.component(c);
    if (!isOwn(component)) over.add(`${packageName(component)}@${component.version ?? '?'}`);
  }
  return [...over].sort();
}

function isOver(found: ComponentEvidence, gate: EvidenceGate): boolean {
  if (gate.evidence === 'invalid') return strengthOf(found) === 'invalid';
  return stateOf(found.verdicts[gate.evidence]) !== 'verified';
}
