import fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { describe, expect, test } from 'vitest';
import { parsePurl, purlName } from '../../src/lockfiles/sbom/purl.ts';

/** type name version, as one line; undefined where the text is no package URL. */
function line(text: string): string | undefined {
  const purl = parsePurl(text);
  return purl && `${purl.type} ${purlName(purl)} ${purl.version ?? '-'}`;
}

describe('names as the ecosystem writes them', () => {
  test.each([
    ['pkg:npm/debug@4.4.3', 'npm debug 4.4.3'],
    ['pkg:npm/%40babel/core@7.1.0', 'npm @babel/core 7.1.0'],
    ['pkg:npm/@babel/core@7.1.0', 'npm @babel/core 7.1.0'],
    ['pkg:npm/%40babel%2Fcore@7.1.0', 'npm @babel/core 7.1.0'],
    ['pkg:npm/@babel/core', 'npm @babel/core -'],
    ['pkg:npm/JSONStream@1.3.5', 'npm JSONStream 1.3.5'],
    ['pkg:npm/a@git+ssh://git@git.example/o/a.git', 'npm a git+ssh://git@git.example/o/a.git'],
    ['pkg:maven/org.apache/commons@1.0?type=jar', 'maven org.apache:commons 1.0'],
    ['pkg:golang/github.com/A/b/v2@v2.0.0#sub', 'golang github.com/A/b/v2 v2.0.0'],
    ['pkg:pypi/Zope.Interface__X@5', 'pypi zope-interface-x 5'],
    ['pkg:composer/Acme/Lib@1', 'composer acme/lib 1'],
    ['pkg:deb/debian/curl@1%3A7.50-1%2Bb1?arch=i386', 'deb debian/curl 1:7.50-1+b1'],
    ['pkg:oci/redis@sha256%3A0a', 'oci redis sha256:0a'],
    ['PKG://NPM//a@1', 'npm a 1'],
    ['pkg:npm/__proto__@1', 'npm __proto__ 1'],
    ['pkg:generic/a%20b@1', 'generic a b 1'],
  ])('%s', (text, expected) => expect(line(text)).toBe(expected));
});

test('qualifiers are decoded, keys in lower case; a plus stays a plus, a URL may hold a question mark', () => {
  const purl = parsePurl(
    'pkg:npm/a@1?VCS_url=git%2Bhttps://x/y.git%40v1&download_url=git+https://z?q=1&__proto__=p&=x&e=',
  );
  expect(purl?.version).toBe('1');
  expect([...purl!.qualifiers]).toEqual([
    ['vcs_url', 'git+https://x/y.git@v1'],
    ['download_url', 'git+https://z?q=1'],
    ['__proto__', 'p'],
  ]);
});

test.each([
  '',
  'pkg:',
  'pkg:npm',
  'pkg:npm/',
  'pkg:/a@1',
  'pkg:npm/%zz@1',
  'pkg:npm/a@%ff',
  'pkg:npm/a@1?b=%',
  'pkg:1x/a@1',
  'npm/a@1',
  'https://example.com/a@1',
])('no package URL: %s', (text) => expect(parsePurl(text)).toBeUndefined());

test('a very long hostile text is read in linear time', () => {
  const texts = [`pkg:npm/${'@/'.repeat(500_000)}`, `pkg:npm/a?${'&'.repeat(1_000_000)}`, ' '.repeat(1_000_000)];
  for (const text of texts) {
    const started = performance.now();
    parsePurl(text);
    expect(performance.now() - started).toBeLessThan(2000);
  }
});

test('agrees with packageurl-js', () => {
  const word = fc.stringMatching(/^[a-z0-9][a-z0-9.+!'%@-]{0,8}$/);
  const purls = fc.record({
    type: fc.constantFrom('npm', 'golang', 'gem', 'cargo', 'nuget'),
    namespace: word,
    name: word,
    version: word,
  });
  fc.assert(
    fc.property(purls, ({ type, namespace, name, version }) => {
      const written = `pkg:${type}/${[namespace, name].map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`;
      const theirs = PackageURL.parseString(written);
      const ours = parsePurl(written);
      expect([ours?.type, ours?.namespace, ours?.name, ours?.version]).toEqual(theirs.slice(0, 4));
    }),
  );
});
