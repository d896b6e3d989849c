import type { Where } from '../../adapter/write-port';
import type { Row } from '../model/columns';
import { affected } from './affected';
import { writeLocked } from './locked-write';
import type { SetStatement } from './locked-write';
import type { Images } from './row-change';
import { idOfKey } from './raw-key';
import { RowReader } from './row-reader';
import type { Image } from './row-reader';
import type { WriteCall } from './write-call';
import type { Written } from './written';

export interface Update extends SetStatement {
  readonly written: Written;
}

/**
 * For databases that cannot return old values: locks the rows and reads them, lets Sequelize update just
 * those, and reads them again where only the database knows what became of them.
 */
export function updateLocked(call: WriteCall, update: Update): Promise<unknown> {
  const { columns, nextKey } = update.written;
  return writeLocked(call, update, {
    columns,
    nextKey,
    isOfKeys: nextKey !== undefined,
    write: (within, found, where) => updateRows(within, update, found, where),
  });
}

async function updateRows(
  call: WriteCall,
  update: Update,
  before: readonly Image[],
  where: Where,
): Promise<unknown> {
  const { written } = update;
  const answer = await update.run(call, where);
  const isKnown = written.unknown.length === 0 && wroteAll(written, before, answer);
  const after = isKnown ? () => written.after : await afterImages(call, written, before);
  call.recordRows(before.map((image): Images => ({ before: image.row, after: after(image) ?? image.row })));
  return answer;
}

/** Whether as many rows were written as should be: a trigger may keep some from it. */
function wroteAll({ columns, after }: Written, before: readonly Image[], answer: unknown): boolean {
  const count = typeof answer === 'number' ? answer : affected(answer);
  if (count === undefined || count >= before.length) return true;
  // MySQL does not count rows that stay as they were.
  const written = columns.filter(({ name }) => name in after);
  return (
    count >=
    before.filter(({ row }) => written.some(({ name, type }) => !type.equal(row[name], after[name]))).length
  );
}

async function afterImages(
  call: WriteCall,
  { columns, after }: Written,
  before: readonly Image[],
): Promise<(image: Image) => Row | undefined> {
  const written = columns.filter(({ name }) => name in after);
  const images = await new RowReader(call, written).byKeys(
    before.map(({ key, nextKey }) => nextKey ?? key),
    { lock: 'row' },
  );
  const byId = new Map(images.map(({ id, row }) => [id, row]));
  return ({ id, nextKey }) => {
    const row = byId.get(nextKey ? idOfKey(nextKey) : id);
    // Written, but not recorded: that alone is said of it.
    return row && { ...after, ...row };
  };
}
