/** Rules on what several services stand on, and on what that takes down. */
import { CHAIN, LOSS, type Rule, SHARED } from './rule.ts';

const CONCENTRATION =
  'Whoever controls it can change what every one of these services runs, and redundancy among them does not help. Signatures do not change that: what is signed by the right hand is still one hand.';
const RELEASE_AGE = 'Delay its new releases with a release-age gate, and keep one member of each redundancy off them.';

export const SHARED_RULES = {
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
} as const satisfies Readonly<Record<string, Rule>>;
