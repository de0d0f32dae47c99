/** Reads what `git cat-file --batch` writes: `<id> <type> <size>\n<content>\n` or `<id> missing\n`, one after the other. */
import { type KeepBlob, RepositoryFailure } from '../remote/repository.ts';

const LONGEST_HEADER = 256;

/**
 * @param keep called for each blob; content that it does not read is passed over
 * @throws RepositoryFailure where it is anything else, or ends early
 */
export async function readBatch(stdout: AsyncIterable<Uint8Array>, keep: KeepBlob): Promise<void> {
  const bytes = new ByteReader(stdout);
  for (let header = await bytes.line(); header !== undefined; header = await bytes.line()) {
    const [, id, type, digits] = /^([0-9a-f]+) ([a-z]+) (\d+)$/.exec(header) ?? [];
    if (id === undefined) {
      if (/^[0-9a-f]+ missing$/.test(header)) continue;
      throw broken();
    }
    const content = bytes.take(Number(digits));
    if (type === 'blob') await keep(id, Number(digits), content);
    for await (const _ of content);
    if ((await bytes.byte()) !== 0x0a) throw broken();
  }
}

class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#pieces = stream[Symbol.asyncIterator]();
  }

  /** The next line without its end; undefined at the end. */
  async line(): Promise<string | undefined> {
    let text = '';
    for (let byte = await this.byte(); byte !== 0x0a; byte = await this.byte()) {
      if (byte === undefined) {
        if (text !== '') throw broken();
        return undefined;
      }
      text += String.fromCharCode(byte);
      if (text.length > LONGEST_HEADER) throw broken();
    }
    return text;
  }

  async byte(): Promise<number | undefined> {
    if (!(await this.#fill())) return undefined;
    const byte = this.#piece[0];
    this.#piece = this.#piece.subarray(1);
    return byte;
  }

  /** The next bytes; read to the end of them once, whoever reads. */
  async *take(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      if (!(await this.#fill())) throw broken();
      const piece = this.#piece.subarray(0, left);
      this.#piece = this.#piece.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #fill(): Promise<boolean> {
    while (this.#piece.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done) return false;
      this.#piece = value;
    }
    return true;
  }
}

function broken(): RepositoryFailure {
  return new RepositoryFailure('unreachable', 'its content cannot be read');
}
