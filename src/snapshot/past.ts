/**
 * What a snapshot says of its run for a history: a few columns of its result tables, never its graphs. They are believed as
 * the run wrote them; `diff` audits again.
 */
import type { PastCause, PastEvidence, PastLayer, PastResilience, PastRun, PastSystem } from '../analysis/past-run.ts';
import type { FoundCauses, WantedCauses } from '../analysis/trend.ts';
import { LAYERS, type LayerName } from '../causes/layer.ts';
import { EVIDENCE_KINDS, type EvidenceKind } from '../evidence/state.ts';
import { isObject } from '../json.ts';
import { checkedTable, type Head, headOf, reading } from './head.ts';
import type { TableReader } from './parquet-reader.ts';
import type { Parts } from './parts.ts';
import { sha256 } from './run-info.ts';

/** A run as far as one snapshot tells it. */
export interface Past {
  readonly run: Omit<PastRun, 'joined' | 'left'>;
  readonly services: ReadonlySet<string>;
}

/** Opens tables of one snapshot. */
type Tables = <Name extends 'services' | 'systems' | 'system_members' | 'lockfiles' | ResultTable>(
  name: Name,
) => TableReader<Name>;
type ResultTable = 'causes' | 'layers' | 'resilience' | 'evidence_counts';

/**
 * @param top causes of each layer
 * @param wanted layers that are looked at
 * @throws UsageError SNAPSHOT_INVALID
 */
export function readPast(path: string, top: number, wanted: ReadonlySet<LayerName>): Past {
  return reading(path, (parts) => {
    const head = headOf(parts, path);
    const table = tablesOf(parts, head, path);
    const { mode, config } = head.info;
    const services = table('services').required('name');
    const systems = systemsOf(table, services, wanted);
    const kinds = table('lockfiles').required('kind');
    return {
      run: {
        file: path,
        readAt: head.readAt,
        tool: head.tool,
        scope: head.scope,
        complete: head.complete,
        lockfiles: kinds.length,
        unread: kinds.filter((kind) => kind === 'unread').length,
        services: services.length,
        systems: systems.count,
        layers: layersOf(table, top, wanted),
        declared: systems.declared,
        evidence: mode === 'off' ? undefined : evidenceOf(table('evidence_counts')),
        config: sectionsOf(config?.document),
      },
      services: new Set(services),
    };
  });
}

/** Looks causes up. @throws UsageError SNAPSHOT_INVALID */
export function readPastCauses(path: string, wanted: WantedCauses): FoundCauses {
  return reading(path, (parts) => {
    const head = headOf(parts, path);
    const causes = new Causes(tablesOf(parts, head, path)('causes'));
    const found = new Map<LayerName, Map<string, PastCause>>();
    causes.each((layer, row) => {
      const ids = wanted.get(layer);
      if (!ids?.has(causes.id(row))) return;
      const own = found.get(layer) ?? new Map<string, PastCause>();
      found.set(layer, own.set(causes.id(row), causes.at(row)));
    });
    return found;
  });
}

function tablesOf(parts: Parts, { info }: Head, path: string): Tables {
  return (name) => checkedTable(parts, name, info, path);
}

function layersOf(table: Tables, top: number, wanted: ReadonlySet<LayerName>): Map<LayerName, PastLayer> {
  const first = new Map<LayerName, PastCause[]>();
  const causes = new Causes(table('causes'));
  causes.each((layer, row, rank) => {
    if (rank === undefined || rank > top || !wanted.has(layer)) return;
    const own = first.get(layer) ?? [];
    first.set(layer, own);
    own.push(causes.at(row));
  });
  const layers = table('layers');
  const [counts, defeating] = [layers.ints('causes'), layers.ints('defeating')];
  const [known, of] = [layers.ints('known'), layers.ints('looked_at')];
  const found = new Map<LayerName, PastLayer>();
  for (const [row, name] of layers.required('layer').entries()) {
    const layer = layerCalled(layers, row, name);
    if (!wanted.has(layer)) continue;
    const own = (first.get(layer) ?? []).sort((a, b) => a.rank! - b.rank!);
    const numbers = { causes: counts[row]!, defeating: defeating[row]!, known: known[row]!, of: of[row]! };
    if (Object.values(numbers).some((number) => number < 0)) layers.fail(row, 'a count below 0');
    found.set(layer, { ...numbers, top: own });
  }
  return found;
}

/** The table `causes`, of which only what is reached by a service is looked at. */
class Causes {
  readonly #table: TableReader<'causes'>;
  readonly #layers: readonly string[];
  readonly #ids: readonly string[];
  readonly #names: readonly string[];
  readonly #ranks: readonly (number | undefined)[];
  readonly #radii: readonly (number | undefined)[];
  readonly #lost: readonly (number | undefined)[];
  readonly #reach: readonly (number | undefined)[];

  constructor(table: TableReader<'causes'>) {
    this.#table = table;
    this.#layers = table.required('layer');
    this.#ids = table.required('id');
    this.#names = table.required('name');
    this.#ranks = table.maybeInts('rank');
    this.#radii = table.doubles('blast_radius');
    this.#lost = table.maybeInts('lost');
    this.#reach = table.maybeInts('reach');
  }

