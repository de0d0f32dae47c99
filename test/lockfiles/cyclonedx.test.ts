import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics.ts';
import { LockfileError } from '../../src/diagnostics.ts';
import { type LockGraph, NODE_FLAGS, NONE, SOURCE_KINDS } from '../../src/graph/model.ts';
import { LIMITS } from '../../src/lockfiles/reader.ts';
import { readCycloneDx } from '../../src/lockfiles/sbom/cyclonedx.ts';
import { lockfileText } from '../../src/lockfiles/text.ts';
import { edgeLines, FIXTURES, inputOf } from '../readers.ts';
import { cyclonedxReferee, sbomLines } from '../referees/sbom.ts';

const fileOf = (fixture: string) => join(FIXTURES, 'cyclonedx', fixture, 'bom.cdx.json');
const read = (fixture: string) => readCycloneDx(inputOf(fileOf(fixture)));
const readText = (bom: unknown) =>
  readCycloneDx({
    path: 'bom.json',
    text: JSON.stringify(bom),
    siblings: { read: () => undefined, packageDirectories: () => [] },
  });
const text = (graph: LockGraph, id: number) => (id === NONE ? '-' : graph.strings[id]!);
const names = (graph: LockGraph) =>
  Array.from(
    graph.name,
    (name, n) => `${text(graph, graph.ecosystem[n]!)}/${text(graph, name)}@${text(graph, graph.version[n]!)}`,
  );
/** name: source resolved */
const sources = (graph: LockGraph) =>
  Array.from(
    graph.name,
    (name, n) => `${text(graph, name)}: ${SOURCE_KINDS[graph.source[n]!]} ${text(graph, graph.resolved[n]!)}`,
  );
/** edges as 'from kind to' of keys */
const edges = (graph: LockGraph) =>
  edgeLines(graph).map((line) => line.replace(/^(.*) -(\w+)-> .* = (.*)$/, '$1 $2 $3'));
const notes = (graph: LockGraph) =>
  graph.diagnostics.map((note) => `${note.code} ${note.severity} ${note.line ?? '-'}`);

async function failure(fixture: string): Promise<Diagnostic> {
  const error = await (async () => read(fixture))().catch((thrown: unknown) => thrown);
  if (!(error instanceof LockfileError)) throw new Error(`${fixture} was read, or failed otherwise: ${error}`);
  return error.diagnostic;
}

const REFEREED = [
  'minimal',
  'npm-sbom',
  'nested-components',
  'components-of-root',
  'no-dependencies',
  'no-root',
  'root-not-in-graph',
  'root-listed-again',
  'some-not-reached',
  'no-components',
  'missing-source',
  'cycle-and-self',
  'version-1.9',
];

test.each(REFEREED)('%s: the referee reads the same', async (fixture) => {
  expect(sbomLines(await read(fixture))).toEqual(cyclonedxReferee(inputOf(fileOf(fixture)).text));
});

