import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { QueryTypes } from 'sequelize';

import type { Depth } from '../lib/buffer/contract';
import { directoriesOf } from '../lib/buffer/directories';
import { bytesWaiting } from '../lib/buffer/journal/journal-limit';
import { openJournal, openSource } from '../lib/buffer/open';
import type { DriverName, Settings } from '../lib/config';
import { messageOf } from '../lib/errors';
import { earliest } from '../lib/record/id-time';
import { storageOf } from '../lib/storage/database';
import type { Database } from '../lib/storage/database';
import { driverError } from '../lib/storage/dialect';
import { Migrator } from '../lib/storage/migrator';
import type { MigrationStatus } from '../lib/storage/migrator';
import { Tasks } from '../lib/storage/tasks';
import type { TaskState } from '../lib/storage/tasks';
import type { AuditTrail } from '../lib/trail/trail';
import { migrations } from '../migrations';

/** Counting all of a large table takes minutes. */
const COUNTED_AT_MOST = 100_000;
/** A database that says nothing is as good as down; Sequelize would wait a minute for it. */
const ANSWER_MS = 10_000;
const MEBIBYTE = 1024 * 1024;

type Waiting = Pick<Depth, 'records' | 'bytes'>;
type Found = Waiting & Pick<Depth, 'oldest'>;

/** What `audit status --json` prints. */
export interface TrailStatus {
  database: { name: string; reachable: boolean; error: string | null };
  migrations: MigrationStatus | null;
  driver: DriverName;
  directory: string;
  /** Null for driver `sync`, which has none. */
  buffer: {
    records: number | null;
    bytes: number | null;
    exact: boolean | null;
    error: string | null;
  } | null;
  /** Driver `redis`: what lies in this host's journal and is not known to be stored, shipped or not. */
  journal: Waiting | null;
  /** How much of this host's journal waits, and how much may, in bytes; null for none, and for driver `sync`. */
  journalLimit: { bytes: number; limit: number | null } | null;
  rescue: Waiting;
  buried: Waiting;
  /** Of strict models: what is being committed, or was when its process was killed and is not settled yet. */
  prepared: Waiting;
  /** Of those: what nobody can tell of. */
  unconfirmed: Waiting;
  damaged: { file: string; bytes: number }[];
  /**
   * Of the records that are not yet stored, buried ones aside, the one that was captured first, and its age. Null if
   * there is none. The one number to raise an alarm on.
   */
  oldestWaiting: { createdAt: Date; seconds: number } | null;
  /** Of more than 100,000 records, only that there are more: `exact` is false. */
  stored: { records: number; exact: boolean; oldest: Date | null; newest: Date | null } | null;
  tasks: TaskState[] | null;
}

const NOTHING_MIGRATED: MigrationStatus = { executed: [], pending: migrations.map(({ name }) => name) };

type DatabaseStatus = Pick<TrailStatus, 'database' | 'migrations' | 'stored' | 'tasks'>;

/** Looks at database, buffer and files. What cannot be reached is told as such; nothing is thrown for it. */
export async function readStatus(trail: AuditTrail): Promise<TrailStatus> {
  const { settings } = trail;
  const { journal, rescue, buried, prepared, unconfirmed, damaged } = directoriesOf(settings.dir);
  const [database, inBuffer] = await Promise.all([databaseStatus(trail), bufferStatus(settings)]);
  const inJournal = settings.driver === 'redis' ? await recordsIn(settings, journal) : null;
  const inRescue = await recordsIn(settings, rescue);
  const oldest = earliest([inBuffer?.oldest, inJournal?.oldest, inRescue.oldest]);
  return {
    ...database,
    driver: settings.driver,
    directory: settings.dir,
    buffer: inBuffer && without(inBuffer),
    journal: inJournal && without(inJournal),
    journalLimit: settings.driver === 'sync' ? null : await journalLimit(settings, journal),
    rescue: without(inRescue),
    buried: without(await recordsIn(settings, buried)),
    prepared: without(await recordsIn(settings, prepared)),
    unconfirmed: without(await recordsIn(settings, unconfirmed)),
    damaged: filesIn(damaged),
    oldestWaiting: oldest && {
      createdAt: oldest,
      // The clock of the host that captured it may be ahead of ours.
      seconds: Math.max(0, Math.round((Date.now() - oldest.getTime()) / 1000)),
    },
  };
}

