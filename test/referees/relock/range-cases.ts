/** One range: what it accepts, tags, aliases. */
import { ALL, type Case, direct, NONE, single, through, versions } from './case.ts';

const of = (name: string, range: string, taken: string, line: string, ...all: string[]): Case =>
  direct(name, range, taken, { line, ...versions(name, ...all) });
const tagged = (name: string, range: string, taken: string, tags: Record<string, string>, ...all: string[]): Case =>
  direct(name, range, taken, { tags: { [name]: tags }, ...(all.length > 0 && versions(name, ...all)) });
const alias = (name: string, spec: string, taken: string, more: Partial<Case> = {}): Case =>
  single(name, { dependencies: { [`${name}-other`]: spec } }, {}, taken, more);

const BETAS = ['4.2.0', '5.0.0-beta.1', '5.0.0-beta.2'];

export const RANGE_CASES: readonly Case[] = [
  direct('caret', '^4.1.0', ALL),
  direct('tilde', '~4.2.0', ALL),
  direct('tilde-below', '~4.1.0', NONE),
  direct('exact', '4.2.0', NONE),
  direct('exact-equals', '=4.2.0', NONE),
  direct('exact-v', 'v4.2.0', NONE),
  direct('major', '4', ALL),
  direct('major-x', '4.x', ALL),
  direct('minor-x', '4.2.x', ALL),
  direct('minor-x-below', '4.1.x', NONE),
  direct('star', '*', ALL),
  direct('empty', '', ALL),
  direct('spaced', ' >= 4.1.0 <5 ', ALL),
  direct('at-least', '>=4.1.0', ALL),
  of('at-least-newer-major', '>=4.1.0', NONE, '4', '4.1.0', '4.2.0', '5.0.0'),
  of('at-least-newest-major', '>=4.1.0', ALL, '5', '4.1.0', '4.2.0', '5.0.0'),
  direct('below', '<4.2.1', NONE),
  direct('between', '>=4.1.0 <5', ALL),
  direct('hyphen', '4.0.0 - 4.2.0', NONE),
  direct('hyphen-open', '4.0.0 - 4.2', ALL),
  of('union', '^3 || ^4', ALL, '4', '3.9.0', '4.2.0'),
  of('union-lower', '^3 || ^4', NONE, '3', '3.9.0', '4.2.0'),
  direct('union-exact', '4.1.0 || 4.2.0', NONE),
  direct('union-exact-caret', '4.1.0 || ^4.2.0', 'npm pnpm yarn berry'),
  of('zero', '^0.3.0', ALL, '0.3', '0.2.0', '0.3.1'),
  of('zero-major', '^0', ALL, '0.3', '0.2.0', '0.3.1'),
  of('zero-x', '0.x', ALL, '0.3', '0.2.0', '0.3.1'),
  of('zero-lower', '0.x', NONE, '0.2', '0.2.0', '0.3.1'),
  of('zero-zero', '^0.0.3', NONE, '0.0.3', '0.0.2', '0.0.3'),
  of('zero-zero-tilde', '~0.0.3', ALL, '0.0.3', '0.0.2', '0.0.3'),
  of('caret-prerelease', '^4.2.0-beta.1', ALL, '4', '4.2.0-beta.1', '4.2.0'),
  direct('prerelease', '^5.0.0-beta.1', ALL, {
    line: '5',
    ...versions('prerelease', ...BETAS),
    tags: { prerelease: { latest: '4.2.0' } },
  }),
  direct('prerelease-exact', '5.0.0-beta.2', NONE, {
    line: '5',
    ...versions('prerelease-exact', ...BETAS),
    tags: { 'prerelease-exact': { latest: '4.2.0' } },
  }),
  tagged('prerelease-newer', '^4.1.0', ALL, { latest: '4.2.0' }, '4.1.0', '4.2.0', '4.3.0-beta.1'),
  tagged('prerelease-newer-star', '*', ALL, { latest: '4.2.0' }, '4.1.0', '4.2.0', '5.0.0-beta.1'),
  of('prerelease-latest', '^4.1.0', ALL, '4', '4.1.0', '4.2.0', '4.3.0-beta.1'),
  of('prerelease-latest-star', '*', 'yarn berry bun', '4', '4.1.0', '4.2.0', '5.0.0-beta.1'),
  tagged('prerelease-at-least', '>=4.1.0-0', ALL, { latest: '4.2.0' }, '4.1.0', '4.2.0', '5.0.0-beta.1'),
];

export const TAG_CASES: readonly Case[] = [
  direct('tag-latest', 'latest', ALL),
  tagged('tag-latest-below', 'latest', NONE, { latest: '4.1.0' }),
  tagged('tag-next', 'next', ALL, { latest: '4.1.0', next: '4.2.0' }),
  tagged('tag-next-below', 'next', NONE, { next: '4.1.0' }),
  through('tag-transitive', ['next'], ALL, { tags: { 'tag-transitive': { latest: '4.1.0', next: '4.2.0' } } }),
  tagged('latest-below', '^4.1.0', 'berry', { latest: '4.1.0' }),
  tagged('latest-below-star', '*', 'berry', { latest: '4.1.0' }),
  tagged('latest-below-out', '^4.2.0', ALL, { latest: '4.1.0' }),
  // The patch becomes latest, and is the first of its line in the range.
  tagged('latest-enters', '4.2.1 - 5.0.0', 'npm pnpm yarn bun', { latest: '4.2.0' }, '4.1.0', '4.2.0', '5.0.0'),
  through('latest-below-transitive', ['^4.1.0'], 'berry', { tags: { 'latest-below-transitive': { latest: '4.1.0' } } }),
  of('latest-other-major', '^4.1.0', ALL, '4', '4.1.0', '4.2.0', '5.0.0'),
  tagged('latest-lower-major', '>=4.1.0', 'npm pnpm yarn bun', { latest: '4.2.0' }, '4.1.0', '4.2.0', '5.0.0'),
  tagged('latest-lower-major-union', '^4 || ^5', 'npm pnpm yarn bun', { latest: '4.2.0' }, '4.1.0', '4.2.0', '5.0.0'),
];

export const ALIAS_CASES: readonly Case[] = [
  alias('alias', 'npm:alias@^4.1.0', ALL),
  alias('alias-exact', 'npm:alias-exact@4.2.0', NONE),
  // Yarn 4 reads a tag.
  alias('alias-bare', 'npm:alias-bare', ALL, { managers: ['npm', 'pnpm', 'yarn', 'bun'] }),
  alias('alias-tag', 'npm:alias-tag@latest', ALL),
  through('alias-transitive', [], ALL, {
    projects: { '': { dependencies: { 'alias-transitive-a': '1.0.0' } } },
    packages: { 'alias-transitive-a': [['1.0.0', { dependencies: { x: 'npm:alias-transitive@^4.1.0' } }]] },
  }),
  single(
    'alias-two',
    { dependencies: { 'alias-two': '4.2.0', 'alias-two-other': 'npm:alias-two@^4.1.0' } },
    {},
    'npm yarn berry',
  ),
];
