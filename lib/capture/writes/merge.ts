import { valuesOf } from '../../adapter/model';
import type { FieldValues, Where, WriteOptions, WritePort } from '../../adapter/write-port';
import { committedRows } from './committed-rows';
import { lockFile } from './locked-write';
import { mergeReading } from './merge-reading';
import { mergeReturning } from './merge-returning';
import type { Merge } from './merged-rows';
import { rowsBefore } from './merged-rows';
import { inTransaction, Raced } from './own-transaction';
import { pairRows } from './pair-rows';
import type { Images } from './row-change';
import type { RawKey } from './raw-key';
import type { RawRow } from '../../adapter/sql';
import { madeKeyOf } from './made-keys';
import { holdsValuesOf, uniqueKeysOf } from './unique-keys';
import type { WriteCall } from './write-call';

/** `Model.upsert`: Sequelize tells reliably neither which row it was nor whether it was there (#17455, #12426). */
export function upsertRow(
  call: WriteCall,
  port: WritePort,
  insertValues: FieldValues,
  updateValues: FieldValues,
  where: Where,
): Promise<unknown> {
  return mergeRows(call, [insertValues], (options) =>
    port.upsert(call.table, insertValues, updateValues, where, options),
  );
}

/**
 * Inserts that may meet rows which are there already: what rows with the same unique values held before is
 * compared with what they hold after. That also finds what Sequelize hands out wrongly (#13137, #11764).
 *
 * The statement may meet a row that was not found before: inserted meanwhile, or with values that a trigger or
 * the table gave. In a transaction of ours all is done again, once, now that its key is known. The application's
 * own is never rolled back by us, not even in part: there another connection tells what the row held, or the record
 * says only that it was updated, and to what.
 */
export function mergeRows(
  call: WriteCall,
  records: readonly FieldValues[],
  run: (options: WriteOptions) => Promise<unknown>,
): Promise<unknown> {
  const merge: Merge = { keys: uniqueKeysOf(call), records, run };
  let met: readonly RawKey[] | undefined;
  return inTransaction(call, async (within, isOurs) => {
    await lockFile(call);
    const mayRepeat = isOurs && met === undefined;
    const before = await rowsBefore(within, merge, met ?? []);
    const merged = await (within.dialect === 'postgres'
      ? mergeReturning(within, merge, before, mayRepeat)
      : mergeReading(within, merge, before));
    // Not within recordRows, which reports what is thrown instead of throwing it.
    const paired = await pairRows(within, merge, before, merged);
    const { unforeseen } = paired;
    if (mayRepeat && unforeseen.length > 0) {
      met = unforeseen;
      throw new Raced(`A row of ${call.audited.name} was not found before it was written`);
    }
    const committed = await committedRows(within, merge, unforeseen);
    const { images } =
      committed.size === 0
        ? paired
        : await pairRows(within, merge, new Map([...before, ...committed]), merged);
    within.recordRows(images);
    tellKeys(within, merge, images, merged.answer);
    return merged.answer;
  });
}

/**
 * Of a row that was there, Sequelize takes SQLite's last inserted key, which is another row's (#17455) and on a
 * connection of our own none. The row's own is known here.
 */
function tellKeys(
  call: WriteCall,
  { keys, records }: Merge,
  images: readonly Images[],
  answer: unknown,
): void {
  const key = madeKeyOf(call);
  if (call.dialect !== 'sqlite' || !key) return;
  const { instance } = call.options;
  const told = instance ? [valuesOf(instance).dataValues] : Array.isArray(answer) ? (answer as RawRow[]) : [];
  for (const [index, record] of records.entries()) {
    const row = told[index];
    if (!row || (record[key.field] !== undefined && record[key.field] !== null)) continue;
    // What it tells of rows without an instance stays as it would be without audit, unless it is the key of no row.
    if (!instance && !isNoKey(row[key.field])) continue;
    const own =
      records.length === 1
        ? images
        : images.filter(({ after }) => after && keys.some((each) => holdsValuesOf(each, record, after)));
    const [only, another] = own;
    if (only?.after && !another) row[instance ? key.name : key.field] = only.after[key.name];
  }
}

function isNoKey(told: unknown): boolean {
  return typeof told === 'number' && told <= 0;
}
