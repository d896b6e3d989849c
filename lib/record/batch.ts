import { AuditError } from '../errors';
import { timeOfId } from './id-time';
import { COLUMNS, decodeLine, WIRE_VERSION } from './wire';
import type { Row } from './wire';

const NEWLINE = 0x0a;
const ID_LENGTH = 36;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/;
const CREATED_AT = COLUMNS.indexOf('created_at');

/** What the writers take for granted; all else the database checks. A journal may hold lines of anyone. */
function isRecord(row: Row): boolean {
  return row.length === COLUMNS.length && ID.test(row[0] ?? '') && TIME.test(row[CREATED_AT] ?? '');
}

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
    const middle = Math.floor(this.count / 2);
    let offset = 0;
    for (let line = 0; line < middle; line++) offset = this.lines.indexOf(NEWLINE, offset) + 1;
    return [
      new Batch(this.lines.subarray(0, offset), middle, this.version),
      new Batch(this.lines.subarray(offset), this.count - middle, this.version),
    ];
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
