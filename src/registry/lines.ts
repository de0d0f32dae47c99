/** Release lines: the versions that a caret range holds together (design, section 3). Pure. */
import type { SemVer } from 'semver';
import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';

/**
 * The line of a version: `4` for 4.x.y, `0.3` for 0.3.x, `0.0.7` for 0.0.7, where every patch may break. A prerelease is of
 * the line of the release it precedes.
 *
 * @returns undefined for a text that is no semantic version
 */
export function releaseLine(version: string): string | undefined {
  const parsed = parse(version);
  return parsed === null ? undefined : lineOf(parsed);
}

/** The same, of a version already parsed. */
export function lineOf({ major, minor, patch }: SemVer): string {
  if (major > 0) return `${major}`;
  return minor > 0 ? `0.${minor}` : `0.0.${patch}`;
}

/**
 * The highest version of each line: the highest release, and where a line has none yet the highest prerelease. Texts that
 * are no semantic versions are left out.
 */
export function newestOfLines(versions: Iterable<string>): Map<string, string> {
  const newest = new Map<string, { readonly text: string; readonly released: boolean }>();
  for (const text of versions) {
    const line = lineOfPlain(text) ?? releaseLine(text);
    if (line === undefined) continue;
    const released = !text.includes('-');
    const before = newest.get(line);
    const wins = !before || (before.released === released ? compare(text, before.text) > 0 : released);
    if (wins) newest.set(line, { text, released });
  }
  return new Map([...newest].map(([line, { text }]) => [line, text]));
}

/** The line of a text that is nothing but three numbers, as most versions are: a registry may list thousands. */
function lineOfPlain(text: string): string | undefined {
  const [, major, minor, patch] = /^(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})$/.exec(text) ?? [];
  if (major !== '0') return major;
  return minor === '0' ? `0.0.${patch}` : `0.${minor}`;
}
