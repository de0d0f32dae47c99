/** Rules on what an incident list calls bad: of the impact command, which says nothing of anything else. */
import { CHAIN, LOSS, PLAIN, type Rule } from './rule.ts';

export const INCIDENT_RULES = {
  BAD_VERSION_LOCKED: {
    ...LOSS,
    level: 'error',
    name: 'Bad version locked',
    short: 'A lockfile pins a version that an incident list calls bad.',
    what: 'An entry of the lockfile is a package of the list at a version that the list names, exactly or by a range. Installing from the lockfile installs it.',
    why: 'It is not a risk but a fact: every build and every machine that installs from this lockfile has it, and where install scripts run they have run.',
    example:
      'axios 1.14.1 (MAL-2026-1) is bad and locked; services that hold it: pay-a and pay-b; with all that lock it 1 of 12 systems is lost; tell #team-pay',
    next: 'Lock a version that is not on the list, by an override where others ask for it, and install from the lockfile alone. Where an install script may have run, take what it could reach for known to others.',
    precision: 'very-high',
    tags: CHAIN,
  },
  BAD_VERSION_ADMITTED: {
    ...LOSS,
    name: 'Bad version admitted',
    short: 'A bad version would be taken if the lockfile were made anew.',
    what: 'The lockfile holds other versions of a package of the list, and a declared range would take a bad one by the rules of the package manager, as far as versions are known. Hypothetical: nothing of it is installed.',
    why: 'The next update, by a person or a bot, brings it in.',
    example:
      'axios (MAL-2026-1) is held at 1.13.0, and would be taken at 1.14.1 if this lockfile were made anew; services: batch; tell #team-data',
    next: 'Make the lockfile not anew, and run no update, before the version is gone or excluded by an override.',
    precision: 'medium',
    tags: CHAIN,
  },
  BAD_VERSION_UNKNOWN: {
    ...PLAIN,
    level: 'note',
    name: 'Bad version unknown',
    short: 'Whether a bad version is locked or would be taken cannot be told.',
    what: 'The lockfile holds a package of the list without a version that can be compared, the list does not say which versions are bad, or what its dependents ask for is not known.',
    why: 'What cannot be told is not clean.',
    example: 'whether a bad version of axios (MAL-2026-1) is locked or would be taken cannot be told; held: 1.13.0',
    next: 'Look at it by hand, or run again with --verify, which asks registries what lockfiles leave out.',
    precision: 'medium',
    tags: CHAIN,
  },
  BAD_PACKAGE_WATCHED: {
    ...PLAIN,
    level: 'note',
    name: 'Bad package watched',
    short: 'A package of an incident list is held, at versions that are not on it.',
    what: 'The lockfile holds a package of the list, at other versions, and no declared range would take a bad one.',
    why: 'Lists grow while an incident is looked into. This is what to look at again when they do.',
    example: 'axios (MAL-2026-1) is bad at 1.14.1, and held at 1.13.0',
    next: 'Run again when the list changes.',
    precision: 'very-high',
    tags: CHAIN,
  },
} as const satisfies Readonly<Record<string, Rule>>;
