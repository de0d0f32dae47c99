import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { NONE } from '../../src/graph/model.ts';
import { scanBerry } from '../../src/lockfiles/yarn/berry-text.ts';
import { Descriptors } from '../../src/lockfiles/yarn/descriptor-table.ts';
import { SliceTable } from '../../src/lockfiles/yarn/slice-table.ts';

describe('SliceTable', () => {
  const idsOf = (words: readonly string[], hashOf: (word: string) => number): [GraphBuilder, number[]] => {
    const text = words.join('');
    const builder = new GraphBuilder('yarn-berry', '');
    const table = new SliceTable(
      text,
      Uint16Array.from(text, (_, at) => text.charCodeAt(at)),
      builder,
    );
    let at = 0;
    const ids = words.map((word) => {
      at += word.length;
      return table.id(at - word.length, at, hashOf(word));
    });
    return [builder, ids];
  };
  const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '@'), maxLength: 4 }), { maxLength: 60 });

  it('has one id per text, the one of the builder, whatever the hashes are', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 7 }), (texts, spread) => {
        const [builder, ids] = idsOf(texts, (word) => word.length % spread);
        expect(ids.map((id) => builder.string(id))).toEqual(texts);
        expect(ids).toEqual(texts.map((text) => builder.find(text)));
      }),
    );
  });
});

describe('Descriptors', () => {
  it('numbers descriptors like a map', () => {
    const pairs = fc.array(fc.tuple(fc.nat(40), fc.nat(2 ** 25)), { maxLength: 300 });
    fc.assert(
      fc.property(pairs, (all) => {
        const descriptors = new Descriptors();
        const known = new Map<string, number>();
        for (const [name, range] of all) {
          const key = `${name} ${range}`;
          expect(descriptors.find(name, range)).toBe(known.get(key) ?? NONE);
          const id = descriptors.id(name, range);
          expect(id).toBe(known.get(key) ?? known.size);
          known.set(key, id);
        }
        expect(descriptors.names).toHaveLength(known.size);
        for (const [name, range] of all) expect(descriptors.find(name, range)).toBe(known.get(`${name} ${range}`));
      }),
    );
  });

  it('finds keys by name, the last first', () => {
    const descriptors = new Descriptors();
    const ids = [descriptors.id(1, 2), descriptors.id(1, 3), descriptors.id(1, 4), descriptors.id(2, 2)];
    for (const id of [ids[0]!, ids[2]!, ids[3]!]) descriptors.entries[id] = id;
    expect(descriptors.keysOf(1)).toEqual([ids[2], ids[0]]);
    expect(descriptors.keysOf(9)).toEqual([]);
  });
});

describe('scanBerry', () => {
  const entry = (key: string, fields = '') =>
    `__metadata:\n  version: 8\n\n${key}:\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n${fields}`;

  it.each([
    ['a key without quotes', entry('a@^1')],
    ['several descriptors', entry('"a@npm:^1, a@npm:~1.0"')],
    ['other letters', entry('"a@npm:^1"', '  bin:\n    "é": "é.js"\n')],
    ['no newline at the end', entry('"a@npm:^1"').trimEnd()],
    ['CRLF', entry('"a@npm:^1"').replaceAll('\n', '\r\n')],
  ])('reads %s', (_, text) => {
    const packages = scanBerry(text)!;
    expect(packages.builder.formatVersion).toBe('8');
    expect(packages.entries).toHaveLength(1);
    expect(packages.text(packages.entries[0]!.name)).toBe('a');
    expect(packages.text(packages.entries[0]!.version)).toBe('1.0.0');
  });

  it.each([
    ['a space in a plain key', entry('a@>= 1 #')],
    ['a key without a range', entry('"a@"')],
    ['names out of order', entry('"a@npm:^1"', '  dependencies:\n    c: ^1\n    b: ^1\n')],
    ['a name twice', entry('"a@npm:^1"', '  dependencies:\n    b: ^1\n    b: ^1\n')],
    ['an entry without resolution', '__metadata:\n  version: 8\n\n"a@npm:1":\n  version: 1\n'],
    ['metadata behind entries', '"a@npm:1":\n  resolution: "a@npm:1"\n\n__metadata:\n  version: 8\n'],
  ])('leaves %s to the YAML parser', (_, text) => {
    expect(scanBerry(text)).toBeUndefined();
  });
});
