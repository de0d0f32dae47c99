/** Release lines: the versions that a caret range holds together (design, section 3). Pure. */
import type { SemVer } from 'semver';
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
