import type { AuditedModel } from '../capture/model/audited-model';
import type { Column } from '../capture/model/columns';
import type { Values } from '../record/values';
import { AttributeHistory } from './attribute-history';
import { isCut } from '../capture/likeness';

/** A record, as far as a history needs it. */
export interface HistoryRecord {
  readonly id: string;
  readonly event: string;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly oldValues: Values | null;
  readonly newValues: Values | null;
}

/** What the records of one key, in the order of their ids, say of its row. */
export class RowHistory {
  records = 0;
  /** How often the row has come into being and was not taken away again: 1 of one that is there, 0 of one that is gone. */
  existing = 0;
  /** The newest record. */
  latest = '';
  /** Keys that the row had before, where records of this key say so. */
  readonly formerKeys: string[] = [];
  private readonly attributes = new Map<string, AttributeHistory>();
  /** A record's values were too large to be kept: then nothing of them is known. */
  private isCut = false;

  constructor(
    private readonly audited: AuditedModel,
    private readonly compared: readonly Column[],
  ) {}

  add(record: HistoryRecord): void {
    const { event, oldValues, newValues } = record;
    if (isCut(oldValues) || isCut(newValues)) this.isCut = true;
    const former = event === 'updated' ? this.audited.formerKey(record.key, oldValues) : undefined;
    // Of a history whose beginning is not there, or that begins with another key, the row was there before it.
    if (event === 'created' || former !== undefined || this.records === 0) this.existing++;
    if (event === 'deleted' && newValues === null) this.existing--;
    if (former !== undefined) this.formerKeys.push(former);
    this.records++;
    this.latest = record.id;
    for (const column of this.compared) this.addTo(column, record);
  }

  /** Undefined where no record tells of the attribute. */
  attribute({ name }: Column): AttributeHistory | undefined {
    return this.isCut ? undefined : this.attributes.get(name);
  }

  private addTo(column: Column, { id, at, event, oldValues, newValues }: HistoryRecord): void {
    const { name } = column;
    const isOld = oldValues !== null && Object.hasOwn(oldValues, name);
    const isNew = newValues !== null && Object.hasOwn(newValues, name);
    if (!isOld && !isNew) return;
    let history = this.attributes.get(name);
    if (!history) this.attributes.set(name, (history = new AttributeHistory(column)));
    if (isOld && isNew) history.changed(id, at, oldValues[name], newValues[name]);
    // A soft delete tells all that the row held, and goes on holding.
    else if (isOld && newValues !== null) history.changed(id, at, oldValues[name], oldValues[name]);
    else if (isOld) history.changed(id, at, oldValues[name]);
    else if (event === 'created') history.created(id, newValues?.[name]);
    else history.found(id, newValues?.[name]);
  }
}
