/** Names that columns and fields of lists have, spaces, underscores, hyphens and case aside; the first that is there counts. */

export const NAME_FIELDS = [
  'packagename',
  'package',
  'purl',
  'npmpackage',
  'module',
  'modulename',
  'dependency',
  'name',
];
export const VERSION_FIELDS = [
  'badversions',
  'maliciousversions',
  'compromisedversions',
  'affectedversions',
  'vulnerableversions',
  'infectedversions',
  'badversion',
  'maliciousversion',
  'compromisedversion',
  'affectedversion',
  'vulnerableversion',
  'infectedversion',
  'vulnerableversionrange',
  'versionrange',
  'affectedrange',
  'versions',
  'version',
  'range',
  'packageversion',
];
export const ECOSYSTEM_FIELDS = ['ecosystem', 'packageecosystem', 'packagemanager', 'registry', 'type', 'platform'];
/** What npm's ecosystem is called. */
const NPM_WORDS = new Set(['', 'npm', 'node', 'nodejs', 'node.js', 'javascript', 'js']);

export function normalField(name: string): string {
  return name
    .slice(0, 100)
    .toLowerCase()
    .replace(/[\s_-]+/g, '');
}

export function isNpm(ecosystem: string): boolean {
  return NPM_WORDS.has(ecosystem.trim().toLowerCase());
}

/** Whether a line is the header of a table of packages and versions. */
export function isHeader(name: string, rest: string): boolean {
  return NAME_FIELDS.includes(normalField(name)) && VERSION_FIELDS.includes(normalField(rest));
}
