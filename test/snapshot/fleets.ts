/** Fleets as snapshots, without the disk in between where it is not what is tested. */
import { auditFleet } from '../../src/analysis/audit.ts';
import { applyGates } from '../../src/analysis/gate.ts';
import { LAYERS } from '../../src/causes/layer.ts';
import { applyConfig, ignoresOf } from '../../src/config/apply.ts';
import { type Config, NO_CONFIG } from '../../src/config/load.ts';
import { notAsked } from '../../src/evidence/evidence.ts';
import type { Fleet } from '../../src/graph/fleet.ts';
import { NO_PLACES } from '../../src/locate.ts';
import { jsonReport } from '../../src/reports/json.ts';
import type { Run } from '../../src/run.ts';
import { type Joined, joinSnapshots } from '../../src/snapshot/merge.ts';
import { readSnapshot, type Stored } from '../../src/snapshot/read.ts';
import { writeSnapshot } from '../../src/snapshot/write.ts';
import { repositoriesKept } from '../../src/sources/kept.ts';
import { type Origin, shardDiagnostics } from '../../src/sources/origin.ts';
import { digestOf } from '../../src/sources/slice.ts';
import { scratch } from '../cli/harness.ts';

const TODAY = '2026-01-01';

export type Audited = Pick<Run, 'audit' | 'config' | 'origin' | 'own' | 'today' | 'locate' | 'places' | 'repositories'>;

/** Audits a fleet of every layer, asking nobody. */
export function audited(
  fleet: Fleet,
  origin: Origin = originOf(fleet),
  config: Config = NO_CONFIG,
  evidence: Joined['evidence'] = notAsked(fleet.componentCount),
): Audited {
  const diagnostics = [...origin.remarks.map(({ diagnostic }) => diagnostic), ...shardDiagnostics(origin)];
  const question = { layers: LAYERS, scope: 'all', today: TODAY } as const;
  const audit = auditFleet(fleet, applyConfig(fleet, config), ignoresOf(config), question, evidence, diagnostics);
  const repositories = repositoriesKept([]);
  return { audit, config, origin, own: [], today: TODAY, locate: () => [], places: NO_PLACES, repositories };
}

/** The fleet as everything that a scan found. */
export function originOf({ lockfiles }: Fleet): Origin {
  const paths = lockfiles.map(({ path }) => path);
  return {
    digest: digestOf([paths]),
    places: paths.length,
    readAt: `${TODAY}T00:00:00.000Z`,
    shards: undefined,
    positions: [...paths.keys()],
    remarks: [],
  };
}

/** The JSON report, with every cause. */
export function reportOf({ audit, locate }: Pick<Run, 'audit' | 'locate'>): string {
  const input = {
    audit,
    locate,
    gates: applyGates(audit, []),
    top: Number.POSITIVE_INFINITY,
    width: 100,
    color: false,
  };
  return [...jsonReport(input)].join('');
}

/** Writes a run to a file and reads it back. */
export function stored(run: Audited): Stored {
  const file = `${scratch()}/run.spof`;
  writeSnapshot(file, run);
  return readSnapshot(file);
}

/** The audit of snapshots together. */
export function joined(snapshots: readonly Stored[], config?: Config): Audited {
  const { fleet, evidence, origin } = joinSnapshots(snapshots);
  return audited(fleet, origin, config, evidence);
}

/** Made lockfiles, each below a directory of its own: two services of one name are a contradiction of their own. */
export function apart<Lockfile extends { readonly path: string }>(lockfiles: readonly Lockfile[]): Lockfile[] {
  return lockfiles.map((lockfile, at) => ({ ...lockfile, path: `f${at}/${lockfile.path}` }));
}
