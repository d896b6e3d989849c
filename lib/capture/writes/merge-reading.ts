import { Op } from 'sequelize';

import type { Where } from '../../adapter/write-port';
import type { Column } from '../model/columns';
import { lastKey, lastMadeKey, madeKeyOf, madeKeys, toBigInt, toldKey } from './made-keys';
import { lockedRows, rowsByKeys, rowsWhere } from './merged-rows';
import type { Merge, Merged } from './merged-rows';
import type { Image } from './row-reader';
import { isComplete, sameRows } from './unique-keys';
import type { WriteCall } from './write-call';

/** The statement on databases that return nothing of the rows they write: these are looked for. */
export async function mergeReading(
  call: WriteCall,
  merge: Merge,
  before: ReadonlyMap<string, Image>,
): Promise<Merged> {
  const { keys, records, run } = merge;
  const made = madeKeyOf(call);
  const isUnnamed = records.some((record) => !keys.some((key) => isComplete(call, key, record)));
  const last = made && isUnnamed && call.dialect === 'sqlite' ? await lastKey(call, made) : undefined;
  const answer = await run(call.options);
  const known = await lockedRows(
    call,
    [...before.values()].map(({ key }) => key),
  );
  const isCreated = call.isMySql ? createdBy(records, answer) : undefined;
  const isOld = signOf(call, records, isCreated, answer);
  // One record is one row, and it was there, unless the table has fewer unique indexes than the model says.
  if (records.length === 1 && before.size > 0 && known.size === before.size && isCreated !== true)
    return { answer, after: known, isOld };
  const conditions = [...sameRows(call, keys, records)];
  if (made && isUnnamed && isCreated !== false)
    conditions.push(await newRows(call, merge, made, answer, last));
  const after = new Map([...(await rowsWhere(call, conditions)), ...known]);
  if (after.size === 0 && isCreated !== undefined) {
    for (const [id, image] of await toldRow(call, isCreated, answer)) after.set(id, image);
  }
  return { answer, after, isOld };
}

/** Rows of records that give nothing by which they could be found. */
async function newRows(
  call: WriteCall,
  { records }: Merge,
  made: Column,
  answer: unknown,
  last: string | undefined,
): Promise<Where> {
  // Nobody else writes to SQLite's file meanwhile.
  if (last !== undefined) return { [made.field]: { [Op.gt]: last } };
  const first = isUpsert(answer) ? await keyOfUpsert(call, made, answer) : toldKey(answer, made);
  return { [made.field]: { [Op.in]: await madeKeys(call, first, records.length) } };
}

/** A row that holds other unique values than the one record gave: a trigger's, or those that the table gives. */
async function toldRow(call: WriteCall, isCreated: boolean, answer: unknown): Promise<Map<string, Image>> {
  const made = madeKeyOf(call);
  const key =
    made && (isCreated && isUpsert(answer) ? await keyOfUpsert(call, made, answer) : toldKey(answer, made));
  const found = await rowsByKeys(call, key === undefined || key === null ? [] : [[key]]);
  if (found.size === 0) {
    call.trail.settings.logger.error(
      `A write of ${call.audited.name} met a row that cannot be found by the values it was given. ` +
        'If it changed that row, this is not recorded.',
    );
  }
  return found;
}

/** The key that an upsert made; of MariaDB's driver Sequelize does not take it. */
function keyOfUpsert(call: WriteCall, made: Column, answer: unknown): unknown {
  return call.dialect === 'mariadb' ? lastMadeKey(call) : toldKey(answer, made);
}

/** What MySQL's and MariaDB's answer tells of rows that were not found before. */
function signOf(
  call: WriteCall,
  records: Merge['records'],
  isCreated: boolean | undefined,
  answer: unknown,
): Merged['isOld'] {
  if (isCreated !== undefined) return () => !isCreated;
  const made = madeKeyOf(call);
  if (!call.isMySql || !call.options.updateOnDuplicate || !made) return () => undefined;
  const first = toBigInt(toldKey(answer, made));
  const given = new Set(records.map((record) => toBigInt(record[made.field])));
  return ({ key: [key] }) => (!given.has(toBigInt(key)) && toBigInt(key) < first ? true : undefined);
}

/** Whether the one record became a new row, or, false, another was updated. */
function createdBy({ length }: Merge['records'], answer: unknown): boolean | undefined {
  if (isUpsert(answer)) return answer[1];
  if (length !== 1 || !Array.isArray(answer) || !answer.every((row) => typeof row === 'object'))
    return undefined;
  // Where a key is made, bulkCreate's answer has a member for a row inserted, two for one updated, none for any other.
  if (answer.length === 1) return true;
  return answer.length === 2 ? false : undefined;
}

function isUpsert(answer: unknown): answer is [unknown, boolean] {
  return Array.isArray(answer) && typeof answer[1] === 'boolean';
}
