/** Many cases as one project and one registry, so that a manager runs twice for all of them. */
import type { Case } from './case.ts';
import type { ManagerName } from './managers.ts';
import { observe } from './observe.ts';
import { merged, type Project, type Settings, type Universe } from './project.ts';

/** Services of a case that took the patch, and those that were said to, before and without asking the registry. */
export interface Result {
  readonly taken: readonly string[];
  readonly predicted: readonly string[];
  readonly predictedOffline: readonly string[];
}

/**
 * What one manager does with some cases of one group.
 *
 * @returns by name of the case, only with services that are its own: what the root depends on is built along for all
 * @throws Refused where it finds no solution
 */
export async function observeAll(manager: ManagerName, cases: readonly Case[]): Promise<Map<string, Result>> {
  const lines = cases.map(({ name, line, isNew = false }) => ({ name, line, isNew }));
  const observations = await observe(manager, universeOf(cases), projectOf(manager, cases), lines);
  return new Map(
    cases.map(({ name, projects }, at) => {
      const own = (services: readonly string[]) => services.filter((service) => Object.hasOwn(projects, service));
      const { taken, predicted, predictedOffline } = observations[at]!;
      return [name, { taken: own(taken), predicted: own(predicted), predictedOffline: own(predictedOffline) }] as const;
    }),
  );
}

function universeOf(cases: readonly Case[]): Universe {
  return {
    packages: Object.assign({}, ...cases.map(({ packages }) => packages)),
    tags: Object.assign({}, ...cases.map(({ tags }) => tags)),
    files: Object.assign({}, ...cases.map(({ files }) => files)),
  };
}

function projectOf(manager: ManagerName, cases: readonly Case[]): Project {
  let projects: Project['projects'] = {};
  let settings: Settings = {};
  for (const one of cases) {
    projects = { ...projects, ...one.projects, '': merged(projects[''] ?? {}, one.projects[''] ?? {}) };
    settings = { ...merged({ ...settings }, { ...one.settings?.[manager] }) };
  }
  return { projects, settings: { [manager]: settings } };
}
