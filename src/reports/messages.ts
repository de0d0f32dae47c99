/** The sentence of every finding. The code and its arguments are the interface; the wording is not. */
import type { Finding } from '../findings.ts';

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