function without<T extends Pick<Depth, 'oldest'>>(found: T): Omit<T, 'oldest'> {
  const rest: Omit<T, 'oldest'> & { oldest?: Date | null } = { ...found };
  delete rest.oldest;
  return rest;
}

async function databaseStatus(trail: AuditTrail): Promise<DatabaseStatus> {
  const { database } = trail;
  const name = database.describe();
  try {
    const read = await withinTime(readDatabase(trail));
    return { database: { name, reachable: true, error: null }, ...read };
  } catch (error) {
    const reason = messageOf(driverError(error));
    const unknown = { migrations: null, stored: null, tasks: null };
    return { database: { name, reachable: false, error: reason }, ...unknown };
  }
}

/** SQLite makes a file that is not there; looking must not. */
function isMissing(database: Database): boolean {
  const file = storageOf(database.sequelize);
  return database.dialect.name === 'sqlite' && file !== ':memory:' && !fs.existsSync(file);
}

async function readDatabase({ database, Audit }: AuditTrail): Promise<Omit<DatabaseStatus, 'database'>> {
  const migrated = isMissing(database) ? NOTHING_MIGRATED : await new Migrator(database).status();
  if (migrated.pending.length > 0) return { migrations: migrated, stored: null, tasks: null };
  const time = async (direction: 'ASC' | 'DESC'): Promise<Date | null> => {
    const order: [string, string][] = [['createdAt', direction]];
    const row = await Audit.findOne({ attributes: ['createdAt'], order, logging: false });
    return row?.createdAt ?? null;
  };
  const [oldest, newest] = [await time('ASC'), await time('DESC')];
  const counted = await boundedCount(database);
  const records = Math.min(counted, COUNTED_AT_MOST);
  const stored = { records, exact: counted === records, oldest, newest };
  return { migrations: migrated, stored, tasks: await new Tasks(database, '').states() };
}

async function boundedCount({ sequelize }: Database): Promise<number> {
  const [row] = await sequelize.query<{ n: unknown }>(
    `SELECT COUNT(*) AS n FROM (SELECT 1 FROM audits LIMIT ${COUNTED_AT_MOST + 1}) AS counted`,
    { type: QueryTypes.SELECT, logging: false },
  );
  return Number(row?.n ?? 0);
}

async function bufferStatus(
  settings: Settings,
): Promise<(NonNullable<TrailStatus['buffer']> & Pick<Depth, 'oldest'>) | null> {
  const source = openSource(settings);
  if (!source) return null;
  try {
    return { ...(await source.depth()), error: null };
  } catch (error) {
    return { records: null, bytes: null, exact: null, oldest: null, error: messageOf(error) };
  } finally {
    await source.close();
  }
}

/** What waits in a directory of the journal's form. It is only looked at: others may be reading it. */
async function recordsIn(settings: Settings, directory: string): Promise<Found> {
  const source = openJournal(settings, directory);
  const { records, bytes, oldest } = await source.depth();
  await source.close();
  return { records, bytes, oldest };
}

async function journalLimit(settings: Settings, journal: string): Promise<TrailStatus['journalLimit']> {
  return { bytes: await bytesWaiting(journal), limit: settings.journalLimit * MEBIBYTE || null };
}

function filesIn(directory: string): TrailStatus['damaged'] {
  if (!fs.existsSync(directory)) return [];
  return fs
    .readdirSync(directory)
    .sort()
    .map((file) => ({ file, bytes: fs.statSync(path.join(directory, file)).size }));
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(ANSWER_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer within ${ANSWER_MS / 1000} seconds`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
    work.catch(() => undefined);
  }
}
