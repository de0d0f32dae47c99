/** The frame of a SARIF file: the tool with all its rules, what of the run is missing, and the results. */
import type { Alert } from '../../analysis/alerts/index.ts';
import type { Revision } from '../../sources/revision.ts';
import { VERSION } from '../../version.ts';
import { jsonList } from '../json-pieces.ts';
import { count } from '../numbers.ts';
import { forSarifMessage } from '../safe.ts';
import { SARIF_RULES } from './catalogue.ts';
import type { SarifContent } from './files.ts';
import type { Repo } from './place.ts';
import { location, sarifResults } from './results.ts';

/** GitHub keeps so many results of a run, and takes none of a run with more than 25,000. */
const RESULTS = 5_000;
/** Notifications of what is missing; the results say it too. */
const NOTIFICATIONS = 100;

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** The same in every file, and made once. */
let rules: string | undefined;

/** @param alerts of the repository, the greatest loss first */
export function* sarifLog(
  { audit, alerts: all, locate, paths, complete, kind }: SarifContent,
  alerts: readonly Alert[],
  repo: Repo,
): Iterable<string> {
  const kept = keptOf(alerts);
  yield `{\n  "$schema": ${JSON.stringify(SCHEMA)},\n  "version": "2.1.0",\n  "runs": [\n    {\n`;
  yield '      "tool": {\n        "driver": {\n          "name": "spof-deps",\n';
  yield `          "semanticVersion": ${JSON.stringify(VERSION)},\n`;
  rules ??= [...jsonList('          ', 'rules', SARIF_RULES, '')].join('');
  yield rules;
  yield '        }\n      },\n';
  yield `      "automationDetails": { "id": "spof-deps/${kind}" },\n      "columnKind": "utf16CodeUnits",\n`;
  yield `      "invocations": [\n        {\n          "executionSuccessful": ${complete},\n`;
  const cut = alerts.length - kept.length;
  const missing = all.filter(({ finding }) => finding.code === 'INPUT_INCOMPLETE').length;
  yield* jsonList('          ', 'toolExecutionNotifications', notifications(alerts, cut, missing, repo), '');
  yield '        }\n      ],\n';
  if (repo.revision) yield `      "versionControlProvenance": ${JSON.stringify([versionOf(repo.revision)])},\n`;
  const counts = { complete, scope: audit.scope, results: kept.length, resultsCut: cut, ...originOf(repo) };
  yield `      "properties": ${JSON.stringify(counts)},\n`;
  yield* jsonList('      ', 'results', sarifResults(audit, alerts, kept, repo, paths, locate), '');
  yield '    }\n  ]\n}\n';
}

/** SARIF 2.1.0, 3.23. */
function versionOf({ url, commit, branch }: Revision): object {
  return {
    repositoryUri: url,
    ...(commit === undefined ? {} : { revisionId: commit }),
    ...(branch === undefined ? {} : { branch }),
  };
}

/** Who says so: what a checkout says of itself is no reason to upload anything anywhere. */
function originOf({ revision }: Repo): object {
  return revision === undefined ? {} : { repositoryFrom: revision.says };
}

/** The alerts that become results, by index: errors and what is missing before others, then by rank. */
function keptOf(alerts: readonly Alert[]): number[] {
  const all = [...alerts.keys()];
  if (all.length <= RESULTS) return all;
  const isFirst = (at: number): boolean => {
    const { level, code } = alerts[at]!.finding;
    return level === 'error' || code === 'INPUT_INCOMPLETE';
  };
  return [...all.filter(isFirst), ...all.filter((at) => !isFirst(at))].slice(0, RESULTS).sort((a, b) => a - b);
}

/** @param missing of the whole run, also in other repositories */
function* notifications(alerts: readonly Alert[], cut: number, missing: number, repo: Repo): Iterable<object> {
  if (cut > 0) {
    yield notification(
      'warning',
      `${count(alerts.length, 'finding')}, of which the first ${count(RESULTS)} are results here, errors before others: GitHub keeps no more. --format json has all of them.`,
    );
  }
  let own = 0;
  for (const { finding } of alerts) {
    if (finding.code !== 'INPUT_INCOMPLETE' || ++own > NOTIFICATIONS) continue;
    const { file, line, column, reason, message, next } = finding;
    const known = repo.fileOf(file, false);
    const place = line === undefined ? undefined : { line, column: column ?? 1 };
    yield {
      ...notification(
        'error',
        forSarifMessage(`${known === undefined && file !== '' ? `${file}: ` : ''}${message}; ${next}`),
      ),
      descriptor: { id: reason },
      ...(known !== undefined && { locations: [location(known, place)] }),
    };
  }
  if (own > NOTIFICATIONS)
    yield notification('error', `${count(own - NOTIFICATIONS)} more are missing in the same way.`);
  if (missing > own) {
    yield notification(
      'error',
      `In other repositories of the scan ${count(missing - own, 'input')} could not be read or asked: numbers are lower bounds.`,
    );
  }
}

function notification(level: 'warning' | 'error', text: string) {
  return { level, message: { text } };
}
