/** One table of a snapshot, read column by column. Everything in the file is checked before it is believed. */
import { type ColumnMetaData, type FileMetaData, parquetMetadata } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { type Page, PageFault, readDoubles, readInts, readMaybeInts, readTexts, unpack } from './pages.ts';
import { schemaOf } from './parquet-writer.ts';
import type { Part } from './parts.ts';
import { type Fail, failing } from './problem.ts';
import { type Columns, TABLES, type TableName } from './tables.ts';
import { fromStored } from './text.ts';

/** Footers are small: a row group is some thousand bytes of them. */
const MOST_FOOTER_BYTES = 16 * 1024 * 1024;
/** More than the edges of ten thousand times ten thousand packages. */
const MOST_ROWS = 2 ** 28;
/** Rows are compressed, and yet no honest table has more of them than this for each byte. */
const MOST_ROWS_PER_BYTE = 256;
const SPARE_ROWS = 1 << 20;
/** Of a page header; those of version 2 without statistics have some forty. */
const HEADER_BYTES = 512;
const MAGIC = 'PAR1';

type ColumnOf<Name extends TableName> = Extract<keyof (typeof TABLES)[Name], string>;

export class TableReader<Name extends TableName> {
  readonly rows: number;
  readonly fail: Fail;
  readonly #part: Part;
  readonly #columns: Columns;
  readonly #groups: FileMetaData['row_groups'];

