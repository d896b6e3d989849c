import { hasSpareConnection } from '../../adapter/sequelize';
import { messageOf } from '../../errors';
import type { Merge } from './merged-rows';
import { RowReader } from './row-reader';
import type { RawKey } from './raw-key';
import type { Image } from './row-reader';
import { holdsValuesOf } from './unique-keys';
import type { WriteCall } from './write-call';
import { allColumns } from './written';

/**
 * Rows as they were before a statement that met them unforeseen, by their ids: another transaction has inserted
 * them since they were looked for. Until ours is committed, everybody else still sees them as that one left them,
 * and nobody can change them. So another connection reads what ours has overwritten.
 *
 * Only rows that held a record's unique values then were met in that way. Others, which a trigger has led the
 * statement to, may have been changed by the same transaction before, and what is committed is not what they held.
 */
export async function committedRows(
  call: WriteCall,
  { keys, records }: Merge,
  unforeseen: readonly RawKey[],
): Promise<Map<string, Image>> {
  // Who waits for a connection while holding a transaction may wait for somebody who waits for it.
  if (unforeseen.length === 0 || !hasSpareConnection(call.sequelize)) return new Map();
  const reader = new RowReader(call.within(undefined), allColumns(call));
  try {
    const images = await reader.byKeys(unforeseen);
    const met = images.filter(({ row }) =>
      records.some((record) => keys.some((key) => holdsValuesOf(key, record, row))),
    );
    return new Map(met.map((image) => [image.id, image]));
  } catch (error) {
    call.trail.settings.logger.warn(
      `What ${call.audited.name} held before a write that met it unforeseen could not be read: ${messageOf(error)}`,
    );
    return new Map();
  }
}
