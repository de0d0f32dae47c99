/** Alerts as SARIF results: message, place, other places, fingerprint and the path by which it gets in. */

import { severityOf } from '../../analysis/alerts/alert.ts';
import type { Alert, Site } from '../../analysis/alerts/index.ts';
import type { Audit } from '../../analysis/audit.ts';
import type { Confidence } from '../../findings.ts';
import type { PathStep } from '../../graph/paths.ts';
import type { Locate } from '../../locate.ts';
import type { Place } from '../../lockfiles/places/index.ts';
import { findingText } from '../messages.ts';
import { count, percent } from '../numbers.ts';
import { forSarifMessage } from '../safe.ts';
import { RULE_INDEX, ruleIdOf } from './catalogue.ts';
import { fingerprints } from './fingerprint.ts';
import { isAboutConfig, type Repo, uriOf } from './place.ts';
import type { AlertPath, PathFinder } from './witnesses.ts';

/** Other lockfiles that a message links to. */
const LINKED = 10;
/** Steps of a path: of longer ones the first, and the last. */
const STEPS = 50;

const SURE: Readonly<Record<Confidence, string>> = {
  verified: 'Proved with keys.',
  locked: 'As lockfiles pin it.',
  assumed: 'In part assumed, because lockfiles have nothing there to compare.',
  declared: 'As manifests and registries declare it.',
  hypothetical: 'Hypothetical: what a new lockfile would take.',
};

/** An alert and the files of the repository that it is found in; the first is its place. */
interface Placed {
  readonly alert: Alert;
  readonly files: readonly { readonly file: string; readonly site: Site | undefined }[];
  /** Sites in other repositories, or nowhere. */
  readonly elsewhere: number;
}

/** @param kept which of the alerts become results, by index; all of them count for fingerprints */
export function* sarifResults(
  audit: Audit,
  alerts: readonly Alert[],
  kept: readonly number[],
  repo: Repo,
  paths: PathFinder,
  locate: Locate,
): Iterable<object> {
  const all = alerts.map((alert) => placedOf(alert, repo));
  const marks = fingerprints(
    alerts,
    all.map(({ files }) => files[0]!.file),
  );
  const results = kept.map((at) => all[at]!);
  const first = results.map(({ files }) => files[0]!.site);
  const found = paths.of(
    results.map(({ alert }) => alert),
    first,
  );
  const places = new Places(locate, results, found);
  for (const [n, placed] of results.entries()) {
    yield resultOf(audit, placed, found[n], places, repo, marks[kept[n]!]!);
  }
}

function placedOf(alert: Alert, repo: Repo): Placed {
  const files = alert.sites.flatMap((site) => {
    const file = repo.fileOf(site.file, isAboutConfig(alert.finding));
    return file === undefined ? [] : [{ file, site }];
  });
  const elsewhere = alert.sites.length - files.length;
  return { alert, files: files.length > 0 ? files : [{ file: repo.standIn, site: undefined }], elsewhere };
}

/** Lines of everything that results name, looked up in one go. */
class Places {
  readonly #places = new Map<Site, Place | undefined>();
  readonly #steps = new Map<string, Site>();

