import type { Row } from '../model/columns';
import { writeLocked } from './locked-write';
import type { SetStatement } from './locked-write';
import type { Images } from './row-change';
import { idOfKey, RowReader } from './row-reader';
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
    write: (within, rows, found) => updateRows(within, update, rows, found),
  });
}

async function updateRows(
  call: WriteCall,
  update: Update,
  rows: RowReader,
  before: readonly Image[],
): Promise<unknown> {
  // Just the rows that are locked: one that meets the condition since then is another statement's concern.
  const answer = await update.run(call, rows.whereKeys(before.map(({ key }) => key)));
  const after = await afterImages(call, update.written, before);
  call.recordRows(before.map((image): Images => ({ before: image.row, after: after(image) ?? image.row })));
  return answer;
}

async function afterImages(
  call: WriteCall,
  { columns, unknown, after }: Written,
  before: readonly Image[],
): Promise<(image: Image) => Row | undefined> {
  if (unknown.length === 0) return () => after;
  const written = columns.filter(({ name }) => name in after);
  const images = await new RowReader(call, written).byKeys(
    before.map(({ key, nextKey }) => nextKey ?? key),
    { lock: true },
  );
  const byId = new Map(images.map(({ id, row }) => [id, row]));
  return ({ id, nextKey }) => {
    const row = byId.get(nextKey ? idOfKey(nextKey) : id);
    // Written, but not recorded: that alone is said of it.
    return row && { ...after, ...row };
  };
}
