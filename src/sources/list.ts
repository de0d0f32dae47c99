/** Lists of sources, one a line: what --from takes. */
import { UsageError } from '../errors.ts';

/** A source and where it was named, for errors. */
export interface ListedSource {
  readonly source: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** A source as an argument, or of a list. */
export type Source = string | ListedSource;

/** Bytes; a million sources are less. */
export const LARGEST_LIST = 64 * 1024 * 1024;
/** Longer than any path or address. */
const LONGEST = 4096;

/**
 * The sources of a list. Empty lines say nothing, nor does what follows a `#` at the start of a line or after a space: the
 * `#` of a branch stands in its address.
 *
 * @param file as errors name it
 * @throws UsageError for lines that can be no source
 */
export function sourcesOf(text: string, file: string): ListedSource[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const sources = lines.flatMap((written, at): ListedSource[] => {
    const source = withoutComment(written);
    return source === '' ? [] : [{ source, file, line: at + 1 }];
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const wrong = sources.filter(({ source }) => source.length > LONGEST || /[\u0000-\u001f\u007f]/.test(source));
  if (wrong.length > 0) {
    throw new UsageError(
      wrong.map(({ line }) => ({
        code: 'USAGE',
        file,
        line,
        message: 'a source that is too long, or holds control characters',
        next: 'write one source on each line: a path, or git+URL',
      })),
    );
  }
  return sources;
}

function withoutComment(line: string): string {
  for (let at = line.indexOf('#'); at !== -1; at = line.indexOf('#', at + 1)) {
    if (at === 0 || line[at - 1] === ' ' || line[at - 1] === '\t') return line.slice(0, at).trim();
  }
  return line.trim();
}
