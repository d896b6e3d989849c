import type { Audit } from '../../../lib';
import { columnsOf, dialectOf } from './columns';
import type { Canonical, ExpectedRecord } from './expected';
import { expectedRecord } from './expected';
import { formOf } from './forms';
import type { Change } from './oracle';

/** As much of a stored record as is compared. */
export type TrailRecord = Pick<Audit, 'event' | 'auditableType' | 'auditableId' | 'oldValues' | 'newValues'>;

export interface ExpectTrailOptions {
  /**
   * How the records of one row follow each other: `row`, as the row changed; `any`, for writers that run at
   * the same time: records are numbered when they are captured, rows change in the order of commits. The
   * values old and new still have to be those of each single change, so that the chain is whole.
   */
  readonly order?: 'row' | 'any';
  /** Updates of rows that the write met unforeseen: README, "Limits". Their old values are not known, their new ones all. */
  readonly unforeseen?: ReadonlySet<TrailRecord>;
}

const MAX_LINES = 25;

/** Exactly one record for each changed row, in full. Throws with all that differs, row by row. */
export function expectTrail(
  audits: readonly TrailRecord[],
  changes: readonly Change[],
  { order = 'row', unforeseen = new Set() }: ExpectTrailOptions = {},
): void {
  const expected = groupBy(
    changes.flatMap((change) => expectedRecord(change) ?? []),
    ({ model, auditableId }) => `${model.name} ${auditableId}`,
  );
  const found = groupBy(audits, ({ auditableType, auditableId }) => `${auditableType} ${auditableId}`);
  const lines = [...new Set([...expected.keys(), ...found.keys()])].flatMap((row) =>
    differencesOfRow(row, expected.get(row) ?? [], found.get(row) ?? [], order, unforeseen),
  );
  if (lines.length === 0) return;
  const more = lines.length > MAX_LINES ? [`… and ${lines.length - MAX_LINES} lines more`] : [];
  throw new Error(
    ['The trail is not what the database saw:', ...lines.slice(0, MAX_LINES), ...more].join('\n  '),
  );
}

function differencesOfRow(
  row: string,
  expected: readonly ExpectedRecord[],
  found: readonly TrailRecord[],
  order: 'row' | 'any',
  unforeseen: ReadonlySet<TrailRecord>,
): string[] {
  const [missing, left] = order === 'any' ? unmatched(expected, found) : [expected, [...found]];
  const lines: string[] = [];
  let wrong = 0;
  for (const [index, record] of missing.entries()) {
    const audit = left[index];
    const where = `${row}, change ${index + 1} of ${missing.length}`;
    if (!audit) lines.push(`${where}: no record for ${summary(record)}`);
    else {
      const differences = differencesOf(record, audit, unforeseen.has(audit));
      if (differences.length === 0) continue;
      wrong += 1;
      lines.push(`${where}: ${summary(record)}`, ...differences.map((line) => `    ${line}`));
    }
  }
  for (const audit of left.slice(missing.length)) lines.push(`${row}: one record too many: ${told(audit)}`);
  // With a record missing or too many, all after it differ: then the whole list says more.
  if (left.length !== missing.length && wrong > 0) {
    return [
      `${row}: ${missing.length} changes, ${left.length} records`,
      ...missing.map((record) => `    change  ${summary(record)}`),
      ...left.map((audit) => `    record  ${told(audit)}`),
    ];
  }
  return lines;
}

/** What is left when equal ones are taken away from both, whatever their order. */
function unmatched(
  expected: readonly ExpectedRecord[],
  found: readonly TrailRecord[],
): [ExpectedRecord[], TrailRecord[]] {
  const left = [...found];
  const missing = expected.filter((record) => {
    const index = left.findIndex((audit) => differencesOf(record, audit).length === 0);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return [missing, left];
}

/** How a record differs from what it should be, a line each. */
export function differencesOf(expected: ExpectedRecord, audit: TrailRecord, isUnforeseen = false): string[] {
  const lines: string[] = [];
  if (audit.event !== expected.event)
    lines.push(`event: should be ${expected.event}, is ${audit.event}: ${told(audit)}`);
  for (const side of ['oldValues', 'newValues'] as const) {
    const should = expected[side];
    if (isUnforeseen && side === 'oldValues') continue;
    const is = isUnforeseen ? only(audit[side], Object.keys(should ?? {})) : audit[side];
    if (!should || !is) {
      if (should || is)
        lines.push(`${side}: should be ${shown(should)}, is ${is ? JSON.stringify(is) : 'null'}`);
      continue;
    }
    // What a new row has not been given may be left out.
    const mayLackNull = expected.event === 'created';
    lines.push(...differencesOfValues(side, should, is, expected, mayLackNull));
  }
  return lines;
}

function only(values: TrailRecord['newValues'], names: readonly string[]): TrailRecord['newValues'] {
  return values && Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

function differencesOfValues(
  side: string,
  should: Canonical,
  is: Readonly<Record<string, unknown>>,
  { model }: ExpectedRecord,
  mayLackNull: boolean,
): string[] {
  const types = new Map(columnsOf(model).map(({ attribute, type }) => [attribute, type]));
  return [...new Set([...Object.keys(should), ...Object.keys(is)])].flatMap((attribute) => {
    const name = `${side}.${attribute}`;
    const [wanted, value] = [should[attribute], is[attribute]];
    if (!(attribute in is)) {
      return wanted === null && mayLackNull ? [] : [`${name}: should be ${shown(wanted)}, is not there`];
    }
    if (wanted === undefined) return [`${name}: should not be there, is ${JSON.stringify(value)}`];
    if (value === null) return wanted === null ? [] : [`${name}: should be ${shown(wanted)}, is null`];
    try {
      const canonical = formOf(types.get(attribute)!, dialectOf(model)).fromTrail(value);
      if (canonical === wanted || (wanted === null && canonical === 'null')) return [];
      return [`${name}: should be ${shown(wanted)}, is ${shown(canonical)}`];
    } catch (error) {
      return [`${name}: should be ${shown(wanted)}, but ${(error as Error).message}`];
    }
  });
}

function summary({ event, oldValues, newValues }: ExpectedRecord): string {
  return `${event} ${shown(oldValues)} → ${shown(newValues)}`;
}

function told({ event, oldValues, newValues }: TrailRecord): string {
  return `${event} ${shown(oldValues)} → ${shown(newValues)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
