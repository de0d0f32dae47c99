import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNpm } from '../../src/lockfiles/npm/npm.ts';
import { FIXTURES, inputOf } from '../readers.ts';
import { comparable, npmReferee } from '../referees/npm.ts';

it.each([
  'alias',
  'cycle',
  'edge-kinds',
  'extraneous',
  'flags',
  'has-shrinkwrap',
  'hoisted-and-nested',
  'link-outside',
  'link-to-root',
  'no-root-entry',
  'no-root-entry-manifest',
  'no-version',
  'optional-missing',
  'other-case',
  'overrides',
  'required-missing',
  'sources',
  'version-1',
  'version-1-empty',
  'version-1-no-manifest',
  'version-2',
  'workspaces',
])('%s is read as npm reads it', async (name) => {
  const directory = join(FIXTURES, 'npm', name);
  const shrinkwrap = join(directory, 'npm-shrinkwrap.json');
  const file = existsSync(shrinkwrap) ? shrinkwrap : join(directory, 'package-lock.json');
  expect(comparable(await readNpm(inputOf(file)))).toEqual(await npmReferee(file));
});

it('version-1-dev-required has an edge that npm drops when it migrates', async () => {
  const file = join(FIXTURES, 'npm', 'version-1-dev-required', 'package-lock.json');
  const [ours, theirs] = [comparable(await readNpm(inputOf(file))), await npmReferee(file)];
  expect(ours.nodes).toEqual(theirs.nodes);
  expect(ours.edges).toEqual([...theirs.edges, 'node_modules/a -prod-> d@^1.0.0 = node_modules/d']);
});
