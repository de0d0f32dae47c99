/** JSON report of the compare command, schemaVersion 1 (schema/compare.schema.json). */
import { isIncomplete } from '../../analysis/audit.ts';
import type { Change } from '../../analysis/separation.ts';
import { VERSION } from '../../version.ts';
import { jsonList, jsonRemarks } from '../json-pieces.ts';
import type { CompareContent } from './terminal.ts';

export function* compareJson({ audit, comparison }: CompareContent): Iterable<string> {
  const { independence, separations } = comparison;
  const name = (service: number): string => audit.services[service]!.name;
  yield '{\n';
  yield '  "schemaVersion": 1,\n';
  yield `  "tool": ${JSON.stringify({ name: 'spof-deps', version: VERSION })},\n`;
  yield `  "scope": ${JSON.stringify(audit.scope)},\n`;
  yield `  "complete": ${!isIncomplete(audit)},\n`;
  yield `  "services": ${JSON.stringify(independence.services.map(name))},\n`;
  yield `  "unread": ${JSON.stringify(independence.unread.map(name))},\n`;
  const layers = independence.layers.map(({ layer, sizes, union, inAll, inSome, pairs, effective }) => {
    const { causes } = audit.layers.find(({ table }) => table.layer === layer)!.table;
    return {
      layer,
      sizes,
      union,
      inAll: inAll.map((cause) => causes[cause]!.id),
      inSome: inSome.map((cause) => causes[cause]!.id),
      effectiveMembers: effective ?? null,
      pairs: pairs.map(({ a, b, shared, jaccard = null, aInB = null, bInA = null }) => ({
        a: name(a),
        b: name(b),
        shared,
        jaccard,
        aInB,
        bInA,
      })),
    };
  });
  yield* jsonList('  ', 'layers', layers, ',');
  const changes = separations.map(({ layer, separation }) => ({
    layer,
    causes: separation.causes.length,
    changes: separation.changes.map((change) => changeJson(name(change.service), change)),
    impossible: separation.impossible.map(name),
  }));
  yield* jsonList('  ', 'separations', changes, ',');
  yield* jsonRemarks(audit);
  yield '}\n';
}

function changeJson(service: string, { packages, least, effect }: Change): object {
  return { service, packages, least, effect };
}
