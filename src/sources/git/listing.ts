/** Reads what `git ls-tree -r -z` writes: `<mode> <type> <id>\t<path>\0`. */
import { RepositoryFailure, type TreeEntry } from '../remote/repository.ts';

/** A path longer than this is no path of a file system. */
const LONGEST = 64 * 1024;
/** https://git-scm.com/book/en/v2/Git-Internals-Git-Objects: the upper bits of a mode. */
const KINDS: ReadonlyMap<string, TreeEntry['kind']> = new Map([
  ['10', 'file'],
  ['12', 'link'],
  ['16', 'module'],
]);

/**
 * @throws RepositoryFailure where it is anything else
 */
export async function* treeEntries(stdout: AsyncIterable<Uint8Array>): AsyncGenerator<TreeEntry> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of stdout) {
    const bytes: Buffer = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    let start = 0;
    for (let end = bytes.indexOf(0, start); end !== -1; end = bytes.indexOf(0, start)) {
      yield entryOf(bytes.toString('utf8', start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > LONGEST) throw unreadable();
  }
  if (rest.length > 0) throw unreadable();
}

function entryOf(line: string): TreeEntry {
  const [, mode = '', id = '', path = ''] = /^(\d{6}) [a-z]+ ([0-9a-f]+)\t([\s\S]+)$/.exec(line) ?? [];
  if (path === '') throw unreadable();
  return { kind: kindOfMode(mode), id, path };
}

/** @param mode six octal digits */
export function kindOfMode(mode: string): TreeEntry['kind'] {
  return KINDS.get(mode.slice(0, 2)) ?? 'other';
}

function unreadable(): RepositoryFailure {
  return new RepositoryFailure('unreachable', 'its list of files cannot be read');
}
