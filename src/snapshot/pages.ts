/**
 * Pages of a column: the few encodings that graph tables are written in, decoded within what was declared and checked
 * (Apache Parquet format, Encodings.md). A page can unfold to no more than its count of values says. Pure.
 */
import { gunzipSync } from 'node:zlib';
import type { PageHeader } from 'hyparquet';

/** Something in a page is not as the format has it. */
export class PageFault extends Error {}

export interface Page {
  readonly encoding: string;
  /** By value: 0 where there is none; undefined where there is one everywhere. */
  readonly levels: Uint8Array | undefined;
  readonly count: number;
  readonly bytes: Buffer;
}

/** A value may be long, the policies of one lockfile for instance. */
const MOST_PAGE_BYTES = 256 * 1024 * 1024;

/**
 * Unpacks a data page of version 2.
 *
 * @param body its compressed bytes, levels first
 * @param most values that may still come
 * @throws PageFault
 */
export function unpack(header: PageHeader, body: Buffer, nullable: boolean, most: number): Page {
  const { uncompressed_page_size: size, data_page_header_v2: head } = header;
  if (header.type !== 'DATA_PAGE_V2' || !head) throw new PageFault(`a page of type ${header.type}`);
  const { num_values: values, num_nulls: nulls, num_rows: rows } = head;
  const { definition_levels_byte_length: levelBytes, repetition_levels_byte_length: repetitions } = head;
  if (!isCount(values) || values === 0 || values > most || rows !== values)
    throw new PageFault('a wrong count of values');
  if (!isCount(nulls) || nulls > values || (!nullable && nulls > 0)) throw new PageFault('a wrong count of nulls');
  if (repetitions !== 0 || !isCount(levelBytes) || levelBytes > body.length) throw new PageFault('wrong levels');
  if (!isCount(size) || size > MOST_PAGE_BYTES || size < levelBytes) throw new PageFault('a wrong size');
  const levels = nullable ? levelsOf(body.subarray(0, levelBytes), values) : undefined;
  const present = levels ? levels.reduce((sum, level) => sum + level, 0) : values;
  if (present !== values - nulls) throw new PageFault('nulls that are not as many as declared');
  const bytes = inflated(body.subarray(levelBytes), size - levelBytes);
  return { encoding: head.encoding, levels: nulls === 0 ? undefined : levels, count: present, bytes };
}

