import { QueryTypes } from 'sequelize';

import type { Database } from './database';

/** Who has not been seen for so long is not at work any more, or not able to say so. */
const AT_WORK_MS = 30_000;

/** What a worker says of itself. How long ago something was, because its clock may not be the database's. */
export interface WorkerSign {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Of this package. */
  readonly version: string;
  readonly driver: string;
  readonly startedMsAgo: number;
  /** Counts of records since it started. */
  readonly stored: number;
  readonly duplicates: number;
  readonly rescued: number;
  readonly buried: number;
  /** Records between its last two signs; null at the first. */
  readonly storedPerSecond: number | null;
  /** When it last looked through the rescue files of its host; null if it has not. */
  readonly recoveredMsAgo: number | null;
  readonly lastError: { readonly message: string; readonly msAgo: number } | null;
}

/** A worker as others see it. */
export interface WorkerState extends Omit<WorkerSign, 'startedMsAgo' | 'recoveredMsAgo' | 'lastError'> {
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** Whether it was seen within the last 30 seconds. */
  readonly atWork: boolean;
  readonly recoveredAt: Date | null;
  readonly lastError: { readonly message: string; readonly at: Date } | null;
}

/** The running workers of a trail, a row each in `audit_workers`. All times are the database's. */
export class Workers {
  constructor(private readonly database: Database) {}

  /** Writes a worker's row, whether it is there or not. */
  async beat(sign: WorkerSign): Promise<void> {
    const { sequelize } = this.database;
    const values = this.expressions();
    const { lastError } = sign;
    const said = { lastError: lastError?.message ?? null, lastErrorMsAgo: lastError?.msAgo ?? null };
    // Not of a transaction that Sequelize's CLS may know.
    const options = { replacements: { ...sign, ...said }, transaction: null, logging: false };
    const assignments = Object.entries(values).map(([column, value]) => `${column} = ${value}`);
    const affected = await sequelize.query(
      `UPDATE audit_workers SET ${assignments.join(', ')} WHERE id = :id`,
      { ...options, type: QueryTypes.BULKUPDATE },
    );
    if (affected > 0) return;
    const [columns, row] = [Object.keys(values), Object.values(values)].map((parts) => parts.join(', '));
    await sequelize.query(`INSERT INTO audit_workers (id, ${columns}) VALUES (:id, ${row})`, options);
  }

  async remove(id: string): Promise<void> {
    await this.delete('id = :id', { id });
  }

  /** Deletes the rows of workers that have been silent for so many milliseconds. */
  async forget(silentMs: number): Promise<void> {
    await this.delete(`seen_at < ${this.database.dialect.nowMs} - :silentMs`, { silentMs });
  }

  /** Those at work and those that have fallen silent, in the order in which they started. */
  async list(): Promise<WorkerState[]> {
    const { sequelize, dialect } = this.database;
    const rows = await sequelize.query<Record<string, unknown>>(
      `SELECT audit_workers.*, ${dialect.nowMs} AS now_ms FROM audit_workers ORDER BY started_at, id`,
      // A replica may not have seen them yet.
      { type: QueryTypes.SELECT, useMaster: true, logging: false },
    );
    return rows.map(stateOf);
  }

  private async delete(condition: string, replacements: Record<string, unknown>): Promise<void> {
    const sql = `DELETE FROM audit_workers WHERE ${condition}`;
    await this.database.sequelize.query(sql, { replacements, transaction: null, logging: false });
  }

  /** What each column is set to, but for the key. */
  private expressions(): Record<string, string> {
    const { nowMs } = this.database.dialect;
    return {
      ...{ host: ':host', pid: ':pid', version: ':version', driver: ':driver' },
      ...{ started_at: `${nowMs} - :startedMsAgo`, seen_at: nowMs },
      ...{ stored: ':stored', duplicates: ':duplicates', rescued: ':rescued', buried: ':buried' },
      ...{ stored_per_second: ':storedPerSecond', recovered_at: `${nowMs} - :recoveredMsAgo` },
      ...{ last_error: ':lastError', last_error_at: `${nowMs} - :lastErrorMsAgo` },
    };
  }
}

function stateOf(row: Record<string, unknown>): WorkerState {
  const { stored_per_second: perSecond, recovered_at: recoveredAt, last_error: message } = row;
  return {
    id: String(row.id),
    host: String(row.host),
    pid: Number(row.pid),
    version: String(row.version),
    driver: String(row.driver),
    startedAt: new Date(Number(row.started_at)),
    seenAt: new Date(Number(row.seen_at)),
    atWork: Number(row.now_ms) - Number(row.seen_at) <= AT_WORK_MS,
    stored: Number(row.stored),
    duplicates: Number(row.duplicates),
    rescued: Number(row.rescued),
    buried: Number(row.buried),
    storedPerSecond: perSecond === null ? null : Number(perSecond),
    recoveredAt: recoveredAt === null ? null : new Date(Number(recoveredAt)),
    lastError: typeof message === 'string' ? { message, at: new Date(Number(row.last_error_at)) } : null,
  };
}
