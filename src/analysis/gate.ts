/** Gates: what makes a run exit with 1. */
import type { LayerName } from '../causes/layer.ts';
import { isOwn, packageName } from '../causes/package.ts';
import { type ComponentEvidence, strengthOf } from '../evidence/evidence.ts';
import { stateOf } from '../evidence/state.ts';
import type { Audit } from './audit.ts';

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

export type Gate = BlastGate | EvidenceGate;

export interface GateResult {
  readonly gate: Gate;
  /** What is over the gate: ids of causes, first rank first; of an evidence gate releases as `npm/name@version`, sorted. */
  readonly over: readonly string[];
}

/** Applies every gate to every ranked cause or component, whatever part of them a report shows. */
export function applyGates(audit: Audit, gates: readonly Gate[]): GateResult[] {
  return gates.map((gate) => ({
    gate,
    over: 'evidence' in gate ? releasesOver(audit, gate) : causesOver(audit, gate),
  }));
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
