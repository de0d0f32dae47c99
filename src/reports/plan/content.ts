/** What the reports of a plan are made of, and how they name changes, places and numbers. */
import type { Audit } from '../../analysis/audit.ts';
import type { Edit } from '../../analysis/plan/edit.ts';
import type { Step } from '../../analysis/plan/greedy.ts';
import type { Plan } from '../../analysis/plan/plan.ts';
import type { Standing } from '../../analysis/plan/standing.ts';
import type { RingPlan } from '../../analysis/rings/ring-plan.ts';
import type { Simulation } from '../../analysis/simulation/simulation.ts';
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
}

/** @param audit of the fleet that the change is made to */
export function told(audit: Audit, edit: Edit): Told {
  const lockfile = audit.fleet.lockfiles[edit.lockfile]!;
  const services = servicesOf(audit, edit);
  switch (edit.kind) {
    case 'drop': {
      const { target, range } = entryOf(audit, edit);
      const file = manifestAt(lockfile.path, lockfile.projects[edit.project]!.path, lockfile.kind);
      const alias = target === undefined || target === edit.name ? '' : ` (${target})`;
      return { services, file, subject: `${edit.name}${alias}`, from: range, to: undefined, hypothetical: false };
    }
    case 'move': {
      const line = releaseLine(edit.version);
      const from = line === undefined ? edit.version : `${edit.version}, line ^${line}`;
      return { services, file: lockfile.path, subject: edit.name, from, to: undefined, hypothetical: true };
    }
    case 'rehost':
      return { services, file: lockfile.path, subject: edit.host, from: undefined, to: undefined, hypothetical: true };
    case 'replatform': {
      const file = manifestAt(lockfile.path, lockfile.projects[edit.project]!.path, lockfile.kind);
      const to = edit.hypothetical ? undefined : `Node ${edit.to}`;
      return { services, file, subject: 'Node', from: `Node ${edit.from}`, to, hypothetical: edit.hypothetical };
    }
  }
}

/** Services of the lockfile; of a manifest that is of one service alone, that one. */
function servicesOf(audit: Audit, edit: Edit): string[] {
  const of = audit.services.filter(({ lockfile }) => lockfile === edit.lockfile);
  const own = 'project' in edit ? of.filter(({ project }) => project === edit.project) : [];
  return (own.length > 0 ? own : of).map(({ name }) => name);
}

function entryOf({ fleet }: Audit, { lockfile: at, project, name }: Extract<Edit, { kind: 'drop' }>) {
  const { projects, edgeStart, edgeTo, edgeName, edgeRange, component } = fleet.lockfiles[at]!;
  const { node } = projects[project]!;
  for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
    if (edgeTo[e]! < 0 || fleet.strings.text(edgeName[e]!) !== name) continue;
    const range = edgeRange[e]! < 0 ? undefined : fleet.strings.text(edgeRange[e]!);
    return { target: fleet.component(component[edgeTo[e]!]!).name, range };
  }
  return { target: undefined, range: undefined };
}

function manifestAt(lockfile: string, project: string, kind: string): string {
  if (kind === 'cyclonedx' || kind === 'spdx') return lockfile;
  const slash = lockfile.lastIndexOf('/');
  const directory = [slash === -1 ? '' : lockfile.slice(0, slash), project].filter((part) => part !== '').join('/');
  return directory === '' ? 'package.json' : `${directory}/package.json`;
}

/** What to do, in words: safe for the terminal. */
export function editWords(audit: Audit, edit: Edit): string {
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

export function stepWords({ audit, edits }: Step): string {
  return edits.map((edit) => editWords(audit, edit)).join(', ');
}

/** Where a step is made: its services, or how many there are. */
export function stepPlace({ audit, edits }: Step): string {
  const services = [...new Set(edits.flatMap((edit) => told(audit, edit).services))].map(forTerminal);
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
