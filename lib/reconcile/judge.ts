import type { AuditedModel } from '../capture/model/audited-model';
import type { Column } from '../capture/model/columns';
import type { RowEvent } from '../record/record';
import type { LiveRow } from '../capture/live-rows';
import type { Difference } from './report';
import type { RowHistory } from './row-history';

/** What is found out of one row. */
export interface Verdict {
  readonly differences: readonly Difference[];
  /** Numbers of values. */
  readonly reordered: number;
  readonly unknown: number;
}

/** Which columns of a model can be compared, and how a row is judged by its history. */
export class Judge {
  readonly compared: readonly Column[];

  constructor(readonly audited: AuditedModel) {
    const { all, deletedAt } = audited.columns;
    // A change of nothing but what is not recorded makes no record, although it moves updatedAt and the version.
    const isAllRecorded = all.every(({ isAudited, isAutomatic }) => isAudited || isAutomatic);
    const tellsDeletions = this.records('deleted') && this.records('restored');
    this.compared = this.records('updated')
      ? all.filter(
          (column) =>
            column.isAudited &&
            !column.isRedacted &&
            (isAllRecorded || !column.isAutomatic) &&
            (tellsDeletions || column !== deletedAt),
        )
      : [];
  }

  /** Whether records of this event are made at all. */
  records(event: RowEvent): boolean {
    return this.audited.options.events?.includes(event) ?? true;
  }

  judge({ key, row }: LiveRow, history: RowHistory): Verdict {
    const model = this.audited.name;
    const about = { model, key, attribute: null, row: null, trail: null, record: history.latest };
    const isExact = this.records('created') && this.records('deleted');
    if (isExact && history.existing < 1)
      return { differences: [{ ...about, kind: 'deleted' }], reordered: 0, unknown: 0 };
    if (isExact && history.existing > 1)
      return { differences: [{ ...about, kind: 'recreated' }], reordered: 0, unknown: 0 };
    const differences: Difference[] = [];
    let reordered = 0;
    let unknown = 0;
    for (const column of this.compared) {
      const value = column.shown(row[column.name] ?? null);
      const attribute = column.name;
      const finding = history.attribute(column)?.compare(value);
      if (!finding) {
        // Of a new row some databases do not say what nobody gave it.
        if (value !== null) unknown++;
        continue;
      }
      if (finding.kind === 'reordered') reordered++;
      else if (finding.kind === 'unknown') unknown++;
      else if (finding.kind === 'different') {
        const { trail, record } = finding;
        differences.push({ ...about, kind: 'value', attribute, row: value, trail, record });
      } else if (finding.kind === 'gap') {
        const { held: trail, old, record } = finding;
        differences.push({ ...about, kind: 'gap', attribute, row: old, trail: trail ?? null, record });
      }
    }
    return { differences, reordered, unknown };
  }
}
