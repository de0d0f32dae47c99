/** JSON report of the impact command, schemaVersion 1 (schema/impact.schema.json). */
import type { Hit } from '../../analysis/impact/hits.ts';
import { rankedEntries } from '../../analysis/impact/impact.ts';
import type { Loss } from '../../analysis/impact/loss.ts';
import { ImpactPaths } from '../../analysis/impact/paths.ts';
import { VERSION } from '../../version.ts';
import { jsonList, jsonRemarks } from '../json-pieces.ts';
import { heldVersions, type ImpactContent, isImpactIncomplete, scopeWord } from './content.ts';
import { historyJson } from './history-json.ts';

export function* impactJson(content: ImpactContent): Iterable<string> {
  const { audit, impact, list, near } = content;
  yield '{\n  "schemaVersion": 1,\n';
  yield `  "tool": ${JSON.stringify({ name: 'spof-deps', version: VERSION })},\n`;
  yield `  "scope": ${JSON.stringify(audit.scope)},\n`;
  yield `  "complete": ${!isImpactIncomplete(content)},\n`;
  const { lockfiles, unread } = impact;
  yield `  "lockfiles": ${JSON.stringify({ read: lockfiles, unread })},\n`;
  yield `  "list": ${JSON.stringify({
    files: list.lists,
    packages: list.packages.length,
    statements: list.statements,
    duplicates: list.duplicates,
    withdrawn: list.withdrawn,
    otherEcosystems: Object.fromEntries(list.others),
    unreadable: list.unreadable,
    contradictions: list.contradictions,
    absent: impact.absent,
  })},\n`;
  yield* jsonList('  ', 'unreadable', list.problems, ',');
  yield* jsonList('  ', 'contradictions', list.contradicting, ',');
  yield* jsonList(
    '  ',
    'unknownPackages',
    [...near].map(([name, other]) => ({ name, near: other ?? null })),
    ',',
  );
  yield `  "of": ${JSON.stringify({ services: audit.services.length, systems: audit.systems.length })},\n`;
  yield `  "locked": ${JSON.stringify(lossJson(content, impact.locked))},\n`;
  yield `  "lockedOrAdmitted": ${JSON.stringify(lossJson(content, impact.admitted))},\n`;
  yield* jsonList('  ', 'packages', packages(content), ',');
  yield* jsonList('  ', 'services', services(content), ',');
  const stale = impact.unreached.map(({ entry, lockfile, components }) => ({
    lockfile: audit.fleet.lockfiles[lockfile]!.path,
    package: impact.entries[entry]!.bad.name,
    versions: heldVersions(audit, components),
  }));
  yield* jsonList('  ', 'unreached', stale, ',');
  yield* historyJson(content);
  yield* jsonRemarks(audit);
  yield '}\n';
}

function lossJson({ audit }: ImpactContent, { services, weight, systems, blastRadius, blinded }: Loss): object {
  const systemName = (system: number): string => audit.systems[system]!.name;
  return {
    services: services.map((service) => audit.services[service]!.name),
    weight,
    lostSystems: systems.map(systemName),
    blastRadius,
    blindGuards: blinded.map(({ guard, touched, lost }) => ({
      guard: audit.guards[guard]!.name,
      touched: touched.map(systemName),
      lost: lost.map(systemName),
    })),
  };
}

function* packages({ audit, impact }: ImpactContent): Iterable<object> {
  for (const at of rankedEntries(impact)) {
    const { bad, services, loss } = impact.entries[at]!;
    yield {
      name: bad.name,
      bad: { all: bad.all, versions: [...bad.versions].sort(), ranges: [...bad.ranges], unsaid: bad.unsaid },
      records: bad.records,
      services: { ...services },
      lostSystems: loss.systems.map((system) => audit.systems[system]!.name),
      blastRadius: loss.blastRadius,
    };
  }
}

/** Services with a hit, in the order of the fleet. */
function* services(content: ImpactContent): Iterable<object> {
  const { audit, impact } = content;
  const paths = new ImpactPaths(audit);
  for (let from = 0; from < impact.hits.length; ) {
    const { service } = impact.hits[from]!;
    let to = from;
    while (impact.hits[to]?.service === service) to++;
    const { name, weight, lockfile } = audit.services[service]!;
    const { owners, contact } = content.contactsOf(service);
    yield {
      service: name,
      weight,
      lockfile: audit.fleet.lockfiles[lockfile]!.path,
      owners,
      contact: contact ?? null,
      hits: impact.hits.slice(from, to).map((hit) => hitJson(content, paths, hit)),
    };
    from = to;
  }
}

function hitJson({ audit, impact }: ImpactContent, paths: ImpactPaths, hit: Hit): object {
  return {
    package: impact.entries[hit.entry]!.bad.name,
    status: hit.status,
    versions: heldVersions(audit, hit.components),
    scope: scopeWord(hit),
    direct: hit.direct,
    wouldTake: hit.takes,
    installScript: hit.status === 'name-only' ? null : hit.scripts,
    waits: hit.waits,
    path:
      paths.to(hit)?.map(({ component, asked }) => {
        const { ecosystem, name, version } = audit.fleet.component(component);
        return {
          package: `${ecosystem}/${name}`,
          version: version ?? null,
          ...(asked && { kind: asked.kind, name: asked.name, range: asked.range ?? null }),
        };
      }) ?? null,
  };
}
