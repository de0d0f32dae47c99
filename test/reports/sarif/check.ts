/**
 * A SARIF file as its readers take it: valid by the official schema (sarif-schema-2.1.0.json, of oasis-tcs/sarif-spec, laid
 * out anew), with the validator that GitHub's upload action uses, and by what GitHub says it takes.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Validator } from 'jsonschema';
import { expect } from 'vitest';

export interface SarifLocation {
  readonly id?: number;
  readonly message?: { readonly text: string };
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region: { readonly startLine: number; readonly startColumn?: number };
  };
}

export interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string; readonly markdown: string };
  readonly defaultConfiguration: { readonly level: string };
  readonly properties: {
    readonly tags: readonly string[];
    readonly precision: string;
    readonly 'problem.severity': string;
    readonly 'security-severity'?: string;
  };
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
  readonly relatedLocations?: readonly SarifLocation[];
  readonly codeFlows?: readonly {
    readonly threadFlows: readonly { readonly locations: readonly { readonly location: SarifLocation }[] }[];
  }[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
  readonly properties: {
    readonly subject: string;
    readonly confidence: string;
    readonly blastRadius?: number;
    readonly cause?: string;
  };
}

export interface SarifRun {
  readonly tool: {
    readonly driver: { readonly name: string; readonly semanticVersion: string; readonly rules: readonly SarifRule[] };
  };
  readonly automationDetails: { readonly id: string };
  readonly columnKind: string;
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications: readonly {
      readonly level: string;
      readonly message: { readonly text: string };
      readonly descriptor?: { readonly id: string };
      readonly locations?: readonly SarifLocation[];
    }[];
  }[];
  readonly properties: { readonly complete: boolean; readonly results: number; readonly resultsCut: number };
  readonly results: readonly SarifResult[];
}

const schema = JSON.parse(readFileSync(new URL('sarif-schema-2.1.0.json', import.meta.url), 'utf8'));
const validator = new Validator();
/** Results looked at by the validator, which takes its time; all are looked at by what is below. */
const VALIDATED = 60;

/**
 * The run of a SARIF file, when all that GitHub asks of it was seen to hold.
 *
 * @param category of its results
 */
export function checkedRun(text: string, category = 'spof-deps/'): SarifRun {
  const log = JSON.parse(text);
  const run: SarifRun = log.runs[0];
  const some = { ...run, results: run.results.filter((_, at) => at < VALIDATED || at === run.results.length - 1) };
  expect(validator.validate({ ...log, runs: [some] }, schema).errors.map(String)).toEqual([]);
  expect([log.version, log.runs.length, typeof log.$schema]).toEqual(['2.1.0', 1, 'string']);
  expect(gzipSync(text).length).toBeLessThan(10_000_000);
  // Up to the last slash it is the category; without one there is none.
  expect([run.tool.driver.name, run.automationDetails.id]).toEqual(['spof-deps', category]);
  expect(run.columnKind).toBe('utf16CodeUnits');
  expect(run.results.length).toBeLessThanOrEqual(5_000);
  const { rules } = run.tool.driver;
  const marks = run.results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash);
  const problems = [
    ...(new Set(rules.map(({ id }) => id)).size === rules.length ? [] : ['a rule id is there twice']),
    ...(new Set(marks).size === marks.length ? [] : ['a fingerprint is there twice']),
    ...rules.flatMap((rule) => failed(ruleChecks(rule), rule.id)),
    ...run.results.flatMap((result) => failed(resultChecks(result, rules), result.message.text)),
  ];
  expect(problems.slice(0, 10)).toEqual([]);
  return run;
}

type Checks = Readonly<Record<string, boolean>>;

function failed(checks: Checks, about: string): string[] {
  return Object.entries(checks).flatMap(([name, holds]) => (holds ? [] : [`${name}: ${about.slice(0, 300)}`]));
}

