import type { Difference, DifferenceKind } from '../../lib/reconcile/report';
import { amount, printable } from '../output';
import type { Output } from '../output';
import type { Reconciled } from './reconcile';

const LONGEST_VALUE = 40;

const HEAD = ['Model', 'Rows', 'Match', 'Differ', 'Gone', 'Not in trail', 'Values unknown', 'Out of order'];

const WORDS: Readonly<Record<DifferenceKind, string>> = {
  value: 'another value',
  gap: 'a record is missing before',
  deleted: 'deleted in the trail, and there',
  gone: 'there in the trail, and gone',
  recreated: 'created again, never deleted',
  unrecorded: 'has no record',
};

/** What was compared, and the first differences, for a person. */
export function summary({ models, differences }: Reconciled, output: Output): string {
  const numbers = models.map((each) => [
    each.model + (each.hasSummaries ? ' *' : ''),
    ...[
      each.rows,
      each.matching,
      each.different,
      each.gone,
      each.notInTrail,
      each.unknown,
      each.reordered,
    ].map(amount),
  ]);
  const different = models.reduce((total, each) => total + each.different, 0);
  const listed = new Set(differences.map(({ model, key }) => `${model} ${key}`)).size;
  return [
    output.table(numbers, HEAD),
    ...(models.some(({ hasSummaries }) => hasSummaries)
      ? [
          '* has summaries of statements on many rows, which tell of no row: such rows cannot be expected to match.',
        ]
      : []),
    ...(differences.length > 0
      ? [output.table(differences.map(rowOf), ['Model', 'Key', 'What', 'Row', 'Trail'])]
      : []),
    ...(different > listed ? [`and ${amount(different - listed)} more; --limit lists more of them.`] : []),
  ].join('\n');
}

function rowOf({ model, key, kind, attribute, row, trail, record }: Difference): string[] {
  const about = attribute === null ? WORDS[kind] : `${attribute}: ${WORDS[kind]}`;
  const what = kind === 'gap' ? `${about} ${record}` : about;
  const values = attribute === null ? ['', ''] : [short(row), short(trail)];
  return [model, key, what, ...values].map(printable);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}
