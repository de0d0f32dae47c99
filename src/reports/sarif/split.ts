/** Alerts of a fleet, split by repository: what several share is a result in each of them, with the loss of the whole fleet. */
import type { Alert, Site } from '../../analysis/alerts/index.ts';

/**
 * Splits alerts. Those that are in no repository (a registry that did not answer) are of every one: no repository may be
 * called clean on less than what was looked at.
 *
 * @param repositoryOf where a site of an alert lies; undefined for what is in no repository
 * @returns alerts of a repository in their order, each with its sites there alone
 */
export function splitAlerts<Repository>(
  alerts: readonly Alert[],
  repositoryOf: (alert: Alert, site: Site) => Repository | undefined,
): (repository: Repository) => Alert[] {
  const everywhere: number[] = [];
  // Pairs of an alert and one of its sites: what is under a whole fleet has as many as there are lockfiles.
  const pairs = new Map<Repository, number[]>();
  for (const [at, alert] of alerts.entries()) {
    let isPlaced = false;
    for (const [index, site] of alert.sites.entries()) {
      const repository = repositoryOf(alert, site);
      if (repository === undefined) continue;
      isPlaced = true;
      const known = pairs.get(repository);
      if (known) known.push(at, index);
      else pairs.set(repository, [at, index]);
    }
    if (!isPlaced) everywhere.push(at);
  }
  return (repository) => {
    const found = new Map<number, Site[]>();
    const flat = pairs.get(repository) ?? [];
    for (let p = 0; p < flat.length; p += 2) {
      const [at, index] = [flat[p]!, flat[p + 1]!];
      const site = alerts[at]!.sites[index]!;
      const sites = found.get(at);
      if (sites) sites.push(site);
      else found.set(at, [site]);
    }
    return [...found.keys(), ...everywhere]
      .sort((a, b) => a - b)
      .map((at) => (found.has(at) ? ofRepository(alerts[at]!, found.get(at)!) : alerts[at]!));
  };
}

/** Lockfiles named by a finding of a release. */
const EXAMPLES = 3;

function ofRepository(alert: Alert, sites: readonly Site[]): Alert {
  const { finding } = alert;
  const file = sites[0]!.file;
  if (!('lockfiles' in finding)) return { ...alert, sites, finding: { ...finding, file } };
  const lockfiles = sites.slice(0, EXAMPLES).map((site) => site.file);
  return { ...alert, sites, finding: { ...finding, file, lockfiles } };
}