const LEVELS = ['note', 'warning', 'error'];
const BANDS = [
  ['critical', 9.1, 10],
  ['high', 7, 8.9],
  ['medium', 4, 6.9],
  ['low', 0.1, 3.9],
] as const;

function ruleChecks(rule: SarifRule): Checks {
  const { id, name, shortDescription, fullDescription, help, defaultConfiguration, properties } = rule;
  const severity = properties['security-severity'];
  const band = BANDS.find(([word]) => id.endsWith(`-${word}`));
  const number = Number(severity);
  return {
    'the id has no version or hash': /^[a-z]+(-[a-z]+)*$/.test(id),
    'the name is short': name.length <= 255,
    'descriptions are there and short': [shortDescription, fullDescription].every(
      ({ text }) => text !== '' && text.length <= 1_024,
    ),
    'help names the page': [help.text, help.markdown].every((text) => text.includes('docs/rules/')),
    'the level is known': LEVELS.includes(defaultConfiguration.level),
    'the precision is known': ['very-high', 'high', 'medium', 'low'].includes(properties.precision),
    'the problem severity is known': ['error', 'warning', 'recommendation'].includes(properties['problem.severity']),
    'tags are few': properties.tags.length <= 10,
    'what has a severity is of security': properties.tags.includes('security') === (severity !== undefined),
    'the severity is that of the id': band
      ? /^\d+\.\d$/.test(severity ?? '') && number >= band[1] && number <= band[2]
      : severity === undefined,
  };
}

function resultChecks(result: SarifResult, rules: readonly SarifRule[]): Checks {
  const related = result.relatedLocations ?? [];
  const steps = (result.codeFlows ?? []).flatMap(({ threadFlows }) =>
    threadFlows.flatMap(({ locations }) => locations.map(({ location }) => location)),
  );
  const places = [...result.locations, ...related, ...steps].map(({ physicalLocation }) => physicalLocation);
  const ids = related.flatMap(({ id }) => id ?? []);
  return {
    'the rule is in the catalogue': rules[result.ruleIndex]?.id === result.ruleId,
    'the level is known': LEVELS.includes(result.level),
    'the fingerprint is a hash and a number': /^[0-9a-f]{64}:[1-9]\d*$/.test(
      result.partialFingerprints.primaryLocationLineHash,
    ),
    'there is nothing that GitHub ignores': !('suppressions' in result) && !('baselineState' in result),
    'there is one place': result.locations.length === 1,
    'other places and steps are few': related.length <= 100 && steps.length <= 1_000,
    'places are files of the repository': places.every(({ artifactLocation }) => isFile(artifactLocation.uri)),
    'regions have a line': places.every(({ region }) => region.startLine >= 1 && (region.startColumn ?? 1) >= 1),
    'ids are different': new Set(ids).size === ids.length,
    'the message links to its places': isMessage(result.message.text, ids),
    'steps have messages': steps.every(({ message }) => isMessage(message?.text ?? '', [])),
  };
}

/** Relative, of nothing but what RFC 3986 lets stand for itself, and no way out of the repository. */
function isFile(uri: string): boolean {
  return /^(?:[A-Za-z0-9._~!'()*/-]|%[0-9A-F]{2})+$/.test(uri) && !/(^|\/)\.{0,2}(\/|$)/.test(uri);
}

/** The links of a message are to its locations, for readers that know escapes and for those that do not. */
function isMessage(text: string, ids: readonly number[]): boolean {
  const links = [...text.matchAll(/(?<!\\)\[((?:[^\\[\]]|\\[\\[\]])*)\]\(([^)]*)\)/g)];
  const isPlain = !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text) && text !== '' && text.length < 60_000;
  const hasPlaceholder = /[{}]/.test(text.replaceAll('{{', '').replaceAll('}}', ''));
  const targets = links.map(([, , target]) => target);
  return isPlain && !hasPlaceholder && targets.join() === ids.join() && text.split('](').length - 1 === ids.length;
}
