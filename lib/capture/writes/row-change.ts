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

/** What happened to the rows of one write, as records say it. */
export class RowChanges {
  private readonly all: readonly Column[];
  /** What was written to the latest row, and to those before it that had the very same `after`. */
  private latest: { readonly after: Row; readonly written: readonly Column[] } | undefined;
  private latestNew:
    { readonly after: Row; readonly changed: readonly Column[]; readonly values: Values } | undefined;

  constructor(
    private readonly audited: AuditedModel,
    private readonly parent: Parent | undefined,
  ) {
    this.all = audited.columns.all;
  }

  /**
   * What happened to one row; undefined if nothing did, or nothing that is recorded. Columns that are in `after` are
   * compared; a soft delete needs all of `before`.
   */
  of({ before, after, isOld }: Images): Change | undefined {
    if (!before)
      return this.change(isOld ? 'updated' : 'created', after ?? {}, null, pick(this.all, after ?? {}));
    if (!after) return this.change('deleted', before, pick(this.all, before), null);
    const changed = this.writtenTo(after).filter(
      ({ name, type }) => !type.equal(before[name] ?? null, after[name] ?? null),
    );
    if (!isWorthARecord(changed, this.all, after)) return undefined;
    const whole = { ...before, ...after };
    const event = updateEvent(this.audited, before, whole);
    const oldValues = pick(event === 'deleted' ? this.all : changed, before);
    return this.change(event, whole, oldValues, this.newValues(changed, after));
  }

  private change(
    event: RowEvent,
    whole: Row,
    oldValues: Values | null,
    newValues: Values | null,
  ): Change | undefined {
    const { audited, parent } = this;
    const { events, tags } = audited.options;
    if (events && !events.includes(event)) return undefined;
    const parentKey = parent ? whole[parent.foreignKey] : undefined;
    return {
      event,
      auditableType: audited.name,
      auditableId: audited.keyOf(whole),
      oldValues,
      newValues,
      tags,
      ...(parent && parentKey !== undefined && parentKey !== null
        ? { parentType: parent.type, parentId: keyPart(parentKey) }
        : {}),
    };
  }

  private writtenTo(after: Row): readonly Column[] {
    if (this.latest?.after !== after) {
      this.latest = { after, written: this.all.filter(({ name }) => name in after) };
    }
    return this.latest.written;
  }

  /** Of rows that were written the same the very same, so that it is encoded once. */
  private newValues(changed: readonly Column[], after: Row): Values {
    const { latestNew } = this;
    if (latestNew?.after === after && isSameList(latestNew.changed, changed)) return latestNew.values;
    this.latestNew = { after, changed, values: pick(changed, after) };
    return this.latestNew.values;
  }
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/**
 * Something that is recorded changed. A new updatedAt alone counts, because the row is another than before;
 * it does not where the statement wrote attributes that are not recorded, and was about those.
 */
function isWorthARecord(changed: readonly Column[], all: readonly Column[], after: Row): boolean {
  if (changed.some(({ isAudited, isAutomatic }) => isAudited && !isAutomatic)) return true;
  return (
    changed.some(({ isAudited }) => isAudited) &&
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
