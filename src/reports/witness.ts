/** How a cause gets into services: one shortest dependency path in each, as text and as JSON. */
import type { Audit, LayerResult } from '../analysis/audit.ts';
import { type Witness, Witnesses } from '../analysis/witness.ts';
import { isOwn } from '../causes/package.ts';
import type { PathStep } from '../graph/paths.ts';
import { LAYER_NOUNS } from './layer-words.ts';
import { count } from './numbers.ts';
import { forTerminal } from './safe.ts';

/** A cause that a reader wants the paths of. */
export interface ChosenCause {
  readonly layer: LayerResult;
  readonly cause: number;
}

/** Steps of a path named in text; what is between its ends is left out of longer ones. */
const MOST_STEPS = 12;
/** Services named by the terminal report. */
const MOST_SERVICES = 20;

/** One sentence on how the worst cause of a layer gets into the members that it takes down. */
export function worstWitness(audit: Audit, layer: LayerResult, cause: number, members: readonly number[]): string {
  const { name } = layer.table.causes[cause]!;
  const found = new Witnesses(audit).of(layer, cause, members).filter(({ path }) => path !== undefined);
  if (found.length === 0) return '';
  const shown = found.slice(0, 3).map((witness) => witnessText(audit, witness));
  const more = found.length > shown.length ? ` and into ${count(found.length - shown.length)} more` : '';
  return `The worst ${LAYER_NOUNS[layer.table.layer].one}, ${forTerminal(name)}, gets in by ${shown.join('; ')}${more}.`;
}

/** A paragraph for every service that a chosen cause takes down, members of declared systems first. */
export function* witnessTexts(audit: Audit, { layer, cause }: ChosenCause): Iterable<string> {
  const found = new Witnesses(audit).of(layer, cause, membersFirst(audit));
  for (const witness of found.slice(0, MOST_SERVICES)) yield witnessText(audit, witness);
  if (found.length > MOST_SERVICES) {
    yield `and ${count(found.length - MOST_SERVICES, 'more service')} (--format json lists them)`;
  }
}

export function* witnessJson(audit: Audit, { layer, cause }: ChosenCause): Iterable<object> {
  for (const { service, path } of new Witnesses(audit).of(layer, cause, [...audit.services.keys()])) {
    yield {
      service: audit.services[service]!.name,
      path:
        path?.map(({ component, asked }) => {
          const { ecosystem, name, version } = audit.fleet.component(component);
          return {
            package: `${ecosystem}/${name}`,
            version: version ?? null,
            ...(asked && { kind: asked.kind, name: asked.name, range: asked.range ?? null }),
          };
        }) ?? null,
    };
  }
}

/** `pay-a > express@5.1.0 > debug@4.4.3 > ms@2.1.3`. */
export function witnessText(audit: Audit, { service, path }: Witness): string {
  const { name, lockfile, project } = audit.services[service]!;
  if (path === undefined) return `${forTerminal(name)} stands on it as a whole`;
  const { projects } = audit.fleet.lockfiles[lockfile]!;
  const isService = path[0]?.node === projects[project]!.node;
  const steps = path.slice(1).map((step) => stepText(audit, step));
  const shown = steps.length > MOST_STEPS ? [...steps.slice(0, MOST_STEPS - 2), '…', ...steps.slice(-1)] : steps;
  return [forTerminal(name), ...(isService ? [] : ['(tooling of its workspace)']), ...shown].join(' > ');
}

function stepText(audit: Audit, { component }: PathStep): string {
  const found = audit.fleet.component(component);
  const label = found.version === undefined || isOwn(found) ? found.name : `${found.name}@${found.version}`;
  return forTerminal(label);
}

function membersFirst({ systems, services }: Audit): number[] {
  const members = systems.filter(({ origin }) => origin === 'declared').flatMap((system) => system.members);
  return [...new Set([...members, ...services.keys()])];
}
