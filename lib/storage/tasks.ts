import { QueryTypes } from 'sequelize';

import type { Database } from './database';

/** How long a run may go without a sign of life before another replica may take the task over. */
const LEASE_MS = 60_000;

export interface TaskState {
  name: string;
  lastRunAt: Date | null;
  nextRunAt: Date | null;
}

/**
 * Scheduled tasks, a row each: which replica runs one now, when it ran, when it is due again. By the
 * database's clock, which the replicas share.
 */
export class Tasks {
  constructor(
    private readonly database: Database,
    /** Names this replica. */
    private readonly owner: string,
  ) {}

  /**
   * Runs `work` if no other replica does; false if one does. `work` calls `alive` now and then, and
   * answers false if it was cut short: then the task stays due. Without `nextRunAt`, for a run out of
   * turn, the time of the next run stays as it is.
   */
  async runExclusively(
    name: string,
    nextRunAt: Date | null | undefined,
    work: (alive: () => Promise<boolean>) => Promise<unknown>,
  ): Promise<boolean> {
    await this.ensure(name);
    if (!(await this.take(name))) return false;
    let finished = false;
    try {
      finished = (await work(() => this.take(name))) !== false;
    } finally {
      await this.release(name, finished, nextRunAt);
    }
    return true;
  }

  async states(): Promise<TaskState[]> {
    const rows = await this.database.sequelize.query<Record<string, unknown>>(
      'SELECT name, last_run_at, next_run_at FROM audit_tasks ORDER BY name',
      { type: QueryTypes.SELECT, logging: false },
    );
    return rows.map((row) => ({
      name: String(row.name),
      lastRunAt: toDate(row.last_run_at),
      nextRunAt: toDate(row.next_run_at),
    }));
  }

  /**
   * Whether the task should have run in the meantime: no replica was up when it was due, or the run was
   * cut short. A task that was never heard of is due at `nextRunAt`, from now on.
   */
  async missed(name: string, nextRunAt: Date | null): Promise<boolean> {
    await this.ensure(name);
    await this.change(
      'UPDATE audit_tasks SET next_run_at = :next WHERE name = :name AND next_run_at IS NULL',
      {
        name,
        next: nextRunAt?.getTime() ?? null,
      },
    );
    const state = (await this.states()).find((task) => task.name === name);
    return (
      state?.nextRunAt !== undefined && state.nextRunAt !== null && state.nextRunAt.getTime() <= Date.now()
    );
  }

  private async ensure(name: string): Promise<void> {
    // Portable, and safe when two do it at once: the loser's duplicate key is of no interest.
    const [row] = await this.select(name);
    if (row) return;
    await this.change('INSERT INTO audit_tasks (name) VALUES (:name)', { name }).catch((error: unknown) => {
      if (!this.database.dialect.isDuplicate(error)) throw error;
    });
  }

  private async take(name: string): Promise<boolean> {
    const { nowMs } = this.database.dialect;
    await this.change(
      `UPDATE audit_tasks SET owner = :owner, expires_at = ${nowMs} + ${LEASE_MS}
        WHERE name = :name AND (owner IS NULL OR owner = :owner OR expires_at < ${nowMs})`,
      { name, owner: this.owner },
    );
    const [row] = await this.select(name);
    return row?.owner === this.owner;
  }

  private async release(name: string, finished: boolean, nextRunAt?: Date | null): Promise<void> {
    const { nowMs } = this.database.dialect;
    const next = nextRunAt === undefined ? '' : ', next_run_at = :next';
    const ran = finished ? `, last_run_at = ${nowMs}${next}` : '';
    await this.change(
      `UPDATE audit_tasks SET owner = NULL, expires_at = NULL${ran} WHERE name = :name AND owner = :owner`,
      { name, owner: this.owner, next: nextRunAt?.getTime() ?? null },
    );
  }

  private select(name: string): Promise<{ owner: string | null }[]> {
    return this.database.sequelize.query<{ owner: string | null }>(
      'SELECT owner FROM audit_tasks WHERE name = :name',
      {
        replacements: { name },
        type: QueryTypes.SELECT,
        logging: false,
      },
    );
  }

  private async change(sql: string, replacements: Record<string, unknown>): Promise<void> {
    await this.database.sequelize.query(sql, { replacements, logging: false });
  }
}

function toDate(value: unknown): Date | null {
  return value === null || value === undefined ? null : new Date(Number(value));
}
