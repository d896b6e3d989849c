import { QueryTypes } from 'sequelize';

import { messageOf } from '../errors';
import type { Database } from '../storage/database';
import { driverError } from '../storage/dialect';
import { Migrator } from '../storage/migrator';
import type { MigrationStatus } from '../storage/migrator';
import { Tasks } from '../storage/tasks';
import type { TaskState } from '../storage/tasks';
import { Workers } from '../storage/workers';
import type { WorkerState } from '../storage/workers';
import type { AuditTrail } from '../trail/trail';
import { migrations } from '../../migrations';
import { withinTime } from './answer';

/** Counting all of a large table takes minutes. */
const COUNTED_AT_MOST = 100_000;
const MINUTE_MS = 60_000;

/** A number of records; a lower bound where `exact` is false. */
export interface Count {
  records: number;
  exact: boolean;
}

/** How many records come. */
export interface Rates {
  /** Captured within the last minute, and stored. */
  lastMinute: Count;
  /** Captured within the last hour, and stored. */
  lastHour: Count;
  /** By the workers at work, between their last two signs of life; null if none of them can tell. */
  storedPerSecond: number | null;
}

/** What the trail's database tells. */
export interface DatabaseStatus {
  database: { name: string; reachable: boolean; error: string | null };
  migrations: MigrationStatus | null;
  /** Of more than 100,000 records, only that there are more: `exact` is false. */
  stored: (Count & { oldest: Date | null; newest: Date | null }) | null;
  rates: Rates | null;
  /** Those at work, and those that fell silent within the last hour. */
  workers: WorkerState[] | null;
  tasks: TaskState[] | null;
}

type Read = Omit<DatabaseStatus, 'database'>;

const UNKNOWN = { stored: null, rates: null, workers: null, tasks: null };

/** Throws nothing: a database that cannot be read is told as such. */
export async function databaseStatus(trail: AuditTrail): Promise<DatabaseStatus> {
  const name = trail.database.describe();
  try {
    const read = await withinTime(readDatabase(trail));
    return { database: { name, reachable: true, error: null }, ...read };
  } catch (error) {
    const reason = messageOf(driverError(error));
    return { database: { name, reachable: false, error: reason }, migrations: null, ...UNKNOWN };
  }
}

async function readDatabase(trail: AuditTrail): Promise<Read> {
  const { database } = trail;
  const migrated = database.isMissing
    ? { executed: [], pending: migrations.map(({ name }) => name) }
    : await new Migrator(database).status();
  if (migrated.pending.length > 0) return { migrations: migrated, ...UNKNOWN };
  const workers = await workersOf(database);
  return {
    migrations: migrated,
    stored: await storedIn(trail),
    rates: await ratesOf(database, workers ?? []),
    workers,
    tasks: await new Tasks(database, '').states(),
  };
}

async function storedIn({ database, Audit }: AuditTrail): Promise<DatabaseStatus['stored']> {
  const time = async (direction: 'ASC' | 'DESC'): Promise<Date | null> => {
    const order: [string, string][] = [['createdAt', direction]];
    const row = await Audit.findOne({ attributes: ['createdAt'], order, logging: false });
    return row?.createdAt ?? null;
  };
  const [oldest, newest] = [await time('ASC'), await time('DESC')];
  return { ...(await count(database)), oldest, newest };
}

async function ratesOf(database: Database, workers: readonly WorkerState[]): Promise<Rates> {
  const now = Date.now();
  const told = workers.flatMap(({ atWork, storedPerSecond }) => (atWork ? (storedPerSecond ?? []) : []));
  return {
    lastMinute: await count(database, new Date(now - MINUTE_MS)),
    lastHour: await count(database, new Date(now - 60 * MINUTE_MS)),
    storedPerSecond: told.length === 0 ? null : told.reduce((sum, rate) => sum + rate, 0),
  };
}

/** The newest first, so that the index on the time is used whatever the database expects to find. */
async function count({ sequelize, dialect }: Database, since?: Date): Promise<Count> {
  const condition = since ? 'WHERE created_at >= :since ORDER BY created_at DESC' : '';
  const [row] = await sequelize.query<{ n: unknown }>(
    `SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM audits ${condition} LIMIT ${COUNTED_AT_MOST + 1}) AS counted`,
    {
      replacements: { since: since ? dialect.timestamp(since) : null },
      type: QueryTypes.SELECT,
      logging: false,
    },
  );
  const counted = Number(row?.n ?? 0);
  const records = Math.min(counted, COUNTED_AT_MOST);
  return { records, exact: counted === records };
}

/** Null where this user may not read them; all else is told nevertheless. */
async function workersOf(database: Database): Promise<WorkerState[] | null> {
  try {
    return await new Workers(database).list();
  } catch {
    return null;
  }
}
