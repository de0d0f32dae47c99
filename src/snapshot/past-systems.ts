/** The systems of a run as its snapshot tells them, for a history. */
import type { PastResilience, PastSystem } from '../analysis/past-run.ts';
import type { LayerName } from '../causes/layer.ts';
import type { TableReader } from './parquet-reader.ts';
import { layerCalled } from './past-causes.ts';

/** The tables that tell of systems. */
export interface SystemTables {
  readonly systems: TableReader<'systems'>;
  readonly members: TableReader<'system_members'>;
  readonly resilience: TableReader<'resilience'>;
}

/**
 * @param services names of the services
 * @param wanted layers that are looked at
 * @returns how many systems there are, and the declared ones
 */
export function systemsOf(
  { systems, members, resilience }: SystemTables,
  services: readonly string[],
  wanted: ReadonlySet<LayerName>,
): { count: number; declared: PastSystem[] } {
  const names = systems.required('name');
  const [needs, weights] = [systems.ints('need'), systems.doubles('weight')];
  const origins = systems.required('origin');
  const of = names.map((): string[] => []);
  const [inSystem, service, member] = [members.ints('system'), members.ints('service'), members.ints('member')];
  for (const [row, system] of inSystem.entries()) {
    const name = service[row] === -1 ? names[member[row]!] : services[service[row]!];
    const list = of[system];
    if (list === undefined || name === undefined) return members.fail(row, 'a system or member that is not there');
    list.push(name);
  }
  const against = resilienceOf(resilience, names.length, wanted);
  const declared = names.flatMap((name, at): PastSystem[] => {
    const weight = weights[at] ?? systems.fail(at, 'weight: nothing there');
    if (needs[at]! < 0 || !(weight >= 0)) systems.fail(at, 'need or weight below 0');
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