describe('graph', () => {
  test('minimal: root, nodes in the order of the file, edges', async () => {
    const graph = await read('minimal');
    expect(names(graph)).toEqual(['generic/app@1.0.0', 'npm/a@1.0.0', 'npm/b@1.0.0']);
    expect(edgeLines(graph)).toEqual(['a -prod-> b@- = b', 'app -prod-> a@- = a']);
    expect(graph.projects).toEqual([{ node: 0, path: '', name: 'app' }]);
    expect([graph.kind, graph.formatVersion, graph.roots]).toEqual(['cyclonedx', '1.6', 'declared']);
    expect(sources(graph)[0]).toBe('app: workspace ');
    expect(graph.diagnostics).toEqual([]);
  });

  test('npm-sbom: the root is named by its purl; marks for development make the edges of the root dev', async () => {
    const graph = await read('npm-sbom');
    expect(graph.projects[0]!.name).toBe('@acme/web');
    expect(edges(graph)).toEqual([
      '@acme/web@1.2.3 dev semver@7.8.6',
      '@acme/web@1.2.3 prod a@0.1.0',
      '@acme/web@1.2.3 prod fsevents@2.3.3',
      '@acme/web@1.2.3 prod ms@2.1.3',
      'a@0.1.0 prod ms@2.1.3',
      'a@0.1.0 prod yallist@5.0.0',
    ]);
    const flags = Object.fromEntries(names(graph).map((name, n) => [name, graph.flags[n]]));
    expect(flags['npm/fsevents@2.3.3']).toBe(NODE_FLAGS.optional);
    expect(flags['npm/semver@7.8.6']).toBe(0);
  });

  test('nested-components: nesting is no edge, the tarball hash of the distribution is the integrity', async () => {
    const graph = await read('nested-components');
    expect(names(graph)).toEqual(['generic/app@1.0.0', 'npm/a@1.0.0', 'npm/b@1.0.0', 'npm/@s/c@1.0.0']);
    expect(edges(graph)).toEqual(['app prod app|a', 'app|a prod app|a|b', 'app|a|b prod app|a|b|c']);
    expect(text(graph, graph.integrity[1]!)).toMatch(/^sha512-q6ur/);
    expect(text(graph, graph.resolved[1]!)).toBe('https://registry.example/a/-/a-1.0.0.tgz');
    expect(Array.from(graph.flags)).toEqual([0, 0, NODE_FLAGS.bundled, 0]);
  });

  test('components-of-root: components nested in the root are read', async () => {
    expect(edges(await read('components-of-root'))).toEqual(['a prod b', 'app prod a']);
  });

  test('refs-by-purl: components without a bom-ref are found by their purl', async () => {
    const graph = await read('refs-by-purl');
    expect(edges(graph)).toEqual([' prod /components/0', '/components/0 prod /components/1']);
    expect(graph.diagnostics).toEqual([]);
  });

  test('root-listed-again: a component with the id and name of the root is the root', async () => {
    expect(names(await read('root-listed-again'))).toEqual(['generic/app@1.0.0', 'npm/a@1.0.0']);
  });

  test('cycle-and-self: cycles through the root and edges to oneself are kept', async () => {
    const graph = await read('cycle-and-self');
    expect(edges(graph)).toEqual(['a prod a', 'a prod b', 'app prod a', 'b prod a', 'b prod app']);
    expect(graph.roots).toBe('declared');
  });

  test('scopes: excluded is a dev edge from the root only, optional a flag', async () => {
    const graph = await read('scopes');
    expect(edges(graph)).toEqual([
      'app dev php',
      'app dev exc',
      'app prod not',
      'app prod opt',
      'app prod req',
      'exc prod under',
      'req prod exc',
    ]);
    expect(names(graph).filter((_, n) => graph.flags[n] === NODE_FLAGS.optional)).toEqual(['npm/opt@1.0.0']);
  });

  test('services-and-provides: a service is no package, what is provided is no dependency', async () => {
    const graph = await read('services-and-provides');
    expect(edges(graph)).toEqual(['app prod a', 'app prod b']);
    expect(graph.diagnostics.map((note) => note.message)).toEqual([expect.stringMatching(/\(1\): b$/)]);
  });

  test('flags: install script, bundled, platform, patched', async () => {
    const graph = await read('flags');
    const { installScript, bundled, platform, patched } = NODE_FLAGS;
    expect(Array.from(graph.flags)).toEqual([0, installScript | bundled | platform, patched, patched, 0]);
  });
});

describe('roots that are not declared', () => {
  test.each([
    ['no-dependencies', ['app dev b', 'app prod a']],
    ['no-root', [' prod a', 'a prod b']],
    ['root-not-in-graph', ['a prod b', 'app prod a', 'b prod a', 'b prod c']],
    ['some-not-reached', ['app dev d', 'app prod a', 'app prod b', 'b prod c']],
  ])('%s', async (fixture, expected) => {
    const graph = await read(fixture);
    expect(edges(graph)).toEqual(expected);
    expect(graph.roots).toBe('assumed');
    expect(graph.diagnostics.map((note) => [note.code, note.severity])).toEqual([['ROOTS_ASSUMED', 'notice']]);
  });

  test('no-components: nothing is assumed where there is nothing', async () => {
    const graph = await read('no-components');
    expect([graph.nodeCount, graph.roots, graph.diagnostics]).toEqual([1, 'declared', []]);
  });
});

