/**
 * The rules: what each finding code means, why it matters and what to do, for machines that show help beside a result. The
 * pages of docs/rules/ tell people the same at length. A code without a rule does not compile.
 */
import { type Finding, ruleName } from '../findings.ts';

/** How many of a rule's findings are right, in the words of GitHub; from the least sure confidence its findings have. */
export type Precision = 'very-high' | 'high' | 'medium' | 'low';

export interface Rule {
  /** Title, also of its page. */
  readonly name: string;
  /** One sentence. This and `what` with `why` are at most 1,024 characters: GitHub takes no more. */
  readonly short: string;
  readonly what: string;
  readonly why: string;
  /** A message as such a finding has it. */
  readonly example: string;
  readonly next: string;
  /** The version that brought it. */
  readonly since: string;
  /** Of its findings, unless they say otherwise. */
  readonly level: Finding['level'];
  readonly precision: Precision;
  readonly tags: readonly string[];
  /** Whether its findings may be about something that systems are lost with: then it has a rule for each severity. */
  readonly loses: boolean;
}

/** Where a rule is explained at length, from the root of the repository of spof-deps. */
export function rulePage(code: Finding['code']): string {
  return `docs/rules/${ruleName(code)}.md`;
}

const LOSS = { since: '0.1.0', level: 'warning', loses: true } as const;
const PLAIN = { since: '0.1.0', level: 'warning', loses: false } as const;
const SHARED = ['supply-chain', 'reliability'] as const;
const CHAIN = ['supply-chain'] as const;

const CONCENTRATION =
  'Whoever controls it can change what every one of these services runs, and redundancy among them does not help. Signatures do not change that: what is signed by the right hand is still one hand.';
const RELEASE_AGE = 'Delay its new releases with a release-age gate, and keep one member of each redundancy off them.';

