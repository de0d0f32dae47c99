/** Packuments: what is read of a good one, and that no hostile one is believed or breaks anything. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePackument, servesEvidence } from '../../src/registry/packument.ts';
import type { Packument, Release } from '../../src/registry/release.ts';

const manifest = {
  name: '@scope/some',
  version: '1.0.0',
  repository: { type: 'git', url: 'git+https://github.com/owner/name.git', directory: 'packages/some' },
  _npmUser: {
    name: 'GitHub Actions',
    email: 'ci@registry.example',
    trustedPublisher: { id: 'github', oidcConfigId: 'oidc:00000000-0000-0000-0000-000000000000' },
  },
  dist: {
    integrity: 'sha512-AAAA',
    tarball: 'https://registry.example/@scope/some/-/some-1.0.0.tgz',
    signatures: [{ keyid: 'SHA256:key', sig: 'MEUC' }],
    attestations: {
      url: 'https://registry.example/-/npm/v1/attestations/@scope%2fsome@1.0.0',
      provenance: { predicateType: 'https://slsa.dev/provenance/v1' },
    },
  },
};
const published = '2025-01-01T10:20:30.456Z';
const ABSENT: Release = {
  ...{ name: undefined, version: undefined, integrity: undefined, signatures: [], attested: false },
  ...{ published: undefined, trustedPublisher: undefined, repository: undefined, dependencies: new Map() },
};

const parse = (document: unknown): Packument | undefined => parsePackument(JSON.stringify(document), '@scope/some');
/** The release of a packument that lists this manifest as 1.0.0. */
function release(given: unknown, time: unknown = published): Release | undefined {
  return parse({ versions: { '1.0.0': given }, time: { '1.0.0': time } })?.releases.get('1.0.0');
}
const distOf = (dist: unknown) => release({ ...manifest, dist });

describe('a packument', () => {
  it('is read', () => {
    const depending = { ...manifest, dependencies: { a: '^1', b: '1' }, optionalDependencies: { b: '2', c: 3 } };
    const document = { versions: { '1.0.0': depending, '1.1.0-beta': {} }, 'dist-tags': { latest: '1.0.0', odd: 1 } };
    expect(parse({ name: '@scope/some', ...document, time: { '1.0.0': published } })).toEqual({
      name: '@scope/some',
      releases: new Map([
        [
          '1.0.0',
          {
            name: '@scope/some',
            version: '1.0.0',
            integrity: 'sha512-AAAA',
            signatures: [{ keyid: 'SHA256:key', sig: 'MEUC' }],
            attested: true,
            published,
            trustedPublisher: 'github',
            repository: 'git+https://github.com/owner/name.git',
            dependencies: new Map([
              ['a', '^1'],
              ['b', '2'],
            ]),
          },
        ],
        ['1.1.0-beta', ABSENT],
      ]),
      newest: new Map([['1', '1.0.0']]),
      tags: new Map([['latest', '1.0.0']]),
    });
  });

  it('may be abbreviated: without times and publishers', () => {
    const { _npmUser, repository, ...rest } = manifest;
    const read = parse({ name: '@scope/some', modified: published, versions: { '1.0.0': rest } });
    expect(read?.releases.get('1.0.0')).toMatchObject({
      ...{ attested: true, published: undefined, trustedPublisher: undefined, repository: undefined },
    });
  });

  it('keeps a name and version that are not those it is listed under', () => {
    const replayed = parse({ versions: { '2.0.0': { ...manifest, name: 'other' } } });
    expect(replayed?.name).toBe('@scope/some');
    expect(replayed?.releases.get('2.0.0')).toMatchObject({ name: 'other', version: '1.0.0' });
  });

  it('of an unpublished package has no releases', () => {
    const time = { created: published, unpublished: { time: published, versions: ['1.0.0'] } };
    expect(parse({ name: '@scope/some', time })?.releases.size).toBe(0);
    expect(parse({ name: '@scope/some', time, versions: [] })).toBeUndefined();
    expect(parse({ name: '@scope/some', time: { created: published } })).toBeUndefined();
  });

  it.each([
    '',
    'null',
    '[]',
    '"text"',
    '1',
    '{}',
    '{"error":"not found"}',
    '{"versions":[]}',
    '{"versions":null}',
    '{',
  ])('is not %j', (text) => expect(parsePackument(text, 'some')).toBeUndefined());

  it('lists at most 100,000 versions', () => {
    const listing = (count: number) =>
      `{"versions":{${Array.from({ length: count }, (_, i) => `"1.0.${i}":{}`).join(',')}}}`;
    expect(parsePackument(listing(100_000), 'some')?.releases.size).toBe(100_000);
    expect(parsePackument(listing(100_001), 'some')).toBeUndefined();
  });

  it('nested beyond reason is read or refused', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(parsePackument(deep, 'some')).toBeUndefined();
    expect(parsePackument(`{"versions":{"1.0.0":{"dist":${deep}}}}`, 'some')?.releases.get('1.0.0')).toEqual(ABSENT);
  });
});

