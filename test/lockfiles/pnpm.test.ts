/** pnpm lockfiles: every fixture as nodes and edges, by hand, and as pnpm's own libraries read it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import { NODE_FLAGS } from '../../src/graph/model.ts';
import { readPnpm } from '../../src/lockfiles/pnpm/pnpm.ts';
import { LIMITS } from '../../src/lockfiles/reader.ts';
import { lockfileText } from '../../src/lockfiles/text.ts';
import { edgeLines, FIXTURES, inputOf, nodeLines } from '../readers.ts';
import { comparable, pnpmReferee } from '../referees/pnpm.ts';

const fixture = (name: string) => inputOf(join(FIXTURES, 'pnpm', name, 'pnpm-lock.yaml'));

const lockfile = (text: string) => ({
  path: 'pnpm-lock.yaml',
  text,
  siblings: { read: () => undefined, packageDirectories: () => [] },
});

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!(error instanceof LockfileError)) throw error;
    const { code, line, column } = error.diagnostic;
    return `${code} ${line ?? '-'}:${column ?? '-'}`;
  }
  return 'read';
}

interface Expected {
  readonly nodes: readonly string[];
  readonly edges: readonly string[];
  readonly diagnostics?: readonly string[];
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  'specifier-only': {
    nodes: ['. | npm/@- | workspace | - |  | 0'],
    edges: ['. -prod-> never@~1.5.0 = none'],
    diagnostics: ['EDGE_UNRESOLVED incomplete: dependencies without a package in the lockfile: 1 (never)'],
  },
  unresolved: {
    nodes: ['. | npm/@- | workspace | - |  | 0', 'there@1.0.0 | npm/there@1.0.0 | registry | sha512-dGg= | - | 0'],
    edges: [
      '. -optional-> left-out@^1.0.0 = none',
      '. -prod-> missing@^2.0.0 = none',
      '. -prod-> there@1.0.0 = there@1.0.0',
      'there@1.0.0 -optional-> skipped@- = none',
      'there@1.0.0 -prod-> also-missing@- = none',
    ],
    diagnostics: [
      'EDGE_UNRESOLVED incomplete: dependencies without a package in the lockfile: 2 (missing, also-missing)',
    ],
  },
  'v5-inline-specifiers': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      '/lodash/4.17.21 | npm/lodash@4.17.21 | registry | sha512-bG9k | - | 0',
    ],
    edges: ['. -prod-> lodash@^4.17.0 = /lodash/4.17.21'],
  },
  'v5-other-places': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      '/relative/1.2.3 | npm/relative@1.2.3 | registry | sha512-cmVs | https://registry.example/relative/-/relative-1.2.3.tgz | 0',
      '@host.example/team/archive/main.tar.gz | npm/archive@0.4.0 | url | - | https://host.example/team/archive/main.tar.gz | 0',
      'file:projects/local.tgz_462eaf34881863298955eb323c130fc7 | npm/local@- | file | - | projects/local.tgz | 0',
      'github.com/owner/forked/0123456789abcdef0123456789abcdef01234567 | npm/forked@2.0.0 | git | - | https://github.com/owner/forked.git#0123456789abcdef0123456789abcdef01234567 | 0',
      'registry.example/hosted/1.0.0 | npm/hosted@1.0.0 | registry | sha512-aG9z | - | 0',
    ],
    edges: [
      '. -prod-> archive@https://host.example/team/archive/main.tar.gz = @host.example/team/archive/main.tar.gz',
      '. -prod-> forked@owner/forked = github.com/owner/forked/0123456789abcdef0123456789abcdef01234567',
      '. -prod-> hosted@1.0.0 = registry.example/hosted/1.0.0',
      '. -prod-> local@file:projects/local.tgz = file:projects/local.tgz_462eaf34881863298955eb323c130fc7',
      '. -prod-> relative@^1.2.0 = /relative/1.2.3',
      'file:projects/local.tgz_462eaf34881863298955eb323c130fc7 -prod-> relative@- = /relative/1.2.3',
    ],
  },
  'v5-single': {
    nodes: [
      '. | npm/single@0.1.0 | workspace | - |  | 0',
      '/@scope/tool/2.0.1 | npm/@scope/tool@2.0.1 | registry | sha512-dG9vbA== | - | 0',
      '/fsevents/2.3.2 | npm/fsevents@2.3.2 | registry | sha512-ZnNl | - | 13',
      '/native/1.0.0 | npm/native@1.0.0 | registry | sha512-bmF0 | - | 1',
      '/plugin/3.1.4_@scope+tool@2.0.1 | npm/plugin@3.1.4 | registry | sha512-cGx1 | - | 0',
    ],
    edges: [
      '. -dev-> @scope/tool@^2.0.0 = /@scope/tool/2.0.1',
      '. -optional-> fsevents@^2.3.0 = /fsevents/2.3.2',
      '. -prod-> native@1.0.0 = /native/1.0.0',
      '. -prod-> plugin@~3.1.0 = /plugin/3.1.4_@scope+tool@2.0.1',
      '/plugin/3.1.4_@scope+tool@2.0.1 -peer-> @scope/tool@>=2 = /@scope/tool/2.0.1',
      '/plugin/3.1.4_@scope+tool@2.0.1 -peerOptional-> react@^17.0.0 = none',
      '/plugin/3.1.4_@scope+tool@2.0.1 -prod-> native@- = /native/1.0.0',
    ],
  },
  'v5-workspace': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      '/lodash/4.17.21 | npm/lodash@4.17.21 | registry | sha512-bG9k | - | 0',
      'apps/web | npm/web@0.1.0 | workspace | - | apps/web | 0',
      'packages/lib | npm/lib@0.1.0 | workspace | - | packages/lib | 0',
    ],
    edges: [
      'apps/web -prod-> lib@workspace:* = packages/lib',
      'apps/web -prod-> lodash@^4.17.0 = /lodash/4.17.21',
      'packages/lib -dev-> lodash@^4.17.0 = /lodash/4.17.21',
    ],
  },
  'v6-peers-and-aliases': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      '/@scope/core@2.0.0 | npm/@scope/core@2.0.0 | registry | sha512-Y29y | - | 0',
      '/button@1.0.0(@scope/core@2.0.0)(react@18.2.0) | npm/button@1.0.0 | registry | sha512-YnRu | - | 16',
      '/lodash@3.10.1 | npm/lodash@3.10.1 | registry | sha512-bG8z | - | 0',
      '/react@18.2.0 | npm/react@18.2.0 | registry | sha512-cmVh | - | 0',
      'github.com/owner/pathed/89abcdef | npm/pathed@0.0.1 | git | - | https://github.com/owner/pathed.git#89abcdef | 0',
    ],
    edges: [
      '. -prod-> button@^1.0.0 = /button@1.0.0(@scope/core@2.0.0)(react@18.2.0)',
      '. -prod-> old-lodash@npm:lodash@^3.0.0 = /lodash@3.10.1',
      '. -prod-> pathed@github:owner/pathed = github.com/owner/pathed/89abcdef',
      '. -prod-> react@^18.0.0 = /react@18.2.0',
      '/button@1.0.0(@scope/core@2.0.0)(react@18.2.0) -peer-> @scope/core@^2.0.0 = /@scope/core@2.0.0',
      '/button@1.0.0(@scope/core@2.0.0)(react@18.2.0) -peer-> react@* = /react@18.2.0',
    ],
  },
  'v9-bundled': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'outside@1.0.0 | npm/outside@1.0.0 | registry | sha512-b3V0 | - | 0',
      'wasm@1.0.0 | npm/@scope/inside@- | registry | - | - | 2',
      'wasm@1.0.0 | npm/tslib@- | registry | - | - | 2',
      'wasm@1.0.0 | npm/wasm@1.0.0 | registry | sha512-d2Fz | - | 12',
    ],
    edges: [
      '. -prod-> wasm@^1.0.0 = wasm@1.0.0',
      'wasm@1.0.0 -prod-> @scope/inside@- = wasm@1.0.0',
      'wasm@1.0.0 -prod-> outside@- = outside@1.0.0',
      'wasm@1.0.0 -prod-> tslib@- = wasm@1.0.0',
    ],
    diagnostics: [
      'ENTRY_SKIPPED notice: packages with dependencies inside, whose versions the lockfile does not have: 1 (wasm@1.0.0)',
    ],
  },
  'v9-catalogs': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'gone@1.0.0 | npm/gone@1.0.0 | registry | sha512-Z29u | - | 0',
      'legacy | npm/@- | workspace | - | legacy | 0',
      'lodash@3.10.1 | npm/lodash@3.10.1 | registry | sha512-bG8z | - | 0',
      'lodash@4.17.21 | npm/lodash@4.17.21 | registry | sha512-bG80 | - | 0',
    ],
    edges: [
      '. -prod-> gone@catalog:missing = gone@1.0.0',
      '. -prod-> lodash@^4.17.0 = lodash@4.17.21',
      'legacy -prod-> lodash@^3.0.0 = lodash@3.10.1',
    ],
  },
  'v9-climbing': {
    nodes: [
      '../../outside | npm/@- | workspace | - | ../../outside | 0',
      'far@file:../../../../far | npm/far@- | file | - | ../../../../far | 0',
    ],
    edges: ['../../outside -prod-> far@file:../../../far = far@file:../../../../far'],
  },
  'v9-crlf': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'a@1.0.0 | npm/a@1.0.0 | registry | sha512-YQ== | - | 0',
      'b@1.0.0 | npm/b@1.0.0 | registry | sha512-Yg== | - | 0',
    ],
    edges: [
      '. -prod-> a@1.0.0 = a@1.0.0',
      'a@1.0.0 -prod-> b@- = b@1.0.0',
      'b@1.0.0 -prod-> a@- = a@1.0.0',
      'b@1.0.0 -prod-> b@- = b@1.0.0',
    ],
  },
  'v9-cycle': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'a@1.0.0 | npm/a@1.0.0 | registry | sha512-YQ== | - | 0',
      'b@1.0.0 | npm/b@1.0.0 | registry | sha512-Yg== | - | 0',
    ],
    edges: [
      '. -prod-> a@1.0.0 = a@1.0.0',
      'a@1.0.0 -prod-> b@- = b@1.0.0',
      'b@1.0.0 -prod-> a@- = a@1.0.0',
      'b@1.0.0 -prod-> b@- = b@1.0.0',
    ],
  },
  'v9-empty': {
    nodes: ['. | npm/@- | workspace | - |  | 0'],
    edges: [],
  },
  'v9-environment': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'detect@2.0.0 | npm/detect@2.0.0 | registry | sha512-ZGV0 | - | 0',
      'detect@2.0.0 | npm/detect@2.0.0 | registry | sha512-ZGV0 | - | 4',
      'hooks@1.0.0 | npm/hooks@1.0.0 | registry | sha512-aG9v | - | 0',
      'pnpm@11.0.0 | npm/pnpm@11.0.0 | registry | sha512-cG5w | - | 0',
    ],
    edges: [
      '. -dev-> hooks@1.0.0 = hooks@1.0.0',
      '. -dev-> pnpm@11.0.0 = pnpm@11.0.0',
      '. -prod-> detect@^2.0.0 = detect@2.0.0',
      'pnpm@11.0.0 -prod-> detect@- = detect@2.0.0',
    ],
  },
  'v9-injected': {
    nodes: [
      'apps/web | npm/@- | workspace | - | apps/web | 0',
      'lib@file:packages/lib(react@18.3.1) | npm/lib@- | file | - | packages/lib | 0',
      'packages/lib | npm/@- | workspace | - | packages/lib | 0',
      'react@18.3.1 | npm/react@18.3.1 | registry | sha512-cjE4 | - | 0',
    ],
    edges: [
      'apps/web -prod-> lib@workspace:* = lib@file:packages/lib(react@18.3.1)',
      'apps/web -prod-> react@^18.0.0 = react@18.3.1',
      'lib@file:packages/lib(react@18.3.1) -peer-> react@>=17 = react@18.3.1',
      'packages/lib -dev-> react@^18.0.0 = react@18.3.1',
    ],
  },
  'v9-links': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'host@1.0.0(published@packages+published) | npm/host@1.0.0 | registry | sha512-aG9z | - | 0',
      'link:../outer | npm/outer@- | link | - | ../outer | 0',
      'link:vendored | npm/real-name@0.1.0 | link | - | vendored | 0',
      'packages/published | npm/published@0.1.0 | workspace | - | packages/published | 0',
    ],
    edges: [
      '. -prod-> outer@link:../outer = link:../outer',
      '. -prod-> published@workspace:* = packages/published',
      '. -prod-> vendored@link:./vendored = link:vendored',
      'host@1.0.0(published@packages+published) -peer-> published@* = packages/published',
    ],
  },
  'v9-odd-names': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      '__proto__@1.0.0 | npm/__proto__@1.0.0 | registry | sha512-cHJv | - | 0',
      'constructor@2.0.0 | npm/constructor@2.0.0 | registry | sha512-Y29u | - | 0',
    ],
    edges: [
      '. -prod-> __proto__@^1.0.0 = __proto__@1.0.0',
      '. -prod-> constructor@^2.0.0 = constructor@2.0.0',
      '. -prod-> hasOwnProperty@^3.0.0 = none',
      '__proto__@1.0.0 -peer-> toString@* = none',
      'constructor@2.0.0 -prod-> __proto__@- = __proto__@1.0.0',
    ],
    diagnostics: ['EDGE_UNRESOLVED incomplete: dependencies without a package in the lockfile: 1 (hasOwnProperty)'],
  },
  'v9-other-places': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'archive@file:vendor/archive-1.0.0.tgz | npm/archive@1.0.0 | file | sha512-YXJj | vendor/archive-1.0.0.tgz | 0',
      'cloned@git+ssh://git@git.example/owner/cloned.git#89abcdef | npm/cloned@2.0.0 | git | - | git@git.example:owner/cloned.git#89abcdef | 0',
      'hosted@https://codeload.github.com/owner/hosted/tar.gz/89abcdef | npm/hosted@1.0.0 | git | - | https://github.com/owner/hosted.git#89abcdef | 0',
      'mirrored@1.0.1 | npm/mirrored@1.0.1 | registry | sha512-bWly | https://mirror.example/mirrored-1.0.1.tgz | 0',
      'remote@https://host.example/remote.tgz | npm/remote@3.0.0 | url | sha512-cmVt | https://host.example/remote.tgz | 0',
    ],
    edges: [
      '. -prod-> archive@file:vendor/archive-1.0.0.tgz = archive@file:vendor/archive-1.0.0.tgz',
      '. -prod-> cloned@git+ssh://git@git.example/owner/cloned.git = cloned@git+ssh://git@git.example/owner/cloned.git#89abcdef',
      '. -prod-> hosted@owner/hosted#v1 = hosted@https://codeload.github.com/owner/hosted/tar.gz/89abcdef',
      '. -prod-> mirrored@^1.0.0 = mirrored@1.0.1',
      '. -prod-> remote@https://host.example/remote.tgz = remote@https://host.example/remote.tgz',
    ],
  },
  'v9-inconsistent': {
    nodes: ['. | npm/@- | workspace | - |  | 0', 'b@1.0.0 | npm/b@1.0.0 | registry | - | - | 0'],
    edges: ['. -prod-> a@^1.0.0 = none', '. -prod-> b@^1.0.0 = b@1.0.0'],
    diagnostics: [
      'EDGE_UNRESOLVED incomplete: dependencies without a package in the lockfile: 1 (a)',
      'ENTRY_SKIPPED incomplete: snapshots without an entry in packages: 1 (b@1.0.0)',
      'ENTRY_SKIPPED incomplete: packages without an entry in snapshots: 1 (a@1.0.0)',
    ],
  },
  'v9-patched': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'lodash@4.17.21(patch_hash=0123abcd) | npm/lodash@4.17.21 | registry | sha512-bG80 | - | 16',
      'plugin@1.0.0(lodash@4.17.21(patch_hash=0123abcd)) | npm/plugin@1.0.0 | registry | sha512-cGx1 | - | 0',
    ],
    edges: [
      '. -prod-> lodash@^4.17.0 = lodash@4.17.21(patch_hash=0123abcd)',
      'plugin@1.0.0(lodash@4.17.21(patch_hash=0123abcd)) -peer-> lodash@^4.0.0 = lodash@4.17.21(patch_hash=0123abcd)',
    ],
  },
  'v9-peers': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'legacy | npm/@- | workspace | - | legacy | 0',
      'react@17.0.2 | npm/react@17.0.2 | registry | sha512-cjE3 | - | 0',
      'react@18.3.1 | npm/react@18.3.1 | registry | sha512-cjE4 | - | 0',
      'ui@1.0.0(react@17.0.2) | npm/ui@1.0.0 | registry | sha512-dWk= | - | 0',
      'ui@1.0.0(react@18.3.1) | npm/ui@1.0.0 | registry | sha512-dWk= | - | 0',
    ],
    edges: [
      '. -prod-> old@npm:react@^17.0.0 = react@17.0.2',
      '. -prod-> react@^18.0.0 = react@18.3.1',
      '. -prod-> ui@1.0.0 = ui@1.0.0(react@18.3.1)',
      'legacy -prod-> react@^17.0.0 = react@17.0.2',
      'legacy -prod-> ui@1.0.0 = ui@1.0.0(react@17.0.2)',
      'ui@1.0.0(react@17.0.2) -peer-> absent@^1.0.0 = none',
      'ui@1.0.0(react@17.0.2) -peer-> react@^17.0.0 || ^18.0.0 = react@17.0.2',
      'ui@1.0.0(react@17.0.2) -peerOptional-> @types/react@* = none',
      'ui@1.0.0(react@18.3.1) -peer-> absent@^1.0.0 = none',
      'ui@1.0.0(react@18.3.1) -peer-> react@^17.0.0 || ^18.0.0 = react@18.3.1',
      'ui@1.0.0(react@18.3.1) -peerOptional-> @types/react@* = none',
    ],
  },
  'v9-runtime': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'node@runtime:24.4.1 | npm/node@24.4.1 | url | sha256-bGludXg= sha256-d2lu | - | 0',
    ],
    edges: ['. -dev-> node@runtime:^24.0.0 = node@runtime:24.4.1'],
  },
  'wrong-types': {
    nodes: [
      '. | npm/@- | workspace | - |  | 0',
      'broken | npm/@- | workspace | - | broken | 0',
      'good@1.0.0 | npm/good@1.0.0 | registry | - | - | 0',
      'orphan@1.0.0 | npm/orphan@1.0.0 | registry | - | - | 0',
    ],
    edges: ['. -prod-> good@1 = good@1.0.0', '. -prod-> listed@- = none'],
    diagnostics: [
      'EDGE_UNRESOLVED incomplete: dependencies without a package in the lockfile: 1 (listed)',
      'ENTRY_SKIPPED incomplete: entries that are not as expected: 7 (nameless, ., broken, broken@1.0.0, good@1.0.0, ...)',
      'ENTRY_SKIPPED incomplete: snapshots without an entry in packages: 1 (orphan@1.0.0)',
    ],
  },
};

/** Fixtures that pnpm's libraries refuse, or of which they leave parts undefined. */
const BEYOND_REFEREE = ['v5-other-places', 'wrong-types', 'v9-odd-names', 'v9-runtime'];

