/**
 * Turning off install scripts where nothing needs them: in lockfiles that say which packages have one, all others are not to
 * run any. It lowers no rank: it takes a way in from releases that are yet to come. Pure.
 */
import { isOwn } from '../../causes/package.ts';
import { closureOf } from '../../graph/closure.ts';
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import { NODE_FLAGS } from '../../graph/model.ts';
import { scriptsRun } from '../../lockfiles/policies/install-scripts.ts';
import type { Audit } from '../audit.ts';
import { tellsScripts } from '../impact/scripts.ts';

export interface ScriptSwitch {
  readonly lockfile: number;
  /** Its services, ascending. */
  readonly services: readonly number[];
  /** Packages that have an install script now and may run it: these go on. By name; empty: nothing needs scripts. */
  readonly allow: readonly string[];
}

/** Where an install script of the next release of a package would run, should it have one. */
export interface ScriptExposure {
  /** Services in which one of some package would, and those in which nobody can tell. */
  readonly run: number;
  readonly unknown: number;
  /** Pairs of a service and a package that it holds whose script would run, or may. */
  readonly pairs: number;
}

export interface ScriptPlan {
  readonly switches: readonly ScriptSwitch[];
  /** Lockfiles that do not say which of their packages have an install script, and let some run: nothing is proposed. */
  readonly untold: number;
  readonly before: ScriptExposure;
  /** The same, computed of the fleet with the switches set. */
  readonly after: ScriptExposure;
}

export function scriptPlan(audit: Audit): ScriptPlan {
  const { fleet } = audit;
  const held = heldNodes(audit);
  const switches: ScriptSwitch[] = [];
  let untold = 0;
  fleet.lockfiles.forEach((lockfile, at) => {
    const services = [...audit.services.keys()].filter((service) => audit.services[service]!.lockfile === at);
    const nodes = new Set(services.flatMap((service) => held[service]!));
    const open = [...nodes].filter((node) => mayRun(fleet, lockfile, node));
    if (lockfile.policies.overrides.manager === undefined || open.length === 0) return;
    if (!tellsScripts(lockfile)) {
      untold++;
      return;
    }
    const needed = open.filter((node) => lockfile.flags[node]! & NODE_FLAGS.installScript);
    const allow = new Set(needed.map((node) => fleet.component(lockfile.component[node]!).name));
    const closes = open.some((node) => !allow.has(fleet.component(lockfile.component[node]!).name));
    if (closes) switches.push({ lockfile: at, services, allow: [...allow].sort() });
  });
  const after = withSwitches(fleet, switches);
  return { switches, untold, before: exposureOf(audit, fleet, held), after: exposureOf(audit, after, held) };
}

/** A fleet in which no scripts run but those that are allowed. What was given stays as it is. */
export function withSwitches(fleet: Fleet, switches: readonly ScriptSwitch[]): Fleet {
  const allowed = new Map(switches.map(({ lockfile, allow }) => [lockfile, allow]));
  return fleet.withPolicies(({ policies }, lockfile) => {
    const allow = allowed.get(lockfile);
    if (allow === undefined) return policies;
    const rules = allow.map((name) => ({ name, versions: undefined, answer: 'run' as const }));
    return { ...policies, scripts: { variants: [{ otherwise: 'skip', rules }] } };
  });
}

function exposureOf({ services }: Audit, fleet: Fleet, held: readonly (readonly number[])[]): ScriptExposure {
  let [run, unknown, pairs] = [0, 0, 0];
  services.forEach((service, index) => {
    const lockfile = fleet.lockfiles[service.lockfile]!;
    const answers = new Map<string, string>();
    for (const node of held[index]!) {
      const { name } = fleet.component(lockfile.component[node]!);
      if (!answers.has(name)) answers.set(name, scriptsRun(lockfile.policies.scripts, name, undefined));
    }
    const found = [...answers.values()].filter((answer) => answer !== 'skip');
    pairs += found.length;
    if (found.includes('run')) run++;
    else if (found.length > 0) unknown++;
  });
  return { run, unknown, pairs };
}

/** By service: the nodes of what others wrote that it holds. Everything is installed, whatever the scope. */
function heldNodes({ fleet, services }: Audit): number[][] {
  return services.map(({ lockfile: at, project }) => {
    const lockfile = fleet.lockfiles[at]!;
    const { nodes, own } = closureOf(lockfile, project);
    return [...nodes].filter((node) => !own.has(node) && !isOwn(fleet.component(lockfile.component[node]!)));
  });
}

/** Whether the next release of a package would or may run a script. */
function mayRun(fleet: Fleet, lockfile: FleetLockfile, node: number): boolean {
  const { name } = fleet.component(lockfile.component[node]!);
  return scriptsRun(lockfile.policies.scripts, name, undefined) !== 'skip';
}
