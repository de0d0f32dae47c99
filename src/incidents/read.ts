/** Reads the files of incident lists: bounded, in UTF-8 or, as some shells write them, UTF-16. */
import { createReadStream } from 'node:fs';
import { UsageError } from '../errors.ts';
import type { IncidentBuilder } from './builder.ts';
import { LARGEST_INCIDENT_LIST, readIncidentList } from './list.ts';

/**
 * Reads lists into a builder.
 *
 * @param lists files, `-` for stdin
 * @throws UsageError for a file that cannot be read or is too large
 */
export async function readIncidentFiles(
  lists: readonly string[],
  stdin: AsyncIterable<Uint8Array | string> | undefined,
  into: IncidentBuilder,
): Promise<void> {
  for (const list of new Set(lists)) {
    const shown = list === '-' ? 'stdin' : list;
    readIncidentList(await textOf(list === '-' ? (stdin ?? []) : createReadStream(list), shown), shown, into);
  }
}

type Stream = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

async function textOf(stream: Stream, shown: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of stream) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      pieces.push(bytes);
      length += bytes.length;
      if (length > LARGEST_INCIDENT_LIST)
        throw unusable(shown, `is larger than ${LARGEST_INCIDENT_LIST} bytes`, 'split it');
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw unusable(shown, `cannot be read (${String(error.code)})`, 'name a file, or - for stdin');
  }
  const bytes = Buffer.concat(pieces);
  return bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8');
}

function unusable(shown: string, what: string, next: string): UsageError {
  return new UsageError([{ code: 'USAGE', message: `--list: ${shown} ${what}`, next }]);
}
