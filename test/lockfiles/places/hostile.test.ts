/** Texts no package manager writes: the place is that of the entry the reader uses, or there is none. */
import { describe, expect, it } from 'vitest';
import type { FormatName } from '../../../src/lockfiles/index.ts';
import { placesOf } from '../../../src/lockfiles/places/index.ts';
import { judge } from './slow.ts';

const siblings = { read: () => undefined, packageDirectories: () => [] };

/** Places as 'line:column', by key. */
function found(format: FormatName, text: string, ...keys: string[]): Record<string, string> {
  return Object.fromEntries(Array.from(placesOf(format, text, keys), ([key, at]) => [key, `${at.line}:${at.column}`]));
}

function npm(packages: string): string {
  return `{"lockfileVersion": 3, "packages": ${packages}}`;
}

describe('npm', () => {
  it('takes the last of what is there twice, as JSON.parse does', () => {
    expect(found('npm', npm('{"a": {},\n "a": {}}'), 'a')).toEqual({ a: '2:2' });
    const twice = '{"lockfileVersion": 3,\n"packages": {"a": {}, "b": {}},\n"packages": {"b": {}}}';
    expect(found('npm', twice, 'a', 'b')).toEqual({ b: '3:14' });
    expect(found('npm', '{"lockfileVersion": 3, "packages": {"a": {}}, "packages": 1}', 'a')).toEqual({});
  });

  it('takes nothing for an entry that has its name deeper, in another section or in a string', () => {
    const text = npm('{"x": {"packages": {"a": {}}, "a": {}, "text": "\\"a\\": {", "list": [{"a": 1}]}}');
    expect(found('npm', `${text.slice(0, -1)}, "a": {}, "other": {"packages": {"a": {}}}}`, 'a')).toEqual({});
  });

  it('reads escapes in keys, and __proto__ as a name', () => {
    const text = npm('{\n"\\u006eode_modules/\\"\\\\": {},\n"__proto__": {}, "constructor": {}}');
    expect(found('npm', text, 'node_modules/"\\', '__proto__', 'constructor', 'toString')).toEqual({
      'node_modules/"\\': '2:1',
      ['__proto__']: '3:1',
      constructor: '3:18',
    });
  });

  it('counts columns in UTF-16 units, lines by line feeds, and no byte order mark', () => {
    expect(found('npm', npm('{"💥": {}, "a": {}}'), 'a')).toEqual({ a: '1:47' });
    expect(found('npm', npm('{\r\n  "a": {}}'), 'a')).toEqual({ a: '2:3' });
    expect(found('npm', `\ufeff${npm('{"a": {}}')}`, 'a')).toEqual({ a: '1:37' });
  });

  it('follows version 1 below one another, through entries that are there twice', () => {
    const text =
      '{"lockfileVersion": 1, "dependencies": {"a": {"dependencies": {"b": {}}},\n' +
      '"c": {"dependencies": {"b": {}}}, "a": {"version": "1.0.0"},\n' +
      '"l": {"version": "file:../up/", "dependencies": {"b": {}}}}, "packages": {"../up": {}}}';
    const keys = ['node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/c/node_modules/b'];
    expect(found('npm', text, ...keys, '../up', '../up/node_modules/b', '')).toEqual({
      'node_modules/a': '2:35',
      'node_modules/c/node_modules/b': '2:24',
      '../up': '3:1',
      '../up/node_modules/b': '3:50',
    });
  });
});

