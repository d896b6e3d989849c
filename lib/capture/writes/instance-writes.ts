import type { Model } from 'sequelize';

import { deleteRow } from '../../adapter/destroy';
import { assignReturned, internalsOf, modelOf } from '../../adapter/model';
import { sentByInsert } from '../../adapter/omit-null';
import type { FieldValues, Where, WritePort } from '../../adapter/write-port';
import { affected } from './affected';
import type { Column, Row } from '../model/columns';
import { completeRow } from './created-row';
import { deleteRows } from './deletes';
import { conditionOf } from './key-condition';
import { updateLocked } from './locked-update';
import { writeReturning } from './one-statement';
import { originalValue } from '../model/original-values';
import { inTransaction, inTransactionIfNeeded } from './own-transaction';
import type { Images } from './row-change';
import { isTrusted, noteWrite } from '../model/trust';
import { UNKNOWN } from '../types/value-type';
import type { WriteCall } from './write-call';
import { allColumns, writtenBy, writtenByInsert } from './written';

const EXACT_IN_JAVASCRIPT = /INT|^(STRING|CHAR|TEXT|CITEXT|UUID|ENUM|BOOLEAN|DECIMAL|DATEONLY)$/;

/** `instance.save()` of a new row, and all that leads there: create, findOrCreate, associations. */
export async function insertInstance(
  call: WriteCall,
  port: WritePort,
  instance: Model,
  values: FieldValues,
): Promise<unknown> {
  const written = writtenByInsert(call, sentByInsert(call.sequelize, values));
  const names = call.audited.columns.all.map(({ name }) => name);
  const insert = async (within: WriteCall): Promise<unknown> => {
    const { answer, row } = await completeRow(within, instance, written, values, (options) =>
      port.insert(instance, within.table, values, options),
    );
    if (row) within.recordRow({ after: row });
    noteWrite(instance, names, within.transaction, false);
    return answer;
  };
  // What only the database knows is read right after: in a transaction, so that nobody can change it before,
  // and that a row whose reading is refused is not there when it is inserted without.
  const isRead = written.unknown.some((column) => !comesBack(call, column));
  return isRead || call.needsTransaction ? inTransaction(call, insert) : insert(call);
}

/** Whether the INSERT itself returns exactly what a column holds: in JavaScript a date has lost its microseconds. */
function comesBack({ dialect, options: { returning } }: WriteCall, { field, typeKey }: Column): boolean {
  const isAsked = returning === true || (Array.isArray(returning) && returning.includes(field));
  return dialect === 'postgres' && isAsked && EXACT_IN_JAVASCRIPT.test(typeKey);
}

/** `instance.save()` of a row that exists: update, soft destroy, restore. */
export async function updateInstance(
  call: WriteCall,
  port: WritePort,
  instance: Model,
  values: FieldValues,
  where: Where,
): Promise<unknown> {
  const written = writtenBy(call, values);
  const names = Object.keys(written.after);
  const before =
    written.unknown.length === 0 ? remembered(call, instance, written.columns, written.after) : undefined;
  if (before) return updateRemembered(call, port, instance, values, where, { before, after: written.after });
  const run = (within: WriteCall, condition: Where): Promise<unknown> =>
    port.update(instance, within.table, values, condition, within.options);
  if (call.dialect !== 'postgres') {
    const answer = await updateLocked(call, {
      ...conditionOf(call, where, call.bindsUpdates),
      written,
      run,
      sum: ([first]) => first,
    });
    noteWrite(instance, names, call.transaction, affected(answer) === 0);
    return answer;
  }
  const attributes = internalsOf(modelOf(instance)).rawAttributes;
  const head = (bind: unknown[] | undefined): string =>
    call.sql.update(call.table, values, call.options, attributes, bind);
  const returned = call.sql.returnedColumns(attributes, call.options);
  return inTransactionIfNeeded(call, async (within) => {
    const { rows, count } = await writeReturning(within, {
      ...conditionOf(call, where, call.bindsUpdates),
      isSmall: true,
      returned,
      head,
      instance,
      written,
      columns: written.columns,
    });
    assignReturned(instance, rows[0]);
    noteWrite(instance, names, within.transaction, count === 0);
    return [instance, count];
  });
}

/** `instance.destroy()` of a row that really goes; children that Sequelize destroys by itself have gone before. */
export async function deleteInstance(call: WriteCall, instance: Model, where: Where): Promise<unknown> {
  // With this type, Sequelize tells how many rows went; the row may be gone already.
  const run = (within: WriteCall, condition: Where): Promise<unknown> =>
    deleteRow(instance, within.table, condition, { ...within.options, type: 'BULKDELETE' });
  const answer = (): unknown => (call.dialect === 'postgres' ? [] : instance);
  const before = call.audited.options.cascade ? undefined : remembered(call, instance, allColumns(call), {});
  if (before) {
    return inTransactionIfNeeded(call, async (within) => {
      const deletion = run(within, where);
      const record = within.expectRow({ before });
      if ((await deletion) !== 0) record();
      return answer();
    });
  }
  await deleteRows(call, {
    ...conditionOf(call, where, false),
    isSmall: true,
    run,
    sum: answer,
    answer,
  });
  return answer();
}

function updateRemembered(
  call: WriteCall,
  port: WritePort,
  instance: Model,
  values: FieldValues,
  where: Where,
  images: Images,
): Promise<unknown> {
  return inTransactionIfNeeded(call, async (within) => {
    const update = port.update(instance, within.table, values, where, within.options);
    const record = within.expectRow(images);
    const answer = await update;
    if (affected(answer) !== 0) record();
    noteWrite(instance, Object.keys(images.after ?? {}), within.transaction, affected(answer) === 0);
    return answer;
  });
}

/**
 * What the row held, as far as the instance can know it; undefined where it cannot: attributes that were not
 * selected, objects that may have been changed in place, values of a transaction that was rolled back, what was
 * not changed and yet is written, or where the model wants the database's word.
 */
function remembered(
  call: WriteCall,
  instance: Model,
  columns: readonly Column[],
  written: Row,
): Row | undefined {
  const { options, columns: all } = call.audited;
  if (options.oldValues === 'database' || all.areMixedUp) return undefined;
  const names = columns.map(({ name }) => name);
  if (!isTrusted(instance, names)) return undefined;
  const row: Row = {};
  for (const { name, type, isMutable, isAudited, isAutomatic } of columns) {
    const original = originalValue(instance, name);
    if (original === undefined || (isMutable && isAudited && original !== null)) return undefined;
    const value = type.fromInstance(original);
    // Written as it is said to be already, it was changed where the instance could not see it, as by a raw set.
    if (value === UNKNOWN || (name in written && !isAutomatic && type.equal(value, written[name])))
      return undefined;
    row[name] = value;
  }
  return row;
}
