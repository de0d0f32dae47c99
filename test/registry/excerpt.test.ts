/** What of a packument is kept between runs says the same of the releases it is kept for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerptOf, isSettled } from '../../src/registry/excerpt.ts';
import { historyOf } from '../../src/registry/history.ts';
import { newestOfLines } from '../../src/registry/lines.ts';
import { parsePackument } from '../../src/registry/packument.ts';
import type { Packument, Release } from '../../src/registry/release.ts';

const number = fc.nat(3);
const version = fc
  .tuple(fc.nat(2), number, number, fc.constantFrom('', '', '', '-beta.1', '+build'))
  .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`);
const name = fc.oneof(version, version, version, fc.constantFrom('__proto__', 'constructor', 'latest', '', '1.x'));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const release: fc.Arbitrary<Release> = fc.record({
  name: maybe(fc.constantFrom('made', 'other')),
  version: maybe(version),
  integrity: maybe(fc.constantFrom('sha512-YQ==', 'sha1-YQ==', '')),
  signatures: fc.array(fc.record({ keyid: maybe(fc.string()), sig: maybe(fc.string()) }), { maxLength: 2 }),
  attested: fc.boolean(),
  published: maybe(fc.constantFrom('2025-01-01T00:00:00.000Z', '2025-03-01T00:00:00.000Z', '2025-09-01T00:00:00Z')),
  trustedPublisher: maybe(fc.constant('github')),
  repository: maybe(fc.constantFrom('https://github.com/a/b', 'git+ssh://git@github.com/a/c.git')),
  dependencies: fc
    .array(fc.tuple(fc.constantFrom('a', '__proto__'), fc.constantFrom('^1', '*')))
    .map((all) => new Map(all)),
});
const packument: fc.Arbitrary<Packument> = fc
  .tuple(
    fc.uniqueArray(fc.tuple(name, release), { selector: ([text]) => text, maxLength: 8 }),
    maybe(fc.constantFrom(['ada'], ['ada', 'grace'])),
  )
  .map(([releases, maintainers]) => ({
    name: 'made',
    releases: new Map(releases),
    maintainers,
    newest: newestOfLines(releases.map(([text]) => text)),
    tags: new Map([
      ['latest', '1.0.0'],
      ['__proto__', '2.0.0'],
    ]),
  }));

const readBack = (whole: Packument, wanted: ReadonlySet<string>) =>
  parsePackument(JSON.stringify(excerptOf(whole, wanted)), 'made')!;

describe('an excerpt', () => {
  it('has every release it is kept for, as it was, with the same history', () => {
    fc.assert(
      fc.property(packument, fc.func(fc.boolean()), (whole, wants) => {
        const wanted = new Set([...whole.releases.keys()].filter((text) => wants(text)));
        const part = readBack(whole, wanted);
        expect(part.maintainers).toEqual(whole.maintainers);
        expect(part.newest).toEqual(whole.newest);
        expect(part.tags).toEqual(whole.tags);
        expect([...part.releases.keys()].every((text) => whole.releases.has(text))).toBe(true);
        for (const text of wanted) {
          expect(part.releases.get(text)).toEqual(whole.releases.get(text));
          expect(historyOf(part.releases, text)).toEqual(historyOf(whole.releases, text));
        }
      }),
    );
  });

  it('of an excerpt is the same', () => {
    fc.assert(
      fc.property(packument, (whole) => {
        const wanted = new Set([...whole.releases.keys()].slice(0, 2));
        const part = readBack(whole, wanted);
        expect(excerptOf(part, wanted)).toEqual(excerptOf({ ...whole, releases: part.releases }, wanted));
        expect(readBack(part, wanted)).toEqual(part);
      }),
    );
  });

  it('leaves out other lines', () => {
    const one: Release = {
      name: 'made',
      version: undefined,
      integrity: undefined,
      signatures: [],
      attested: false,
      published: undefined,
      trustedPublisher: undefined,
      repository: undefined,
      dependencies: new Map([['a', '^1']]),
    };
    const texts = ['0.1.0', '0.1.9', '0.2.0', '1.0.0', '1.5.0', '2.0.0'];
    const releases = new Map(texts.map((text) => [text, one]));
    const whole = { name: 'made', releases, maintainers: undefined, newest: newestOfLines(texts), tags: new Map() };
    expect(Object.keys(excerptOf(whole, new Set(['1.5.0', '0.1.9'])).versions)).toEqual([
      '0.1.0',
      '0.1.9',
      '1.0.0',
      '1.5.0',
    ]);
    expect(Object.keys(excerptOf(whole, new Set(['3.0.0'])).versions)).toEqual([]);
    expect(Object.values(excerptOf(whole, new Set(['3.0.0'])).newest).sort()).toEqual([
      '0.1.9',
      '0.2.0',
      '1.5.0',
      '2.0.0',
    ]);
  });
});

describe('what is settled', () => {
  it('has bytes and a signature', () => {
    fc.assert(
      fc.property(release, (one) => {
        expect(isSettled(one)).toBe(one.integrity !== undefined && one.signatures.length > 0);
      }),
    );
    expect(isSettled(undefined)).toBe(false);
  });
});
