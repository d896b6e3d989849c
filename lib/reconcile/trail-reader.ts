import { Op, QueryTypes } from 'sequelize';
import type { WhereOptions } from 'sequelize';

import type { AuditedModel } from '../capture/model/audited-model';
import type { Column } from '../capture/model/columns';
import { timeOfId } from '../record/id-time';
import { ROW_EVENTS } from '../record/record';
import type { Values } from '../record/values';
import { decodeValues } from '../record/values';
import type { AuditTrail } from '../trail/trail';
import { RowHistory } from './row-history';

/** Few: each may hold megabytes. */
const RECORDS_AT_ONCE = 250;
const ATTRIBUTES = ['id', 'event', 'auditableId', 'oldValues', 'newValues'];

interface StoredRecord {
  readonly id: string;
  readonly event: string;
  readonly auditableId: string;
  readonly oldValues: unknown;
  readonly newValues: unknown;
}

/** Reads what the trail knows of one model's rows, by the index on type and key. */
export class TrailReader {
  constructor(
    private readonly trail: AuditTrail,
    private readonly audited: AuditedModel,
  ) {}

  /** The histories of some keys; of those without records there is none. Events of the application's own are passed over. */
  async histories(keys: readonly string[], compared: readonly Column[]): Promise<Map<string, RowHistory>> {
    const histories = new Map<string, RowHistory>();
    for await (const { id, event, auditableId: key, oldValues, newValues } of this.records(keys)) {
      let history = histories.get(key);
      if (!history) histories.set(key, (history = new RowHistory(this.audited, compared)));
      const at = timeOfId(id) ?? 0;
      history.add({ id, event, key, at, oldValues: valuesOf(oldValues), newValues: valuesOf(newValues) });
    }
    return histories;
  }

  /** All keys that the trail has records of, in pages. */
  async *keys(page: number): AsyncGenerator<string[]> {
    const { sequelize } = this.trail.database;
    for (let last: string | undefined; ;) {
      const rows = await sequelize.query<{ auditable_id: string }>(
        `SELECT DISTINCT auditable_id FROM audits WHERE auditable_type = :type AND event IN (:events)
          AND auditable_id ${last === undefined ? 'IS NOT NULL' : '> :last'} ORDER BY auditable_id LIMIT ${page}`,
        {
          replacements: { type: this.audited.name, events: [...ROW_EVENTS], last },
          type: QueryTypes.SELECT,
          logging: false,
        },
      );
      const keys = rows.map(({ auditable_id: key }) => key);
      if (keys.length > 0) yield keys;
      if (keys.length < page) return;
      last = keys.at(-1);
    }
  }

  /** Whether statements on many rows have left summaries, which tell of no row. */
  async hasSummaries(): Promise<boolean> {
    const where = { auditableType: this.audited.name, auditableId: null, event: [...ROW_EVENTS] };
    return (await this.trail.Audit.findOne({ attributes: ['id'], where, logging: false })) !== null;
  }

  /** Key by key, each in the order of ids. */
  private async *records(keys: readonly string[]): AsyncGenerator<StoredRecord> {
    const left = new Set(keys);
    let last: StoredRecord | undefined;
    while (last !== undefined || left.size > 0) {
      const ahead: WhereOptions = { auditableId: [...left] };
      const where: WhereOptions = {
        [Op.and]: [
          { auditableType: this.audited.name, event: [...ROW_EVENTS] },
          last === undefined
            ? ahead
            : { [Op.or]: [{ auditableId: last.auditableId, id: { [Op.gt]: last.id } }, ahead] },
        ],
      };
      const page = (await this.trail.Audit.findAll({
        attributes: ATTRIBUTES,
        where,
        order: [
          ['auditableId', 'ASC'],
          ['id', 'ASC'],
        ],
        limit: RECORDS_AT_ONCE,
        raw: true,
        logging: false,
      })) as unknown as StoredRecord[];
      yield* page;
      if (page.length < RECORDS_AT_ONCE) return;
      last = page.at(-1);
      for (const { auditableId } of page) left.delete(auditableId);
    }
  }
}

function valuesOf(stored: unknown): Values | null {
  const values = stored === null ? null : decodeValues(stored);
  return typeof values === 'object' ? (values as Values | null) : null;
}
