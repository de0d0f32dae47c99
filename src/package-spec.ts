/** A package as a person names it on the command line: `name`, `@scope/name`, `name@1.2.3`, `name@^1 || ^2`. */
import Range from 'semver/classes/range.js';
import parse from 'semver/functions/parse.js';

export interface PackageSpec {
  /** Exactly as it was given, with its scope. */
  readonly name: string;
  /** undefined for every version. Pre-releases between its bounds are in it: what is asked about must not be missed. */
  readonly range: Range | undefined;
}

/** No name and no range is longer; npm allows names of 214 characters. */
const LONGEST = 512;
const TAG = /^[a-z][\w.-]*$/i;

/**
 * Reads `name[@range]`. The @ that ends the name is the first one that does not begin it.
 *
 * @returns what was asked for, or a sentence on what is wrong with the text and what was expected
 */
export function parsePackageSpec(text: string): PackageSpec | string {
  const given = text.trim();
  if (given === '') return 'expected a package: name, @scope/name or name@range';
  if (given.length > LONGEST) return `expected a package of at most ${LONGEST} characters`;
  const at = given.indexOf('@', 1);
  const name = at === -1 ? given : given.slice(0, at);
  if (/\s/.test(name)) return `${JSON.stringify(name)} is no package name: it has a space in it`;
  if (name.startsWith('@') && !/^@[^/]+\/[^/]+$/.test(name)) {
    return `${JSON.stringify(name)} is no package name: a scope needs a name behind it, @scope/name`;
  }
  if (at === -1) return { name, range: undefined };
  const wanted = given.slice(at + 1).trim();
  const range = rangeOf(wanted);
  if (range !== undefined) return { name, range };
  if (wanted === '') return `expected a version or a range behind ${JSON.stringify(`${name}@`)}`;
  if (TAG.test(wanted)) {
    return `${JSON.stringify(wanted)} is a tag, and what a tag means changes: expected a version or a range (${name}@1.2.3, ${name}@^1)`;
  }
  return `${JSON.stringify(wanted)} is no range of versions: expected one as package.json has them (${name}@1.2.3, ${name}@^1, ${name}@<2)`;
}

function rangeOf(text: string): Range | undefined {
  if (text === '') return undefined;
  try {
    return new Range(text, { includePrerelease: true });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * Whether a locked version is one of those asked for; exact versions match exactly (5.6.1 is not 5.6.12).
 *
 * @returns undefined where that cannot be told: there is no version, or it is none of semver's
 */
export function isAskedFor({ range }: PackageSpec, version: string | undefined): boolean | undefined {
  if (range === undefined || range.raw === version) return true;
  const read = version === undefined ? null : parse(version, { loose: true });
  return read === null ? undefined : range.test(read);
}
