/** Overrides and resolutions, in each manager's own form. */
import { ALL, besides, type Case, direct, NONE, single, through } from './case.ts';
import { MANAGERS, type ManagerName } from './managers.ts';
import type { Settings } from './project.ts';

type Rules = Readonly<Partial<Record<ManagerName, Readonly<Record<string, unknown>>>>>;

/** Where each manager keeps such rules. */
const KEPT: Readonly<Record<ManagerName, (rules: Readonly<Record<string, unknown>>) => Settings>> = {
  npm: (overrides) => ({ manifest: { overrides } }),
  pnpm: (overrides) => ({ pnpmWorkspace: { overrides } }),
  yarn: (resolutions) => ({ manifest: { resolutions } }),
  berry: (resolutions) => ({ manifest: { resolutions } }),
  bun: (overrides) => ({ manifest: { overrides } }),
};

/** A case for those managers that rules are given for. */
function ruled(rules: Rules, one: Case): Case {
  const managers = MANAGERS.filter((manager) => rules[manager] !== undefined);
  const settings = managers.map((manager) => [manager, KEPT[manager](rules[manager]!)]);
  return { ...one, managers, settings: Object.fromEntries(settings) };
}

const same = (rule: Readonly<Record<string, unknown>>): Rules => ({
  npm: rule,
  pnpm: rule,
  yarn: rule,
  berry: rule,
  bun: rule,
});
/** The package under its parent `<name>-a`. */
const under = (name: string, to: string): Rules => ({
  npm: { [`${name}-a`]: { [name]: to } },
  pnpm: { [`${name}-a>${name}`]: to },
  yarn: { [`${name}-a/${name}`]: to },
  berry: { [`${name}-a/${name}`]: to },
  bun: { [`${name}-a`]: { [name]: to } },
});
/** Root, `<name>-a`, `<name>-b`, the package. */
const chain = (name: string, taken: string): Case =>
  single(
    name,
    { dependencies: { [`${name}-a`]: '1.0.0' } },
    {
      [`${name}-a`]: { dependencies: { [`${name}-b`]: '1.0.0' } },
      [`${name}-b`]: { dependencies: { [name]: '^4.1.0' } },
    },
    taken,
  );
const withoutNpm = ({ npm, ...others }: Rules): Rules => others;

export const OVERRIDE_CASES: readonly Case[] = [
  ruled(same({ 'override-up': '^4.1.0' }), through('override-up', ['4.1.0'], ALL)),
  ruled(same({ 'override-down': '4.1.0' }), through('override-down', ['^4.1.0'], NONE)),
  ruled(same({ 'override-pin': '4.2.0' }), through('override-pin', ['^4.1.0'], NONE)),
  ruled(same({ 'override-tag': 'latest' }), through('override-tag', ['4.1.0'], 'npm pnpm berry bun')),
  ruled(
    same({ 'override-to-alias-a': 'npm:override-to-alias@^4.1.0' }),
    single(
      'override-to-alias',
      { dependencies: { 'override-to-alias-b': '1.0.0' } },
      { 'override-to-alias-a': {}, 'override-to-alias-b': { dependencies: { 'override-to-alias-a': '1.0.0' } } },
      ALL,
    ),
  ),
  ruled(
    same({ 'override-from-alias': 'npm:override-from-alias-b@^1.0.0' }),
    through('override-from-alias', ['^4.1.0'], NONE, { packages: { 'override-from-alias-b': ['1.0.0'] } }),
  ),
  ruled({ pnpm: { 'override-remove': '-' } }, through('override-remove', ['^4.1.0'], NONE)),
  ruled(under('override-under', '4.1.0'), through('override-under', ['^4.1.0', '^4.1.0'], 'pnpm yarn berry bun')),
  ruled(under('override-under-only', '4.1.0'), through('override-under-only', ['^4.1.0'], 'bun')),
  ruled(under('override-under-up', '^4.1.0'), through('override-under-up', ['4.1.0'], 'npm pnpm yarn berry')),
  ruled(
    under('override-under-pin', '4.2.0'),
    through('override-under-pin', ['^4.1.0', '^4.0.0'], 'pnpm yarn berry bun'),
  ),
  ruled(under('override-ancestor', '4.1.0'), chain('override-ancestor', 'pnpm yarn berry bun')),
  ruled({ yarn: { 'override-glob-a/**/override-glob': '4.1.0' } }, chain('override-glob', NONE)),
  ruled({ yarn: { '**/override-anywhere': '4.1.0' } }, chain('override-anywhere', NONE)),
  ruled(
    {
      npm: { 'override-selected@^4': '4.1.0' },
      pnpm: { 'override-selected@^4': '4.1.0' },
      berry: { 'override-selected@npm:^4': '4.1.0' },
    },
    through('override-selected', ['^4.1.0'], 'berry'),
  ),
  ruled(
    {
      npm: { 'override-selected-exactly@^4.1.0': '4.1.0' },
      pnpm: { 'override-selected-exactly@^4.1.0': '4.1.0' },
      berry: { 'override-selected-exactly@npm:^4.1.0': '4.1.0' },
    },
    through('override-selected-exactly', ['^4.1.0'], NONE),
  ),
  ruled(
    { npm: { 'override-unselected@^3': '4.1.0' }, pnpm: { 'override-unselected@^3': '4.1.0' } },
    through('override-unselected', ['^4.1.0'], ALL),
  ),
  ruled(
    { npm: { 'override-selected-part@~4.1.0': '4.1.0' }, pnpm: { 'override-selected-part@~4.1.0': '4.1.0' } },
    through('override-selected-part', ['^4.1.0'], NONE),
  ),
  ruled(
    { npm: { 'override-selected-lower@<4.2.0': '4.1.0' }, pnpm: { 'override-selected-lower@<4.2.0': '4.1.0' } },
    through('override-selected-lower', ['>=3'], NONE),
  ),
  // npm refuses to override what the root itself asks for.
  ruled(withoutNpm(same({ 'override-direct': '4.1.0' })), direct('override-direct', '^4.1.0', 'yarn')),
  ruled(withoutNpm(same({ 'override-direct-up': '^4.1.0' })), direct('override-direct-up', '4.1.0', 'pnpm berry bun')),
  ruled(
    {
      npm: { 'override-as-root': '$override-as-root' },
      pnpm: { 'override-as-root': '$override-as-root' },
      bun: { 'override-as-root': '$override-as-root' },
    },
    besides('override-as-root', { 'override-as-root': '4.2.0' }, ['^4.1.0'], NONE),
  ),
  ruled(
    {
      npm: { 'override-as-root-caret': '$override-as-root-caret' },
      pnpm: { 'override-as-root-caret': '$override-as-root-caret' },
      bun: { 'override-as-root-caret': '$override-as-root-caret' },
    },
    besides('override-as-root-caret', { 'override-as-root-caret': '^4.1.0' }, ['4.1.0'], ALL),
  ),
  ruled(
    same({ 'override-peer': '4.1.0' }),
    single(
      'override-peer',
      { dependencies: { 'override-peer-a': '1.0.0' } },
      { 'override-peer-a': { peerDependencies: { 'override-peer': '^4.1.0' } } },
      NONE,
    ),
  ),
];