describe('a field of a wrong type is absent', () => {
  it.each([null, 1, true, 'text', []])('%j for an object or a text', (odd) => {
    const text = typeof odd === 'string' ? odd : undefined;
    expect(release({ name: odd, version: odd, dist: odd, repository: odd, _npmUser: odd }, 7)).toEqual({
      ...ABSENT,
      ...{ name: text, version: text, repository: text },
    });
    const inner = { dist: { integrity: odd, signatures: odd, attestations: odd }, repository: { url: odd } };
    const publishers = [{ trustedPublisher: odd }, { trustedPublisher: { id: odd } }];
    for (const _npmUser of publishers) {
      expect(release({ ...inner, _npmUser }, {})).toMatchObject({
        ...{ integrity: text, attested: false, repository: text },
        signatures: [],
      });
    }
    expect(release({ ...inner, _npmUser: publishers[0] }, {})?.trustedPublisher).toBeUndefined();
    expect(release({ ...inner, _npmUser: publishers[1] }, {})?.trustedPublisher).toBe(text);
    expect(release(odd)).toBeUndefined();
  });

  it.each([
    'yesterday',
    '1',
    '2025',
    '2025-13-01T00:00:00Z',
    '2025-01-01T00:00:00',
    'Wed, 01 Jan 2025 00:00:00 GMT',
    '',
  ])('a time like %j', (time) => expect(release(manifest, time)?.published).toBeUndefined());
  it.each(['2025-01-01', '2025-01-01T00:00Z', '2025-01-01T01:02:03.123+02:00', '2011-03-19T06:22:23.456Z'])(
    'not a time like %j',
    (time) => expect(release(manifest, time)?.published).toBe(time),
  );

  it('and so is a text over 4,096 characters', () => {
    const long = 'x'.repeat(4096);
    expect(distOf({ integrity: long })?.integrity).toBe(long);
    expect(distOf({ integrity: `${long}x` })?.integrity).toBeUndefined();
    expect(parse({ versions: { [`${long}x`]: manifest, [long]: manifest } })?.releases.size).toBe(1);
  });
});

describe('signatures', () => {
  const none = { keyid: undefined, sig: undefined };

  it('keep their places, malformed ones too', () => {
    const signatures = [
      {},
      null,
      'text',
      [],
      { keyid: 1, sig: 'MEUC' },
      { keyid: 'key', sig: {} },
      { keyid: 'k', sig: 's' },
    ];
    expect(distOf({ signatures })?.signatures).toEqual([
      ...[none, none, none, none],
      ...[
        { keyid: undefined, sig: 'MEUC' },
        { keyid: 'key', sig: undefined },
        { keyid: 'k', sig: 's' },
      ],
    ]);
  });

  it('after the sixteenth are one malformed entry', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => ({ keyid: `key ${i}`, sig: 'MEUC' }));
    expect(distOf({ signatures: many(16) })?.signatures).toEqual(many(16));
    for (const count of [17, 1000])
      expect(distOf({ signatures: many(count) })?.signatures).toEqual([...many(16), none]);
  });
});