describe('bun', () => {
  it('passes over comments with quotes and braces, and trailing commas', () => {
    const text =
      '// {"packages": {"a": [\n{"workspaces": {/* "x": { */ "": {},},\n"packages": { // }}"\n "a": ["a@1",],},}';
    expect(found('bun', text, '', 'a')).toEqual({ '': '2:30', a: '4:2' });
  });

  it('tells a workspace from a package that has its directory as install path', async () => {
    const text =
      '{"lockfileVersion": 1, "workspaces": {"": {"name": "r"},\n"docs": {"name": "@x/docs"}},\n' +
      '"packages": {"docs": ["docs@1.0.0", "", {}, ""],\n"@x/docs": ["@x/docs@workspace:docs"]}}';
    expect(await judge('bun', { path: 'bun.lock', text, siblings })).toEqual({ placed: 3, unlisted: 0, wrong: [] });
    expect(found('bun', text, 'docs', './docs')).toEqual({ './docs': '2:1', docs: '3:14' });
  });
});

describe('SBOMs', () => {
  it('finds components by bom-ref, nested ones too, the first of one id', () => {
    const text =
      '{"bomFormat": "CycloneDX", "components": [{"bom-ref": "gone"}],\n' +
      '"components": [{"components": [{"bom-ref": "b"}, {}], "bom-ref": "z", "bom-ref": "a"},\n' +
      '{"bom-ref": "a"}, 7, {"bom-ref": 7}],\n"metadata": {"component": {"name": "root"}},\n' +
      '"dependencies": [{"ref": "d", "bom-ref": "d"}]}';
    const keys = ['', 'gone', 'a', 'b', 'd', 'z', '/components/0/components/1', '/components/3', '/components/2'];
    expect(found('sbom', text, ...keys)).toEqual({
      '': '4:27',
      a: '2:82',
      b: '2:44',
      '/components/0/components/1': '2:50',
      '/components/3': '3:22',
    });
  });

  it('finds packages by SPDXID, in an export of GitHub and as elements of SPDX 3', () => {
    const document = '{"SPDXID": "D", "packages": [{"SPDXID": "a"}, {"SPDXID": 1}],\n"files": [{"SPDXID": "f"}]}';
    expect(found('sbom', document, 'a', 'f', 'D')).toEqual({ D: '1:12', a: '1:41' });
    expect(found('sbom', `{"sbom":\n${document}}`, 'a')).toEqual({ a: '2:41' });
    const graph =
      '{"@graph": [{"type": "SpdxDocument", "spdxId": "D"}, {"type": "software_File", "spdxId": "a"},\n' +
      '{"type": "software_Package", "spdxId": "a"}, {"@id": "b", "@type": "software_Package"}]}';
    expect(found('sbom', graph, 'a', 'b', 'D')).toEqual({ a: '2:40', b: '2:54', D: '1:48' });
  });
});

describe('pnpm', () => {
  it('takes packages before snapshots, quoted, long and oddly indented keys, and the last document', () => {
    const text = [
      "lockfileVersion: '9.0'",
      'packages:',
      "  'old@1': {}",
      '---',
      '# packages:',
      'snapshots:',
      '  a@1(b@2): {}',
      '  only@1:',
      "'packages':",
      '    # a@1: comment',
      "    'a@1':",
      '        resolution: {}',
      '    "\\u0062@2": {}',
      "    ? 'it''s@1'",
      '    : resolution: {}',
      'importers:',
      '  packages/x:',
      '    a@1:',
      '',
    ];
    const keys = ['a@1(b@2)', 'b@2', 'only@1', "it's@1", 'packages/x', 'old@1', 'resolution', 'nothing'];
    const places = {
      'old@1': '3:3',
      'only@1': '8:3',
      'a@1(b@2)': '11:5',
      'b@2': '13:5',
      "it's@1": '14:7',
      'packages/x': '17:3',
    };
    expect(found('pnpm', text.join('\n'), ...keys)).toEqual(places);
    expect(found('pnpm', text.join('\r\n'), ...keys)).toEqual(places);
  });

  it('says nothing of a key that stands twice in a section: one of them is inside a text', () => {
    const text = 'packages:\n  a@1:\n    deprecated: "\n  a@1:\n  "\n  b@1: {}\n';
    expect(found('pnpm', text, 'a@1', 'b@1')).toEqual({ 'b@1': '6:3' });
  });
});

