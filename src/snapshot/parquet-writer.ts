/**
 * One table as a Parquet file. Of Parquet's encodings those are used that cannot unfold to more than they declare
 * (pages.ts): no dictionaries, no runs. Flags, which engines alone read, are encoded as the library finds best.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { VERSION } from '../version.ts';
import { type Column, type Columns, RESULT_TABLES, TABLES, type TableName } from './tables.ts';
import { toStored } from './text.ts';

export type Values = Int32Array | readonly (string | number | boolean | undefined)[];

/** What was written: its manifest entry. */
export interface Written {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Of a row group: large enough for engines, small enough to be held several times. */
export const GROUP_ROWS = 1 << 19;

const TYPES = {
  int: { type: 'INT32' },
  double: { type: 'DOUBLE' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  flag: { type: 'BOOLEAN' },
} as const satisfies Record<Column['type'], Omit<SchemaElement, 'name'>>;

/** Writes row groups to a file, which must not exist yet. */
export class TableWriter {
  readonly #sink: FileSink;
  readonly #writer: ParquetWriter;
  readonly #columns: Columns;
  readonly #isResult: boolean;
  #rows = 0;

  constructor(file: string, table: TableName) {
    this.#columns = TABLES[table];
    this.#isResult = Object.hasOwn(RESULT_TABLES, table);
    this.#sink = new FileSink(file);
    this.#writer = new ParquetWriter({
      writer: this.#sink,
      schema: schemaOf(this.#columns),
      codec: 'GZIP',
      compressors: { GZIP: (bytes) => gzipSync(bytes) },
      statistics: this.#isResult,
      createdBy: `spof-deps version ${VERSION}`,
    });
  }

  /** Adds a row group. @param columns values of every column, all of the same length */
  write(columns: Readonly<Record<string, Values>>): void {
    const names = Object.keys(this.#columns);
    const rows = columns[names[0]!]!.length;
    if (rows === 0) return;
    const columnData = names.map((name): ColumnSource => this.#source(name, this.#columns[name]!, columns[name]!));
    this.#writer.write({ columnData, rowGroupSize: rows });
    this.#rows += rows;
  }

  #source(name: string, { type }: Column, values: Values): ColumnSource {
    const data = type === 'text' || type === 'json' ? Array.from(values, stored) : asData(values);
    if (type === 'flag') return { name, data };
    const encoding = type === 'int' ? 'DELTA_BINARY_PACKED' : 'PLAIN';
    return { name, data, encoding, ...(this.#isResult ? {} : { offsetIndex: false }) };
  }

  finish(): Written {
    this.#writer.finish();
    return { rows: this.#rows, ...this.#sink.close() };
  }

  /** Gives the file up. */
  abandon(): void {
    this.#sink.close();
  }
}

function asData(values: Values): Int32Array | (string | number | boolean | undefined)[] {
  return values instanceof Int32Array ? values : [...values];
}

function stored(value: string | number | boolean | undefined): string | undefined {
  return typeof value === 'string' ? toStored(value) : undefined;
}

/** The elements of a flat schema, root first. */
export function schemaOf(columns: Columns): SchemaElement[] {
  const names = Object.keys(columns);
  return [
    { name: 'spof_deps', num_children: names.length },
    ...names.map(
      (name): SchemaElement => ({
        name,
        ...TYPES[columns[name]!.type],
        repetition_type: columns[name]!.nullable ? 'OPTIONAL' : 'REQUIRED',
      }),
    ),
  ];
}

/** A file that is hashed while it is written, row group by row group. */
class FileSink extends ByteWriter {
  readonly #handle: number;
  readonly #hash = createHash('sha256');
  #isOpen = true;

  constructor(file: string) {
    super(1 << 16);
    this.#handle = openSync(file, 'wx');
  }

  flush(): void {
    const bytes = this.getBytes();
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#handle, bytes, done);
    this.#hash.update(bytes);
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }

  close(): { bytes: number; sha256: string } {
    if (this.#isOpen) closeSync(this.#handle);
    this.#isOpen = false;
    return { bytes: this.offset, sha256: this.#hash.copy().digest('hex') };
  }
}