describe('components', () => {
  test('ecosystem-names', async () => {
    expect(names(await read('ecosystem-names'))).toEqual([
      'generic/app@1.0.0',
      'npm/@Scope/JSONStream@1.0.0',
      'npm/@scope/plain@1.0.0',
      'pypi/zope-interface-x@1.0.0',
      'maven/org.example.a:b-c@1.0.0',
      'golang/github.com/Acme/Mod@v1.2.3',
      'composer/acme/lib@v1.0.0',
      'deb/debian/curl@7.50.3-1+b1',
      'nuget/Newtonsoft.Json@13.0.1',
      'npm/noversion@4.5.6',
    ]);
  });

  test('sources: registry, tarball URL, git with a revision, file, first-party, and URLs that are no downloads', async () => {
    const git = 'git+ssh://git@git.example/o/git.git#0123456789abcdef0123456789abcdef01234567';
    expect(sources(await read('sources'))).toEqual([
      'app: workspace ',
      'reg: registry https://registry.example/reg/-/reg-1.0.0.tgz',
      'tar: url https://files.example/tar.tgz',
      'dl: url https://files.example/dl.tar.gz',
      `git: git ${git}`,
      'vcs: git git+https://git.example/o/vcs.git#v1.0.0',
      'home: registry -',
      'file: file ../up/file.tgz',
      'abs: file -',
      'local: file packages/local',
      'org.example:mvn: registry -',
      'org.example:jar: registry https://repo.example/org/example/jar-1.0.0.jar',
      'crate: registry https://crates.example/api/v1/crates/crate/1.0.0/download',
      'acme/tool: git -',
      'openssl: url https://files.example/openssl-3.0.0.tar.gz',
    ]);
  });

  test('types: files and cryptographic assets are left out and counted, all else is kept', async () => {
    const graph = await read('types');
    expect(names(graph)).toEqual([
      'generic/app@1.0.0',
      'generic/alpine@3.16.0',
      'generic/app/composer.lock@-',
      'generic/org.example/thing@-',
      'oci/redis@sha256:abc',
      'npm/in-file@1.0.0',
      'apk/alpine/musl@1.2.3-r0',
    ]);
    expect(sources(graph).slice(1, 4)).toEqual([
      'alpine: registry -',
      'app/composer.lock: file bom.cdx.json#lock',
      'org.example/thing: registry -',
    ]);
    expect(notes(graph)).toEqual(['ENTRY_SKIPPED notice 17', 'ENTRY_SKIPPED notice 23']);
  });

  test('hashes: all of them, strongest first; those of the distribution decide over those of the component', async () => {
    const graph = await read('hashes');
    const algorithms = Array.from(graph.integrity, (id) => text(graph, id).replace(/-\S+/g, ''));
    expect(algorithms).toEqual(['-', 'sha512 sha256 sha3_256 blake2b_256 sha1 md5', 'sha512 md5', 'sha256 sha256']);
    expect(text(graph, graph.integrity[2]!)).toMatch(/^sha512-q6ur/);
  });

  test('hashes-unusable: wrong length, all zeros and unknown algorithms are left out and reported', async () => {
    const graph = await read('hashes-unusable');
    expect(Array.from(graph.integrity, (id) => text(graph, id).slice(0, 7))).toEqual(['-', '-', 'sha256-', '-']);
    expect(notes(graph)).toEqual(['ENTRY_SKIPPED incomplete 16']);
    expect(graph.diagnostics[0]!.message).toMatch(/\(3\): short, zero, odd$/);
  });

  test('purl-invalid: kept by name, reported', async () => {
    const graph = await read('purl-invalid');
    expect(names(graph).slice(1)).toEqual(['generic/x@1.0.0', 'generic/g/y@-']);
    expect(notes(graph)).toEqual(['ENTRY_SKIPPED incomplete 16']);
  });

  test('prototype-names are ordinary names', async () => {
    const graph = await read('prototype-names');
    expect(names(graph)).toEqual([
      'generic/app@1.0.0',
      'npm/__proto__@1.0.0',
      'npm/constructor@1.0.0',
      'npm/@scope/toString@1.0.0',
    ]);
    expect(edges(graph)).toEqual(['__proto__ prod toString', 'app prod __proto__', 'app prod constructor']);
  });
});

describe('ids', () => {
  test('missing-target: an edge to nothing, one report, no credentials', async () => {
    const graph = await read('missing-target');
    expect(edges(graph).sort()).toEqual(['a prod none', 'app prod a', 'app prod none', 'app prod none']);
    expect(notes(graph)).toEqual(['EDGE_UNRESOLVED incomplete 27']);
    expect(graph.diagnostics[0]!.message).toMatch(/\(3\): gone, https:\/\/example.com\/x and 1 more$/);
    expect(JSON.stringify([graph.strings, graph.diagnostics])).not.toContain('secret');
  });

  test('missing-source: dependencies of an id that is nobody are reported', async () => {
    const graph = await read('missing-source');
    expect(edges(graph)).toEqual(['app prod a']);
    expect(notes(graph)).toEqual(['ENTRY_SKIPPED incomplete 30']);
  });

  test('same-ref-same-package is one package, same-ref-other-package two that share their edges', async () => {
    const same = await read('same-ref-same-package');
    expect([names(same).length, same.diagnostics.length]).toEqual([2, 0]);
    const other = await read('same-ref-other-package');
    expect(names(other)).toEqual(['generic/app@1.0.0', 'npm/a@1.0.0', 'npm/a@2.0.0', 'npm/b@1.0.0']);
    expect(edges(other)).toEqual(['a prod b', 'a prod b', 'app prod a', 'app prod a']);
    expect(notes(other)).toEqual(['EDGE_UNRESOLVED notice 16']);
  });
});

