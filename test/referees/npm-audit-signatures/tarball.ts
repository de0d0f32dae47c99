/** A package's tarball with one file, as npm publishes them: gzip of a ustar archive. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

export interface Tarball {
  readonly bytes: Uint8Array;
  /** `sha512-<base64>` */
  readonly integrity: string;
}

/** @param manifest its package.json */
export function tarball(manifest: Readonly<Record<string, unknown>>): Tarball {
  const content = Buffer.from(JSON.stringify(manifest));
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  const archive = Buffer.concat([header('package/package.json', content.length), content, padding, end()]);
  const bytes = gzipSync(archive);
  return { bytes, integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` };
}

/** POSIX.1-1988 header: fields at fixed offsets, numbers in octal, a checksum over the header with its own field blank. */
function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const end = () => Buffer.alloc(2 * BLOCK);
