/** Gates: what makes a run exit with 1. */
import type { LayerName } from '../causes/layer.ts';
import type { Audit } from './audit.ts';

export interface Gate {
  /** A cause with at least this blast radius fails the run. */
  readonly blastRadius: number;
  /** Only causes of this layer; every layer of the run where absent. */
  readonly layer?: LayerName;
}

export interface GateResult {
  readonly gate: Gate;
  /** Ids of the causes over the gate, first rank first. */
  readonly over: readonly string[];
}

/** Applies every gate to every ranked cause, whatever part of the ranking a report shows. */
export function applyGates(audit: Audit, gates: readonly Gate[]): GateResult[] {
  return gates.map((gate) => ({
    gate,
    over: audit.layers
      .filter((layer) => gate.layer === undefined || layer.table.layer === gate.layer)
      .flatMap((layer) =>
        layer.ranked
          .filter((cause) => cause.blastRadius >= gate.blastRadius)
          .map((cause) => layer.table.causes[cause.cause]!.id),
      ),
  }));
}
