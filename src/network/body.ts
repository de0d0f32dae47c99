/** Reads a body to its end and undoes its compression, within bounds. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { type Failure, failed } from './answer-kinds.ts';

/** Only gzip is asked for; the others are what servers send regardless. */
const DECODERS: ReadonlyMap<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * All of a stream's bytes.
 *
 * @returns undefined as soon as there are more than `most` bytes; the rest is left unread
 * @throws what the stream ends in, when it breaks off
 */
export async function collect(stream: AsyncIterable<unknown>, most: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a body is made of bytes');
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/**
 * The text of a body. Decoded here and not by the HTTP library, which takes a gzip stream that breaks off for a whole one.
 *
 * @param encoding the Content-Encoding header
 * @param most bytes the text may take
 * @param who names the registry in a message
 */
export async function decode(
  body: Buffer,
  encoding: string | null,
  most: number,
  who: string,
): Promise<string | Failure> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return body.toString();
  const decoder = DECODERS.get(name);
  if (decoder === undefined) return failed('undecodable', `${who} answered in an encoding that was not asked for`);
  try {
    return (await decoder(body, { maxOutputLength: most })).toString();
  } catch (error) {
    const large = error instanceof RangeError;
    return large
      ? tooLarge(who, most)
      : failed('truncated', `${who} answered with compressed data that is cut off or damaged`);
  }
}

export function tooLarge(who: string, most: number): Failure {
  return failed('too-large', `${who} answered with more than ${most} bytes`);
}
