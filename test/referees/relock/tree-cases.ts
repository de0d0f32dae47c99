/** Several dependents of one package: who settles for whose version. */
import { ALL, besides, type Case, NONE, single, through, versions } from './case.ts';
import type { ManagerName } from './managers.ts';

// It takes whichever answer comes first.
const BUN: { readonly either: readonly ManagerName[] } = { either: ['bun'] };

/** A tree of packages, each in one release that depends on others in ranges; `''` is the root. */
function tree(
  name: string,
  all: Readonly<Record<string, Readonly<Record<string, string>>>>,
  taken: string,
  more: Partial<Case> = {},
): Case {
  const { '': root = {}, ...others } = all;
  const manifests = Object.entries(others).map(([parent, dependencies]) => [parent, { dependencies }]);
  return single(name, { dependencies: root }, Object.fromEntries(manifests), taken, more);
}

export const TREE_CASES: readonly Case[] = [
  through('transitive', ['^4.1.0'], ALL),
  through('transitive-exact', ['4.2.0'], NONE),
  through('transitive-tilde-below', ['~4.1.0'], NONE),
  through('two-carets', ['^4.1.0', '^4.0.0'], ALL),
  through('two-pin-first', ['4.2.0', '^4.1.0'], 'pnpm yarn berry bun', BUN),
  through('two-pin-last', ['^4.1.0', '4.2.0'], ALL, BUN),
  through('two-old-pin-first', ['4.1.0', '^4.1.0'], 'pnpm yarn berry bun', BUN),
  through('two-old-pin-last', ['^4.1.0', '4.1.0'], ALL, BUN),
  through('two-tilde-first', ['~4.1.0', '^4.1.0'], 'pnpm yarn berry bun', BUN),
  through('two-tilde-last', ['^4.1.0', '~4.1.0'], ALL, BUN),
  through('three-pin-middle', ['^4.1.0', '4.2.0', '^4.0.0'], ALL, BUN),
  besides('root-pin', { 'root-pin': '4.2.0' }, ['^4.1.0'], 'yarn berry'),
  single(
    'root-pin-after',
    { dependencies: { 'a-root-pin-after': '1.0.0', 'root-pin-after': '4.2.0' } },
    { 'a-root-pin-after': { dependencies: { 'root-pin-after': '^4.1.0' } } },
    'yarn berry',
  ),
  besides('root-old-pin', { 'root-old-pin': '4.1.0' }, ['^4.1.0'], 'yarn berry'),
  besides('root-tilde', { 'root-tilde': '~4.1.0' }, ['^4.1.0'], 'yarn berry'),
  besides('root-tilde-in', { 'root-tilde-in': '~4.2.0' }, ['^4.1.0'], ALL),
  besides('root-caret', { 'root-caret': '^4.1.0' }, ['4.2.0'], ALL),
  besides('root-pin-out', { 'root-pin-out': '4.1.0' }, ['^4.2.0'], ALL),
  besides('root-pin-star', { 'root-pin-star': '4.2.0' }, ['*'], 'yarn berry'),
  besides('root-tag', { 'root-tag': 'next' }, ['^4.1.0'], 'yarn berry', { tags: { 'root-tag': { next: '4.1.0' } } }),
  besides('root-pin-latest', { 'root-pin-latest': '4.1.0' }, ['latest'], 'pnpm yarn berry bun'),
  besides('root-caret-below', { 'root-caret-below': '^4.1.0' }, ['>=4'], 'yarn berry', {
    line: '5',
    ...versions('root-caret-below', '4.2.0', '5.0.0'),
  }),
  single(
    'root-dev-pin',
    { devDependencies: { 'root-dev-pin': '4.2.0' }, dependencies: { 'root-dev-pin-a': '1.0.0' } },
    { 'root-dev-pin-a': { dependencies: { 'root-dev-pin': '^4.1.0' } } },
    'yarn berry',
  ),
  single(
    'root-optional-pin',
    { optionalDependencies: { 'root-optional-pin': '4.2.0' }, dependencies: { 'root-optional-pin-a': '1.0.0' } },
    { 'root-optional-pin-a': { dependencies: { 'root-optional-pin': '^4.1.0' } } },
    'yarn berry',
  ),
  tree(
    'root-pin-deep',
    {
      '': { 'root-pin-deep': '4.2.0', 'root-pin-deep-a': '1.0.0' },
      'root-pin-deep-a': { 'root-pin-deep-b': '1.0.0' },
      'root-pin-deep-b': { 'root-pin-deep': '^4.1.0' },
    },
    'yarn berry',
  ),
  tree(
    'pin-shallow',
    {
      '': { 'pin-shallow-a': '1.0.0', 'pin-shallow-b': '1.0.0' },
      'pin-shallow-a': { 'pin-shallow-c': '1.0.0' },
      'pin-shallow-b': { 'pin-shallow': '4.2.0' },
      'pin-shallow-c': { 'pin-shallow': '^4.1.0' },
    },
    'pnpm yarn berry bun',
    BUN,
  ),
  tree(
    'pin-deep',
    {
      '': { 'pin-deep-a': '1.0.0', 'pin-deep-b': '1.0.0' },
      'pin-deep-a': { 'pin-deep-c': '1.0.0' },
      'pin-deep-c': { 'pin-deep': '4.2.0' },
      'pin-deep-b': { 'pin-deep': '^4.1.0' },
    },
    ALL,
    BUN,
  ),
  tree(
    'pin-parent',
    {
      '': { 'pin-parent-a': '1.0.0' },
      'pin-parent-a': { 'pin-parent': '4.2.0', 'pin-parent-b': '1.0.0' },
      'pin-parent-b': { 'pin-parent': '^4.1.0' },
    },
    'yarn berry',
  ),
  tree(
    'pin-grandparent',
    {
      '': { 'pin-grandparent-a': '1.0.0' },
      'pin-grandparent-a': { 'pin-grandparent': '4.2.0', 'pin-grandparent-b': '1.0.0' },
      'pin-grandparent-b': { 'pin-grandparent-c': '1.0.0' },
      'pin-grandparent-c': { 'pin-grandparent': '^4.1.0' },
    },
    'yarn berry',
  ),
  tree(
    'pin-elsewhere',
    {
      '': { 'pin-elsewhere-a': '1.0.0', 'pin-elsewhere-b': '1.0.0', 'pin-elsewhere': '^4.1.0' },
      'pin-elsewhere-a': { 'pin-elsewhere': '4.2.0' },
      'pin-elsewhere-b': { 'pin-elsewhere': '^4.0.0' },
    },
    ALL,
  ),
  tree(
    'chain',
    { '': { 'chain-a': '^1.0.0' }, 'chain-a': { 'chain-b': '^1.0.0' }, 'chain-b': { chain: '^4.1.0' } },
    ALL,
  ),
];
