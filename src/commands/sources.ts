/** The sources of a command: its arguments, and the lines of the lists named with --from. */
import { createReadStream } from 'node:fs';
import { UsageError } from '../errors.ts';
import { LARGEST_LIST, type Source, sourcesOf } from '../sources/list.ts';
import type { Streams } from './output.ts';

/**
 * @param given as arguments
 * @param lists files, `-` for stdin
 * @returns all of them; none where nothing was named
 * @throws UsageError for a list that cannot be read, or has no source in it
 */
export async function namedSources(
  given: readonly string[],
  lists: readonly string[],
  streams: Streams,
): Promise<readonly Source[]> {
  const listed: Source[] = [];
  for (const list of lists) {
    const shown = list === '-' ? 'stdin' : list;
    const sources = sourcesOf(await textOf(list, shown, streams), shown);
    if (sources.length === 0) throw unusable(shown, 'has no source in it', 'write one source on each line');
    for (const source of sources) listed.push(source);
  }
  return [...given, ...listed];
}

async function textOf(list: string, shown: string, streams: Streams): Promise<string> {
  const stream = list === '-' ? (streams.stdin ?? []) : createReadStream(list);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of stream) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      pieces.push(bytes);
      length += bytes.length;
      if (length > LARGEST_LIST) throw unusable(shown, `is larger than ${LARGEST_LIST} bytes`, 'split it');
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw unusable(shown, `cannot be read (${String(error.code)})`, 'name a file, or - for stdin');
  }
  return Buffer.concat(pieces).toString('utf8');
}

function unusable(shown: string, what: string, next: string): UsageError {
  return new UsageError([{ code: 'USAGE', message: `--from: ${shown} ${what}`, next }]);
}
