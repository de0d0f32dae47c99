/** What the readers are measured against: the floor under any reader of the syntax, and other readers. */
import Arborist from '@npmcli/arborist';
import { load } from 'js-yaml';
import { parse } from 'lockparse';
import {
  parseNpmLockV2Project,
  parsePnpmProject,
  parseYarnLockV1Project,
  parseYarnLockV2Project,
} from 'snyk-nodejs-lockfile-parser';

const SNYK = {
  includeDevDeps: true,
  includeOptionalDeps: true,
  includePeerDeps: true,
  strictOutOfSync: false,
  pruneCycles: true,
  pruneWithinTopLevelDeps: true,
  pruneLevel: 'withinTopLevelDeps',
};

/** Contenders for a lockfile by kind, the floor first. */
export const PEERS = {
  npm: (file) => ({
    'JSON.parse': () => JSON.parse(file.text),
    lockparse: () => parse(file.text, 'package-lock.json', JSON.parse(file.manifest)),
    snyk: () => parseNpmLockV2Project(file.manifest, file.text, SNYK),
    ...(file.path.endsWith('package-lock.json') && {
      loadVirtual: () => new Arborist({ path: file.directory }).loadVirtual(),
    }),
  }),
  pnpm: (file) => ({
    'js-yaml': () => load(file.text),
    lockparse: () => parse(file.text, 'pnpm-lock.yaml', JSON.parse(file.manifest)),
    snyk: () => parsePnpmProject(file.manifest, file.text, SNYK),
  }),
  berry: (file) => ({
    'js-yaml': () => load(file.text),
    lockparse: () => parse(file.text, 'yarn.lock', JSON.parse(file.manifest)),
    snyk: () => parseYarnLockV2Project(file.manifest, file.text, SNYK),
  }),
  classic: (file) => ({
    lockparse: () => parse(file.text, 'yarn.lock', JSON.parse(file.manifest)),
    snyk: () => parseYarnLockV1Project(file.manifest, file.text, SNYK),
  }),
};
