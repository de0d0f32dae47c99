/** What the reports of a plan are made of, and how they name changes, places and numbers. */
import type { Audit } from '../../analysis/audit.ts';
import type { Edit } from '../../analysis/plan/edit.ts';
import type { Made, Step } from '../../analysis/plan/greedy.ts';
import type { Plan } from '../../analysis/plan/plan.ts';
import type { Standing } from '../../analysis/plan/standing.ts';
import type { RingPlan } from '../../analysis/rings/ring-plan.ts';
import type { Simulation } from '../../analysis/simulation/simulation.ts';
import { isDevEdge } from '../../graph/model.ts';
import { releaseLine } from '../../registry/lines.ts';
import { count } from '../numbers.ts';
import { forTerminal } from '../safe.ts';

export interface PlanContent {
  readonly audit: Audit;
  readonly plan: Plan;
  /** Of the fleet as it is. */
  readonly rings: RingPlan;
  /** Where it was asked for: before the plan and its rings, and after. */
  readonly simulation: Simulation | undefined;
  readonly isDetectionGiven: boolean;
  /** Rows of each table. */
  readonly top: number;
}

/** Names in one sentence. */
export const EXAMPLES = 3;

/** What stands in for code that nobody has chosen yet. */
export const HYPOTHETICAL = 'hypothetical';

/** A change as data for reports: where it is made, and what it is. */
export interface Told {
  /** Services that it is made to, by name. */
  readonly services: readonly string[];
  /** The file to change, or what says so, from the root of the scan. */
  readonly file: string;
  /** What is changed: a package, a host, Node. */
  readonly subject: string;
  /** What is there now and what is to be. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly hypothetical: boolean;
  /** Whether its manifest names it for development alone. */
  readonly building: boolean;
}

/** @param audit the fleet that the change is made to */
export function told(audit: Made, edit: Edit): Told {
  const lockfile = audit.fleet.lockfiles[edit.lockfile]!;
  const services = servicesOf(audit, edit);
  switch (edit.kind) {
    case 'drop': {
      const { target, range, building } = entryOf(audit, edit);
      const file = manifestAt(lockfile.path, lockfile.projects[edit.project]!.path, lockfile.kind);
      const alias = target === undefined || target === edit.name ? '' : ` (${target})`;
      return {
        services,
        file,
        subject: `${edit.name}${alias}`,
        from: range,
        to: undefined,
        hypothetical: false,
        building,
      };
    }
    case 'move': {
      const line = releaseLine(edit.version);
      const from = line === undefined ? edit.version : `${edit.version}, line ^${line}`;
      return {
        services,
        file: lockfile.path,
        subject: edit.name,
        from,
        to: undefined,
        hypothetical: true,
        building: false,
      };
    }
    case 'rehost':
      return {
        services,
        file: lockfile.path,
        subject: edit.host,
        from: undefined,
        to: undefined,
        hypothetical: true,
        building: false,
      };
    case 'replatform': {
      const file = manifestAt(lockfile.path, lockfile.projects[edit.project]!.path, lockfile.kind);
      const to = edit.hypothetical ? undefined : `Node ${edit.to}`;
      return {
        services,
        file,
        subject: 'Node',
        from: `Node ${edit.from}`,
        to,
        hypothetical: edit.hypothetical,
        building: false,
      };
    }
  }
}

/** Services of the lockfile; of a manifest that is of one service alone, that one. */
function servicesOf(audit: Made, edit: Edit): string[] {
  const of = audit.services.filter(({ lockfile }) => lockfile === edit.lockfile);
  const own = 'project' in edit ? of.filter(({ project }) => project === edit.project) : [];
  return (own.length > 0 ? own : of).map(({ name }) => name);
}

function entryOf({ fleet }: Made, { lockfile: at, project, name }: Extract<Edit, { kind: 'drop' }>) {
  const { projects, edgeStart, edgeTo, edgeKind, edgeName, edgeRange, component } = fleet.lockfiles[at]!;
  const { node } = projects[project]!;
  const id = fleet.strings.find(name);
  const edges: number[] = [];
  for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++)
    if (edgeName[e] === id && edgeTo[e]! >= 0) edges.push(e);
  const [first] = edges;
  if (first === undefined) return { target: undefined, range: undefined, building: false };
  const range = edgeRange[first]! < 0 ? undefined : fleet.strings.text(edgeRange[first]!);
  const building = edges.every((edge) => isDevEdge(edgeKind[edge]!));
  return { target: fleet.component(component[edgeTo[first]!]!).name, range, building };
}

function manifestAt(lockfile: string, project: string, kind: string): string {
  if (kind === 'cyclonedx' || kind === 'spdx') return lockfile;
  const slash = lockfile.lastIndexOf('/');
  const directory = [slash === -1 ? '' : lockfile.slice(0, slash), project].filter((part) => part !== '').join('/');
  return directory === '' ? 'package.json' : `${directory}/package.json`;
}

/** What to do, in words: safe for the terminal. */
export function editWords(audit: Made, edit: Edit): string {
  const { subject, from, to } = told(audit, edit);
  const what = forTerminal(subject);
  const now = from === undefined ? '' : ` (${forTerminal(from)})`;
  switch (edit.kind) {
    case 'drop':
      return `drop or replace ${what}${now}`;
    case 'move':
      return `move ${what}${now} to another release line`;
    case 'rehost':
      return `have another registry serve what ${what} does`;
    case 'replatform':
      return `run on ${to ?? 'another major of Node'} instead of ${from}`;
  }
}

export function stepWords({ made, edits }: Step): string {
  return edits.map((edit) => editWords(made, edit)).join(', ');
}

/** Where a step is made: its services, or how many there are. */
export function stepPlace({ made, edits }: Step): string {
  const services = [...new Set(edits.flatMap((edit) => told(made, edit).services))].map(forTerminal);
  return services.length <= EXAMPLES ? services.join(', ') : `${services[0]!} and ${count(services.length - 1)} more`;
}

/** A sum of blast radii, as people read it: two decimals are enough to see what changes. */
export function sumWords(sum: number): string {
  const text = sum.toFixed(2);
  const [whole, rest] = text.split('.');
  return `${count(Number(whole))}.${rest}`;
}

/** By declared system and layer: what defeats it before and after, where that changed. */
export function systemChanges({ audit, plan }: PlanContent, before: Standing, after: Standing) {
  const declared = audit.systems.filter(({ origin }) => origin === 'declared');
  return declared.flatMap((system, at) =>
    plan.layers.flatMap((layer) => {
      const [now, then] = [before, after].map(
        (standing) => standing.layers.find((of) => of.layer === layer)!.systems[at]!,
      );
      return now === then ? [] : [{ system: system.name, layer, before: now!, after: then! }];
    }),
  );
}
