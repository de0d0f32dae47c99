/** Patterns of package names, as package managers and bots write them, matched in linear time. */
import type { NamePattern } from '../../graph/policies.ts';

/** Longer than any name or sensible pattern. */
const LONGEST = 512;

/** A name, taken literally. */
export function exactName(text: string, sure = true): NamePattern {
  return { text, style: 'exact', negated: false, folded: false, sure };
}

/** A name in which `*` stands for any characters (pnpm, Dependabot). */
export function starName(text: string, sure = true): NamePattern {
  const style = text.length > LONGEST ? 'unknown' : text.includes('*') ? 'star' : 'exact';
  return { text, style, negated: false, folded: false, sure };
}

/** A glob over a name's segments (minimatch, micromatch), of names and stars; with other magic it is not decidable. */
export function globName(text: string, { folded = false, sure = true } = {}): NamePattern {
  const style = text.length > LONGEST || /[?[\]{}()!\\]/.test(text) ? 'unknown' : 'glob';
  return { text, style, negated: false, folded, sure };
}

/** A condition that says nothing by the name alone. */
export const UNDECIDABLE: NamePattern = { text: '', style: 'unknown', negated: false, folded: false, sure: false };

/** Whether a name matches a pattern; `unknown` where that cannot be told. */
export function matchesName(pattern: NamePattern, name: string): 'yes' | 'no' | 'unknown' {
  const { style, negated, folded, sure } = pattern;
  if (style === 'unknown' || name.length > LONGEST) return 'unknown';
  const text = folded ? pattern.text.toLowerCase() : pattern.text;
  const given = folded ? name.toLowerCase() : name;
  const matches =
    style === 'exact' ? text === given : style === 'star' ? matchesStars(text, given) : matchesGlob(text, given);
  if (matches === negated) return 'no';
  return sure ? 'yes' : 'unknown';
}

/** Whether a list with negated entries takes a name: one of the others matches (or there is none), and none takes it out. */
export function matchesList(patterns: readonly NamePattern[], name: string): 'yes' | 'no' | 'unknown' {
  const positive = patterns.filter(({ negated }) => !negated).map((pattern) => matchesName(pattern, name));
  const negative = patterns.filter(({ negated }) => negated).map((pattern) => matchesName(pattern, name));
  if (patterns.length === 0 || negative.includes('no')) return 'no';
  const isIn =
    positive.length === 0 || positive.includes('yes') ? 'yes' : positive.includes('unknown') ? 'unknown' : 'no';
  return isIn === 'yes' && negative.includes('unknown') ? 'unknown' : isIn;
}

/** Whether any of a list matches. */
export function matchesAny(patterns: readonly NamePattern[], name: string): 'yes' | 'no' | 'unknown' {
  let result: 'no' | 'unknown' = 'no';
  for (const pattern of patterns) {
    const matches = matchesName(pattern, name);
    if (matches === 'yes') return 'yes';
    if (matches === 'unknown') result = 'unknown';
  }
  return result;
}

/** The first piece at the start, the last at the end, those between one after the other: the leftmost place is the best. */
function matchesStars(pattern: string, name: string): boolean {
  const pieces = pattern.split('*');
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (pieces.length === 1) return pattern === name;
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/** A name has one segment, or two with a scope. */
function matchesGlob(pattern: string, name: string): boolean {
  const parts = name.split('/');
  const segments = pattern.split('/').filter((each, at, all) => each !== '**' || all[at - 1] !== '**');
  const isGap = segments.map((segment) => segment === '**');
  // Places in the pattern that the segments of the name so far may have led to.
  let places = closed(new Set([0]), isGap);
  for (const part of parts) {
    const next = new Set<number>();
    for (const place of places) {
      if (place >= segments.length) continue;
      if (isGap[place]) next.add(place);
      else if (matchesStars(segments[place]!, part)) next.add(place + 1);
    }
    places = closed(next, isGap);
  }
  return places.has(segments.length);
}

function closed(places: Set<number>, isGap: readonly boolean[]): Set<number> {
  for (const place of places) if (isGap[place]) places.add(place + 1);
  return places;
}