  /**
   * @param shown the snapshot, as messages name it
   * @throws UsageError SNAPSHOT_INVALID where the file is no such table
   */
  constructor(part: Part, table: Name, shown: string) {
    this.fail = failing(shown, table);
    this.#part = part;
    this.#columns = TABLES[table];
    const { schema, row_groups: groups, num_rows: rows } = metadataOf(part, this.fail);
    if (!sameSchema(schema, schemaOf(this.#columns))) this.fail(undefined, 'other columns than expected');
    const counts = groups.map(({ num_rows }) => Number(num_rows));
    const total = counts.every((count) => count > 0) ? counts.reduce((sum, count) => sum + count, 0) : Number.NaN;
    const most = Math.min(MOST_ROWS, part.size * MOST_ROWS_PER_BYTE + SPARE_ROWS);
    if (typeof rows !== 'bigint' || Number(rows) !== total || !(total >= 0 && total <= most)) {
      this.fail(undefined, `cannot have ${String(rows)} rows in ${part.size} bytes`);
    }
    this.rows = total;
    this.#groups = groups;
  }

  /** A column of integers. */
  ints(column: ColumnOf<Name>): Int32Array {
    const values = new Int32Array(this.rows);
    let at = 0;
    this.#pages(column, (page) => {
      readInts(page, values, at);
      at += page.count;
    });
    return values;
  }

  /** A column of integers; undefined where a row has none. */
  maybeInts(column: ColumnOf<Name>): (number | undefined)[] {
    return this.#gathered(column, readMaybeInts);
  }

  /** A column of finite numbers; undefined where a row has none. */
  doubles(column: ColumnOf<Name>): (number | undefined)[] {
    return this.#gathered(column, readDoubles).map((value, row) => {
      if (value !== undefined && !Number.isFinite(value)) this.fail(row, `${column}: not a number`);
      return value;
    });
  }

  /** A column of texts; undefined where a row has none. */
  texts(column: ColumnOf<Name>): (string | undefined)[] {
    const values: (string | undefined)[] = [];
    this.#pages(column, (page) => {
      for (const text of readTexts(page)) {
        const plain = text === undefined ? undefined : fromStored(text);
        if (text !== undefined && plain === undefined) this.fail(values.length, `${column}: not a text of a snapshot`);
        values.push(plain);
      }
    });
    return values;
  }

  /** A column of texts that every row has. */
  required(column: ColumnOf<Name>): string[] {
    return this.texts(column).map((text, row) => text ?? this.fail(row, `${column}: nothing there`));
  }

  /** A column that counts the rows: the key of a table. */
  key(column: ColumnOf<Name>): void {
    this.ints(column).forEach((value, row) => {
      if (value !== row) this.fail(row, `${column} is ${value}, expected ${row}`);
    });
  }

  #gathered(column: string, read: (page: Page) => (number | undefined)[]): (number | undefined)[] {
    const values: (number | undefined)[] = [];
    this.#pages(column, (page) => {
      for (const value of read(page)) values.push(value);
    });
    return values;
  }

  #pages(column: string, take: (page: Page) => void): void {
    const nullable = this.#columns[column]!.nullable;
    const place = Object.keys(this.#columns).indexOf(column);
    try {
      for (const { columns, num_rows } of this.#groups) {
        const meta = columns[place]?.meta_data;
        if (!meta || columns.length !== Object.keys(this.#columns).length) throw new PageFault('a column less');
        eachPage(this.#chunk(meta, column), Number(num_rows), nullable, take);
      }
    } catch (error) {
      if (error instanceof PageFault || error instanceof RangeError)
        this.fail(undefined, `${column}: ${error.message}`);
      throw error;
    }
  }

  #chunk(meta: ColumnMetaData, column: string): Buffer {
    const from = Number(meta.data_page_offset);
    const length = Number(meta.total_compressed_size);
    const [name, ...below] = meta.path_in_schema;
    if (name !== column || below.length > 0 || meta.codec !== 'GZIP') throw new PageFault('another column or codec');
    if (!(from >= 4 && length >= 0 && from + length <= this.#part.size)) throw new PageFault('bytes outside the file');
    return this.#part.read(from, length);
  }
}

/** Hands out the data pages of a column chunk, which must have as many values as the row group has rows. */
function eachPage(chunk: Buffer, rows: number, nullable: boolean, take: (page: Page) => void): void {
  let left = rows;
  for (let at = 0; at < chunk.length || left > 0; ) {
    const view = new DataView(chunk.buffer, chunk.byteOffset + at, Math.min(HEADER_BYTES, chunk.length - at));
    const reader = { view, offset: 0 };
    const header = headerOf(reader);
    const from = at + reader.offset;
    const length = header.compressed_page_size;
    if (!Number.isSafeInteger(length) || length < 0 || from + length > chunk.length) {
      throw new PageFault('a page that ends outside its column');
    }
    const page = unpack(header, chunk.subarray(from, from + length), nullable, left);
    left -= page.levels?.length ?? page.count;
    take(page);
    at = from + length;
  }
}

function headerOf(reader: Parameters<typeof parquetHeader>[0]): ReturnType<typeof parquetHeader> {
  try {
    return parquetHeader(reader);
  } catch {
    throw new PageFault('a page header that cannot be read');
  }
}

function metadataOf(part: Part, fail: Fail): FileMetaData {
  const tail = part.size < 12 ? undefined : part.read(part.size - 8, 8);
  if (tail?.toString('latin1', 4) !== MAGIC || part.read(0, 4).toString('latin1') !== MAGIC) {
    return fail(undefined, 'no Parquet file, or one that is cut off');
  }
  const length = tail.readUInt32LE(0) + 8;
  if (length > Math.min(MOST_FOOTER_BYTES, part.size)) return fail(undefined, 'a footer larger than can be');
  const footer = part.read(part.size - length, length);
  // Thrift's numbers have ten bytes at most; the library would go on for as long as they do.
  if (/[\x80-\xff]{11}/.test(footer.toString('latin1'))) return fail(undefined, 'a footer that cannot be read');
  try {
    return parquetMetadata(footer, { geoparquet: false });
  } catch {
    return fail(undefined, 'a footer that cannot be read');
  }
}

function sameSchema(found: FileMetaData['schema'], expected: FileMetaData['schema']): boolean {
  return (
    found.length === expected.length &&
    expected.every((element, at) => {
      const other = found[at]!;
      const alike = other.name === element.name && other.num_children === element.num_children;
      const { type, repetition_type: repetition, converted_type: converted } = element;
      return alike && other.type === type && other.converted_type === converted && other.repetition_type === repetition;
    })
  );
}
