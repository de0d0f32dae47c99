/** The sentence of every finding. The code and its arguments are the interface; the wording is not. */
import type { Finding } from '../findings.ts';
import { KIND_NAMES, reasonText } from './evidence-words.ts';

export interface FindingText {
  readonly message: string;
  readonly next: string;
}

export function findingText(finding: Finding): FindingText {
  switch (finding.code) {
    case 'DIGEST_DIFFERS':
      return {
        message: `${finding.package}@${finding.version} is locked with different digests: ${finding.variants
          .map((variant) => `${variant.artifact} in ${variant.lockfiles.join(', ')}`)
          .join('; ')}`,
        next: 'find out which registry served which bytes; one name and version should be one artifact',
      };
    case 'EVIDENCE_INVALID':
      return {
        message: `the ${KIND_NAMES[finding.kind]} of ${lockedRelease(finding)}, is invalid: ${reasonText(finding.reason)}${finding.detail === '' ? '' : ` (${finding.detail})`}`,
        next: 'do not install or deploy it before it is known why: compare the locked bytes with the source, and how the entry came into the lockfile',
      };
    case 'INTEGRITY_DIFFERS':
      return {
        message: `${lockedRelease(finding)}, has a digest that the registry does not serve: ${finding.locked}`,
        next: 'find out where the locked bytes come from; a registry of your own must be named in your npm configuration',
      };
    case 'PROVENANCE_LOST':
      return {
        message: `${lockedRelease(finding)}, was published without ${finding.what === 'provenance' ? 'provenance' : 'trusted publishing'}, which ${finding.since} had`,
        next: `look at how it was published; until that is clear, stay on ${finding.since}`,
      };
    case 'SOURCE_CHANGED': {
      const word = finding.what === 'repository' ? 'from' : 'by';
      return {
        message: `${lockedRelease(finding)}, was built ${word} ${finding.now}, and ${finding.since} ${word} ${finding.before}`,
        next: 'find out whether its maintainers moved it',
      };
    }
    case 'SOURCE_DIFFERS':
      return {
        message: `${lockedRelease(finding)}, was built from ${finding.attested}, and its manifest declares ${finding.declared}`,
        next: 'find out which of the two its maintainers own',
      };
    case 'IGNORE_EXPIRED':
      return {
        message: `the ignore of ${finding.cause} expired on ${finding.expires} and has no effect`,
        next: 'renew it with a new date, or delete it',
      };
    case 'IGNORE_WITHOUT_REASON':
      return {
        message: `the ignore of ${finding.cause} has no reason and has no effect`,
        next: 'add a reason',
      };
    case 'IGNORE_STALE':
      return {
        message: `the ignore of ${finding.cause} matches nothing${finding.near === '' ? '' : `; did you mean ${finding.near}?`}`,
        next: 'correct the id, or delete the entry',
      };
  }
}

function lockedRelease({
  package: name,
  version,
  lockfiles,
}: Extract<Finding, { readonly lockfiles: unknown }>): string {
  return `${name}@${version}, locked in ${lockfiles.join(', ')}`;
}
