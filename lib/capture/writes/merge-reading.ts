import { Op } from 'sequelize';

import type { Where } from '../../adapter/write-port';
import type { Column } from '../model/columns';
import { lastKey, lastMadeKey, madeKeyOf, madeKeys, toBigInt, toldKey } from './made-keys';
import { isMySql, rowsByKeys, rowsWhere } from './merged-rows';
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
  // Locked ones, so that they are as they are now and not as the transaction first saw them.
  const known = await rowsByKeys(
    call,
    [...before.values()].map(({ key }) => key),
    { lock: true },
  );
  const isOld = signOf(call, merge, made, answer);
  // One record is one row.
  if (records.length === 1 && before.size > 0 && known.size === before.size)
    return { answer, after: known, isOld };
  const conditions = [...sameRows(call, keys, records)];
  if (made && isUnnamed) conditions.push(await newRows(call, merge, made, answer, last));
  const after = new Map([...(await rowsWhere(call, conditions)), ...known]);
  if (after.size === 0) await findTold(call, made, answer, after);
  return { answer, after, isOld };
}

/** Rows that hold nothing of what the records give that would tell them apart. */
async function newRows(
  call: WriteCall,
  { records }: Merge,
  { field }: Column,
  answer: unknown,
  last: string | undefined,
): Promise<Where> {
  // Nobody else writes to SQLite's file meanwhile.
  if (last !== undefined) return { [field]: { [Op.gt]: last } };
  const told = createdBy(answer) === undefined ? toldKey(answer, madeKeyOf(call)!) : undefined;
  return { [field]: { [Op.in]: await madeKeys(call, told, records.length) } };
}

/** A row that holds other unique values than it was given. Of an upsert MySQL and MariaDB tell the key, if it was made. */
async function findTold(
  call: WriteCall,
  made: Column | undefined,
  answer: unknown,
  after: Map<string, Image>,
): Promise<void> {
  const isCreated = createdBy(answer);
  if (!isMySql(call) || isCreated === undefined) return;
  // Of MariaDB's driver Sequelize takes no key.
  const key =
    isCreated && made && call.dialect === 'mariadb' ? await lastMadeKey(call) : made && toldKey(answer, made);
  const found = key === undefined || key === null ? [] : await rowsByKeys(call, [[key]]);
  for (const [id, image] of found) after.set(id, image);
  if (after.size > 0 || isCreated) return;
  call.trail.settings.logger.error(
    `An upsert of ${call.audited.name} met a row that cannot be found by the values it was given: if it changed ` +
      'that row, this is not recorded.',
  );
}

/** What the answer tells of rows that were not found before. */
function signOf(
  call: WriteCall,
  { records }: Merge,
  made: Column | undefined,
  answer: unknown,
): Merged['isOld'] {
  const isCreated = isMySql(call) ? createdBy(answer) : undefined;
  if (isCreated !== undefined) return () => !isCreated;
  const { updateOnDuplicate } = call.options;
  if (!isMySql(call) || !updateOnDuplicate || !made || !Array.isArray(answer)) return () => undefined;
  // The answer has a member for each row inserted, and two for each one updated.
  if (records.length === 1) return () => answer.length !== 1;
  const first = toBigInt(toldKey(answer, made));
  const given = new Set(records.map((record) => toBigInt(record[made.field])));
  return ({ key: [key] }) => (!given.has(toBigInt(key)) && toBigInt(key) < first ? true : undefined);
}

/** Whether an upsert says that it created a row; SQLite's says nothing. */
function createdBy(answer: unknown): boolean | undefined {
  const created: unknown = Array.isArray(answer) ? answer[1] : undefined;
  return typeof created === 'boolean' ? created : undefined;
}