describe('files that are not as they should be', () => {
  test.each([
    ['no-bom-format', 'LOCKFILE_SHAPE', 1],
    ['not-an-object', 'LOCKFILE_SHAPE', 1],
    ['truncated', 'LOCKFILE_SYNTAX', 10],
    ['conflict', 'LOCKFILE_CONFLICT', 4],
  ])('%s: %s at line %i', async (fixture, code, line) => {
    expect(await failure(fixture)).toMatchObject({ code, line, severity: 'incomplete' });
  });

  test.each(['crlf-and-bom', 'duplicate-keys'])('%s: read as ever', async (fixture) => {
    const graph = await read(fixture);
    expect(edges(graph)).toEqual(['app prod a']);
    expect(graph.diagnostics).toEqual([]);
  });

  test('version-1.9 is read with a notice, version-2.0 as incomplete', async () => {
    expect(notes(await read('version-1.9'))).toEqual(['LOCKFILE_VERSION notice 3']);
    expect(notes(await read('version-2.0'))).toEqual(['LOCKFILE_VERSION incomplete 3']);
  });

  test('formulation: components of the build environment are left out with a notice', async () => {
    expect(notes(await read('formulation'))).toEqual(['ENTRY_SKIPPED notice -']);
  });

  test('wrong-types, components-no-array: what can be read is, the rest is reported', async () => {
    const graph = await read('wrong-types');
    expect(names(graph)).toEqual(['generic/app@1.0.0', 'npm/a@1.0.0']);
    expect(edges(graph)).toEqual(['app prod a']);
    expect(graph.diagnostics.map((note) => note.message.replace(/.*(\(\d\))/, '$1'))).toEqual([
      '(2)',
      '(2)',
      '(1)',
      '(2)',
    ]);
    expect(notes(await read('components-no-array'))).toEqual(['ENTRY_SKIPPED incomplete -']);
  });

  test('an id that is no proper Unicode is an id', async () => {
    const graph = await readText({
      bomFormat: 'CycloneDX',
      components: [{ type: 'application', 'bom-ref': '\ud800', name: 'x' }],
    });
    expect(sources(graph)).toEqual([': workspace ', 'x: file bom.json#_']);
  });

  test('nesting and numbers of edges are bounded', async () => {
    let nested: unknown = { type: 'library', name: 'deepest' };
    for (let depth = 0; depth <= LIMITS.depth; depth++) nested = { type: 'library', name: 'n', components: [nested] };
    await expect(readText({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [nested] })).rejects.toMatchObject({
      diagnostic: { code: 'LOCKFILE_TOO_COMPLEX' },
    });
    const twin = (version: number) => ({ type: 'library', 'bom-ref': 'x', name: 'x', version: `${version}` });
    const bom = {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: Array.from({ length: 2000 }, (_, n) => twin(n)),
      metadata: { component: { name: 'app', 'bom-ref': 'app' } },
      dependencies: [{ ref: 'app', dependsOn: Array.from({ length: 2001 }, () => 'x') }],
    };
    await expect(readText(bom)).rejects.toMatchObject({ diagnostic: { code: 'LOCKFILE_TOO_COMPLEX' } });
  });

  test('a long chain is read without recursion', async () => {
    const count = 50_000;
    const graph = await readText({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { component: { name: 'app', 'bom-ref': '0' } },
      components: Array.from({ length: count }, (_, n) => ({ name: 'p', version: `${n}`, 'bom-ref': `${n + 1}` })),
      dependencies: Array.from({ length: count }, (_, n) => ({ ref: `${n}`, dependsOn: [`${n + 1}`] })),
    });
    expect([graph.nodeCount, graph.edgeTo.length, graph.roots]).toEqual([count + 1, count, 'declared']);
  });
});

test('the demo fleet: reports is Python with npm components, read without a diagnostic', async () => {
  const graph = await readCycloneDx(inputOf(join(FIXTURES, 'acme', 'reports', 'bom.cdx.json')));
  const list = names(graph);
  expect(list).toContain('npm/debug@4.4.3');
  expect(list).toContain('npm/ms@2.1.3');
  expect(list.filter((name) => name.startsWith('pypi/'))).toHaveLength(30);
  expect(edges(graph)).toContain('reports@1.8.0 dev pytest==9.1.1');
  expect([graph.roots, graph.diagnostics]).toEqual(['declared', []]);
});

test('a byte order mark is not part of the text', () => {
  expect(lockfileText('x', Buffer.from('\ufeff{}'))).toBe('{}');
});
