/** Kinds of dependencies: optional ones, those of development, peers, bundled ones. */
import { ALL, type Case, NONE, single } from './case.ts';

export const KIND_CASES: readonly Case[] = [
  single('optional', { optionalDependencies: { optional: '^4.1.0' } }, {}, ALL),
  single(
    'optional-transitive',
    { dependencies: { 'optional-transitive-a': '1.0.0' } },
    { 'optional-transitive-a': { optionalDependencies: { 'optional-transitive': '^4.1.0' } } },
    ALL,
  ),
  single('optional-elsewhere', { optionalDependencies: { 'optional-elsewhere': '^4.1.0' } }, {}, ALL, {
    packages: {
      'optional-elsewhere': [
        ['4.1.0', { os: ['aix'] }],
        ['4.2.0', { os: ['aix'] }],
      ],
    },
  }),
  single('dev', { devDependencies: { dev: '^4.1.0' } }, {}, ALL),
  single(
    'dev-transitive',
    { dependencies: { 'dev-transitive-a': '1.0.0' } },
    { 'dev-transitive-a': { devDependencies: { 'dev-transitive': '^4.1.0' } } },
    NONE,
  ),
  single(
    'peer-missing',
    { dependencies: { 'peer-missing-a': '1.0.0' } },
    { 'peer-missing-a': { peerDependencies: { 'peer-missing': '^4.1.0' } } },
    'npm pnpm bun',
  ),
  single(
    'peer-deep',
    { dependencies: { 'peer-deep-a': '1.0.0' } },
    {
      'peer-deep-a': { dependencies: { 'peer-deep-b': '1.0.0' } },
      'peer-deep-b': { peerDependencies: { 'peer-deep': '^4.1.0' } },
    },
    'npm pnpm bun',
  ),
  single(
    'peer-root-pin',
    { dependencies: { 'peer-root-pin-a': '1.0.0', 'peer-root-pin': '4.2.0' } },
    { 'peer-root-pin-a': { peerDependencies: { 'peer-root-pin': '^4.1.0' } } },
    NONE,
  ),
  single(
    'peer-root-caret',
    { dependencies: { 'peer-root-caret-a': '1.0.0', 'peer-root-caret': '^4.1.0' } },
    { 'peer-root-caret-a': { peerDependencies: { 'peer-root-caret': '4.x' } } },
    ALL,
  ),
  single(
    'peer-optional',
    { dependencies: { 'peer-optional-a': '1.0.0' } },
    {
      'peer-optional-a': {
        peerDependencies: { 'peer-optional': '^4.1.0' },
        peerDependenciesMeta: { 'peer-optional': { optional: true } },
      },
    },
    NONE,
  ),
  single(
    'peer-optional-beside',
    { dependencies: { 'peer-optional-beside-a': '1.0.0', 'peer-optional-beside-b': '1.0.0' } },
    {
      'peer-optional-beside-a': {
        peerDependencies: { 'peer-optional-beside': '^4.1.0' },
        peerDependenciesMeta: { 'peer-optional-beside': { optional: true } },
      },
      'peer-optional-beside-b': { dependencies: { 'peer-optional-beside': '4.2.0' } },
    },
    NONE,
  ),
  single(
    'peer-beside-pin',
    { dependencies: { 'peer-beside-pin-a': '1.0.0', 'peer-beside-pin-b': '1.0.0' } },
    {
      'peer-beside-pin-a': { peerDependencies: { 'peer-beside-pin': '^4.1.0' } },
      'peer-beside-pin-b': { dependencies: { 'peer-beside-pin': '4.2.0' } },
    },
    'npm',
  ),
  single(
    'peer-parent-pin',
    { dependencies: { 'peer-parent-pin-a': '1.0.0' } },
    {
      'peer-parent-pin-a': { dependencies: { 'peer-parent-pin-b': '1.0.0', 'peer-parent-pin': '4.2.0' } },
      'peer-parent-pin-b': { peerDependencies: { 'peer-parent-pin': '^4.1.0' } },
    },
    NONE,
  ),
  single(
    'peer-two',
    { dependencies: { 'peer-two-a': '1.0.0', 'peer-two-b': '1.0.0' } },
    {
      'peer-two-a': { peerDependencies: { 'peer-two': '^4.1.0' } },
      'peer-two-b': { peerDependencies: { 'peer-two': '4.2.0' } },
    },
    'bun',
    { either: ['bun'] },
  ),
  single('peer-own', { peerDependencies: { 'peer-own': '^4.1.0' } }, {}, 'npm pnpm bun'),
  single(
    'peer-own-dev-pin',
    { peerDependencies: { 'peer-own-dev-pin': '^4.1.0' }, devDependencies: { 'peer-own-dev-pin': '4.2.0' } },
    {},
    NONE,
  ),
  single(
    'bundled',
    { dependencies: { 'bundled-a': '1.0.0' } },
    { 'bundled-a': { dependencies: { bundled: '^4.1.0' }, bundleDependencies: ['bundled'] } },
    'yarn berry bun',
    { files: { 'bundled-a': { 'node_modules/bundled/package.json': '{"name":"bundled","version":"4.2.0"}' } } },
  ),
];
