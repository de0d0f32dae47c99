/**
 * What a snapshot says of its run for a history: a few columns of its result tables, never its graphs. They are believed as
 * the run wrote them; `diff` audits again.
 */
import type { PastCause, PastEvidence, PastLayer, PastRun } from '../analysis/past-run.ts';
import type { LayerName } from '../causes/layer.ts';
import { EVIDENCE_KINDS, type EvidenceKind } from '../evidence/state.ts';
import { isObject } from '../json.ts';
import { checkedTable, headOf, reading } from './head.ts';
import type { TableReader } from './parquet-reader.ts';
import { layerCalled, PastCauses } from './past-causes.ts';
import { systemsOf } from './past-systems.ts';
import { sha256 } from './run-info.ts';
import type { TABLES } from './tables.ts';

/** A run as far as one snapshot tells it. */
export interface Past {
  readonly run: Omit<PastRun, 'joined' | 'left'>;
  readonly services: ReadonlySet<string>;
}

type ReadTable = Exclude<keyof typeof TABLES, 'run'>;

/**
 * Reads a run.
 *
 * @param top causes of each layer
 * @param wanted layers that are looked at
 * @throws UsageError SNAPSHOT_INVALID
 */
export function readPast(path: string, top: number, wanted: ReadonlySet<LayerName>): Past {
  return reading(path, (parts) => {
    const head = headOf(parts, path);
    const { mode, config } = head.info;
    const table = <Name extends ReadTable>(name: Name): TableReader<Name> => checkedTable(parts, name, head.info, path);
    const services = table('services').required('name');
    const of = { systems: table('systems'), members: table('system_members'), resilience: table('resilience') };
    const systems = systemsOf(of, services, wanted);
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
        layers: layersOf(table('layers'), new PastCauses(table('causes')), top, wanted),
        declared: systems.declared,
        evidence: mode === 'off' ? undefined : evidenceOf(table('evidence_counts')),
        config: sectionsOf(config?.document),
      },
      services: new Set(services),
    };
  });
}

function layersOf(
  layers: TableReader<'layers'>,
  causes: PastCauses,
  top: number,
  wanted: ReadonlySet<LayerName>,
): Map<LayerName, PastLayer> {
  const first = new Map<LayerName, PastCause[]>();
  causes.each((layer, row, rank) => {
    if (rank === undefined || rank > top || !wanted.has(layer)) return;
    const own = first.get(layer) ?? [];
    first.set(layer, own);
    own.push(causes.at(row));
  });
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
