import { Op } from 'sequelize';

import type { Row } from '../model/columns';
import { UNKNOWN } from '../types/value-type';
import type { Merge, Merged } from './merged-rows';
import type { Images } from './row-change';
import { RowReader } from './row-reader';
import type { RawKey } from './raw-key';
import type { Image } from './row-reader';
import { isSame, valuesOf } from './unique-keys';
import type { WriteCall } from './write-call';

export interface Paired {
  readonly images: readonly Images[];
  /** Keys of rows that were there, and not found. */
  readonly unforeseen: readonly RawKey[];
}

/** Which of the rows before a statement are which of those after it, and which of these are new. */
export async function pairRows(
  call: WriteCall,
  merge: Merge,
  before: ReadonlyMap<string, Image>,
  { after, isOld }: Merged,
): Promise<Paired> {
  const unrecorded = unrecordedOf(call, merge);
  const images: Images[] = [];
  const gone: Image[] = [];
  for (const [id, image] of before) {
    const same = after.get(id);
    if (same) images.push({ before: image.row, after: { ...same.row, ...unrecorded } });
    else gone.push(image);
  }
  const fresh = new Map([...after].filter(([id]) => !before.has(id)));
  for (const image of gone) {
    const replaced = [...fresh.values()].filter((other) => isOld(other) !== false);
    const next = await successor(call, merge, image, replaced, gone.length === 1);
    if (!next) continue;
    images.push({ before: image.row, after: { ...next.row, ...unrecorded } });
    fresh.delete(next.id);
  }
  const unforeseen: RawKey[] = [];
  for (const image of fresh.values()) {
    const isUnforeseen = isOld(image) === true;
    if (isUnforeseen) unforeseen.push(image.key);
    images.push({ after: image.row, isOld: isUnforeseen });
  }
  return { images, unforeseen };
}

/** A row whose key was replaced is one that shares another unique value, or the key, by what the database takes as equal. */
async function successor(
  call: WriteCall,
  { keys, records }: Merge,
  gone: Image,
  candidates: readonly Image[],
  isOnlyOne: boolean,
): Promise<Image | undefined> {
  const [first, another] = candidates;
  if (!first) return undefined;
  if (isOnlyOne && !another && records.length === 1) return first;
  const same = candidates.find(({ row }) => keys.some((key) => isSame(key, row, gone.row)));
  if (same) return same;
  const reader = new RowReader(call, []);
  const among = reader.whereKeys(candidates.map(({ key }) => key));
  for (const key of keys) {
    const values = valuesOf(key, gone.row);
    const [found] = values ? await reader.where({ [Op.and]: [among, values] }) : [];
    if (found) return candidates.find(({ id }) => id === found.id);
  }
  return undefined;
}

/** What was written, but is not recorded: that alone is said of it. */
function unrecordedOf({ audited }: WriteCall, { records }: Merge): Row {
  const isWritten = (field: string): boolean => records.some((record) => record[field] !== undefined);
  return Object.fromEntries(
    audited.columns.all
      .filter(({ field, isAudited }) => !isAudited && isWritten(field))
      .map(({ name }) => [name, UNKNOWN]),
  );
}
