/** Workspaces: what one asks for, and what the others do. */
import { ALL, type Case, VERSIONS } from './case.ts';
import type { ManagerName } from './managers.ts';
import type { Settings } from './project.ts';
import type { Manifest } from './registry.ts';

/** A range asked for by a workspace, or its whole manifest. */
type Asked = string | Manifest;
type PerManager = Partial<Record<ManagerName, Settings>>;

// The others link workspaces by their version without being told.
const LINKING: PerManager = { pnpm: { pnpmWorkspace: { linkWorkspacePackages: true } } };

/**
 * @param workspaces by short name, '' for the root: the package is `<name>`, the workspace `<short>-<name>`
 * @param taken by the same short names
 * @param parents packages of one release, 1.0.0, with the range in which each asks for the package
 */
function workspaces(
  name: string,
  asked: Readonly<Record<string, Asked>>,
  taken: Readonly<Record<string, string>>,
  parents: Readonly<Record<string, Manifest>> = {},
  more: Partial<Case> = {},
): Case {
  const long = (short: string) => (short === '' ? '' : `${short}-${name}`);
  const manifest = (one: Asked): Manifest => (typeof one === 'string' ? { dependencies: { [name]: one } } : one);
  return {
    ...{ name, line: '4', group: 'workspaces', settings: LINKING, ...more },
    packages: {
      [name]: VERSIONS,
      ...Object.fromEntries(Object.entries(parents).map(([parent, own]) => [parent, [['1.0.0', own]]])),
    },
    projects: Object.fromEntries(Object.entries(asked).map(([short, one]) => [long(short), manifest(one)])),
    taken: Object.fromEntries(Object.entries(taken).map(([short, managers]) => [long(short), managers])),
  };
}

/** Dependencies, in short. */
const on = (...names: string[]): Manifest => ({
  dependencies: Object.fromEntries(names.map((name) => name.split('@'))),
});

/** A catalog where there is such a thing; '' is the default one. */
function catalog(named: string, entries: Readonly<Record<string, string>>): Partial<Case> {
  const own = named === '' ? { catalog: entries } : { catalogs: { [named]: entries } };
  const settings: PerManager = { pnpm: { pnpmWorkspace: own }, berry: { yarnrc: own }, bun: { manifest: own } };
  return { settings, managers: ['pnpm', 'berry', 'bun'] };
}

const PINNED: PerManager = {
  pnpm: { pnpmWorkspace: { overrides: { 'ws-override': '4.1.0' } } },
  yarn: { manifest: { resolutions: { 'ws-override': '4.1.0' } } },
  berry: { manifest: { resolutions: { 'ws-override': '4.1.0' } } },
  bun: { manifest: { overrides: { 'ws-override': '4.1.0' } } },
};

export const WORKSPACE_CASES: readonly Case[] = [
  workspaces('ws-pin', { a: '4.2.0', b: '^4.1.0' }, { b: 'yarn berry' }),
  workspaces('ws-pin-last', { a: '^4.1.0', b: '4.2.0' }, { a: 'npm yarn berry bun' }),
  workspaces('ws-old-pin', { a: '4.1.0', b: '^4.1.0' }, { b: 'yarn berry' }),
  workspaces('ws-tilde', { a: '~4.1.0', b: '^4.1.0' }, { b: 'yarn berry' }),
  workspaces('ws-tilde-last', { a: '^4.1.0', b: '~4.1.0' }, { a: 'npm yarn berry bun' }),
  workspaces(
    'ws-four',
    { a: '~4.2.0', b: '4.2.x', c: '~4.1.0', d: '4.2.0' },
    { a: 'npm yarn berry bun', b: 'npm yarn berry bun' },
  ),
  workspaces('ws-carets', { a: '^4.1.0', b: '^4.0.0', c: '^4.2.0' }, { a: ALL, b: ALL, c: ALL }),
  workspaces(
    'ws-transitive',
    { a: '4.2.0', b: on('ws-transitive-p@1.0.0') },
    { b: 'yarn berry' },
    { 'ws-transitive-p': on('ws-transitive@^4.1.0') },
  ),
  workspaces(
    'ws-transitive-first',
    { a: on('ws-transitive-first-p@1.0.0'), b: '4.2.0' },
    { a: 'yarn berry' },
    { 'ws-transitive-first-p': on('ws-transitive-first@^4.1.0') },
  ),
  workspaces(
    'ws-transitive-pin',
    { a: '^4.1.0', b: on('ws-transitive-pin-p@1.0.0') },
    { a: ALL },
    { 'ws-transitive-pin-p': on('ws-transitive-pin@4.2.0') },
  ),
  workspaces(
    'ws-same',
    { a: on('ws-same@4.2.0', 'ws-same-p@1.0.0'), b: on('ws-same-p@1.0.0') },
    { a: 'yarn berry', b: 'yarn berry' },
    { 'ws-same-p': on('ws-same@^4.1.0') },
  ),
  workspaces('ws-lib', { app: on('lib-ws-lib@1.0.0'), lib: '^4.1.0', pin: '4.2.0' }, { app: 'npm yarn berry bun' }),
  workspaces('ws-lib-first', { 'a-lib': '^4.1.0', app: on('a-lib-ws-lib-first@1.0.0'), other: on() }, { app: ALL }),
  workspaces('ws-root', { '': '^4.1.0', a: '4.2.0' }, { a: 'npm yarn berry bun' }),
  workspaces('ws-root-pin', { '': '4.2.0', a: '^4.1.0' }, { a: 'yarn berry' }),
  workspaces(
    'ws-root-pin-transitive',
    { '': { devDependencies: { 'ws-root-pin-transitive': '4.2.0' } }, a: on('ws-root-pin-transitive-p@1.0.0') },
    { a: 'yarn berry' },
    { 'ws-root-pin-transitive-p': on('ws-root-pin-transitive@^4.1.0') },
  ),
  workspaces(
    'ws-peer',
    { a: on('ws-peer@4.2.0', 'ws-peer-p@1.0.0'), b: on('ws-peer-p@1.0.0') },
    {},
    { 'ws-peer-p': { peerDependencies: { 'ws-peer': '^4.1.0' } } },
  ),
  workspaces('ws-override', { a: '^4.1.0' }, {}, {}, { settings: PINNED, managers: ['pnpm', 'yarn', 'berry', 'bun'] }),
  workspaces(
    'ws-catalog',
    { a: 'catalog:', b: '4.2.0' },
    { a: 'berry bun' },
    {},
    catalog('', { 'ws-catalog': '^4.1.0' }),
  ),
  workspaces(
    'ws-catalog-pin',
    { a: 'catalog:', b: '^4.1.0' },
    { b: 'pnpm berry' },
    {},
    catalog('', { 'ws-catalog-pin': '4.2.0' }),
  ),
  workspaces(
    'ws-catalog-named',
    { a: 'catalog:old' },
    { a: 'pnpm berry bun' },
    {},
    catalog('old', { 'ws-catalog-named': '^4.1.0' }),
  ),
];
