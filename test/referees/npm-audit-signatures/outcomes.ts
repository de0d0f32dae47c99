/** What npm and spof-deps answered, package by package, and how the two compare. */

import { EVIDENCE_KINDS, type EvidenceKind, REASONS, type Reason } from '../../../src/evidence/state.ts';
import { asString, isObject } from '../../../src/json.ts';
import type { NpmOutcome, Ours } from './case.ts';

export interface NpmAnswer {
  /** Code of the error that stopped the run. */
  readonly stopped: string | undefined;
  /** Code by package name. */
  readonly invalid: ReadonlyMap<string, string>;
  readonly missing: ReadonlySet<string>;
  /** Those with attestations, all of which are right. */
  readonly attested: ReadonlySet<string>;
}

/** @param stdout of `npm audit signatures --json --include-attestations` */
export function npmAnswer(stdout: string): NpmAnswer {
  const report: unknown = JSON.parse(stdout);
  if (!isObject(report)) throw new Error(`no report of npm: ${stdout}`);
  const { error } = report;
  const list = (key: string) => {
    const entries = report[key];
    if (Array.isArray(entries)) return entries.filter(isObject);
    if (isObject(error)) return [];
    throw new Error(`npm's report has no ${key}: ${stdout}`);
  };
  const names = (key: string) => list(key).map(({ name }) => asString(name) ?? '');
  return {
    stopped: isObject(error) ? (asString(error.code) ?? 'without a code') : undefined,
    invalid: new Map(list('invalid').map(({ name, code }) => [asString(name) ?? '', asString(code) ?? ''])),
    missing: new Set(names('missing')),
    attested: new Set(names('verified')),
  };
}

/** @param verified whether npm counted the package among those with a registry signature */
export function npmOutcome(answer: NpmAnswer, name: string, verified: boolean): NpmOutcome {
  const code = answer.invalid.get(name);
  if (answer.stopped !== undefined) return `stops ${answer.stopped}`;
  if (code !== undefined) return `invalid ${code}`;
  if (answer.missing.has(name)) return 'missing';
  return verified ? 'verified' : 'silent';
}

/** @param stdout of `spof-deps verify --json` */
export function ourAnswer(stdout: string): Map<string, Ours> {
  const report: unknown = JSON.parse(stdout);
  const components: unknown[] = isObject(report) && Array.isArray(report.components) ? report.components : [];
  return new Map(
    components.filter(isObject).map((component) => {
      const name = asString(component.package)?.replace(/^npm\//, '') ?? '';
      const reasons = Object.fromEntries(EVIDENCE_KINDS.map((kind) => [kind, reasonOf(component[kind])]));
      return [name, reasons as Record<EvidenceKind, Reason>];
    }),
  );
}

function reasonOf(verdict: unknown): Reason {
  const reason = isObject(verdict) ? asString(verdict.reason) : undefined;
  const known = Object.keys(REASONS).find((one): one is Reason => one === reason);
  if (known === undefined) throw new Error(`not a verdict: ${JSON.stringify(verdict)}`);
  return known;
}

/** `none`: not judged. */
type Judgement = 'accepted' | 'missing' | 'refused' | 'none';

/** How one release fares with both, where they do not say the same. */
export type Relation = 'same' | 'npm accepts' | 'npm refuses' | 'npm stops' | 'npm alone' | 'neither';

export function relationOf(npm: NpmOutcome, ours: Ours): Relation {
  const [theirs, own] = [judgementOfNpm(npm), ourJudgement(ours)];
  if (npm.startsWith('stops')) return 'npm stops';
  if (theirs === 'none' && own === 'none') return 'neither';
  if (theirs === own) return 'same';
  if (own === 'none') return 'npm alone';
  return theirs === 'accepted' ? 'npm accepts' : 'npm refuses';
}

function judgementOfNpm(outcome: NpmOutcome): Judgement {
  if (outcome === 'verified') return 'accepted';
  if (outcome === 'missing') return 'missing';
  return outcome.startsWith('invalid') ? 'refused' : 'none';
}

/** Attestations that are not advertised, or that nobody could judge, take nothing from a right signature. */
function ourJudgement(ours: Ours): Judgement {
  const states = EVIDENCE_KINDS.map((kind) => REASONS[ours[kind]]);
  if (states.includes('invalid')) return 'refused';
  const [signature] = states;
  if (signature === 'missing' || EVIDENCE_KINDS.some((kind) => ours[kind] === 'not-served')) return 'missing';
  return signature === 'verified' && !states.includes('unchecked') ? 'accepted' : 'none';
}
