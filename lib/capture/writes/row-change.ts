import type { RowEvent } from '../../record/record';
import { keyPart } from '../../record/key';
import type { Values } from '../../record/values';
import type { Change } from '../../trail/trail';
import type { AuditedModel } from '../model/audited-model';
import type { Column, Row } from '../model/columns';
import type { Parent } from '../model/parent';

/** What a row held before and after a statement; undefined where it did not exist. */
export interface Images {
  readonly before?: Row | undefined;
  /** After an update, at least the columns that were written. */
  readonly after?: Row | undefined;
  /** It did exist, but what it held is not known. Then all of `after` is recorded. */
  readonly isOld?: boolean;
}

/**
 * What happened to one row, as a record says it; undefined if nothing did, or nothing that is recorded.
 * Columns that are in `after` are compared; a soft delete needs all of `before`.
 */
export function rowChange(
  audited: AuditedModel,
  { before, after, isOld }: Images,
  parent: Parent | undefined,
): Change | undefined {
  const { columns, options } = audited;
  const whole = { ...before, ...after };
  let event: RowEvent;
  let oldValues: Values | null = null;
  let newValues: Values | null = null;
  if (!before) {
    event = isOld ? 'updated' : 'created';
    newValues = pick(columns.all, whole);
  } else if (!after) {
    event = 'deleted';
    oldValues = pick(columns.all, before);
  } else {
    const changed = changedColumns(columns.all, before, after);
    if (!isWorthARecord(changed, columns.all, after)) return undefined;
    newValues = pick(changed, after);
    oldValues = pick(changed, before);
    event = updateEvent(audited, before, whole);
    if (event === 'deleted') oldValues = pick(columns.all, before);
  }
  if (options.events && !options.events.includes(event)) return undefined;
  const parentKey = parent ? whole[parent.foreignKey] : undefined;
  return {
    event,
    auditableType: audited.name,
    auditableId: audited.keyOf(whole),
    oldValues,
    newValues,
    tags: options.tags,
    ...(parent && parentKey !== undefined && parentKey !== null
      ? { parentType: parent.type, parentId: keyPart(parentKey) }
      : {}),
  };
}

function changedColumns(columns: readonly Column[], before: Row, after: Row): Column[] {
  return columns.filter(
    ({ name, type }) => name in after && !type.equal(before[name] ?? null, after[name] ?? null),
  );
}

/**
 * Something that is recorded changed. A new updatedAt alone counts, because the row is another than before;
 * it does not where the statement wrote attributes that are not recorded, and was about those.
 */
function isWorthARecord(changed: readonly Column[], all: readonly Column[], after: Row): boolean {
  const recorded = changed.filter(({ isAudited }) => isAudited);
  if (recorded.some(({ isAutomatic }) => !isAutomatic)) return true;
  return (
    recorded.length > 0 &&
    !all.some(({ name, isAudited, isAutomatic }) => name in after && !isAudited && !isAutomatic)
  );
}

/** A paranoid model's rows are deleted and restored by an update of their mark. */
function updateEvent(audited: AuditedModel, before: Row, after: Row): RowEvent {
  const { deletedAt } = audited.columns;
  if (!deletedAt || !(deletedAt.name in after)) return 'updated';
  const [was, is] = [audited.isMarked(before), audited.isMarked(after)];
  return was === is ? 'updated' : is ? 'deleted' : 'restored';
}

/** The recorded attributes of some values; what is not known is not there. */
function pick(columns: readonly Column[], row: Row): Values {
  const picked: Values = {};
  for (const { name, isAudited, shown } of columns) {
    const value = row[name];
    if (isAudited && value !== undefined) picked[name] = shown(value);
  }
  return picked;
}
