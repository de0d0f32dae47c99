import { describe, expect, it } from 'vitest';
import { digestsOf } from '../../src/graph/digests.ts';
import { DIGESTS } from '../arbitraries.ts';

const [sha512] = DIGESTS.sha512;
const [sha1] = DIGESTS.sha1;

describe('digestsOf', () => {
  it('finds every digest of an entry, without its options', () => {
    expect(digestsOf(`${sha512}?foo \t ${sha1}`)).toEqual([
      { algorithm: 'sha512', text: sha512 },
      { algorithm: 'sha1', text: sha1 },
    ]);
  });

  it.each([
    undefined,
    '',
    '-',
    'sha512',
    'sha512-',
    `sha512-${sha1.slice(5)}`,
    `yarn10c0-${sha512.slice(7)}`,
    `constructor-${sha512.slice(7)}`,
  ])('finds none in %j', (integrity) => {
    expect(digestsOf(integrity)).toEqual([]);
  });
});
