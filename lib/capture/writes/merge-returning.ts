import type { Sequelize } from 'sequelize';

import { queryRows } from '../../adapter/sql';
import type { RawRow } from '../../adapter/sql';
import { rowsByKeys, rowsWhere } from './merged-rows';
import type { Merge, Merged } from './merged-rows';
import { askFor } from './returning';
import { idOfKey } from './raw-key';
import type { Image } from './row-reader';
import { sameRows } from './unique-keys';
import type { WriteCall } from './write-call';

/** PostgreSQL returns the keys of the rows it has written, and, as `xmax`, whether a row is a new one: then it is 0. */
const MARK = 'xmax';

/** The kinds of tables by name: `r` for an ordinary one. Others, as partitioned ones and views, return no `xmax`. */
const kinds = new WeakMap<Sequelize, Map<string, string>>();

/** The statement on PostgreSQL. What it returns tells which rows to read; their values would not all be exact. */
export async function mergeReturning(
  call: WriteCall,
  { keys, records, run }: Merge,
  before: ReadonlyMap<string, Image>,
  mayRepeat: boolean,
): Promise<Merged> {
  const kind = await kindOf(call);
  const system = kind === 'r' ? [MARK] : [];
  const asked = askFor(call, call.audited.columns.keys, { instance: call.options.instance, system });
  const answer = await run(asked.options);
  const rows = asked.rows(answer);
  const told = (rows ?? []).map((row) => ({ row, key: keyOf(call, row) }));
  const mayBeOld = new Map(told.map(({ row, key }) => [idOfKey(key), isMarkedOld(row)]));
  const wanted = new Map([...before].map(([id, { key }]) => [id, key]));
  for (const { key } of told) wanted.set(idOfKey(key), key);
  // Of a partitioned table a row's mark can be read: it is that of the row's locks as well, and proves but a new one.
  const options = { tellsNew: kind === 'p' && mayRepeat };
  const after = await rowsByKeys(call, [...wanted.values()], options);
  if (!rows || told.some(({ key }) => !after.has(idOfKey(key)))) {
    for (const [id, image] of await rowsWhere(call, sameRows(call, keys, records), options))
      after.set(id, image);
  }
  return {
    answer: asked.hide(answer),
    after,
    isOld: ({ id, isNew }) => mayBeOld.get(id) ?? (isNew === undefined ? undefined : !isNew),
  };
}

function keyOf({ audited }: WriteCall, row: RawRow): unknown[] {
  return audited.columns.keys.map(({ field }) => row[field]);
}

function isMarkedOld(row: RawRow): boolean | undefined {
  return row[MARK] === undefined ? undefined : row[MARK] !== '0';
}

async function kindOf({ sequelize, sql, table, readOptions }: WriteCall): Promise<string | undefined> {
  const known = kinds.get(sequelize) ?? new Map<string, string>();
  kinds.set(sequelize, known);
  const name = sql.table(table);
  const kind = known.get(name);
  if (kind !== undefined) return kind;
  const text = `SELECT relkind::text AS kind FROM pg_class WHERE oid = to_regclass(${sql.literal(name)})`;
  const [row] = await queryRows(sequelize, text, readOptions);
  if (typeof row?.['kind'] === 'string') known.set(name, row['kind']);
  return known.get(name);
}