  each(take: (layer: LayerName, row: number, rank: number | undefined) => void): void {
    for (const [row, name] of this.#layers.entries()) {
      if (this.#radii[row] !== undefined) take(layerCalled(this.#table, row, name), row, this.#ranks[row]);
    }
  }

  id(row: number): string {
    return this.#ids[row]!;
  }

  at(row: number): PastCause {
    const [blastRadius, rank, lost, reach] = [
      this.#radii[row]!,
      this.#ranks[row],
      this.#lost[row] ?? -1,
      this.#reach[row] ?? -1,
    ];
    if (!(blastRadius >= 0 && blastRadius <= 1)) this.#table.fail(row, 'blast_radius: not from 0 to 1');
    if ((rank ?? 1) < 1 || lost < 0 || reach < 0) this.#table.fail(row, 'a count or rank below what can be');
    return { id: this.#ids[row]!, name: this.#names[row]!, rank, blastRadius, lost, reach };
  }
}

function layerCalled({ fail }: Pick<TableReader<'layers'>, 'fail'>, row: number, name: string): LayerName {
  return LAYERS.find((layer) => layer === name) ?? fail(row, 'layer: unknown');
}

function systemsOf(
  table: Tables,
  services: readonly string[],
  wanted: ReadonlySet<LayerName>,
): { count: number; declared: PastSystem[] } {
  const systems = table('systems');
  const names = systems.required('name');
  const [needs, weights] = [systems.ints('need'), systems.doubles('weight')];
  const origins = systems.required('origin');
  const members = table('system_members');
  const of = names.map((): string[] => []);
  const [inSystem, service, member] = [members.ints('system'), members.ints('service'), members.ints('member')];
  for (const [row, system] of inSystem.entries()) {
    const name = service[row] === -1 ? names[member[row]!] : services[service[row]!];
    const list = of[system];
    if (list === undefined || name === undefined) return members.fail(row, 'a system or member that is not there');
    list.push(name);
  }
  const against = resilienceOf(table('resilience'), names.length, wanted);
  const declared = names.flatMap((name, at): PastSystem[] => {
    const weight = weights[at] ?? systems.fail(at, 'weight: nothing there');
    if (origins[at] !== 'declared') return [];
    return [{ name, need: needs[at]!, weight, members: of[at]!, against: against[at]! }];
  });
  return { count: names.length, declared };
}

const SURVIVALS = ['yes', 'no', 'unknown'] as const;

function resilienceOf(
  table: TableReader<'resilience'>,
  systems: number,
  wanted: ReadonlySet<LayerName>,
): Map<LayerName, PastResilience>[] {
  const found = Array.from({ length: systems }, () => new Map<LayerName, PastResilience>());
  const [system, members, unknown] = [table.ints('system'), table.ints('members'), table.ints('unknown')];
  const [defeating, effective] = [table.ints('defeating'), table.doubles('effective_members')];
  const [one, two] = [table.required('survives_any_one'), table.required('survives_any_two')];
  for (const [row, name] of table.required('layer').entries()) {
    const layer = layerCalled(table, row, name);
    const own = found[system[row]!] ?? table.fail(row, 'system: not one of the systems');
    const survival = (told: string | undefined) =>
      SURVIVALS.find((known) => known === told) ?? table.fail(row, `expected one of ${SURVIVALS.join(', ')}`);
    const value: PastResilience = {
      members: members[row]!,
      unknown: unknown[row]!,
      survivesAnyOne: survival(one[row]),
      survivesAnyTwo: survival(two[row]),
      defeating: defeating[row]!,
      effectiveMembers: effective[row],
    };
    const { effectiveMembers = 1 } = value;
    if (value.members < 0 || value.unknown < 0 || value.defeating < 0) table.fail(row, 'a count below 0');
    // Rounding may leave a member that shares nothing a hair above itself.
    if (!(effectiveMembers >= 0 && effectiveMembers <= value.members + 1e-6)) {
      table.fail(row, 'effective_members: not from 0 to the members');
    }
    if (wanted.has(layer)) own.set(layer, value);
  }
  return found;
}

function evidenceOf(table: TableReader<'evidence_counts'>): Record<EvidenceKind, PastEvidence> {
  const counts: Record<EvidenceKind, PastEvidence> = { signature: NONE, publish: NONE, provenance: NONE };
  const [states, components] = [table.required('state'), table.ints('components')];
  for (const [row, name] of table.required('kind').entries()) {
    const kind = EVIDENCE_KINDS.find((known) => known === name) ?? table.fail(row, 'kind: unknown');
    const count = components[row]!;
    if (count < 0) table.fail(row, 'components: below 0');
    const { verified, invalid, of } = counts[kind];
    counts[kind] = {
      verified: verified + (states[row] === 'verified' ? count : 0),
      invalid: invalid + (states[row] === 'invalid' ? count : 0),
      of: of + count,
    };
  }
  return counts;
}

const NONE: PastEvidence = { verified: 0, invalid: 0, of: 0 };

/** A digest for each section, so that a history holds no config. Whoever cannot be understood is one section. */
function sectionsOf(document: string | undefined): Map<string, string> {
  if (document === undefined) return new Map();
  let config: unknown;
  try {
    config = JSON.parse(document);
  } catch {
    config = undefined;
  }
  if (!isObject(config)) return new Map([['config', sha256(document)]]);
  const sections = Object.entries(config).map(([name, value]): [string, string] => [name, JSON.stringify(value)]);
  // A section that says nothing is as good as none.
  const told = sections.filter(([, text]) => text !== '{}' && text !== '[]');
  return new Map(told.map(([name, text]) => [name, sha256(text)]));
}
