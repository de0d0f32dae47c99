/** JSON report of the verify command, schemaVersion 1 (schema/verify.schema.json): every component, with every verdict. */
import { type Audit, isIncomplete } from '../../analysis/audit.ts';
import { lockfilesByComponent } from '../../analysis/holders.ts';
import { packageName } from '../../causes/package.ts';
import { strengthOf } from '../../evidence/evidence.ts';
import { EVIDENCE_KINDS, stateOf, type Verdict } from '../../evidence/state.ts';
import { VERSION } from '../../version.ts';
import { evidenceByService, evidenceHead } from '../evidence-json.ts';
import { jsonList, jsonRemarks } from '../json-pieces.ts';
import type { RunInput } from '../report.ts';

export function* verifyJson({ audit, gates }: RunInput): Iterable<string> {
  yield '{\n';
  yield '  "schemaVersion": 1,\n';
  yield `  "tool": ${JSON.stringify({ name: 'spof-deps', version: VERSION })},\n`;
  yield `  "scope": ${JSON.stringify(audit.scope)},\n`;
  yield `  "complete": ${!isIncomplete(audit)},\n`;
  yield `  "evidence": ${JSON.stringify(evidenceHead(audit))},\n`;
  yield* jsonList('  ', 'evidenceByService', evidenceByService(audit), ',');
  yield* jsonList('  ', 'components', components(audit), ',');
  yield* jsonList('  ', 'gates', gates, ',');
  yield* jsonRemarks(audit);
  yield '}\n';
}

function* components({ fleet, evidence, held }: Audit): Iterable<object> {
  const all = new Set(evidence.components.keys());
  const holders = lockfilesByComponent(fleet, all);
  for (const [c, found] of evidence.components.entries()) {
    if (!held[c]) continue;
    const { build, digest, history, verdicts } = found;
    const component = fleet.component(c);
    yield {
      package: packageName(component),
      version: component.version ?? null,
      source: component.source,
      integrity: component.integrity ?? null,
      strength: strengthOf(found),
      ...Object.fromEntries(EVIDENCE_KINDS.map((kind) => [kind, verdictJson(verdicts[kind])])),
      registryDigest: digest,
      build: build ?? null,
      predecessor: history?.predecessor ?? null,
      lockfiles: holders.get(c) ?? [],
    };
  }
}

function verdictJson(verdict: Verdict): object {
  return { state: stateOf(verdict), ...verdict };
}
