/** The sentence of every finding. The code and its arguments are the interface; the wording is not. */
import type { ConcentratedCode, Finding } from '../findings.ts';
import { KIND_NAMES, reasonText } from './evidence-words.ts';
import { incidentText } from './impact/messages.ts';
import { LAYER_NOUNS } from './layer-words.ts';
import { count, percent } from './numbers.ts';

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
    case 'SHARED_PACKAGE':
      return {
        message: `${finding.name} is under ${count(finding.services, 'service')}; if it is bad, ${lostText(finding)} (${percent(finding.sameBytes)} of them run the same bytes; versions ${finding.versions.slice(0, VERSIONS).join(', ')}${finding.versions.length > VERSIONS ? ', …' : ''})`,
        next: 'put services that back each other up into different update rings, or move one of them to other code',
      };
    case 'CONCENTRATED_MAINTAINER':
    case 'CONCENTRATED_OWNER':
    case 'CONCENTRATED_BUILDER':
    case 'CONCENTRATED_REGISTRY':
    case 'CONCENTRATED_RUNTIME':
      return {
        message: `${CONCENTRATED_WORDS[finding.code]} ${finding.name} stands behind ${count(finding.services, 'service')}${finding.packages === 0 ? '' : ` by ${count(finding.packages, 'package')}`}; if it is bad, ${lostText(finding)}`,
        next: CONCENTRATED_NEXT[finding.code],
      };
    case 'REDUNDANCY_DEFEATED':
      return {
        message: `${finding.system} does not survive any one of ${count(finding.count, LAYER_NOUNS[finding.layer].one, LAYER_NOUNS[finding.layer].many)}: ${listed(finding)}`,
        next: 'put its members into different update rings, or move one of them to other code',
      };
    case 'BLIND_GUARD':
      return {
        message: `guard ${finding.guard} goes down together with ${finding.system}, which it protects, by ${count(finding.count)} of the ${count(finding.of, LAYER_NOUNS[finding.layer].one, LAYER_NOUNS[finding.layer].many)} that defeat it: ${listed(finding)}`,
        next: 'build the guard of something else than what it guards',
      };
    case 'UNSIGNED_SHARED_PACKAGE':
      return {
        message: `${lockedRelease(finding)}, is under ${count(finding.services, 'service')} and has no signature, which its registry gives others`,
        next: 'find out how it was published; a release that is signed is the better choice',
      };
    case 'ENTRY_UNBOUND':
      return {
        message: `${count(finding.entries)} of ${count(finding.of, 'entry', 'entries')} have no digest that what is installed could be checked against: ${finding.packages.join(', ')}${finding.entries > finding.packages.length ? ', …' : ''}`,
        next: 'make the lockfile anew with a package manager that writes sha512',
      };
    case 'SOURCE_UNEXPECTED':
      return {
        message:
          finding.source === 'http'
            ? `${lockedRelease(finding)}, comes from ${finding.host} without TLS: anybody on the way can change it`
            : `${lockedRelease(finding)}, comes from ${finding.source === 'git' ? 'a git repository' : 'a URL'} (${finding.host}), not from a registry`,
        next: 'take it from a registry, or make sure that nobody else can change what is there',
      };
    case 'BAD_VERSION_LOCKED':
    case 'BAD_VERSION_ADMITTED':
    case 'BAD_VERSION_UNKNOWN':
    case 'BAD_PACKAGE_WATCHED':
      return incidentText(finding);
    case 'INPUT_INCOMPLETE':
      return { message: finding.message, next: finding.next };
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

/** Versions that a sentence names. */
const VERSIONS = 5;

export const CONCENTRATED_WORDS: Readonly<Record<ConcentratedCode, string>> = {
  CONCENTRATED_MAINTAINER: 'account',
  CONCENTRATED_OWNER: 'source owner',
  CONCENTRATED_BUILDER: 'build platform',
  CONCENTRATED_REGISTRY: 'registry',
  CONCENTRATED_RUNTIME: 'runtime',
};

export const CONCENTRATED_NEXT: Readonly<Record<ConcentratedCode, string>> = {
  CONCENTRATED_MAINTAINER:
    'delay its new releases (a release-age gate), and keep one member of each redundancy off them',
  CONCENTRATED_OWNER: 'delay its new releases (a release-age gate), and keep one member of each redundancy off them',
  CONCENTRATED_BUILDER: 'delay new releases, and keep one member of each redundancy off what it builds',
  CONCENTRATED_REGISTRY: 'keep a mirror that goes on without it, with digests pinned',
  CONCENTRATED_RUNTIME: 'run one member of each redundancy on another major, or update it at another time',
};

function lostText({ lost, of }: { readonly lost: number; readonly of: number }): string {
  return lost === of ? `all ${count(of, 'system')} are lost` : `${count(lost)} of ${count(of, 'system')} are lost`;
}

function listed({ causes, count: all }: { readonly causes: readonly string[]; readonly count: number }): string {
  return `${causes.join(', ')}${all > causes.length ? ` and ${count(all - causes.length)} more` : ''}`;
}

function lockedRelease({
  package: name,
  version,
  lockfiles,
}: Extract<Finding, { readonly lockfiles: unknown }>): string {
  return `${name}@${version}, locked in ${lockfiles.join(', ')}`;
}
