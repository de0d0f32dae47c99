/** What is kept on disk between runs, and what of it is read back. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Store } from '../../src/network/store.ts';
import { scratch } from '../cli/harness.ts';

const QUESTION = ['https://registry.example/', 'debug'];

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A store with one answer, and the file it is in. */
async function kept(answer: unknown): Promise<{ store: Store; file: string; directory: string }> {
  const directory = scratch();
  const store = new Store(directory);
  await store.write('package', QUESTION, answer);
  const [file = '', ...others] = files(directory);
  expect(others).toEqual([]);
  return { store, file, directory };
}

describe('a store', () => {
  it('gives back what was put in, under that question alone', async () => {
    const store = new Store(scratch());
    const texts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(texts, texts, fc.jsonValue(), async (question, other, answer) => {
        await store.write('keys', question, answer);
        expect(await store.read('keys', question)).toEqual(JSON.parse(JSON.stringify(answer)));
        expect(await store.read('trust', question)).toBeUndefined();
        const same = JSON.stringify(question) === JSON.stringify(other);
        if (!same) expect(await new Store(store.directory).read('package', other)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
    expect(store.failed).toBeUndefined();
  });

  it('keeps parts of a question apart', async () => {
    const store = new Store(scratch());
    await store.write('keys', ['a', 'b'], 1);
    for (const other of [['a b'], ['ab'], ['a,b'], ['a', 'b', ''], ['["a","b"]'], ['b', 'a'], []]) {
      expect(await store.read('keys', other)).toBeUndefined();
    }
  });

  it('gives names no way out of its directory', async () => {
    const directory = join(scratch(), 'inner');
    const store = new Store(directory);
    await store.write('package', ['../../../..', '/etc/passwd\0'], 1);
    expect(readdirSync(dirname(directory))).toEqual(['inner']);
    expect(files(directory)).toHaveLength(1);
  });

  it('is readable by its owner alone', async () => {
    const { file } = await kept(1);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(statSync(dirname(file)).mode & 0o077).toBe(0);
  });

  it('takes the last of two writers, and leaves no file beside', async () => {
    const { store, directory } = await kept(0);
    await Promise.all(Array.from({ length: 20 }, (_, at) => store.write('package', QUESTION, { at })));
    expect(await store.read('package', QUESTION)).toHaveProperty('at');
    expect(files(directory)).toHaveLength(1);
  });

  it('has nothing where a file is not an answer to the question', async () => {
    const { store, file } = await kept({ fine: true });
    const text = readFileSync(file, 'utf8');
    const other = JSON.stringify({ question: JSON.stringify(['https://registry.example/', 'left']), answer: 1 });
    const texts = ['', 'null', '[]', '7', '{}', text.slice(0, -1), `${text}x`, other, text.replace('debug', 'DEBUG')];
    for (const damaged of [...texts, '{"__proto__":{"question":1}}', '['.repeat(1e6)]) {
      writeFileSync(file, damaged);
      expect(await store.read('package', QUESTION)).toBeUndefined();
    }
    writeFileSync(file, text);
    expect(await store.read('package', QUESTION)).toEqual({ fine: true });
  });

  it('reads no file larger than any answer', async () => {
    const { store, file } = await kept(1);
    writeFileSync(file, Buffer.alloc(64 * 1024 * 1024 + 1, ' '));
    expect(await store.read('package', QUESTION)).toBeUndefined();
  });

  it('that cannot be written says so and goes on', async () => {
    const place = join(scratch(), 'file');
    writeFileSync(place, '');
    const store = new Store(place);
    await store.write('package', QUESTION, 1);
    expect(store.failed).toMatch(/^E[A-Z]+$/);
    expect(await store.read('package', QUESTION)).toBeUndefined();
  });

  it('whose file became a directory has nothing in it', async () => {
    const { store, file } = await kept(1);
    const copy = new Store(scratch());
    mkdirSync(file.replace(store.directory, copy.directory), { recursive: true });
    expect(await copy.read('package', QUESTION)).toBeUndefined();
    await copy.write('package', QUESTION, 2);
    expect([copy.failed === undefined, await copy.read('package', QUESTION)]).toEqual([false, undefined]);
  });
});
