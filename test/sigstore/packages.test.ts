import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSigstore, SLSA_V1, SLSA_V02 } from './instance.ts';
import { madeRegistry, sha512Of } from './packages.ts';

it('makes a packument of all that is told of its releases', () => {
  const integrity = sha512Of('a tarball');
  const signature = createSigstore().signRelease({ name: '@acme/widget', version: '1.1.0', integrity });
  const repository = { type: 'git', url: 'git+https://github.com/acme/widget.git' };
  const made = madeRegistry('http://127.0.0.1:4873').packument({
    name: '@acme/widget',
    releases: [
      { version: '1.0.0', published: '2025-01-01T00:00:00.000Z', attested: SLSA_V02 },
      {
        version: '1.1.0',
        integrity,
        signatures: [signature],
        attested: true,
        published: '2025-02-01T00:00:00.000Z',
        trustedPublisher: 'github',
        repository,
      },
    ],
  });
  expect(made).toMatchObject({
    name: '@acme/widget',
    'dist-tags': { latest: '1.1.0' },
    time: {
      created: '2025-01-01T00:00:00.000Z',
      modified: '2025-02-01T00:00:00.000Z',
      '1.0.0': '2025-01-01T00:00:00.000Z',
      '1.1.0': '2025-02-01T00:00:00.000Z',
    },
    repository,
    versions: {
      '1.0.0': { dist: { attestations: { provenance: { predicateType: SLSA_V02 } } } },
      '1.1.0': {
        name: '@acme/widget',
        version: '1.1.0',
        _npmUser: { trustedPublisher: { id: 'github' } },
        repository,
        dist: {
          integrity,
          signatures: [signature],
          tarball: 'http://127.0.0.1:4873/@acme/widget/-/widget-1.1.0.tgz',
          attestations: {
            url: 'http://127.0.0.1:4873/-/npm/v1/attestations/@acme%2fwidget@1.1.0',
            provenance: { predicateType: SLSA_V1 },
          },
        },
      },
    },
  });
  expect(JSON.parse(JSON.stringify(made))).toEqual(made);
});

it('leaves out what is not told', () => {
  const made = madeRegistry().packument({ name: 'bare', releases: [{ version: '1.0.0', integrity: null }] });
  expect(made).not.toHaveProperty('time');
  expect(made).not.toHaveProperty('repository');
  expect(made.versions).toEqual({
    '1.0.0': {
      name: 'bare',
      version: '1.0.0',
      _id: 'bare@1.0.0',
      _npmUser: { name: 'maker', email: 'maker@acme.example' },
      dist: {
        shasum: createHash('sha1').update('bare@1.0.0').digest('hex'),
        tarball: 'https://registry.example/bare/-/bare-1.0.0.tgz',
        fileCount: 3,
        unpackedSize: 1234,
      },
    },
  });
});

it('takes odd names for ordinary ones, and a manifest that gives itself other names', () => {
  const manifest = { name: 'other', version: '2.0.0' };
  const { versions } = madeRegistry().packument({ name: 'a', releases: [{ version: '__proto__', manifest }] });
  expect(Object.entries(versions ?? {})).toMatchObject([['__proto__', manifest]]);
});

it('gives the integrity of a text', () => {
  expect(sha512Of('made')).toBe(`sha512-${createHash('sha512').update('made').digest('base64')}`);
});
