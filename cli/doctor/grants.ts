import fs from 'node:fs';
import path from 'node:path';

import { QueryTypes } from 'sequelize';
import type { Transaction } from 'sequelize';

import { messageOf } from '../../lib/errors';
import { COLUMNS } from '../../lib/record/wire';
import { withinTime } from '../../lib/status/answer';
import type { TrailStatus } from '../../lib/status/trail-status';
import { storageOf } from '../../lib/storage/database';
import type { Database } from '../../lib/storage/database';
import { driverError } from '../../lib/storage/dialect';
import type { AuditTrail } from '../../lib/trail/trail';
import { fail, ok, warn } from './check';
import type { Check } from './check';

type Right = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

interface Need {
  readonly table: string;
  readonly rights: readonly Right[];
  /** All that an INSERT must name; the last one takes an UPDATE. */
  readonly columns: readonly string[];
}

const NEEDS: readonly Need[] = [
  { table: 'audit_migrations', rights: ['SELECT'], columns: ['name'] },
  { table: 'audits', rights: ['SELECT', 'INSERT', 'DELETE'], columns: COLUMNS },
  { table: 'audit_tasks', rights: ['SELECT', 'INSERT', 'UPDATE'], columns: ['name', 'owner'] },
  { table: 'audit_workers', rights: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'], columns: ['id', 'host'] },
];

interface Missing {
  readonly table: string;
  readonly rights: readonly Right[];
}

/** What the user of the connection may do; undefined where the database cannot be asked, which another check tells. */
export async function grants(
  { database, settings }: AuditTrail,
  status: TrailStatus,
): Promise<Check | undefined> {
  if (database.dialect.name === 'sqlite') return fileRights(storageOf(database.sequelize));
  const needs = NEEDS.map((need) =>
    need.table === 'audits' && settings.pruneDays === 0
      ? { ...need, rights: ['SELECT', 'INSERT'] as const }
      : need,
  );
  try {
    const user = await userOf(database);
    const look = database.dialect.name === 'postgres' ? askPostgres : tryMysql;
    return judge(user, await withinTime(look(database, needs)));
  } catch (error) {
    if (!status.database.reachable) return undefined;
    const reason = messageOf(driverError(error));
    return warn(
      'grants',
      `could not be looked at: ${reason}`,
      'See what the database says to it, and run this again.',
    );
  }
}

function judge(user: string, missing: readonly Missing[]): Check {
  if (missing.length === 0) return ok('grants', `${user} may do all that is needed`);
  const what = missing.map(({ table, rights }) => `${rights.join(', ')} on ${table}`).join('; ');
  const grant = missing
    .map(({ table, rights }) => `GRANT ${rights.join(', ')} ON ${table} TO ${user};`)
    .join(' ');
  const detail = `${user} lacks ${what}`;
  const isPresenceOnly = missing.every(({ table }) => table === 'audit_workers');
  if (isPresenceOnly)
    return warn('grants', detail, `Workers store, but are not seen here until you run: ${grant}`);
  return fail(
    'grants',
    detail,
    `Run as the owner of the tables, unless the application has another user: ${grant}`,
  );
}

async function userOf({ sequelize, dialect }: Database): Promise<string> {
  const user = dialect.name === 'postgres' ? 'quote_ident(current_user)' : 'CURRENT_USER()';
  const [row] = await sequelize.query<{ name: string }>(`SELECT ${user} AS name`, {
    type: QueryTypes.SELECT,
    useMaster: true,
    logging: false,
  });
  const name = row?.name ?? '';
  return dialect.name === 'postgres' ? name : `'${name.replace(/@(?=[^@]*$)/, "'@'")}'`;
}

/** Tables that are not there yet lack nothing: that is what migrations are for. */
async function askPostgres({ sequelize }: Database, needs: readonly Need[]): Promise<Missing[]> {
  const pairs = needs.flatMap(({ table, rights }) => rights.map((right) => `('${table}', '${right}')`));
  const rows = await sequelize.query<{ table: string; right: Right }>(
    `SELECT needed."table", needed."right" FROM (VALUES ${pairs.join(', ')}) AS needed("table", "right")
      WHERE NOT has_table_privilege(to_regclass(needed."table")::oid, needed."right")`,
    { type: QueryTypes.SELECT, useMaster: true, logging: false },
  );
  return needs.flatMap(({ table }) => {
    const rights = rows.filter((row) => row.table === table).map(({ right }) => right);
    return rights.length > 0 ? [{ table, rights }] : [];
  });
}

/** MariaDB and MySQL have no such question. They check the rights of a statement before its condition, which no row meets. */
async function tryMysql(database: Database, needs: readonly Need[]): Promise<Missing[]> {
  const transaction = await database.sequelize.transaction({ logging: false });
  try {
    const missing: Missing[] = [];
    for (const need of needs) {
      const rights: Right[] = [];
      for (const right of need.rights) {
        if (!(await isGranted(database, right, need, transaction))) rights.push(right);
      }
      if (rights.length > 0) missing.push({ table: need.table, rights });
    }
    return missing;
  } finally {
    await transaction.rollback();
  }
}

function statementFor(right: Right, { table, columns }: Need): string {
  const nulls = columns.map(() => 'NULL').join(', ');
  switch (right) {
    case 'SELECT':
      return `SELECT 1 FROM ${table} WHERE 1 = 0`;
    case 'INSERT':
      return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${nulls} FROM (SELECT 1 AS one) AS none WHERE 1 = 0`;
    case 'UPDATE':
      return `UPDATE ${table} SET ${columns.at(-1)} = NULL WHERE 1 = 0`;
    case 'DELETE':
      return `DELETE FROM ${table} WHERE 1 = 0`;
  }
}

async function isGranted(
  { sequelize, dialect }: Database,
  right: Right,
  need: Need,
  transaction: Transaction,
): Promise<boolean> {
  const type = right === 'SELECT' ? QueryTypes.SELECT : QueryTypes.BULKUPDATE;
  try {
    await sequelize.query(statementFor(right, need), { transaction, type, logging: false });
    return true;
  } catch (error) {
    if (dialect.isDenied(error)) return false;
    if (dialect.isMissingTable(error)) return true;
    throw error;
  }
}

/** SQLite knows no users. It makes files beside its own, so that the directory counts as well. Nothing is written: a lock would be in others' way. */
function fileRights(file: string): Check | undefined {
  if (!fs.existsSync(file)) return undefined;
  for (const place of [file, path.dirname(file)]) {
    try {
      fs.accessSync(place, fs.constants.R_OK | fs.constants.W_OK);
    } catch (error) {
      return fail(
        'grants',
        `${place} cannot be read and written (${messageOf(error)})`,
        "Run the command as the application's user, or make file and directory that user's.",
      );
    }
  }
  return ok('grants', `${file} can be read and written`);
}
