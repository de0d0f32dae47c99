/** JSON report of the plan command, schemaVersion 1 (schema/plan.schema.json). */
import { isPlanWhole } from '../../analysis/plan/plan.ts';
import type { Standing } from '../../analysis/plan/standing.ts';
import { VERSION } from '../../version.ts';
import { jsonList, jsonRemarks } from '../json-pieces.ts';
import { ringsJson } from '../rings/json.ts';
import { simulationJson } from '../simulation/json.ts';
import { type PlanContent, told } from './content.ts';

export function* planJson(content: PlanContent): Iterable<string> {
  const { audit, plan, rings, simulation, isDetectionGiven } = content;
  const { before, after, bound, ended, budget, layers, systems } = plan;
  const value = (name: string, of: unknown): string => `  ${JSON.stringify(name)}: ${JSON.stringify(of)},\n`;
  yield '{\n';
  yield value('schemaVersion', 1);
  yield value('tool', { name: 'spof-deps', version: VERSION });
  yield value('scope', audit.scope);
  yield value('complete', isPlanWhole(plan));
  yield value('services', audit.services.length);
  yield value('budget', budget);
  yield value('layers', layers);
  const counted = systems ?? [...audit.systems.keys()];
  yield value(
    'systems',
    counted.map((system) => audit.systems[system]!.name),
  );
  yield value('before', standingJson(content, before));
  yield value('after', standingJson(content, after));
  yield value('bound', { most: bound.most, isCoverage: bound.isCoverage });
  yield value('ended', ended);
  yield* jsonList('  ', 'steps', stepsJson(content), ',');
  yield* jsonList('  ', 'beyond', beyondJson(content), ',');
  yield* jsonList('  ', 'untouchable', untouchableJson(content), ',');
  yield value(
    'skipped',
    plan.skipped.map((service) => audit.services[service]!.name),
  );
  yield value('scripts', scriptsJson(content));
  yield value('provenance', provenanceJson(content));
  yield value('rings', ringsJson({ audit, plan: rings, top: Number.POSITIVE_INFINITY }));
  yield value('simulation', simulation ? simulationJson({ audit, simulation, isDetectionGiven }) : null);
  yield* jsonRemarks(audit);
  yield '}\n';
}

/** By name, so that a reader need not count: declared systems, guards and what they protect. */
function standingJson({ audit }: PlanContent, { objective, layers }: Standing): object {
  const declared = audit.systems.filter(({ origin }) => origin === 'declared');
  return {
    objective,
    layers: layers.map(({ layer, causes, defeating, worst, sum, systems, guards }) => ({
      ...{ layer, causes, defeating, worst, sum },
      systems: declared.map(({ name }, at) => ({ system: name, defeating: systems[at]! })),
      guards: audit.guards.flatMap(({ name, protects }, guard) =>
        protects.map((system, at) => ({
          guard: name,
          system: audit.systems[system]!.name,
          together: guards[guard]![at]!,
        })),
      ),
    })),
  };
}

function* stepsJson(content: PlanContent): Iterable<object> {
  for (const { made, edits, before, after } of content.plan.steps) {
    yield {
      changes: edits.map((edit) => {
        const { services, file, subject, from, to, hypothetical } = told(made, edit);
        const lockfile = made.fleet.lockfiles[edit.lockfile]!.path;
        return { kind: edit.kind, services, lockfile, file, subject, from: from ?? null, to: to ?? null, hypothetical };
      }),
      before: standingJson(content, before),
      after: standingJson(content, after),
    };
  }
}

function causeIds({ plan }: PlanContent, layer: string, causes: readonly number[]): string[] {
  const { table } = plan.changed.layers.find((of) => of.table.layer === layer)!;
  return causes.map((cause) => table.causes[cause]!.id);
}

function* beyondJson(content: PlanContent): Iterable<object> {
  for (const { system, layer, fixed, open, least } of content.plan.beyond) {
    yield {
      system: content.audit.systems[system]!.name,
      layer,
      fixed: causeIds(content, layer, fixed),
      open: causeIds(content, layer, open),
      least: least === undefined ? null : { cause: causeIds(content, layer, [least.cause])[0], changes: least.edits },
    };
  }
}

function* untouchableJson(content: PlanContent): Iterable<object> {
  for (const { layer, causes } of content.plan.untouchable) yield { layer, causes: causeIds(content, layer, causes) };
}

function scriptsJson({ audit, plan }: PlanContent): object {
  const { switches, ...rest } = plan.scripts;
  return {
    ...rest,
    switches: switches.map(({ lockfile, services, allow }) => ({
      lockfile: audit.fleet.lockfiles[lockfile]!.path,
      services: services.map((service) => audit.services[service]!.name),
      allow,
    })),
  };
}

function provenanceJson({ audit, plan: { provenance } }: PlanContent): object {
  if (provenance.state === 'unavailable') return provenance;
  const { causes } = audit.packages.table;
  return { ...provenance, top: provenance.top.map(({ cause, ...rest }) => ({ cause: causes[cause]!.id, ...rest })) };
}
