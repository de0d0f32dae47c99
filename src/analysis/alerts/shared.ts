/** Alerts on what several services stand on: packages, and the accounts, owners, builders, registries and runtimes behind them. */
import type { LayerName } from '../../causes/layer.ts';
import { CONCENTRATED, type Confidence, type Finding } from '../../findings.ts';
import type { Audit, LayerResult } from '../audit.ts';
import type { CauseMembers } from '../cause-members.ts';
import type { Details } from '../detail.ts';
import type { FleetEffect } from '../fleet-effect.ts';
import type { RankedCause } from '../rank.ts';
import { type Alert, SEVERITY_FROM } from './alert.ts';
import type { Sites } from './sites.ts';

/** Layers that findings on single causes are made of. */
export const ALERT_LAYERS: readonly LayerName[] = [
  'package',
  'maintainer',
  'owner',
  'attested-owner',
  'builder',
  'registry',
  'runtime',
];

export interface AlertTools {
  readonly audit: Audit;
  /** What causes mean for the whole fleet, where its report was given. */
  readonly fleet: FleetEffect | undefined;
  readonly details: Details;
  readonly members: CauseMembers;
  readonly sites: Sites;
}

/** How much is lost by a cause: in what was scanned, or in the fleet that it is a part of. */
export interface Loss {
  readonly blastRadius: number;
  readonly lost: number;
  readonly of: number;
  readonly services: number;
}

export function lossOf(audit: Audit, fleet: FleetEffect | undefined, id: string, ranked: RankedCause): Loss {
  const found = fleet?.causes.get(id);
  if (fleet && found) return { ...found.now, of: fleet.systems };
  const { blastRadius, lost, reach } = ranked;
  return { blastRadius, lost, of: audit.systems.length, services: reach };
}

/** The causes that an alert is raised on: under two services at least, and with a loss worth a look. */
export function alarming(audit: Audit, fleet: FleetEffect | undefined, { table, ranked }: LayerResult): RankedCause[] {
  return ranked.filter((each) => {
    const { services, blastRadius } = lossOf(audit, fleet, table.causes[each.cause]!.id, each);
    return services > 1 && blastRadius >= SEVERITY_FROM.medium;
  });
}

export function sharedAlerts(layer: LayerResult, tools: AlertTools): Alert[] {
  return alarming(tools.audit, tools.fleet, layer).map((ranked) => alertOf(layer, ranked, tools));
}

function alertOf(layer: LayerResult, ranked: RankedCause, tools: AlertTools): Alert {
  const { audit, fleet, details, members, sites } = tools;
  const { table, reach } = layer;
  const { id, name, identity } = table.causes[ranked.cause]!;
  const services = reach.service.subarray(reach.start[ranked.cause]!, reach.start[ranked.cause + 1]!);
  const components = members.of(table, ranked.cause);
  const lockfiles = [...new Set(Array.from(services, (service) => audit.services[service]!.lockfile))];
  const found = table.ofServices ? lockfiles.map((lockfile) => sites.file(lockfile)) : sites.of(components);
  const { blastRadius, ...loss } = lossOf(audit, fleet, id, ranked);
  const about = { cause: id, name, ...loss };
  return {
    finding: {
      ...findingOf(layer, ranked, about, { audit, details, members }),
      level: 'warning',
      file: found[0]!.file,
    },
    subject: id,
    blastRadius,
    confidence: confidenceOf(table.layer, identity),
    sites: found,
  };
}

interface About {
  readonly cause: string;
  readonly name: string;
  readonly services: number;
  readonly lost: number;
  readonly of: number;
}

type Args = Finding extends infer F
  ? F extends Finding
    ? Omit<F, 'level' | 'file' | 'line' | 'column'>
    : never
  : never;

function findingOf(
  layer: LayerResult,
  ranked: RankedCause,
  about: About,
  { audit, details, members }: Omit<AlertTools, 'sites' | 'fleet'>,
): Args {
  const code = codeOf(layer.table.layer);
  if (code === undefined) {
    const { versions, sameBytes } = details.of(layer, ranked);
    return { code: 'SHARED_PACKAGE', ...about, versions: [...versions].reverse(), sameBytes: sameBytes.share };
  }
  const names = new Set(Array.from(members.of(layer.table, ranked.cause), (c) => audit.fleet.component(c).name));
  return { code, ...about, packages: names.size };
}

function codeOf(layer: LayerName) {
  return layer in CONCENTRATED ? CONCENTRATED[layer as keyof typeof CONCENTRATED] : undefined;
}

/** What a layer is known from, and how sure that is. */
export function confidenceOf(layer: LayerName, identity: 'exact' | 'assumed' | 'weak' = 'exact'): Confidence {
  switch (layer) {
    case 'release':
      return 'hypothetical';
    case 'attested-repository':
    case 'attested-owner':
    case 'builder':
    case 'key':
      return 'verified';
    case 'maintainer':
    case 'repository':
    case 'owner':
    case 'runtime':
      return 'declared';
    default:
      return identity === 'exact' ? 'locked' : 'assumed';
  }
}
