/** Which repositories of an owner are wanted. Pure. */
import { Minimatch } from 'minimatch';
import { type Problem, UsageError } from '../../errors.ts';

/** As the command line gives it. */
export interface SelectionOptions {
  /** 'archived', 'forks'; a comma between them. */
  readonly include?: string | undefined;
  /** One of them is enough. */
  readonly topics?: readonly string[] | undefined;
  readonly languages?: readonly string[] | undefined;
  /** Globs on the name, or with a slash on owner and name. */
  readonly repositories?: readonly string[] | undefined;
  /** YYYY-MM-DD, UTC. */
  readonly pushedSince?: string | undefined;
}

/** What of a repository decides, as its host lists it. */
export interface Candidate {
  /** Owner and name, `acme/pay`. */
  readonly path: string;
  readonly archived: boolean;
  readonly fork: boolean;
  readonly disabled: boolean;
  readonly empty: boolean;
  /** ISO 8601; undefined where it is not known. Not earlier than the last push. */
  readonly pushedAt: string | undefined;
  readonly language: string | undefined;
  readonly topics: readonly string[];
}

/** Why a repository is left out; a closed list. */
export const REASONS = ['archived', 'a fork', 'disabled', 'empty', 'not asked for'] as const;
export type Reason = (typeof REASONS)[number];

/** @returns why a repository is left out, or undefined */
export type Selection = (candidate: Candidate) => Reason | undefined;

const INCLUDES = ['archived', 'forks'];
const LONGEST_GLOB = 256;

/**
 * @throws UsageError
 */
export function selectionOf(options: SelectionOptions): Selection {
  const { include = '', topics = [], languages = [], repositories = [], pushedSince } = options;
  const included = include
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const problems = [
    ...included
      .filter((part) => !INCLUDES.includes(part))
      .map((part) => wrong(`--include ${shown(part)}`, INCLUDES.join(', '))),
    ...repositories
      .filter((glob) => !isGlob(glob))
      .map((glob) => wrong(`--repo ${shown(glob)}`, 'a glob such as pay-*')),
    ...(pushedSince === undefined || isDate(pushedSince)
      ? []
      : [wrong(`--pushed-since ${shown(pushedSince)}`, 'a date such as 2026-01-31')]),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  const globs = repositories.map(
    (glob) => new Minimatch(glob, { nocase: true, dot: true, nocomment: true, nonegate: true }),
  );
  const isWanted = (candidate: Candidate): boolean =>
    oneOf(topics, candidate.topics) &&
    oneOf(languages, candidate.language === undefined ? [] : [candidate.language]) &&
    (globs.length === 0 || globs.some((glob) => glob.match(subject(glob, candidate.path)))) &&
    (pushedSince === undefined || candidate.pushedAt === undefined || candidate.pushedAt.slice(0, 10) >= pushedSince);
  return (candidate) => {
    if (!isWanted(candidate)) return 'not asked for';
    if (candidate.archived && !included.includes('archived')) return 'archived';
    if (candidate.fork && !included.includes('forks')) return 'a fork';
    if (candidate.disabled) return 'disabled';
    return candidate.empty ? 'empty' : undefined;
  };
}

function subject({ pattern }: Minimatch, path: string): string {
  return pattern.includes('/') ? path : path.slice(path.lastIndexOf('/') + 1);
}

function oneOf(wanted: readonly string[], there: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const lower = new Set(there.map((each) => each.toLowerCase()));
  return wanted.some((each) => lower.has(each.toLowerCase()));
}

function isGlob(text: string): boolean {
  return text !== '' && text.length <= LONGEST_GLOB;
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function wrong(what: string, expected: string): Problem {
  return { code: 'USAGE', message: `${what}: expected ${expected}`, next: 'see spof-deps --help' };
}
