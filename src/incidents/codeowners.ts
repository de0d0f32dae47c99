/**
 * CODEOWNERS, as GitHub and GitLab read it: who owns a path. The last pattern that matches decides, in GitLab's files the last
 * of each section.
 *
 * - https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 * - https://docs.gitlab.com/user/project/codeowners/reference/
 *
 * Patterns are matched part by part, in time linear in path and pattern for each star, whatever they are.
 */

export interface CodeOwners {
  /** In the order of the file. */
  readonly sections: readonly (readonly OwnedPattern[])[];
  /** Lines that are no rule, or are beyond what is read. */
  readonly skipped: number;
}

interface OwnedPattern {
  /** Parts between slashes; `**` stands for any number of them. */
  readonly parts: readonly string[];
  /** Whether what is below a directory it names is meant as well. */
  readonly isDeep: boolean;
  /** GitLab: `!pattern` takes a path out of its section. */
  readonly isExclusion: boolean;
  readonly owners: readonly string[];
}

/** GitHub reads no larger ones. */
export const LARGEST_CODEOWNERS = 3 * 1024 * 1024;
const MOST_RULES = 50_000;
const LONGEST_LINE = 10_000;
const LONGEST_PATTERN = 1000;
const MOST_OWNERS = 50;
const OWNER = /^(?:@@?[^\s@]+|[^\s@]+@[^\s@]+)$/;

type Dialect = 'github' | 'gitlab';

/** @param isGitLab by where it lies; sections are GitLab's in any case */
export function readCodeOwners(text: string, isGitLab: boolean): CodeOwners {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const dialect: Dialect = isGitLab || lines.some((line) => sectionOf(line) !== undefined) ? 'gitlab' : 'github';
  const sections: OwnedPattern[][] = [[]];
  const byName = new Map<string, OwnedPattern[]>();
  let [rules, skipped] = [0, 0];
  let fallback: readonly string[] = [];
  for (const line of lines) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const section = dialect === 'gitlab' ? sectionOf(line) : undefined;
    if (section) {
      fallback = section.owners;
      // Sections of one name are one.
      const known = byName.get(section.name) ?? [];
      if (!byName.has(section.name)) sections.push(known);
      byName.set(section.name, known);
      if (sections.at(-1) !== known) {
        sections.splice(sections.indexOf(known), 1);
        sections.push(known);
      }
      continue;
    }
    const rule = rules < MOST_RULES ? ruleOf(text, dialect, fallback) : undefined;
    if (rule) {
      rules++;
      sections.at(-1)!.push(rule);
    } else skipped++;
  }
  return { sections, skipped };
}

/** Owners of a path, each once; none where no rule has any. @param path POSIX, from the root of the repository */
export function ownersOf({ sections }: CodeOwners, path: string): string[] {
  const parts = path.split('/');
  const owners = sections.flatMap((rules) => {
    const matching = (rule: OwnedPattern): boolean => matches(rule, parts);
    const last = rules.findLast(matching);
    return last === undefined || last.isExclusion ? [] : last.owners;
  });
  return [...new Set(owners)];
}

function sectionOf(line: string): { readonly name: string; readonly owners: readonly string[] } | undefined {
  const text = line.slice(0, LONGEST_LINE).trim();
  const open = text.startsWith('^[') ? 1 : text.startsWith('[') ? 0 : -1;
  const close = open === -1 ? -1 : text.indexOf(']', open);
  if (close <= open + 1) return undefined;
  const rest = text.slice(close + 1).replace(/^\[\d{1,9}\]/, '');
  // What goes on after the bracket is a pattern with a set of characters.
  if (rest !== '' && !/^\s/.test(rest)) return undefined;
  return { name: text.slice(open + 1, close).toLowerCase(), owners: ownersIn(rest) };
}

function ruleOf(text: string, dialect: Dialect, fallback: readonly string[]): OwnedPattern | undefined {
  if (text.length > LONGEST_LINE) return undefined;
  const [pattern, rest] = splitPattern(text);
  if (pattern.length > LONGEST_PATTERN) return undefined;
  const isExclusion = pattern.startsWith('!');
  // GitHub knows neither negation nor sets of characters.
  if (dialect === 'github' && (isExclusion || /[[\]]/.test(pattern))) return undefined;
  const given = ownersIn(rest);
  const bare = isExclusion ? pattern.slice(1) : pattern;
  if (bare === '' || bare === '/') return undefined;
  return { ...partsOf(bare, dialect), isExclusion, owners: given.length > 0 ? given : fallback };
}

function partsOf(pattern: string, dialect: Dialect): Pick<OwnedPattern, 'parts' | 'isDeep'> {
  const isDirectory = pattern.endsWith('/');
  const inner = pattern.replace(/^\//, '').replace(/\/$/, '');
  // A slash that is not the last ties a pattern of GitHub's to the root; one of GitLab's only where it begins with it.
  const isTied = pattern.startsWith('/') || (dialect === 'github' && inner.includes('/'));
  const parts = inner.split('/').filter((part) => part !== '');
  const from = isTied ? parts : ['**', ...parts];
  if (isDirectory) return { parts: [...from, '**'], isDeep: false };
  // `docs/*` is what lies in docs, and nothing below it.
  return { parts: from, isDeep: !(parts.length > 1 && parts.at(-1) === '*') };
}

/** Up to the first space that no backslash stands before. */
function splitPattern(text: string): [string, string] {
  let pattern = '';
  let at = 0;
  for (; at < text.length && !/\s/.test(text[at]!); at++) {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    pattern += text[at]!;
  }
  return [pattern, text.slice(at)];
}

function ownersIn(text: string): string[] {
  const owners: string[] = [];
  for (const word of text.split(/\s+/)) {
    if (word.startsWith('#')) break;
    if (OWNER.test(word) && owners.length < MOST_OWNERS) owners.push(word);
  }
  return owners;
}

/** By row of the pattern: which prefixes of the path it has matched so far. */
function matches({ parts, isDeep }: OwnedPattern, path: readonly string[]): boolean {
  let reached = [true, ...path.map(() => false)];
  for (const part of parts) {
    const next = reached.map(() => false);
    let open = false;
    for (let at = 0; at <= path.length; at++) {
      if (part === '**') {
        open ||= reached[at]!;
        next[at] = open;
      } else if (at > 0) next[at] = reached[at - 1]! && partMatches(part, path[at - 1]!);
    }
    reached = next;
  }
  // What matches a directory has all that is in it.
  return isDeep ? reached.slice(1).some(Boolean) : reached.at(-1)! && path.length > 0;
}

/** `*` is any characters, `?` is one. The last star alone is gone back to, which is enough. */
function partMatches(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star !== -1) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
