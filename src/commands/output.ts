/** Writes reports: one to stdout, any number to files. */
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import { extensionsOf, type Format, formatOfFile } from '../reports/index.ts';
import type { Reports } from '../reports/report.ts';

/** The streams and environment of the process, or a test's. */
export interface Streams {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  /** Read only where it is asked for. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  readonly env: { readonly [name: string]: string | undefined };
}

export interface OutputOptions<Formats extends Format> {
  readonly format: Formats;
  readonly out: readonly string[];
  readonly color: boolean | undefined;
}

const DEFAULT_WIDTH = 100;
const CHUNK = 1 << 16;

export function writeReports<Content, Formats extends Format>(
  reports: Reports<Content, Formats>,
  content: Content,
  options: OutputOptions<Formats>,
  streams: Streams,
): void {
  for (const file of options.out) {
    const format = formatOfFile(file);
    if (!format || !has(reports, format)) throw unknownExtension(file, Object.keys(reports));
    writeFile(file, reports[format]({ ...content, width: DEFAULT_WIDTH, color: false }));
  }
  const input = { ...content, width: widthOf(streams), color: options.color ?? wantsColor(streams) };
  for (const chunk of chunks(reports[options.format](input))) streams.stdout.write(chunk);
}

/** Writes files into a directory, which is made where there is none. */
export function writeFiles(
  directory: string,
  files: Iterable<{ readonly name: string; readonly report: Iterable<string> }>,
): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError([
      { code: 'OUTPUT_FAILED', message: `cannot make ${directory} (${error.code})`, next: 'name another directory' },
    ]);
  }
  for (const { name, report } of files) writeFile(join(directory, name), report);
}

function has<Content, Formats extends Format>(reports: Reports<Content, Formats>, format: Format): format is Formats {
  return Object.hasOwn(reports, format);
}

function unknownExtension(file: string, formats: readonly string[]): UsageError {
  const extensions = extensionsOf(formats);
  return new UsageError([
    {
      code: 'USAGE',
      message: `--out ${file}: no report format has this extension`,
      next: `use ${extensions.slice(0, -1).join(', ')} or ${extensions.at(-1)}`,
    },
  ]);
}

function widthOf({ stdout, env }: Streams): number {
  const columns = stdout.columns ?? Number.parseInt(env.COLUMNS ?? '', 10);
  return Number.isFinite(columns) && columns >= 40 ? columns : DEFAULT_WIDTH;
}

// https://no-color.org and https://force-color.org
function wantsColor({ stdout, env }: Streams): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return stdout.isTTY === true && env.TERM !== 'dumb';
}

// A reader of the file never sees half a report: it is written beside and moved into place.
function writeFile(file: string, report: Iterable<string>): void {
  const beside = join(dirname(file), `.spof-deps-${randomUUID()}.tmp`);
  try {
    const handle = openSync(beside, 'wx');
    try {
      for (const chunk of chunks(report)) writeSync(handle, chunk);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError([
      { code: 'OUTPUT_FAILED', message: `cannot write ${file} (${error.code})`, next: 'check its directory' },
    ]);
  }
}

function* chunks(pieces: Iterable<string>): Iterable<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}
