/** Checks every lockfile text goes through before a reader sees it. */
import { LockfileError } from '../diagnostics.ts';
import { lineAt } from '../lines.ts';
import { LIMITS } from './reader.ts';

const CONFLICT = /^<{7}(?: |\r?$)/m;

/**
 * Decodes the bytes of a lockfile: size, emptiness, binary content, byte order mark, merge conflict markers.
 *
 * @throws LockfileError with the line of the first conflict marker, or for the whole file
 */
export function lockfileText(path: string, bytes: Uint8Array): string {
  if (bytes.length > LIMITS.bytes) throw tooLarge(path, bytes.length);
  const text = decode(path, bytes);
  const conflict = text.includes('<<<<<<<') ? CONFLICT.exec(text) : null;
  if (conflict) {
    throw new LockfileError({
      code: 'LOCKFILE_CONFLICT',
      file: path,
      line: lineAt(text, conflict.index),
      column: 1,
      message: 'unresolved merge conflict: expected a lockfile without conflict markers',
      next: 'resolve the conflict, run the package manager once, commit the result',
    });
  }
  return text;
}

/** The diagnostic for a file over the size limit, also used by sources before they read it. */
export function tooLarge(path: string, bytes: number): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_TOO_LARGE',
    file: path,
    message: `${bytes} bytes: expected at most ${LIMITS.bytes}`,
    next: 'check that this is a lockfile; if it is, split it, or report the size that is needed',
  });
}

function decode(path: string, bytes: Uint8Array): string {
  if (bytes.length === 0 || isBlank(bytes)) {
    throw new LockfileError({
      code: 'LOCKFILE_EMPTY',
      file: path,
      message: 'the file is empty: expected a lockfile',
      next: 'run the package manager once to write it, or delete it',
    });
  }
  if (bytes.includes(0)) {
    throw new LockfileError({
      code: 'LOCKFILE_BINARY',
      file: path,
      message: 'binary content: expected UTF-8 text',
      next: 'restore the file from version control, or write it again with the package manager',
    });
  }
  return new TextDecoder('utf-8').decode(bytes);
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