export const RULES: Readonly<Record<Finding['code'], Rule>> = {
  SHARED_PACKAGE: {
    ...LOSS,
    name: 'Shared package',
    short: 'One package is under several services, and a fifth of all systems or more is lost if it is bad.',
    what: 'A package, in any version, is held by at least two services, directly or through other packages, and the systems that do not survive losing all of them weigh at least 20% of all systems.',
    why: 'Replicas survive a dead machine. They do not survive a bad release of a library that all of them run: the same code fails the same way on the same input. The more services run the very same bytes, the less time there is between them.',
    example:
      'express is under 5 services; if it is bad, 5 of 6 systems are lost (100% of them run the same bytes; versions 5.1.0)',
    next: 'Put services that back each other up into different update rings, so that a bad release reaches one of them first; or move one of them to other code.',
    precision: 'high',
    tags: SHARED,
  },
  CONCENTRATED_MAINTAINER: {
    ...LOSS,
    name: 'Concentrated maintainer',
    short: 'One account may publish packages under several services that much is lost with.',
    what: 'An account that the registry lists as one that may publish has packages under at least two services, and the systems lost with all of its packages weigh at least 20% of all systems. Dormant accounts count: they may publish all the same.',
    why: `${CONCENTRATION} A stolen account is enough.`,
    example: 'account alice stands behind 7 services by 12 packages; if it is bad, all 6 systems are lost',
    next: RELEASE_AGE,
    precision: 'medium',
    tags: CHAIN,
  },
  CONCENTRATED_OWNER: {
    ...LOSS,
    name: 'Concentrated source owner',
    short: 'The source of packages under several services belongs to one owner that much is lost with.',
    what: 'An owner of source repositories, as manifests declare it or as verified provenance proves it, has packages under at least two services, and the systems lost with all of them weigh at least 20% of all systems.',
    why: `${CONCENTRATION} An organisation whose source can be changed is enough.`,
    example:
      'source owner github.com/acme stands behind 9 services by 31 packages; if it is bad, 5 of 6 systems are lost',
    next: RELEASE_AGE,
    precision: 'medium',
    tags: CHAIN,
  },
  CONCENTRATED_BUILDER: {
    ...LOSS,
    name: 'Concentrated build platform',
    short: 'Packages under several services are built by one platform or workflow that much is lost with.',
    what: 'A build platform, or one workflow on it, built packages under at least two services (proved by verified provenance), and the systems lost with all of them weigh at least 20% of all systems.',
    why: `${CONCENTRATION} A build that is taken over signs what it builds with perfectly valid signatures.`,
    example:
      'build platform github-hosted runner stands behind 9 services by 80 packages; if it is bad, all 6 systems are lost',
    next: 'Delay new releases, and keep one member of each redundancy off what it builds.',
    precision: 'very-high',
    tags: CHAIN,
  },
  CONCENTRATED_REGISTRY: {
    ...LOSS,
    name: 'Concentrated registry',
    short: 'One host serves packages under several services that much is lost with.',
    what: 'A host serves the bytes of packages under at least two services, as lockfiles have it, and the systems lost with all of them weigh at least 20% of all systems.',
    why: 'When it is down nothing can be installed, rebuilt or scaled out; when it is taken over it serves whatever it wants wherever no digest is pinned.',
    example:
      'registry registry.example stands behind 14 services by 900 packages; if it is bad, all 6 systems are lost',
    next: 'Keep a mirror that goes on without it, with digests pinned.',
    precision: 'high',
    tags: SHARED,
  },
  CONCENTRATED_RUNTIME: {
    ...LOSS,
    name: 'Concentrated runtime',
    short: 'Several services that much is lost with run on one major of Node or of a package manager.',
    what: 'At least two services say that they run on the same platform (Node by its major, a package manager, and by its major), and the systems lost with all of them weigh at least 20% of all systems.',
    why: 'The platform is shared software too: a bug in it is under everything, and its update comes to all of them.',
    example: 'runtime Node 22 stands behind 9 services; if it is bad, all 6 systems are lost',
    next: 'Run one member of each redundancy on another major, or update it at another time.',
    precision: 'medium',
    tags: ['reliability'],
  },
  REDUNDANCY_DEFEATED: {
    ...LOSS,
    name: 'Redundancy defeated',
    short: 'A declared redundancy does not survive any one of some causes.',
    what: 'A system was declared to survive the loss of members, and there are single causes of a layer (packages, accounts, runtimes, ...) that take down more members at once than it survives.',
    why: 'The redundancy is there for machines and not against these causes: all members go down in the same moment and for the same reason.',
    example: 'checkout does not survive any one of 12 packages: express, debug, ms and 9 more',
    next: 'Put its members into different update rings, or move one of them to other code.',
    precision: 'medium',
    tags: SHARED,
  },
  BLIND_GUARD: {
    ...LOSS,
    name: 'Blind guard',
    short: 'A guard goes down together with what it protects.',
    what: 'A service was declared as a guard (canary, deploy gate, health checker) of a system, and causes that defeat the system take down the guard as well.',
    why: 'A guard that runs the same software cannot tell that the software has gone bad: it fails first, and nobody is told.',
    example:
      'guard deploy-canary goes down together with checkout, which it protects, by 9 of the 12 packages that defeat it: express, debug and 7 more',
    next: 'Build the guard of something else than what it guards.',
    precision: 'medium',
    tags: ['reliability'],
  },
  EVIDENCE_INVALID: {
    ...LOSS,
    level: 'error',
    name: 'Evidence invalid',
    short: 'A signature or attestation of a locked release was checked and is wrong.',
    what: 'The registry signature, publish attestation or provenance of a release was checked against the digest that the lockfile pins, with the keys that the report names, and it does not hold.',
    why: 'Either the lockfile pins bytes that nobody vouches for, or what vouches for them cannot be trusted. Tampering looks like this.',
    example:
      'the registry signature of npm/ms@2.1.3, locked in api/package-lock.json, is invalid: it signs other bytes',
    next: 'Do not install or deploy it before it is known why: compare the locked bytes with the source, and how the entry came into the lockfile.',
    precision: 'very-high',
    tags: CHAIN,
  },
  INTEGRITY_DIFFERS: {
    ...LOSS,
    level: 'error',
    name: 'Integrity differs',
    short: 'The registry serves other bytes for a release than the lockfile pins.',
    what: 'The digest that a lockfile pins for a name and version is none of those that the configured registry serves for it.',
    why: 'One name and version should be one artifact. Where it is two, one of them was swapped: in the lockfile, on the registry, or on a mirror between.',
    example: 'npm/ms@2.1.3, locked in api/package-lock.json, has a digest that the registry does not serve: sha512-...',
    next: 'Find out where the locked bytes come from. A registry of your own must be named in your npm configuration.',
    precision: 'high',
    tags: CHAIN,
  },
  DIGEST_DIFFERS: {
    ...LOSS,
    name: 'Digest differs',
    short: 'Lockfiles of the fleet pin different bytes for one name and version.',
    what: 'Two lockfiles pin the same package in the same version from a registry with digests that can be compared and differ.',
    why: 'One name and version should be one artifact. Where lockfiles disagree, some registry or mirror served other bytes to some of them.',
    example:
      'npm/ms@2.1.3 is locked with different digests: sha512-a... in api/package-lock.json; sha512-b... in web/yarn.lock',
    next: 'Find out which registry served which bytes.',
    precision: 'high',
    tags: CHAIN,
  },
  PROVENANCE_LOST: {
    ...LOSS,
    name: 'Provenance lost',
    short: 'A locked release was published with less evidence than the release before it in its line.',
    what: 'An earlier release of the same line was published with trusted publishing or provenance, and the locked one is without.',
    why: 'A release that does not come from where the line is built may come from a stolen account: publishing by hand is how most takeovers look.',
    example: 'npm/ms@2.1.4, locked in api/package-lock.json, was published without provenance, which 2.1.3 had',
    next: 'Look at how it was published. Until that is clear, stay on the release before it.',
    precision: 'high',
    tags: CHAIN,
  },
  SOURCE_CHANGED: {
    ...LOSS,
    name: 'Source changed',
    short: 'A locked release was built from another repository, or by another workflow, than the one before it.',
    what: 'The release and the one before it in its line both have verified provenance, from different repositories (by numeric id where both have one) or by different workflows. Where the earlier one has none, the repository in its manifest is compared.',
    why: 'Projects move; packages are also taken over by building them elsewhere.',
    example:
      'npm/ms@2.1.4, locked in api/package-lock.json, was built from github.com/other/ms, and 2.1.3 from github.com/vercel/ms',
    next: 'Find out whether its maintainers moved it.',
    precision: 'high',
    tags: CHAIN,
  },
  SOURCE_DIFFERS: {
    ...LOSS,
    name: 'Source differs',
    short: 'A locked release was built from another repository than its manifest declares.',
    what: 'Verified provenance proves a repository that is not the one in the manifest of the release.',
    why: 'The manifest is what people look at, and provenance is what was built. A package that shows the one and builds the other shows a source that it is not made of.',
    example:
      'npm/ms@2.1.4, locked in api/package-lock.json, was built from github.com/other/ms, and its manifest declares github.com/vercel/ms',
    next: 'Find out which of the two its maintainers own.',
    precision: 'very-high',
    tags: CHAIN,
  },
  UNSIGNED_SHARED_PACKAGE: {
    ...LOSS,
    name: 'Unsigned shared package',
    short: 'A release under several services has no signature, which its registry gives others.',
    what: 'A locked release is under at least two services, a fifth of all systems or more is lost with the package, and it has no registry signature though its registry signs others.',
    why: 'Nothing but the lockfile itself vouches for these bytes, and much stands on them.',
    example:
      'npm/ms@0.7.0, locked in api/package-lock.json, is under 5 services and has no signature, which its registry gives others',
    next: 'Find out how it was published. A release that is signed is the better choice.',
    precision: 'high',
    tags: CHAIN,
  },
  SOURCE_UNEXPECTED: {
    ...LOSS,
    name: 'Source unexpected',
    short: 'A locked package comes from git, from a URL, or from a registry without TLS.',
    what: 'An entry of a lockfile is resolved to a git repository or a plain URL, or to a registry over http.',
    why: 'No registry signs such packages or keeps them from changing, and without TLS anybody on the way can change them.',
    example:
      'npm/ms@2.1.3, locked in api/package-lock.json, comes from a git repository (git.example), not from a registry',
    next: 'Take it from a registry, or make sure that nobody else can change what is there.',
    precision: 'high',
    tags: CHAIN,
  },
  ENTRY_UNBOUND: {
    ...PLAIN,
    level: 'note',
    name: 'Entry unbound',
    short: 'Entries of a lockfile have no digest that anything could be checked against.',
    what: 'Entries from a registry have no digest, or none that registries sign (sha512).',
    why: 'Whatever is installed for them is taken as it comes: neither a package manager nor this program can tell it from something else.',
    example: '12 of 340 entries have no digest that what is installed could be checked against: ms, debug, express, …',
    next: 'Make the lockfile anew with a package manager that writes sha512.',
    precision: 'high',
    tags: CHAIN,
  },
  INPUT_INCOMPLETE: {
    ...PLAIN,
    name: 'Input incomplete',
    short: 'Something of the input could not be read or asked, and is missing from the result.',
    what: 'A lockfile, a directory, an entry or an answer of a registry could not be had. The run went on without it and is marked incomplete.',
    why: 'Every number of an incomplete run is a lower bound: what is missing may be what matters.',
    example: 'the file is not valid JSON',
    next: 'Do what the message says, and run again.',
    precision: 'very-high',
    tags: ['completeness'],
  },
  IGNORE_EXPIRED: {
    ...PLAIN,
    name: 'Ignore expired',
    short: 'An ignore of the config is past its date and has no effect.',
    what: 'An entry of `ignore` in the config has an `expires` that has passed. What it ignored counts again.',
    why: 'A date was set so that somebody looks again. This is the time.',
    example: 'the ignore of package:npm/ms expired on 2026-01-31 and has no effect',
    next: 'Renew it with a new date, or delete it.',
    precision: 'very-high',
    tags: ['configuration'],
  },
  IGNORE_WITHOUT_REASON: {
    ...PLAIN,
    name: 'Ignore without reason',
    short: 'An ignore of the config has no reason and has no effect.',
    what: 'An entry of `ignore` in the config has no `reason`, or an empty one. What it names counts all the same.',
    why: 'An ignore that nobody can explain cannot be reviewed.',
    example: 'the ignore of package:npm/ms has no reason and has no effect',
    next: 'Add a reason.',
    precision: 'very-high',
    tags: ['configuration'],
  },
  IGNORE_STALE: {
    ...PLAIN,
    level: 'note',
    name: 'Ignore stale',
    short: 'An ignore of the config matches nothing.',
    what: 'An entry of `ignore` in the config names a cause that is not in the fleet.',
    why: 'It was written for something that is gone, or its id is misspelt and what it should ignore counts.',
    example: 'the ignore of package:npm/mss matches nothing; did you mean package:npm/ms?',
    next: 'Correct the id, or delete the entry.',
    precision: 'very-high',
    tags: ['configuration'],
  },
};
