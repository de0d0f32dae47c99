/** spof-deps impact PACKAGE[@RANGE]... | --list FILE: what is lost if these are bad, and who is to be told. */

import { type Audit, isIncomplete } from '../analysis/audit.ts';
import { impactOf } from '../analysis/impact/impact.ts';
import type { Config } from '../config/load.ts';
import { type Problem, UsageError } from '../errors.ts';
import { EXIT, exitCode } from '../exit.ts';
import type { ImpactHistory } from '../history/index.ts';
import { IncidentBuilder, type IncidentList } from '../incidents/builder.ts';
import { Owners } from '../incidents/owners.ts';
import { readIncidentFiles } from '../incidents/read.ts';
import { ALL, versionsOf } from '../incidents/versions.ts';
import { nearest } from '../nearest.ts';
import { parsePackageSpec } from '../package-spec.ts';
import type { ImpactFormat } from '../reports/formats.ts';
import { type Contacts, type ImpactContent, isListIncomplete } from '../reports/impact/content.ts';
import { impactSarifByRepository } from '../reports/impact/sarif.ts';
import { IMPACT_REPORTS } from '../reports/index.ts';
import type { Run } from '../run.ts';
import { type CommonOptions, graphCache } from './options.ts';
import { type Streams, writeFiles, writeReports } from './output.ts';
import { progressLine } from './progress.ts';
import { runOver } from './running.ts';

export interface ImpactOptions extends CommonOptions<ImpactFormat> {
  readonly in: readonly string[];
  /** Files of incident lists, `-` for stdin. */
  readonly list: readonly string[];
  /** Whether registries are asked: for ranges that lockfiles leave out, and for what tags stand for. */
  readonly verify: boolean;
  /** Directory for a SARIF file of each repository. */
  readonly sarifDir?: string | undefined;
  /** Whether git history is walked for when it was locked, and by which times and branches of it. */
  readonly history: boolean;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly allBranches: boolean;
}

/** Packages for which near names are looked for. */
const MOST_NEAR = 20;

/**
 * Looks for what is bad, writes the reports and returns the exit code: 1 where anything of it is locked.
 *
 * @throws UsageError for arguments that are no package, and lists that cannot be had
 */
export async function impactCommand(
  wanted: readonly string[],
  options: ImpactOptions,
  streams: Streams,
): Promise<number> {
  const builder = new IncidentBuilder();
  addArguments(wanted, options.list, builder);
  await readIncidentFiles(options.list, streams.stdin, builder);
  const list = builder.build();
  const question = { layers: [], verify: options.verify };
  refuseOutsideOfHistory(options);
  const run = await runOver(options.in, options, question, streams);
  const { config, sources, repositories, locate } = run;
  const history = options.history ? await historyFor(run, list, options, streams) : undefined;
  const impact = impactOf(run.audit, list.packages);
  const owners = new Owners(sources);
  const contactsOf = contactsIn(owners, run.audit, config);
  for (const { service } of impact.hits) contactsOf(service);
  const more = [...(history?.diagnostics ?? []), ...owners.diagnostics];
  const audit = { ...run.audit, diagnostics: [...run.audit.diagnostics, ...more] };
  const content = {
    audit,
    impact,
    list,
    near: nearNames(audit, wanted, list),
    top: options.top,
    locate,
    repositories,
    history,
    contactsOf,
  };
  if (options.sarifDir !== undefined) writeFiles(options.sarifDir, impactSarifByRepository(content));
  writeReports(IMPACT_REPORTS, content, options, streams);
  return codeOf(content, options);
}

/** Reports ask for each of a service's packages. */
function contactsIn(owners: Owners, audit: Audit, config: Config): (service: number) => Contacts {
  const known = new Map<number, Contacts>();
  return (service) => {
    const found = known.get(service);
    if (found) return found;
    const { name, lockfile, project } = audit.services[service]!;
    const contact = config.services.get(name)?.contact;
    const contacts = { owners: owners.of(audit.fleet.lockfiles[lockfile]!, project), contact };
    known.set(service, contacts);
    return contacts;
  };
}

function refuseOutsideOfHistory({ history, since, until, allBranches }: ImpactOptions): void {
  const next = 'add --history, or leave them out';
  if (!history && (since !== undefined || until !== undefined || allBranches)) {
    throw new UsageError([{ code: 'USAGE', message: '--since, --until and --all-branches are about --history', next }]);
  }
  if (since !== undefined && until !== undefined && since > until) {
    throw new UsageError([{ code: 'USAGE', message: '--since is after --until', next: 'name the earlier time first' }]);
  }
}

// Walking history is loaded only where it is asked for.
async function historyFor(
  run: Run,
  { packages }: IncidentList,
  options: ImpactOptions,
  streams: Streams,
): Promise<ImpactHistory> {
  const { since, until, allBranches, offline } = options;
  const progress = progressLine(streams, options.quiet);
  const { historyOf } = await import('../history/index.ts');
  return historyOf(run, packages, {
    ...{ window: { since, until }, allBranches, offline, env: streams.env },
    cache: graphCache(options, streams),
    onProgress: (done, total) => progress.step('walking histories', done, total),
  }).finally(() => progress.clear());
}

function codeOf({ audit, impact, list, history }: ImpactContent, options: ImpactOptions): number {
  // What was locked in the time asked about is an incident, whatever is locked now.
  if (history !== undefined && history.exposures.length > 0) return EXIT.gate;
  // What no service reaches is installed along with the rest; in one scope it may just be of the other.
  const isLocked = impact.locked.services.length > 0 || (options.scope === 'all' && impact.unreached.length > 0);
  if (isLocked) return EXIT.gate;
  if (isListIncomplete(list) && !options.allowIncomplete && !isIncomplete(audit)) return EXIT.incomplete;
  return exitCode(audit, [], options);
}

function addArguments(wanted: readonly string[], lists: readonly string[], into: IncidentBuilder): void {
  const problems: Problem[] = [];
  const next = 'spof-deps impact axios@1.14.1 chalk, or spof-deps impact --list FILE';
  if (wanted.length + lists.length === 0) {
    problems.push({ code: 'USAGE', message: 'impact needs packages, or a list of them', next });
  }
  for (const text of wanted) {
    const spec = parsePackageSpec(text);
    if (typeof spec === 'string') {
      problems.push({ code: 'USAGE', message: spec, next });
      continue;
    }
    const versions = spec.range === undefined ? ALL : versionsOf(spec.range.raw);
    if ('problem' in versions) problems.push({ code: 'USAGE', message: `${text}: ${versions.problem}`, next });
    else into.add(spec.name, versions, { file: '' });
  }
  if (problems.length > 0) throw new UsageError(problems);
}

/**
 * By package that no lockfile names, the nearest name that one does, where there is one: of arguments, and of lists that have
 * few such packages.
 */
function nearNames({ fleet }: Audit, wanted: readonly string[], list: IncidentList): Map<string, string | undefined> {
  const names = new Set<string>();
  for (let c = 0; c < fleet.componentCount; c++) names.add(fleet.component(c).name);
  const given = wanted.flatMap((text) => {
    const spec = parsePackageSpec(text);
    return typeof spec === 'string' || names.has(spec.name) ? [] : [spec.name];
  });
  const listed = list.packages.flatMap(({ name }) => (names.has(name) ? [] : [name]));
  const told = new Set(listed.length > MOST_NEAR ? given : [...given, ...listed]);
  return new Map([...told].map((name, at) => [name, at < MOST_NEAR ? nearest(name, names) : undefined]));
}