describe('reads', () => {
  it.each(Object.keys(EXPECTED))('%s', (name) => {
    const graph = readPnpm(fixture(name));
    const { nodes, edges, diagnostics = [] } = EXPECTED[name]!;
    expect(nodeLines(graph)).toEqual(nodes);
    expect(edgeLines(graph)).toEqual(edges);
    expect(graph.diagnostics.map((d) => `${d.code} ${d.severity}: ${d.message}`)).toEqual(diagnostics);
    expect(graph.roots).toBe('declared');
  });

  it.each(Object.keys(EXPECTED).filter((name) => !BEYOND_REFEREE.includes(name)))('%s as pnpm does', async (name) => {
    const input = fixture(name);
    expect(comparable(readPnpm(input))).toEqual(await pnpmReferee(input.text));
  });

  it('projects by path, named by their manifests', () => {
    expect(readPnpm(fixture('v5-workspace')).projects).toEqual([
      { node: 0, path: '', name: undefined },
      { node: 1, path: 'apps/web', name: 'web' },
      { node: 2, path: 'packages/lib', name: 'lib' },
    ]);
  });

  it('the version of the format as the file says it', () => {
    expect(readPnpm(fixture('v5-single')).formatVersion).toBe('5.4');
    expect(readPnpm(fixture('v5-inline-specifiers')).formatVersion).toBe('5.4-inlineSpecifiers');
    expect(readPnpm(fixture('v9-empty')).formatVersion).toBe('9.0');
  });

  it('the same graph with a byte order mark', () => {
    const text = `\ufeff${fixture('v9-cycle').text}`;
    const input = lockfile(lockfileText('pnpm-lock.yaml', new TextEncoder().encode(text)));
    expect(edgeLines(readPnpm(input))).toEqual(EXPECTED['v9-cycle']!.edges);
  });

  it('the same graph from YAML that only js-yaml reads', () => {
    const plain = fixture('v9-peers').text;
    const odd = plain
      .replace('importers:', 'importers: # a comment')
      .replace('specifier: 1.0.0', 'specifier:\n          1.0.0');
    expect(odd).not.toBe(plain);
    expect(edgeLines(readPnpm(lockfile(odd)))).toEqual(edgeLines(readPnpm(fixture('v9-peers'))));
  });

  it('a manifest that is no object as one without a name, and says so', () => {
    const input = fixture('v9-empty');
    const graph = readPnpm({ ...input, siblings: { ...input.siblings, read: () => '[1]' } });
    expect(graph.diagnostics.map(({ code, severity, file }) => [code, severity, file])).toEqual([
      ['MANIFEST_UNREADABLE', 'notice', 'package.json'],
    ]);
  });

  it('many versions of one name in linear time', () => {
    const versions = Array.from({ length: 20_000 }, (_, i) => `1.0.${i}`);
    const text = [
      "lockfileVersion: '9.0'",
      'packages:',
      ...versions.map((v) => `  a@${v}:\n    resolution: {integrity: sha512-YQ==}`),
      'snapshots:',
      ...versions.map((v, i) => `  a@${v}:\n    dependencies:\n      a: 1.0.${versions.length - 1 - i}`),
    ].join('\n');
    const graph = readPnpm(lockfile(text));
    expect(graph.edgeTo.length).toBe(20_000);
    expect(graph.edgeTo[0]).toBe(graph.nodeCount - 1);
    expect(graph.diagnostics).toEqual([]);
  });
});

