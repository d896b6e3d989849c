import { crc32 } from 'node:zlib';

/** What is known of a transaction before its COMMIT, so that another process can learn what became of it. */
export interface PreparedTransaction {
  readonly id: string;
  /** The application's database: `postgres-shop`. */
  readonly database: string;
  /** How many records follow. */
  readonly count: number;
  /** PostgreSQL: its transaction id, with the epoch. */
  readonly xid?: string;
  /** Elsewhere: which row of {@link COMMITS} bears the transaction's id if it was committed. */
  readonly slot?: string;
}

const REMARK = /^# transaction ([0-9a-f]{8}) (\{.*\})$/;

/** The remark that stands before the records of a transaction; with a checksum, because a wrong number would be believed. */
export function remarkOf(transaction: PreparedTransaction): string {
  const text = JSON.stringify(transaction);
  return `transaction ${checksum(text)} ${text}`;
}

export function isTransaction(line: string): boolean {
  return line.startsWith('# transaction ');
}

/** Undefined of a damaged one. */
export function parseRemark(line: string): PreparedTransaction | undefined {
  const [, sum, text] = REMARK.exec(line) ?? [];
  if (text === undefined || checksum(text) !== sum) return undefined;
  return JSON.parse(text) as PreparedTransaction;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