function inflated(bytes: Buffer, size: number): Buffer {
  let plain: Buffer;
  try {
    plain = gunzipSync(bytes, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw new PageFault('compressed bytes that cannot be read');
  }
  if (plain.length !== size) throw new PageFault('another size than declared');
  return plain;
}

/** Definition levels of 0 or 1: runs and bit-packed groups of one bit each (Encodings.md, RLE/bit-packing hybrid). */
function levelsOf(bytes: Buffer, count: number): Uint8Array {
  const levels = new Uint8Array(count);
  const reader = new Cursor(bytes);
  for (let done = 0; done < count; ) {
    const header = reader.varint();
    if (header & 1) {
      const packed = reader.take(header >>> 1);
      for (let at = 0; at < packed.length * 8 && done < count; at++) {
        levels[done++] = (packed[at >>> 3]! >>> (at & 7)) & 1;
      }
      if (packed.length === 0) throw new PageFault('an empty run of levels');
    } else {
      const run = header >>> 1;
      const level = reader.byte();
      if (run === 0 || run > count - done || level > 1) throw new PageFault('a wrong run of levels');
      levels.fill(level, done, done + run);
      done += run;
    }
  }
  return levels;
}

/** Writes the integers of a page, of which none is absent, to `into` from `at` on. */
export function readInts(page: Page, into: Int32Array, at: number): void {
  if (page.levels) throw new PageFault('integers that are absent');
  unpackInts(page, into, at);
}

/** The integers of a page, undefined where a row has none. */
export function readMaybeInts(page: Page): (number | undefined)[] {
  const present = new Int32Array(page.count);
  if (page.count > 0) unpackInts(page, present, 0);
  return spread(page, present);
}

/** The numbers of a page, undefined where a row has none. */
export function readDoubles(page: Page): (number | undefined)[] {
  const { encoding, count, bytes } = page;
  if (encoding !== 'PLAIN') throw new PageFault(`the encoding ${encoding}`);
  if (bytes.length !== count * 8) throw new PageFault('another count of numbers than of bytes');
  return spread(
    page,
    Array.from({ length: count }, (_, at) => bytes.readDoubleLE(at * 8)),
  );
}

/** Values in their rows. */
function spread({ levels }: Page, present: ArrayLike<number>): (number | undefined)[] {
  if (!levels) return Array.from(present);
  let at = 0;
  return Array.from(levels, (level) => (level === 0 ? undefined : present[at++]));
}

function unpackInts({ encoding, count, bytes }: Page, into: Int32Array, at: number): void {
  if (encoding !== 'DELTA_BINARY_PACKED') throw new PageFault(`the encoding ${encoding}`);
  const reader = new Cursor(bytes);
  const block = reader.varint();
  const miniblocks = reader.varint();
  const total = reader.varint();
  const each = block / miniblocks;
  if (total !== count || block === 0 || block % 128 !== 0 || miniblocks === 0 || miniblocks > 64 || each % 32 !== 0) {
    throw new PageFault('a wrong head of deltas');
  }
  let value = reader.zigzag();
  const end = at + count;
  into[at++] = value;
  while (at < end) {
    const least = reader.zigzag();
    const widths = reader.take(miniblocks);
    for (let m = 0; m < miniblocks && at < end; m++) {
      const width = widths[m]!;
      if (width > 32) throw new PageFault('deltas wider than an integer');
      const packed = reader.take((each * width) / 8);
      for (let n = 0; n < each && at < end; n++) {
        value = (value + least + bitsAt(packed, n * width, width)) | 0;
        into[at++] = value;
      }
    }
  }
}

/** `width` bits from a bit on, the lowest first; modulo 2^32. */
function bitsAt(bytes: Buffer, from: number, width: number): number {
  let result = 0;
  for (let done = 0; done < width; ) {
    const bit = from + done;
    const shift = bit & 7;
    const taken = Math.min(8 - shift, width - done);
    result |= ((bytes[bit >>> 3]! >>> shift) & ((1 << taken) - 1)) << done;
    done += taken;
  }
  return result;
}

/** The texts of a page, undefined where a row has none. */
export function readTexts({ encoding, levels, count, bytes }: Page): (string | undefined)[] {
  if (encoding !== 'PLAIN') throw new PageFault(`the encoding ${encoding}`);
  const texts: (string | undefined)[] = [];
  let at = 0;
  const next = (): string => {
    if (at + 4 > bytes.length) throw new PageFault('texts that end early');
    const from = at + 4;
    at = from + bytes.readUInt32LE(at);
    if (at > bytes.length) throw new PageFault('a text longer than its page');
    return bytes.toString('utf8', from, at);
  };
  const values = levels?.length ?? count;
  for (let n = 0; n < values; n++) texts.push(levels && levels[n] === 0 ? undefined : next());
  if (at !== bytes.length) throw new PageFault('more bytes than texts');
  return texts;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Bytes one after the other, and never beyond the last. */
class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new PageFault('bytes that end early');
    return byte;
  }

  take(length: number): Buffer {
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new PageFault('bytes that end early');
    return this.#bytes.subarray(from, this.#at);
  }

  /** An unsigned LEB128 number below 2^35, modulo 2^32. */
  varint(): number {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result >>> 0;
    }
    throw new PageFault('a number that does not end');
  }

  /** A zigzag number, modulo 2^32; deltas may need 33 bits. */
  zigzag(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (shift === 28) high = (byte >>> 4) & 1;
      if (byte < 0x80) return ((low >>> 1) | (high << 31)) ^ -(low & 1);
    }
    throw new PageFault('a number that does not end');
  }
}
