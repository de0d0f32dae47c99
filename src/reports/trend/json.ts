/** The trend as JSON (schema/trend.schema.json): every number by run, null where a run does not have it. */
import type { PastResilience, PastRun } from '../../analysis/past-run.ts';
import { type CauseTrend, isTrendWhole, type SystemTrend } from '../../analysis/trend.ts';
import { VERSION } from '../../version.ts';
import { jsonList } from '../json-pieces.ts';
import type { TrendContent } from './parts.ts';

export function* trendJson({ trend }: TrendContent): Iterable<string> {
  const { runs, breaks, layers, systems, unread } = trend;
  yield '{\n  "schemaVersion": 1,\n';
  yield `  "tool": ${JSON.stringify({ name: 'spof-deps', version: VERSION })},\n`;
  yield `  "complete": ${isTrendWhole(trend)},\n`;
  yield* jsonList('  ', 'runs', runs.map(runJson), ',');
  yield* jsonList('  ', 'breaks', breaks, ',');
  yield '  "layers": {';
  for (const [at, { layer, causes, left }] of layers.entries()) {
    yield `${at === 0 ? '' : ','}\n    ${JSON.stringify(layer)}: {\n      "notShown": ${left},\n`;
    yield* jsonList('      ', 'causes', causes.map(causeJson), '');
    yield '    }';
  }
  yield '\n  },\n';
  yield* jsonList('  ', 'systems', systems.map(systemJson), ',');
  yield* jsonList('  ', 'unread', unread, '');
  yield '}\n';
}

function runJson(run: PastRun): object {
  const { file, readAt, tool, scope, complete, lockfiles, unread, services, joined, left, systems } = run;
  return {
    ...{ file, readAt, tool, scope, complete, lockfiles, unread, services, joined, left, systems },
    layers: Object.fromEntries(
      [...run.layers].map(([layer, { causes, defeating, known, of }]) => [layer, { causes, defeating, known, of }]),
    ),
    declared: run.declared.map(({ name, need, weight, members }) => ({ name, need, weight, members })),
    evidence: run.evidence ?? null,
  };
}

function causeJson({ id, name, values }: CauseTrend): object {
  return {
    id,
    name,
    blastRadius: values.map((value) => value?.blastRadius ?? null),
    rank: values.map((value) => value?.rank ?? null),
    lostSystems: values.map((value) => value?.lost ?? null),
    reach: values.map((value) => value?.reach ?? null),
  };
}

function systemJson({ name, layers }: SystemTrend): object {
  const told = (values: readonly (PastResilience | undefined)[]): object => ({
    services: values.map((value) => value?.members ?? null),
    unknown: values.map((value) => value?.unknown ?? null),
    effectiveMembers: values.map((value) => value?.effectiveMembers ?? null),
    defeating: values.map((value) => value?.defeating ?? null),
    survivesAnyOne: values.map((value) => value?.survivesAnyOne ?? null),
    survivesAnyTwo: values.map((value) => value?.survivesAnyTwo ?? null),
  });
  return { name, layers: Object.fromEntries(layers.map(({ layer, values }) => [layer, told(values)])) };
}