describe('flags', () => {
  const flagsOf = (name: string, key: string) => {
    const graph = readPnpm(fixture(name));
    return graph.flags[graph.key.findIndex((id) => graph.strings[id] === key)];
  };

  it('optional, platform and install script', () => {
    const { optional, platform, installScript, patched } = NODE_FLAGS;
    expect(flagsOf('v5-single', '/fsevents/2.3.2')).toBe(optional | platform | installScript);
    expect(flagsOf('v5-single', '/native/1.0.0')).toBe(installScript);
    expect(flagsOf('v9-bundled', 'wasm@1.0.0')).toBe(optional | platform);
    expect(flagsOf('v9-patched', 'lodash@4.17.21(patch_hash=0123abcd)')).toBe(patched);
  });
});

describe('refuses', () => {
  it.each([
    ['version-unknown', 'LOCKFILE_VERSION -:-'],
    ['version-missing', 'LOCKFILE_VERSION -:-'],
    ['not-a-mapping', 'LOCKFILE_SHAPE 1:1'],
    ['three-documents', 'LOCKFILE_SHAPE 1:1'],
    ['truncated', 'LOCKFILE_SYNTAX 7:1'],
    ['duplicate-key', 'LOCKFILE_SYNTAX 8:3'],
    ['conflict', 'LOCKFILE_CONFLICT 7:1'],
    ['aliases', 'LOCKFILE_TOO_COMPLEX 2:34'],
    ['merge-keys', 'LOCKFILE_TOO_COMPLEX 3:5'],
  ])('%s', (name, expected) => {
    expect(refusal(() => readPnpm(fixture(name)))).toBe(expected);
  });

  it('two documents that do not begin with a marker, as pnpm does', () => {
    const two = "lockfileVersion: '9.0'\n---\nlockfileVersion: '9.0'\n";
    expect(refusal(() => readPnpm(lockfile(two)))).toBe('LOCKFILE_SHAPE 1:1');
    expect(refusal(() => readPnpm(lockfile(`---\n${two}`)))).toBe('read');
  });

  it('nesting without end', () => {
    const deep = `lockfileVersion: '9.0'\na: ${'['.repeat(100_000)}`;
    expect(refusal(() => readPnpm(lockfile(deep)))).toMatch(/^LOCKFILE_TOO_COMPLEX 2:/);
  });

  it('more packages than the limit', () => {
    const entries = Array.from({ length: LIMITS.nodes }, (_, i) => `  a@1.0.${i}: {}`);
    const text = `lockfileVersion: '9.0'\nimporters:\n  .: {}\nsnapshots:\n${entries.join('\n')}\n`;
    expect(refusal(() => readPnpm(lockfile(text)))).toBe('LOCKFILE_TOO_COMPLEX -:-');
  });

  it('without showing what the file holds', () => {
    const secret = 'lockfileVersion: 9\nresolution: !secret-tag https://user:secret@host.example/\n';
    try {
      readPnpm(lockfile(secret));
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify((error as LockfileError).diagnostic)).not.toContain('secret');
    }
  });
});
