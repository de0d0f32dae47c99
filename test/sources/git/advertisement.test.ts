import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advertisedRef } from '../../../src/sources/git/advertisement.ts';
import { candidatesOf } from '../../../src/sources/git/refs.ts';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
const ZERO = '0'.repeat(40);
const START = `${packet('# service=git-upload-pack\n')}0000`;
const MOST = 1_000_000;

function packet(line: string): string {
  return (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line;
}

function listed(refs: readonly (readonly [id: string, name: string])[]): string {
  const lines = refs.map(([id, name], at) =>
    packet(`${id} ${name}${at === 0 ? '\0multi_ack symref=HEAD:refs/heads/main agent=x' : ''}\n`),
  );
  return `${START}${lines.join('')}0000`;
}

async function* pieces(text: string, sizes: readonly number[] = [text.length]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length]!);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const found = (text: string, ref?: string) => advertisedRef(pieces(text), candidatesOf(ref), MOST);

describe('what a server lists of its refs', () => {
  const refs = listed([
    [A, 'HEAD'],
    [A, 'refs/heads/main'],
    [B, 'refs/heads/v1'],
    [B, 'refs/tags/v1'],
    [C, 'refs/tags/v1^{}'],
    [B, 'refs/tags/v2'],
    [C, 'refs/tags/v2^{}'],
  ]);

  it.each([
    [undefined, A, 'HEAD'],
    ['HEAD', A, 'HEAD'],
    ['main', A, 'refs/heads/main'],
    ['v1', B, 'refs/heads/v1'],
    ['refs/tags/v1', C, 'refs/tags/v1'],
    ['v2', C, 'refs/tags/v2'],
  ])('has %s', async (ref, id, name) => {
    expect(await found(refs, ref)).toEqual({ id, name, head: 'main' });
  });

  it('is the same wherever it is cut', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(sizes, async (cut) => {
        expect(await advertisedRef(pieces(refs, cut), candidatesOf('v2'), MOST)).toEqual({
          id: C,
          name: 'refs/tags/v2',
          head: 'main',
        });
      }),
    );
  });

  it('may be nothing', async () => {
    expect(await found(listed([[ZERO, 'capabilities^{}']]))).toBe('empty');
    expect(await found(listed([]))).toBe('empty');
    expect(await found(refs, 'nope')).toBeUndefined();
    expect(await found(listed([[A, 'refs/heads/main']]))).toBeUndefined();
  });

  it.each([
    ['another service', refs.replace('upload', 'recieve')],
    ['a web page', '<!doctype html>'],
    ['a list of the old kind', `${A}\trefs/heads/main\n`],
    ['no id', listed([['x', 'HEAD']])],
    ['an error', `${START}${packet('ERR no')}0000`],
    ['no end', refs.slice(0, -20)],
    ['no length', `${START}zzzz${A} HEAD`],
    ['a length that cannot be', `${START}0003${A} HEAD`],
    ['a length that is not kept', `${START}fff0${A} HEAD`],
    ['another version', `${START}${packet('version 1\n')}${packet(`${A} refs/heads/v2`)}0000`],
    ['nothing', ''],
  ])('that is %s is none', async (_, text) => {
    expect(await found(text, 'v2')).toBeUndefined();
  });

  it('is read as far as is needed, and no further than is taken', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${START}${packet(`${A} HEAD\0caps\n`)}`);
      for (let at = 0; ; at++) {
        const piece = Buffer.from(packet(`${A} refs/heads/${at}\n`).repeat(100));
        read += piece.length;
        yield piece;
      }
    }
    expect(await advertisedRef(endless(), candidatesOf(undefined), MOST)).toEqual({
      id: A,
      name: 'HEAD',
      head: undefined,
    });
    expect(read).toBe(0);
    expect(await advertisedRef(endless(), candidatesOf('zzz'), MOST)).toBeUndefined();
    expect(read).toBeLessThan(MOST + 10_000);
  });

  it('never throws, and never says a commit that is no id', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const seen = await found(`${START}${packet(text)}0000`);
        if (seen !== undefined && seen !== 'empty') expect(seen.id).toMatch(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
      }),
    );
  });
});
