/** Generated npm lockfiles in every layout: each place is that of its key. Damaged ones: there is nothing to fear. */
import fc from 'fast-check';
import { parseTree } from 'jsonc-parser';
import { expect, it } from 'vitest';
import { type Place, placesOf } from '../../../src/lockfiles/places/index.ts';

const NAMES = [
  'a',
  '@s/b',
  '"',
  '\\',
  '\n',
  '\u2028',
  '💥',
  '__proto__',
  'node_modules/a',
  'packages',
  '{',
  ':',
  '',
  '#',
];
const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'binary', maxLength: 8 }));
const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.dictionary(name, name, { noNullPrototype: true }));
const entries = fc.array(fc.tuple(name, value), { maxLength: 12 });
/** What stands around the tokens of a document. */
const space = fc.constantFrom('', ' ', '\n', '\r\n\t', '\n  ', '  \n    ');

/** Members as text, those with equal names included; every other name written with escapes. */
function objectText(members: readonly (readonly [string, string])[], around: string): string {
  const texts = members.map(
    ([key, text], at) => `${at % 2 === 0 ? JSON.stringify(key) : escaped(key)}${around}:${around}${text}`,
  );
  return `{${around}${texts.join(`,${around}`)}${around}}`;
}

function escaped(text: string): string {
  return `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;
}

const lockfile = fc
  .record({ entries, others: entries, around: space, indent: fc.nat(3), isFirst: fc.boolean() })
  .map(({ entries, others, around, indent, isFirst }) => {
    const text = (list: typeof entries) => list.map(([key, of]) => [key, JSON.stringify(of, null, indent)] as const);
    const packages = ['packages', objectText(text(entries), around)] as const;
    const before = text(others).filter(([key]) => key !== 'packages' && key !== 'lockfileVersion');
    const rest = [...before, ['lockfileVersion', '3']] as const;
    return {
      text: objectText(isFirst ? [packages, ...rest] : [...rest, packages], around),
      keys: entries.map(([key]) => key),
    };
  });

function offsetOf(text: string, { line, column }: Place): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
}

it('finds each key at the member that JSON.parse keeps', () => {
  fc.assert(
    fc.property(lockfile, fc.array(name, { maxLength: 3 }), ({ text, keys }, absent) => {
      const members = parseTree(text)!.children!.find(({ children }) => children![0]!.value === 'packages')!;
      const expected = new Map(
        members.children![1]!.children!.map((member) => [member.children![0]!.value, member.offset]),
      );
      const places = placesOf('npm', text, [...keys, ...absent]);
      const found = new Map(Array.from(places, ([key, place]) => [key, offsetOf(text, place)]));
      expect(found).toEqual(new Map([...expected].filter(([key]) => keys.includes(key) || absent.includes(key))));
      expect([...places.values()].every(({ line, column }) => line > 0 && column > 0)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it('stays inside the text whatever was done to the file', () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(9),
    put: fc.constantFrom(...NAMES, '}', '/*', '//', ','),
  });
  fc.assert(
    fc.property(lockfile, fc.array(change, { maxLength: 4 }), ({ text, keys }, changes) => {
      let damaged = text;
      for (const { at, cut, put } of changes) {
        const from = Math.floor(at * damaged.length);
        damaged = damaged.slice(0, from) + put + damaged.slice(from + cut);
      }
      for (const format of ['npm', 'bun', 'yarn', 'sbom', 'pnpm'] as const) {
        for (const place of placesOf(format, damaged, keys).values()) {
          expect(offsetOf(damaged, place)).toBeLessThan(damaged.length);
        }
      }
    }),
    { numRuns: 500 },
  );
});