  constructor(locate: Locate, results: readonly Placed[], paths: readonly (AlertPath | undefined)[]) {
    const asked: Alert[] = results.map(({ alert, files }) => ({
      ...alert,
      sites: files.slice(0, LINKED + 1).flatMap(({ site }) => site ?? []),
    }));
    for (const path of paths) {
      for (const { node } of path ? shown(path.steps) : []) {
        const entry = { lockfile: path!.lockfile, node };
        const key = `${entry.lockfile} ${node}`;
        if (!this.#steps.has(key)) this.#steps.set(key, { file: '', entry });
      }
    }
    const [any] = asked;
    if (any) asked.push({ ...any, sites: [...this.#steps.values()] });
    for (const { sites, places } of locate(asked)) {
      for (const [at, site] of sites.entries()) this.#places.set(site, places[at]);
    }
  }

  ofSite(site: Site | undefined): Place | undefined {
    return site && this.#places.get(site);
  }

  ofStep(lockfile: number, node: number): Place | undefined {
    return this.ofSite(this.#steps.get(`${lockfile} ${node}`));
  }
}

function resultOf(
  audit: Audit,
  { alert, files, elsewhere }: Placed,
  path: AlertPath | undefined,
  places: Places,
  repo: Repo,
  fingerprint: string,
): object {
  const { finding, blastRadius, confidence, subject } = alert;
  const ruleId = ruleIdOf(alert);
  const [primary, ...others] = files;
  const linked = others.slice(0, LINKED);
  const flow = path && codeFlow(audit, path, places, repo);
  return {
    ruleId,
    ruleIndex: RULE_INDEX.get(ruleId)!,
    level: finding.level,
    message: { text: messageOf(alert, primary!.site, linked, others.length - linked.length + elsewhere) },
    locations: [location(primary!.file, places.ofSite(primary!.site))],
    ...(linked.length > 0 && {
      relatedLocations: linked.map(({ file, site }, at) => ({ id: at + 1, ...location(file, places.ofSite(site)) })),
    }),
    ...(flow && { codeFlows: [flow] }),
    partialFingerprints: { primaryLocationLineHash: fingerprint },
    properties: {
      // Ids as every other report and the config have them: data, which no reader shows as text.
      subject,
      confidence,
      ...(blastRadius !== undefined && { blastRadius }),
      ...('cause' in finding && { cause: finding.cause }),
    },
  };
}

function messageOf(alert: Alert, placedAt: Site | undefined, linked: Placed['files'], more: number): string {
  const { finding, blastRadius, confidence, sites } = alert;
  const { message, next } = findingText(finding);
  const severity = severityOf(alert);
  const sentences = [`${forSarifMessage(message)}.`];
  if (blastRadius !== undefined && severity) {
    sentences.push(
      `Blast radius ${percent(blastRadius)} (${severity}): the share of all systems, by weight, that is lost.`,
    );
  }
  if (finding.code !== 'INPUT_INCOMPLETE') sentences.push(SURE[confidence]);
  if (placedAt === undefined) {
    sentences.push(
      `This is about ${forSarifMessage(sites[0]!.file) || 'the scan'}, which is no file of this repository.`,
    );
  }
  if (linked.length > 0) {
    const links = linked.map(({ file }, at) => `[${forSarifMessage(file)}](${at + 1})`);
    const last = placedAt !== undefined && more > 0 ? ` and ${count(more, 'more file')}` : '';
    sentences.push(`Also in ${links.join(', ')}${last}.`);
  }
  sentences.push(`Next: ${forSarifMessage(next)}.`);
  return sentences.join(' ');
}

/** @param place undefined for the file as a whole: GitHub shows results at a line, its first */
export function location(file: string, place: Place | undefined): { readonly physicalLocation: object } {
  const region = place ? { startLine: place.line, startColumn: place.column } : { startLine: 1 };
  return { physicalLocation: { artifactLocation: { uri: uriOf(file) }, region } };
}

function codeFlow(
  audit: Audit,
  { service, lockfile, steps }: AlertPath,
  places: Places,
  repo: Repo,
): object | undefined {
  const file = repo.fileOf(audit.fleet.lockfiles[lockfile]!.path, false);
  if (file === undefined) return undefined;
  const left = steps.length - shown(steps).length;
  const locations = shown(steps).map((step, at) => {
    const words = at === 0 && step.asked === undefined ? startText(audit, service, step) : stepText(audit, step);
    const after = left > 0 && at === STEPS - 1 ? `, after ${count(left, 'step')} left out` : '';
    return { location: { message: { text: words + after }, ...location(file, places.ofStep(lockfile, step.node)) } };
  });
  return { threadFlows: [{ locations }] };
}

function shown(steps: readonly PathStep[]): readonly PathStep[] {
  return steps.length > STEPS ? [...steps.slice(0, STEPS - 1), ...steps.slice(-1)] : steps;
}

function startText(audit: Audit, service: number, { node }: PathStep): string {
  const { name, lockfile, project } = audit.services[service]!;
  const isService = audit.fleet.lockfiles[lockfile]!.projects[project]!.node === node;
  return `service ${forSarifMessage(name)}${isService ? '' : ' (tooling of its workspace)'}`;
}

/** `express@5.1.0 (prod ^5)`, with the name it is asked for by where that is another. */
function stepText(audit: Audit, { component, asked }: PathStep): string {
  const { name, version } = audit.fleet.component(component);
  const label = version === undefined ? name : `${name}@${version}`;
  if (asked === undefined) return forSarifMessage(label);
  const alias = asked.name === name ? '' : ` as ${asked.name}`;
  return forSarifMessage(`${label} (${asked.kind}${asked.range === undefined ? '' : ` ${asked.range}`}${alias})`);
}
