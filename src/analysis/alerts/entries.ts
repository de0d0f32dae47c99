/** Alerts on entries of lockfiles: unsigned though shared, without a digest, or not from a registry. */
import { isOwn } from '../../causes/package.ts';
import { stateOf } from '../../evidence/state.ts';
import { digestsOf } from '../../graph/digests.ts';
import { NODE_FLAGS } from '../../graph/model.ts';
import type { Audit } from '../audit.ts';
import type { FleetEffect } from '../fleet-effect.ts';
import type { Alert, Site } from './alert.ts';
import { SEVERITY_FROM } from './alert.ts';
import { type AlertTools, lossOf } from './shared.ts';

/** Lockfiles and packages named by one finding. */
const EXAMPLES = 3;

/** Blast radius and reach of packages, by name. */
export class PackageRanks {
  readonly #ranks = new Map<string, { readonly blastRadius: number; readonly reach: number }>();

  constructor(audit: Audit, fleet: FleetEffect | undefined) {
    const { table, all } = audit.packages;
    for (const ranked of all) {
      const { id } = table.causes[ranked.cause]!;
      const { blastRadius, services } = lossOf(audit, fleet, id, ranked);
      this.#ranks.set(id, { blastRadius, reach: services });
    }
  }

  of(subject: string): { readonly blastRadius: number; readonly reach: number } | undefined {
    return this.#ranks.get(subject);
  }
}

/** Components that an alert of this file may be about. */
export function oddComponents({ fleet, evidence, held }: Audit): number[] {
  const found: number[] = [];
  for (let c = 0; c < fleet.componentCount; c++) {
    if (!held[c]) continue;
    const component = fleet.component(c);
    if (isOwn(component)) continue;
    const unsigned = stateOf(evidence.components[c]!.verdicts.signature) === 'missing';
    if (unsigned || unexpectedSource(component.source, component.resolved)) found.push(c);
  }
  return found;
}

export function entryAlerts(odd: readonly number[], ranks: PackageRanks, tools: AlertTools): Alert[] {
  const { audit, sites } = tools;
  const { fleet, evidence } = audit;
  return odd.flatMap((c): Alert[] => {
    const component = fleet.component(c);
    const found = sites.of([c]);
    if (found.length === 0) return [];
    const lockfiles = found.slice(0, EXAMPLES).map(({ file }) => file);
    const name = `${component.ecosystem}/${component.name}`;
    const about = {
      package: name,
      version: component.version ?? '?',
      lockfiles,
      level: 'warning',
      file: lockfiles[0]!,
    } as const;
    const subject = `package:${name}`;
    const rank = ranks.of(subject);
    const common = { subject, blastRadius: rank?.blastRadius, confidence: 'locked', sites: found } as const;
    const unexpected = unexpectedSource(component.source, component.resolved);
    const alerts: Alert[] = [];
    if (unexpected) alerts.push({ ...common, finding: { code: 'SOURCE_UNEXPECTED', ...about, ...unexpected } });
    const unsigned = stateOf(evidence.components[c]!.verdicts.signature) === 'missing';
    if (unsigned && rank && rank.reach > 1 && rank.blastRadius >= SEVERITY_FROM.medium) {
      alerts.push({ ...common, finding: { code: 'UNSIGNED_SHARED_PACKAGE', ...about, services: rank.reach } });
    }
    return alerts;
  });
}

interface Unexpected {
  readonly source: 'git' | 'url' | 'http';
  readonly host: string;
}

function unexpectedSource(source: string, resolved: string | undefined): Unexpected | undefined {
  const url = resolved?.replace(/^[a-z]+\+/, '');
  const parsed = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  const host = parsed?.host ?? '';
  if (source === 'git' || source === 'url') return { source, host };
  return source === 'registry' && parsed?.protocol === 'http:' ? { source: 'http', host } : undefined;
}

/** A finding for every lockfile with entries from a registry that have no digest, or none that anything signs. */
export function unboundAlerts({ fleet }: Audit): Alert[] {
  return fleet.lockfiles.flatMap(({ path, component, flags, kind }, lockfile): Alert[] => {
    // Yarn Berry's checksums are of archives of its own, in every lockfile it writes: evidence counts them as unbound.
    if (kind === 'unread' || kind === 'yarn-berry') return [];
    const nodes: number[] = [];
    let of = 0;
    for (const [node, c] of component.entries()) {
      const { source, integrity, ecosystem } = fleet.component(c);
      if (source !== 'registry' || ecosystem !== 'npm' || flags[node]! & NODE_FLAGS.bundled) continue;
      of++;
      if (!digestsOf(integrity).some(({ algorithm }) => algorithm === 'sha512')) nodes.push(node);
    }
    const [first] = nodes;
    if (first === undefined) return [];
    const names = [...new Set(nodes.map((node) => fleet.component(component[node]!).name))];
    const site: Site = { file: path, entry: { lockfile, node: first } };
    const args = { entries: nodes.length, of, packages: names.slice(0, EXAMPLES) };
    return [
      {
        finding: { code: 'ENTRY_UNBOUND', ...args, level: 'note', file: path },
        subject: `lockfile:${path}`,
        blastRadius: undefined,
        confidence: 'locked',
        sites: [site],
      },
    ];
  });
}
