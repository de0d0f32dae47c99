/** Paths that a repository names, before anything is written under them. */

const MOST_BYTES = 1024;
/** As the directory source walks. */
const MOST_DEPTH = 100;
/** NAME_MAX of the file systems there are. */
const MOST_NAME_BYTES = 255;

/**
 * Whether a path may be written below a directory: relative, nothing that leads out, nothing that git or a file system
 * takes for something else (`.git` in any case, with characters that HFS+ ignores, or as NTFS shortens it; on Windows
 * streams, devices and dots at the end).
 *
 * @param path as git gives it; bytes that are no UTF-8 are U+FFFD
 */
export function isWritable(path: string, platform: string = process.platform): boolean {
  if (path === '' || Buffer.byteLength(path) > MOST_BYTES) return false;
  const parts = path.split('/');
  return (
    parts.length <= MOST_DEPTH &&
    parts.every((part) => isOrdinary(part) && (platform !== 'win32' || isOrdinaryOnWindows(part)))
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const STRANGE = /[\u0000-\u001f\u007f-\u009f\ufffd\\]/;
/** https://github.com/git/git/blob/master/utf8.c, next_hfs_char: what HFS+ does not see. */
const UNSEEN = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
/** `git~1` is what NTFS calls it in 8.3; it also drops dots and spaces at the end, and what is after a colon. */
const OF_GIT = /^(?:\.git|git~\d+)[. ]*(?::.*)?$/i;
const OF_WINDOWS = /[:*?"<>|]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)/i;

function isOrdinary(part: string): boolean {
  if (part === '' || part === '.' || part === '..' || Buffer.byteLength(part) > MOST_NAME_BYTES) return false;
  return !STRANGE.test(part) && !OF_GIT.test(part.replace(UNSEEN, ''));
}

function isOrdinaryOnWindows(part: string): boolean {
  return !OF_WINDOWS.test(part);
}
