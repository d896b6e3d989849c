import { AuditError } from '../errors';
import { timeOfId } from './id-time';
import { isJson } from './is-json';
import { COLUMNS, decodeLine, WIRE_VERSION } from './wire';
import type { Row } from './wire';

const NEWLINE = 0x0a;
const NINE = 0x39;
const LETTER_X = 0x78;
const ID_LENGTH = 36;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/;
const CREATED_AT = COLUMNS.indexOf('created_at');
/** How a line begins and ends: x a hexadecimal digit, 9 a decimal one. Compared byte by byte, a third of the time of RegExps. */
const BEGIN = Buffer.from('xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\t');
const END = Buffer.from(`\t9999-99-99 99:99:99.999999+00:00\t${WIRE_VERSION}`);
/** The columns of JSON, and what each begins with where it is not null. */
const JSON_COLUMNS = (
  [['tags', '['], ['context', '{'], ['old_values', '{'], ['new_values', '{']] as const
).map(([column, start]) => [COLUMNS.indexOf(column), start] as const); // prettier-ignore

/** What the writers take for granted; all else the database checks. A journal may hold lines of anyone. */
function isRecord(row: Row): boolean {
  return (
    row.length === COLUMNS.length &&
    ID.test(row[0] ?? '') &&
    TIME.test(row[CREATED_AT] ?? '') &&
    row.at(-1) === String(WIRE_VERSION) &&
    JSON_COLUMNS.every(([column, start]) => row[column]?.startsWith(start) ?? true)
  );
}

/** Whether what should be JSON is. */
function holdsJson(row: Row): boolean {
  return JSON_COLUMNS.every(([column]) => {
    const text = row[column] ?? null;
    return text === null || isJson(text);
  });
}

function looksLike(bytes: Buffer, from: number, pattern: Buffer): boolean {
  for (let at = 0; at < pattern.length; at++) {
    const [byte, kind] = [bytes[from + at] as number, pattern[at] as number];
    if (kind === NINE ? !isDigit(byte) : kind === LETTER_X ? !isHex(byte) : byte !== kind) return false;
  }
  return true;
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= NINE;
const isHex = (byte: number): boolean => isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);

/** Some records in their wire form: whole lines, end to end. Immutable. */
export class Batch {
  constructor(
    readonly lines: Buffer,
    readonly count: number,
    /** Version of the wire form; records of different versions are never in one batch. */
    readonly version: number = WIRE_VERSION,
  ) {}

  static fromLines(lines: readonly string[]): Batch {
    return new Batch(Buffer.from(lines.join('')), lines.length);
  }

  /** The records as rows of column values, in the order of {@link COLUMNS}. */
  rows(): Row[] {
    this.assertKnownVersion();
    const rows = this.lines.toString('utf8').trimEnd().split('\n').map(decodeLine);
    if (rows.length !== this.count || !rows.every(isRecord)) {
      throw this.holdsOthers();
    }
    return rows;
  }

  /** The same for databases that keep JSON as text: they do not look whether it is, and fail whoever reads it. */
  rowsOfJson(): Row[] {
    const rows = this.rows();
    if (!rows.every(holdsJson)) throw this.holdsOthers();
    return rows;
  }

  /**
   * Throws AUDIT_WIRE if a line has not the ends of a record, its key and its time: for a writer that hands the
   * lines on as they are, to a database that takes `infinity` for a time.
   */
  assertEnds(): void {
    const { lines } = this;
    let count = 0;
    for (let start = 0, end = 0; start < lines.length; start = end + 1, count++) {
      end = lines.indexOf(NEWLINE, start);
      const isWhole =
        end - start > BEGIN.length + END.length &&
        looksLike(lines, start, BEGIN) &&
        looksLike(lines, end - END.length, END);
      if (!isWhole) throw this.holdsOthers();
    }
    if (count !== this.count) throw this.holdsOthers();
  }

  /** AUDIT_WIRE: not all lines are records. */
  holdsOthers(): AuditError {
    return new AuditError('AUDIT_WIRE', `A batch of ${this.count} records holds lines that are not records.`);
  }

  /** When the first record was captured, in milliseconds since 1970. Costs next to nothing. */
  get firstTime(): number | undefined {
    // Whatever the version, a line begins with its id.
    return timeOfId(this.lines.toString('latin1', 0, ID_LENGTH));
  }

  /** The records as they were appended: a text each, its newline included. */
  texts(): string[] {
    return this.lines.toString('utf8').split(/(?<=\n)/);
  }

  /** Two batches of about half the records each; only for batches of two or more. */
  halves(): [Batch, Batch] {
    return this.pieces(Math.ceil(this.count / 2)) as [Batch, Batch];
  }

  /** Batches of up to `size` records each, in order. */
  pieces(size: number): Batch[] {
    const pieces: Batch[] = [];
    for (let start = 0, left = this.count; left > 0; left -= size) {
      const count = Math.min(size, left);
      let end = start;
      for (let line = 0; line < count; line++) end = this.lines.indexOf(NEWLINE, end) + 1;
      // Lines that nobody has counted go with the last, where they are noticed.
      const lines = this.lines.subarray(start, left > size ? end : undefined);
      pieces.push(new Batch(lines, count, this.version));
      start = end;
    }
    return pieces;
  }

  /** Throws AUDIT_WIRE for records that a newer release wrote. */
  assertKnownVersion(): void {
    if (this.version !== WIRE_VERSION) {
      throw new AuditError(
        'AUDIT_WIRE',
        `${this.count} record(s) are of wire version ${this.version}; this release knows ${WIRE_VERSION}. ` +
          'Update sequelize-async-audit on the worker.',
      );
    }
  }
}
