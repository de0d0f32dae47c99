import { expect, test } from 'vitest';
import { validityOf } from '../../src/registry/validity.ts';

test.each([
  ['nothing said', {}, undefined],
  ['a tag alone', { etag: 'W/"x"' }, { etag: 'W/"x"', milliseconds: 0 }],
  ['an age', { 'cache-control': 'public, max-age=300' }, { etag: undefined, milliseconds: 300_000 }],
  ['an age partly over', { 'cache-control': 'max-age=300', age: '100' }, { etag: undefined, milliseconds: 200_000 }],
  [
    'an age that is over',
    { 'cache-control': 'max-age=300', age: '400', etag: '"1"' },
    { etag: '"1"', milliseconds: 0 },
  ],
  ['a century', { 'cache-control': 'max-age=3153600000' }, { etag: undefined, milliseconds: 3_600_000 }],
  ['immutable', { 'cache-control': 'immutable, max-age=31536000' }, { etag: undefined, milliseconds: 3_600_000 }],
  ['for this user alone', { 'cache-control': 'private, max-age=60' }, { etag: undefined, milliseconds: 60_000 }],
  ['only if asked', { 'cache-control': 'no-cache', etag: '"1"' }, { etag: '"1"', milliseconds: 0 }],
  ['never', { 'cache-control': 'no-store', etag: '"1"' }, undefined],
  ['nonsense', { 'cache-control': 'max-age=soon', expires: 'never' }, undefined],
  ['a tag without end', { etag: `"${'x'.repeat(5000)}"` }, undefined],
])('%s', (_, headers, validity) => expect(validityOf(headers)).toEqual(validity));
