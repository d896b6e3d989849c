/**
 * What does not match:
 *
 * value       an attribute of the row is not what the newest record that holds it says
 * gap         a record's old value is not what the records before it have left: one between them is missing
 * deleted     the last record says that the row was deleted, and it is there
 * gone        the last record says that the row is there, and it is gone
 * recreated   the row was created again without a record that it was deleted
 * unrecorded  a row without any record, where all rows from its time on should have one
 */
export type DifferenceKind = 'value' | 'gap' | 'deleted' | 'gone' | 'recreated' | 'unrecorded';

export interface Difference {
  readonly model: string;
  /** As the trail has it. */
  readonly key: string;
  readonly kind: DifferenceKind;
  /** For `value` and `gap`. */
  readonly attribute: string | null;
  /** What the row holds; of a gap, what the record says it held. */
  readonly row: unknown;
  /** What the trail says that it holds, or held. */
  readonly trail: unknown;
  /** The record that says so: the newest, or the one before which another is missing. */
  readonly record: string | null;
}

/** One model's rows against the trail; numbers of rows unless it says otherwise. */
export interface ModelReport {
  readonly model: string;
  rows: number;
  /** In which nothing differs. */
  matching: number;
  /** Without any record, and so not judged: they may be older than auditing. */
  notInTrail: number;
  /** That differ in some way, those that are gone among them. */
  different: number;
  /** Of them, those that are gone. */
  gone: number;
  /** Values whose records are not in the order of their writes, as several connections at once leave them. Harmless. */
  reordered: number;
  /** Values that the trail does not tell: pruned records, or values that it has cut or masked. */
  unknown: number;
  /** Keys of the trail that cannot be looked for in the table. */
  unchecked: number;
  /** Statements on many rows have left summaries, which tell of no row: the values of rows cannot be expected to match. */
  hasSummaries: boolean;
}

export function emptyReport(model: string): ModelReport {
  return {
    model,
    rows: 0,
    matching: 0,
    notInTrail: 0,
    different: 0,
    gone: 0,
    reordered: 0,
    unknown: 0,
    unchecked: 0,
    hasSummaries: false,
  };
}
