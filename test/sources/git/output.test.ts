import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBatch } from '../../../src/sources/git/batch.ts';
import { failureOf } from '../../../src/sources/git/failures.ts';
import { treeEntries } from '../../../src/sources/git/listing.ts';
import { candidatesOf, resolved } from '../../../src/sources/git/refs.ts';
import { RepositoryFailure } from '../../../src/sources/remote/repository.ts';

/** Bytes in pieces, cut wherever. */
async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const to = Math.min(cut, bytes.length);
    if (to > from) yield bytes.subarray(from, to);
    from = Math.max(from, to);
  }
  yield bytes.subarray(from);
}

const cuts = fc.array(fc.nat(400), { maxLength: 12 });
const id = fc.stringMatching(/^[0-9a-f]{40}$/);

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('what ls-tree writes', () => {
  const path = fc.stringMatching(/^[^\0]{1,20}$/).filter((text) => Buffer.from(text).toString() === text);
  const entry = fc.record({ kind: fc.constantFrom('file', 'link', 'module'), id, path });
  const modes = { file: '100644', link: '120000', module: '160000' } as const;

  it('is read wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry), cuts, async (entries, at) => {
        const text = entries.map((each) => `${modes[each.kind as 'file']} blob ${each.id}\t${each.path}\0`).join('');
        expect(await all(treeEntries(pieces(Buffer.from(text), at)))).toEqual(entries);
      }),
    );
  });

  it.each(['100644 blob abc\tx', 'nonsense\0', '100644 blob abc x\0', `${'x'.repeat(70_000)}`])(
    'is refused where it is not that',
    async (text) => {
      await expect(all(treeEntries(pieces(Buffer.from(text), [])))).rejects.toThrow(RepositoryFailure);
    },
  );
});

describe('what cat-file --batch writes', () => {
  const blob = fc.record({ id, content: fc.uint8Array({ maxLength: 60 }), isRead: fc.boolean() });

  it('is read wherever it is cut, whether content is wanted or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(blob), cuts, async (blobs, at) => {
        const bytes = blobs.flatMap((each) => [
          Buffer.from(`${each.id} blob ${each.content.length}\n`),
          each.content,
          Buffer.from('\n'),
        ]);
        const seen: { id: string; size: number; content: Uint8Array }[] = [];
        await readBatch(
          pieces(Buffer.concat([...bytes, Buffer.from(`${'0'.repeat(40)} missing\n`)]), at),
          async (found, size, content) => {
            const wanted = blobs[seen.length]!;
            seen.push({ id: found, size, content: wanted.isRead ? Buffer.concat(await all(content)) : wanted.content });
          },
        );
        expect(seen.map((each) => [each.id, each.size, Buffer.from(each.content).toString('hex')])).toEqual(
          blobs.map((each) => [each.id, each.content.length, Buffer.from(each.content).toString('hex')]),
        );
      }),
    );
  });

  it('passes over what is no blob', async () => {
    const seen: string[] = [];
    const text = `${'1'.repeat(40)} tree 3\nabc\n${'2'.repeat(40)} blob 0\n\n`;
    await readBatch(pieces(Buffer.from(text), [50]), async (found) => void seen.push(found));
    expect(seen).toEqual(['2'.repeat(40)]);
  });

  it.each([
    `${'1'.repeat(40)} blob 9\nabc`,
    `${'1'.repeat(40)} blob 1\nabc\n`,
    'nonsense\n',
    '1 blob',
    'x'.repeat(1000),
  ])('is refused where it is not that', async (text) => {
    await expect(readBatch(pieces(Buffer.from(text), []), async () => {})).rejects.toThrow(RepositoryFailure);
  });
});

describe('what git says of a failure', () => {
  it.each([
    ["fatal: repository 'http://registry.example/a/' not found", 'not-found'],
    ['ERROR: Repository not found.\nfatal: Could not read from remote repository.', 'not-found'],
    ["fatal: '/srv/x' does not appear to be a git repository", 'not-found'],
    ['fatal: remote error: access denied or repository not exported: /x', 'not-found'],
    ["fatal: could not read Username for 'http://registry.example': terminal prompts disabled", 'denied'],
    ["fatal: Authentication failed for 'http://registry.example/'", 'denied'],
    ['git@registry.example: Permission denied (publickey).', 'denied'],
    ['Host key verification failed.', 'denied'],
    ['fatal: remote error: upload-pack: not our ref 1111', 'ref-unknown'],
    ["fatal: unable to access 'https://x/': Could not resolve host: x", 'unreachable'],
    ['fatal: the remote end hung up unexpectedly', 'unreachable'],
    ['', 'unreachable'],
  ])('%j is %s', (said, kind) => {
    expect(failureOf(said).kind).toBe(kind);
  });

  it('is not what a server says on the side', () => {
    expect(failureOf('remote: Authentication failed\nfatal: early EOF').kind).toBe('unreachable');
  });

  it('is never repeated', () => {
    const failure = failureOf(
      "fatal: unable to access 'https://user:secret@x/': The requested URL returned error: 503",
    );
    expect(failure.message).toBe('unreachable: HTTP 503');
  });
});

describe('a list of refs', () => {
  it('names what is wanted, or nothing', () => {
    const lines = [
      `${'1'.repeat(40)}\trefs/heads/x/main`,
      `${'2'.repeat(40)}\trefs/tags/main`,
      `${'3'.repeat(40)}\trefs/tags/main^{}`,
      'junk',
    ];
    expect(resolved(lines, candidatesOf('main'))).toEqual({ id: '3'.repeat(40), name: 'refs/tags/main' });
    expect(resolved(lines, candidatesOf('other'))).toBeUndefined();
    expect(resolved(lines, candidatesOf(undefined))).toBeUndefined();
    expect(resolved(['nothex\tHEAD'], candidatesOf('HEAD'))).toBeUndefined();
  });
});
