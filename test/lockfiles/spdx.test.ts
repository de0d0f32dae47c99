import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Diagnostic, LockfileError } from '../../src/diagnostics.ts';
import { type LockGraph, NONE, SOURCE_KINDS } from '../../src/graph/model.ts';
import { readSpdx } from '../../src/lockfiles/sbom/spdx.ts';
import { edgeLines, FIXTURES, inputOf } from '../readers.ts';
import { sbomLines, spdxReferee } from '../referees/sbom.ts';

const fileOf = (fixture: string) => join(FIXTURES, 'spdx', fixture, 'sbom.spdx.json');
const read = (fixture: string) => readSpdx(inputOf(fileOf(fixture)));
const text = (graph: LockGraph, id: number) => (id === NONE ? '-' : graph.strings[id]!);
const names = (graph: LockGraph) =>
  Array.from(
    graph.name,
    (name, n) => `${text(graph, graph.ecosystem[n]!)}/${text(graph, name)}@${text(graph, graph.version[n]!)}`,
  );
const sources = (graph: LockGraph) =>
  Array.from(
    graph.name,
    (name, n) => `${text(graph, name)}: ${SOURCE_KINDS[graph.source[n]!]} ${text(graph, graph.resolved[n]!)}`,
  );
/** edges as 'from kind to' of keys, without SPDXRef- */
const edges = (graph: LockGraph) =>
  edgeLines(graph).map((line) =>
    line.replace(/^(.*) -(\w+)-> .* = (.*)$/, '$1 $2 $3').replace(/SPDXRef-|https:\/\/example.com\/spdx\//g, ''),
  );
const notes = (graph: LockGraph) =>
  graph.diagnostics.map((note) => `${note.code} ${note.severity} ${note.line ?? '-'}`);

async function failure(fixture: string): Promise<Diagnostic> {
  const error = await (async () => read(fixture))().catch((thrown: unknown) => thrown);
  if (!(error instanceof LockfileError)) throw new Error(`${fixture} was read, or failed otherwise: ${error}`);
  return error.diagnostic;
}

test.each(['minimal', 'version-2.2', 'no-relationships', 'prototype-names', 'missing-source', 'version-2.9'])(
  '%s: the referee reads the same',
  async (fixture) => {
    expect(sbomLines(await read(fixture))).toEqual(spdxReferee(inputOf(fileOf(fixture)).text));
  },
);

describe('relationships', () => {
  test('minimal: the described package is the root', async () => {
    const graph = await read('minimal');
    expect(names(graph)).toEqual(['generic/app@1.0.0', 'npm/a@1.0.0', 'npm/b@1.0.0']);
    expect(edges(graph)).toEqual(['a prod b', 'app prod a']);
    expect(graph.projects).toEqual([{ node: 0, path: '', name: 'app' }]);
    expect([graph.kind, graph.formatVersion, graph.roots, graph.diagnostics]).toEqual(['spdx', '2.3', 'declared', []]);
  });

  test('relationship-types: every type that says who needs whom', async () => {
    const graph = await read('relationship-types');
    const kinds = new Map<string, string[]>();
    for (const edge of edges(graph)) {
      const [, kind, to] = edge.split(' ') as [string, string, string];
      kinds.set(kind, [...(kinds.get(kind) ?? []), to]);
    }
    expect(Object.fromEntries(kinds)).toEqual({
      dev: [
        'build_dependency_of',
        'build_tool_of',
        'dev_dependency_of',
        'dev_tool_of',
        'test_dependency_of',
        'test_tool_of',
      ],
      optional: ['optional_component_of', 'optional_dependency_of'],
      peer: ['has_prerequisite', 'prerequisite_for', 'provided_dependency_of'],
      prod: [
        'contained_by',
        'contains',
        'dependency_of',
        'depends_on',
        'dynamic_link',
        'package_of',
        'runtime_dependency_of',
        'static_link',
        'variant_of',
      ],
    });
    expect(graph.diagnostics.map((note) => note.message)).toEqual([expect.stringMatching(/\(1\): variant-of$/)]);
  });

  test('npm-sbom: peers, git, and a dev edge from inside the tree that hangs from the root', async () => {
    const graph = await read('npm-sbom');
    expect(edges(graph)).toEqual([
      'inner prod git',
      'inner prod ms',
      'web dev semver',
      'web dev yallist',
      'web optional fsevents',
      'web peer lru',
      'web prod inner',
    ]);
    expect(sources(graph)).toContain('git: git git+ssh://git@git.example/o/git.git#0123abc');
    expect(sources(graph)).toContain('ms: registry https://registry.example/ms/-/ms-2.1.3.tgz');
  });

  test('contains-everything: containment counts for what nothing depends on, and once for a cycle', async () => {
    const graph = await read('contains-everything');
    expect(edges(graph)).toEqual(['a prod b', 'app prod a', 'app prod c', 'app prod x', 'x prod y', 'y prod x']);
    expect(graph.roots).toBe('declared');
    expect(notes(graph)).toEqual(['ENTRY_SKIPPED notice 78']);
  });

  test('missing-target, missing-source: reported; NONE and NOASSERTION are no packages', async () => {
    const target = await read('missing-target');
    expect(edges(target)).toEqual(['app prod none', 'app prod none', 'app prod a']);
    expect(notes(target)).toEqual(['EDGE_UNRESOLVED incomplete 41']);
    expect(notes(await read('missing-source'))).toEqual(['ENTRY_SKIPPED incomplete 39']);
  });

  test('same-id-other-package: two packages that share their edges, a repeated one is one', async () => {
    const graph = await read('same-id-other-package');
    expect(names(graph)).toEqual(['generic/app@1.0.0', 'npm/a@1.0.0', 'npm/b@1.0.0']);
    expect(edges(graph)).toEqual(['app prod a', 'app prod a']);
    expect(notes(graph)).toEqual(['EDGE_UNRESOLVED notice 14']);
  });
});

describe('roots', () => {
  test('several-described: a project each where they stand apart', async () => {
    const graph = await read('several-described');
    expect(graph.projects).toEqual([
      { node: 0, path: '', name: 'doc' },
      { node: 1, path: 'sbom.spdx.json#SPDXRef-app', name: 'app' },
      { node: 2, path: 'sbom.spdx.json#SPDXRef-other', name: 'other' },
    ]);
    expect(edges(graph)).toEqual(['app prod a', 'other dev b', 'other prod a']);
  });

  test.each([
    [
      'several-described-dependent',
      ['DOCUMENT dev b', 'DOCUMENT prod app', 'DOCUMENT prod other', 'app prod other', 'other prod a'],
    ],
    [
      'several-described-not-all-reached',
      ['DOCUMENT prod app', 'DOCUMENT prod b', 'DOCUMENT prod other', 'app prod a'],
    ],
  ])('%s: one project that stands for the document', async (fixture, expected) => {
    const graph = await read(fixture);
    expect(graph.projects).toEqual([{ node: 0, path: '', name: 'doc' }]);
    expect(edges(graph)).toEqual(expected);
  });

  test.each(['nothing-described', 'described-is-a-file', 'no-relationships'])('%s: assumed', async (fixture) => {
    const graph = await read(fixture);
    expect(graph.roots).toBe('assumed');
    expect(graph.diagnostics.map((note) => [note.code, note.severity])).toEqual([['ROOTS_ASSUMED', 'notice']]);
  });

  test('described-by, and documentDescribes of version-2.2', async () => {
    expect((await read('described-by')).projects[0]!.name).toBe('app');
    const older = await read('version-2.2');
    expect([older.formatVersion, older.projects[0]!.name]).toEqual(['2.2', 'app']);
  });
});

describe('packages', () => {
  test('github-export: inside its outer object; ranges from manifests are no versions', async () => {
    const graph = await read('github-export');
    expect(names(graph)).toEqual([
      'github/acme/web@main',
      'npm/debug@4.4.3',
      'npm/ms@-',
      'githubactions/actions/checkout@-',
    ]);
    expect(notes(graph)).toEqual(['ENTRY_SKIPPED incomplete 36']);
  });

  test('ranges: the version of the purl decides, epochs and builds are versions', async () => {
    const graph = await read('ranges');
    expect(names(graph).slice(1)).toEqual([
      'npm/r1@-',
      'pypi/r2@-',
      'npm/exact@1.0.0-rc.1+build',
      'npm/pinned@2.0.0',
      'deb/debian/epoch@2:1.0~rc1-1',
    ]);
    expect(graph.diagnostics.map((note) => note.message)).toEqual([expect.stringMatching(/\(2\): r1, r2$/)]);
  });

  test('checksums: strongest first, ADLER32 is no evidence, what is not hexadecimal is reported', async () => {
    const graph = await read('checksums');
    expect(text(graph, graph.integrity[1]!).replace(/-\S+/g, '')).toBe('sha3_512 sha256 sha1');
    expect(text(graph, graph.integrity[2]!)).toBe('-');
    expect(notes(graph)).toEqual(['ENTRY_SKIPPED incomplete 45']);
  });

  test('download-locations', async () => {
    expect(sources(await read('download-locations'))).toEqual([
      'app: workspace ',
      'tar: url https://files.example/tar-1.0.0.tgz',
      'reg: registry https://registry.example/reg/-/reg-1.0.0.tgz',
      'home: registry -',
      'git: git git+https://git.example/o/r.git#v1.0.0',
      'gitbare: git git+https://git.example/o/r.git',
      'none: registry -',
      'crane: registry https://files.example/crane-1.0.0.crate',
      'file: file local/file.tgz',
    ]);
  });

  test('purl-reference-types: old spelling of the type; a CPE is no purl', async () => {
    expect(names(await read('purl-reference-types')).slice(1)).toEqual(['npm/old@1.0.0', 'generic/cpe@1.0.0']);
  });
});

describe('SPDX 3', () => {
  test('spdx-3: packages, relationships with scopes, hashes, the root through the SBOM element', async () => {
    const graph = await read('spdx-3');
    expect(names(graph)).toEqual([
      'npm/app@1.0.0',
      'npm/a@1.0.0',
      'npm/b@1.0.0',
      'npm/t@1.0.0',
      'npm/o@1.0.0',
      'npm/inside@1.0.0',
    ]);
    expect(edges(graph)).toEqual(['a optional o', 'a prod inside', 'app dev t', 'app prod a', 'app prod b']);
    expect(text(graph, graph.integrity[1]!).replace(/-\S+/g, '')).toBe('sha512 sha3_256');
    expect([graph.formatVersion, graph.roots, graph.diagnostics]).toEqual(['3.0.1', 'declared', []]);
  });

  test('spdx-3-wrong-types', async () => {
    const graph = await read('spdx-3-wrong-types');
    expect(names(graph)).toEqual(['generic/@-', 'generic/a@-']);
    expect(graph.diagnostics.map((note) => note.code)).toEqual([
      'LOCKFILE_VERSION',
      'ENTRY_SKIPPED',
      'EDGE_UNRESOLVED',
      'ROOTS_ASSUMED',
    ]);
  });
});

describe('files that are not as they should be', () => {
  test.each([
    ['no-version', 'LOCKFILE_SHAPE', 1],
    ['version-1', 'LOCKFILE_VERSION', 2],
    ['truncated', 'LOCKFILE_SYNTAX', 36],
  ])('%s: %s at line %i', async (fixture, code, line) => {
    expect(await failure(fixture)).toMatchObject({ code, line, severity: 'incomplete' });
  });

  test('crlf-and-bom: read as ever', async () => {
    const graph = await read('crlf-and-bom');
    expect([edges(graph), graph.diagnostics]).toEqual([['app prod a'], []]);
  });

  test('version-2.9 is read with a notice', async () => {
    expect(notes(await read('version-2.9'))).toEqual(['LOCKFILE_VERSION notice -']);
  });

  test('wrong-types, packages-no-array: what can be read is, the rest is reported', async () => {
    const graph = await read('wrong-types');
    expect(edges(graph)).toEqual(['app prod a']);
    expect(graph.diagnostics.map((note) => note.message.replace(/.*(\(\d\))/, '$1'))).toEqual([
      '(1): SPDXRef-nameless',
      '(2)',
    ]);
    expect(notes(await read('packages-no-array'))).toEqual(['ENTRY_SKIPPED incomplete -']);
  });
});