describe('yarn', () => {
  it('finds the keys of Berry, long ones behind their question mark', () => {
    const text =
      '__metadata:\n  version: 8\n"a@npm:1, a@npm:2":\n  x: 1\n? "long@npm:1"\n:\n  x: 1\nb@1:\n  "a@npm:3":\n';
    expect(found('yarn', text, 'a@npm:1, a@npm:2', 'long@npm:1', 'b@1', 'a@npm:3', '')).toEqual({
      'a@npm:1, a@npm:2': '3:1',
      'long@npm:1': '5:3',
      'b@1': '8:1',
    });
  });

  it('finds the keys of Yarn 1 as they are written, the last of two, with comments behind them', () => {
    const text =
      '# a@1:\na@1:\n  version "1"\n"@b/c@1", "d@x#1:2" : # note:\n  version "1"\n  e@1:\na@1:\r\n  version "2"\n';
    expect(found('yarn', text, 'a@1', '"@b/c@1", "d@x#1:2" ', 'e@1')).toEqual({
      '"@b/c@1", "d@x#1:2" ': '4:1',
      'a@1': '7:1',
    });
  });
});

describe('a file known by its content alone', () => {
  it.each([
    ['npm', npm('{"a": {}}'), '1:37'],
    ['bun', '{"workspaces": {"": {}}, "packages": {"a": []}}', '1:39'],
    ['yarn', '{"__metadata": {}, "entries": {"a": {}}}', '1:32'],
    ['sbom', '{"components": [{"bom-ref": "a"}]}', '1:29'],
    ['pnpm', 'packages:\n  a: {}\n', '2:3'],
    ['yarn', '__metadata:\n  version: 8\na:\n  version: 1\n', '3:1'],
  ] as const)('is looked through as all that it can be: %s', (format, text, place) => {
    expect(found('unknown', text, 'a')).toEqual({ a: place });
    expect(found(format, text, 'a')).toEqual({ a: place });
  });
});

describe('large and broken texts', () => {
  const many = 100_000;
  const deep = '{"packages":'.repeat(many);
  const texts = {
    'deep objects': deep,
    'deep dependencies': '{"a":{"dependencies":'.repeat(many),
    'deep lists': `{"components":${'['.repeat(many)}`,
    'deep components': '{"components":[{"components":[{"bom-ref":"a","components":['.repeat(many / 4),
    'nothing but quotes': '"'.repeat(many),
    'escapes without end': `{"${'\\'.repeat(many)}`,
    'quotes escaped': `{"packages":{"${'\\"'.repeat(many)}`,
    'comments without end': `{${'/*'.repeat(many)}`,
    'closing brackets': `{"packages":{${']'.repeat(many)}`,
    'hashes on one line': `a@1${' #'.repeat(many)}`,
    'colons on one line': `packages:\n  ${'a:b:'.repeat(many)}`,
    'one endless key': `packages:\n  "${'a'.repeat(many)}`,
    spaces: `packages:\n${' '.repeat(many)}`,
    lines: 'packages:\n'.repeat(many / 4) + '  a:\n'.repeat(many / 4),
    duplicates: `{"packages":{${'"a":{},'.repeat(many)}`,
    'line ends': '\n'.repeat(many),
    nothing: '',
  };

  it.each(Object.entries(texts))('are looked through to the end: %s', (_, text) => {
    const keys = ['', 'a', 'node_modules/a', '../a', `node_modules/a${'/node_modules/a'.repeat(many / 20)}`];
    for (const format of ['npm', 'pnpm', 'yarn', 'bun', 'sbom', 'unknown'] as const) {
      for (const start of ['', '__metadata:\n', '{"lockfileVersion": 1, "dependencies": ']) {
        const places = placesOf(format, start + text, keys);
        expect([...places.keys()].filter((key) => !keys.includes(key))).toEqual([]);
      }
    }
  });
});
