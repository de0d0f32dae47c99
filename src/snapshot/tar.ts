/**
 * Archives: a plain tar (POSIX ustar) of the tables, not compressed, because they are. Chosen over zip: no directory at the
 * end that can say something else than the entries do, one way to read it, and every system has a program that unpacks it.
 */
import type { Part } from './parts.ts';
import { unusable } from './problem.ts';

const BLOCK = 512;
/** Eleven octal digits. */
export const MOST_ENTRY_BYTES = 8 ** 11 - 1;
const MOST_ENTRIES = 100;

export interface Entry {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** The header of a file; without owner or time, so that the same tables are the same archive. */
export function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100, 'latin1');
  block.write('0000644\0', 100, 'latin1');
  block.write('0000000\0', 108, 'latin1');
  block.write('0000000\0', 116, 'latin1');
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  block.write('00000000000\0', 136, 'latin1');
  block.write('        0', 148, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** What follows a file of a size, up to the next block. */
export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** What ends an archive. */
export const END = Buffer.alloc(BLOCK * 2);

/**
 * The files of an archive.
 *
 * @param shown the archive, as messages name it
 * @throws UsageError SNAPSHOT_INVALID for anything but regular files that are all there
 */
export function entriesOf(archive: Part, shown: string): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; ; ) {
    if (at + BLOCK > archive.size) throw unusable(shown, 'the archive is cut off');
    const block = archive.read(at, BLOCK);
    if (block.every((byte) => byte === 0)) return entries;
    const size = octal(block, 124, 12);
    const isFile = block[156] === 0x30 || block[156] === 0;
    if (!isFile || size === undefined || octal(block, 148, 8) !== checksum(block) || entries.length === MOST_ENTRIES) {
      throw unusable(shown, 'not an archive of tables');
    }
    const offset = at + BLOCK;
    at = offset + size + padding(size).length;
    if (at > archive.size) throw unusable(shown, 'the archive is cut off');
    entries.push({ name: textAt(block, 0, 100), offset, size });
  }
}

/** The sum of all bytes, with those of the sum itself as spaces. */
function checksum(block: Buffer): number {
  let sum = 0;
  for (const [at, byte] of block.entries()) sum += at >= 148 && at < 156 ? 0x20 : byte;
  return sum;
}

function octal(block: Buffer, at: number, length: number): number | undefined {
  const digits = textAt(block, at, length).trim();
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

function textAt(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at);
  return block.toString('latin1', at, end === -1 || end > at + length ? at + length : end);
}
