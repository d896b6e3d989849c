import type { Model } from 'sequelize';

import { valuesOf } from '../../adapter/model';
import type { FieldValues, WriteOptions } from '../../adapter/write-port';
import type { Column, Row } from '../model/columns';
import { askFor } from './returning';
import { UNKNOWN } from '../types/value-type';
import { readUnknown } from './unknown-values';
import type { WriteCall } from './write-call';
import { allColumns } from './written';
import type { Written } from './written';

/**
 * Inserts a row through an instance and tells what it then holds: what was given, what the database returned
 * or gave as a key, and, read once more, what only the database knows. No row if none was inserted.
 */
export async function completeRow(
  call: WriteCall,
  instance: Model,
  written: Written,
  values: FieldValues,
  insert: (options: WriteOptions) => Promise<unknown>,
): Promise<{ answer: unknown; row?: Row }> {
  const { dataValues } = valuesOf(instance);
  const { keys } = call.audited.columns;
  const isTold = ({ name }: Column): boolean => dataValues[name] !== undefined && dataValues[name] !== null;
  const isPostgres = call.dialect === 'postgres';
  const asked = askFor(call, isPostgres ? keys.filter((key) => !isTold(key)) : [], { instance });
  const answer = await insert(asked.options);
  if (isNothing(answer)) return { answer };
  const row = returnedRow(allColumns(call), written.after, (column) =>
    (isPostgres ? asked.has(column) : column.isKey) ? dataValues[column.name] : undefined,
  );
  const key = keys.map(({ name }) => dataValues[name]);
  asked.hide(answer);
  await readUnknown(call, [{ row, key, values }]);
  return { answer, row };
}

/**
 * What is known of a row that was inserted: what was given, and where nothing was or it was SQL, what came
 * back. UNKNOWN stays where that is not exact: JavaScript's dates have no microseconds, unless the caller
 * knows that there are none.
 */
export function returnedRow(
  columns: readonly Column[],
  given: Row,
  returned: (column: Column) => unknown,
  isExact: (column: Column) => boolean = () => false,
): Row {
  const row: Row = {};
  for (const column of columns) {
    const { name, type, typeKey } = column;
    // bulkCreate hands out a key of null where the database makes one.
    const known = column.isKey ? (given[name] ?? undefined) : given[name];
    if (known !== undefined && known !== UNKNOWN) {
      row[name] = known;
      continue;
    }
    const value = returned(column);
    if (value === undefined) row[name] = known;
    else if (value === null) row[name] = null;
    else row[name] = typeKey === 'DATE' && !isExact(column) ? UNKNOWN : type.fromInstance(value);
  }
  return row;
}

/** `ON CONFLICT DO NOTHING`, `INSERT IGNORE`: no row. */
function isNothing(answer: unknown): boolean {
  return Array.isArray(answer) && answer[1] === 0;
}
