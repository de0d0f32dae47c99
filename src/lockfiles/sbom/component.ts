/** What CycloneDX and SPDX say about one package, as the columns of a node. */
import type { NodeFields } from '../../graph/builder.ts';
import { type Digest, integrityOf } from './digest.ts';
import type { SbomNotes } from './notes.ts';
import { parsePurl, purlName } from './purl.ts';
import { placeInside, type Source, sourceOf } from './source.ts';

export interface PackageFacts {
  readonly key: string;
  readonly purl: string | undefined;
  /** Name and version beside the purl, used where the purl has none. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** CycloneDX type or SPDX purpose. */
  readonly purpose: string | undefined;
  /** Distribution URLs, the best known first. */
  readonly urls: readonly string[];
  readonly distributionDigests: readonly Digest[];
  readonly ownDigests: readonly Digest[];
  readonly flags: number;
}

export interface PackageFields {
  readonly fields: NodeFields;
  /** A purl was there and could not be read: the package is kept as one of no ecosystem. */
  readonly invalidPurl: boolean;
  readonly unusableDigests: number;
}

const PUBLISHED = new Set(['library', 'framework', 'operating-system', 'operating_system', 'operatingsystem']);

/**
 * The node of a package, or undefined where it has neither a purl nor a name.
 *
 * @param sbom path of the SBOM
 */
export function packageFields(facts: PackageFacts, sbom: string): PackageFields | undefined {
  const purl = facts.purl === undefined ? undefined : parsePurl(facts.purl);
  const name = purl === undefined ? facts.name : purlName(purl);
  if (name === undefined || name === '') return undefined;
  const ecosystem = purl?.type ?? 'generic';
  const version = purl?.version ?? facts.version;
  const integrity = integrityOf(facts.distributionDigests, facts.ownDigests);
  const known = sourceOf(ecosystem, purl?.qualifiers ?? new Map(), facts.urls);
  // Scanners group what they find under entries named by the kind of file ('node-pkg', 'app/composer.lock'): nobody
  // publishes those, and two images that have one share nothing by it.
  const purpose = facts.purpose?.toLowerCase() ?? '';
  const grouping =
    facts.purl === undefined && version === undefined && known.source === 'registry' && !PUBLISHED.has(purpose);
  const source: Source = grouping ? { source: 'file', resolved: placeInside(sbom, facts.key) } : known;
  return {
    fields: {
      key: facts.key,
      ecosystem,
      name,
      version,
      source: source.source,
      integrity: integrity.text,
      resolved: source.resolved,
      flags: facts.flags,
    },
    invalidPurl: facts.purl !== undefined && purl === undefined,
    unusableDigests: integrity.unusable,
  };
}

/** The root of a file that does not say what it is about. */
export function namelessRoot(key: string): NodeFields {
  return { key, ecosystem: 'generic', name: '', version: undefined, source: 'workspace' };
}

/** Reports what of a package that is kept could not be used. */
export function noteOdd(notes: SbomNotes, found: PackageFields): void {
  if (found.invalidPurl) {
    const what = 'packages with a package URL that cannot be read: kept by name, as of no ecosystem';
    const next = 'write the SBOM again with a tool that writes valid package URLs';
    notes.count('ENTRY_SKIPPED', 'incomplete', what, found.fields.name, next);
  }
  if (found.unusableDigests > 0) {
    const what =
      'packages with digests that are not hexadecimal of the length of a known algorithm: those digests are left out';
    const next = 'write the SBOM again, or compare what it says with the registry';
    notes.count('ENTRY_SKIPPED', 'incomplete', what, found.fields.name, next);
  }
}

/** Reports a package that cannot be kept because nothing says what it is. */
export function noteNameless(notes: SbomNotes, ref: string): void {
  const what = 'packages without a name and without a package URL: left out';
  const next = 'write the SBOM again with a tool that names every package';
  notes.count('ENTRY_SKIPPED', 'incomplete', what, ref, next);
}