describe('names of the prototype', () => {
  it('are ordinary versions, and give no fields', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const listed = names.map((name) => `"${name}":${JSON.stringify(manifest)}`).join(',');
    const read = parsePackument(`{"time":{},"versions":{${listed}}}`, '__proto__');
    expect(read?.name).toBe('__proto__');
    expect([...(read?.releases.keys() ?? [])]).toEqual(names);
    for (const found of read?.releases.values() ?? []) expect(found.published).toBeUndefined();
  });

  it('are no way to inherit', () => {
    const inherited = JSON.stringify({ dist: manifest.dist, name: 'x' });
    expect(parsePackument(`{"versions":{"1.0.0":{"__proto__":${inherited}}}}`, 'x')?.releases.get('1.0.0')).toEqual(
      ABSENT,
    );
    expect(parsePackument(`{"__proto__":{"versions":{"1.0.0":{}}}}`, 'x')).toBeUndefined();
  });
});

describe('servesEvidence', () => {
  const { signatures, attestations } = manifest.dist;
  it.each([
    [{}, { signatures: false, attestations: false }],
    [{ '1.0.0': {} }, { signatures: false, attestations: false }],
    [
      { '1.0.0': {}, '1.0.1': { dist: { signatures } } },
      { signatures: true, attestations: false },
    ],
    [
      { '1.0.0': { dist: { attestations } }, '1.0.1': {} },
      { signatures: false, attestations: true },
    ],
    [{ '1.0.0': manifest }, { signatures: true, attestations: true }],
    [{ '1.0.0': { dist: { signatures: [], attestations: [] } } }, { signatures: false, attestations: false }],
  ])('%#', (versions, serves) => expect(servesEvidence(parse({ versions })!)).toEqual(serves));
});

describe('for all documents', () => {
  const keys = ['name', 'version', 'dist', 'time', 'integrity', 'signatures', 'attestations', '1.0.0', '__proto__'];
  const key = fc.constantFrom(
    ...keys,
    'versions',
    '_npmUser',
    'trustedPublisher',
    'id',
    'repository',
    'url',
    'keyid',
    'sig',
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom<unknown>(null, 0, true, '', 'text', published),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
    ),
  }));

  it('every field is of its type', () => {
    const isText = (given: unknown) => given === undefined || typeof given === 'string';
    fc.assert(
      fc.property(value, value, value, (versions, time, one) => {
        const read = parse({ versions: { given: one, ...(versions as object | null) }, time });
        for (const found of read?.releases.values() ?? []) {
          const { signatures, attested, dependencies, ...texts } = found;
          expect(Object.keys(found).sort()).toEqual(Object.keys(ABSENT).sort());
          expect(Object.values(texts).every(isText)).toBe(true);
          expect(typeof attested).toBe('boolean');
          expect([...dependencies.values()].every((range) => typeof range === 'string')).toBe(true);
          expect(signatures.every(({ keyid, sig }) => isText(keyid) && isText(sig))).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('any text is read or refused', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parsePackument(text, 'some')));
  });
});

describe('who may publish', () => {
  const listed = (maintainers: unknown) =>
    parsePackument(JSON.stringify({ versions: {}, maintainers }), 'x')?.maintainers;

  it.each([
    [
      [{ name: 'bob', email: 'b@acme.example' }, { name: 'alice' }, { name: 'bob' }],
      ['alice', 'bob'],
    ],
    [
      ['carol <c@acme.example>', 'dave'],
      ['carol', 'dave'],
    ],
    [[{ name: '__proto__' }], ['__proto__']],
    [undefined, undefined],
    [[], undefined],
    ['alice', undefined],
    [[{ name: 'alice' }, { name: 7 }], undefined],
    [[{ name: 'alice' }, null], undefined],
    [[{ name: 'alice' }, ' <x@acme.example>'], undefined],
    [Array.from({ length: 20_001 }, (_, at) => `u${at}`), undefined],
  ])('%j', (maintainers, accounts) => expect(listed(maintainers)).toEqual(accounts));

  it('may be thousands', () => {
    expect(listed(Array.from({ length: 10_000 }, (_, at) => ({ name: `u${at}` })))).toHaveLength(10_000);
  });
});
