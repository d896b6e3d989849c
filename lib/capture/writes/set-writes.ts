import type { Model, ModelStatic } from 'sequelize';

import { assignReturned } from '../../adapter/model';
import { formatRows } from '../../adapter/sql';
import type { FieldValues, Where, WritePort } from '../../adapter/write-port';
import { affected } from './affected';
import { deleteRows } from './deletes';
import { conditionOf } from './key-condition';
import { updateLocked } from './locked-update';
import type { Update } from './locked-update';
import { writeReturning } from './one-statement';
import type { Returned, ReturningStatement } from './returning-statement';
import { inTransactionIfNeeded } from './own-transaction';
import { noteUnknown } from '../model/trust';
import { recordSummary } from './summary';
import type { Statement } from './summary';
import { truncateRows } from './truncation';
import type { WriteCall } from './write-call';
import { writtenBy } from './written';
import type { Written } from './written';

/** `Model.update`, `Model.restore`, the soft `Model.destroy`, and what associations make of them. */
export function updateSet(
  call: WriteCall,
  port: WritePort,
  values: FieldValues,
  where: Where,
  attributes: object | undefined,
): Promise<unknown> {
  const run = (within: WriteCall, condition: Where): Promise<unknown> =>
    port.bulkUpdate(within.table, values, condition, within.options, attributes);
  const written = writtenBy(call, values);
  const { options, sequelize, model } = call;
  return byPolicy(
    call,
    (answer) => ({ ...summaryOf(call, written), values, where, count: countOf(answer) }),
    (within) => run(within, where),
    (within) =>
      updateRows(
        within,
        {
          ...conditionOf(within, where, call.bindsUpdates),
          limit: limitOf(options.limit),
          written,
          run,
          sum: total,
        },
        {
          head: (bind) => call.sql.update(call.table, values, options, attributes, bind),
          returned: call.sql.returnedColumns(attributes, options),
          answer: ({ count, rows }) =>
            options.returning ? formatRows(sequelize, rows, { model, ...options }) : count,
        },
      ),
  );
}

/** `increment` and `decrement`, of a model or an instance; Sequelize calls no hook for them (#4473, #16637). */
export function addToSet(
  call: WriteCall,
  operator: '+' | '-',
  run: (call: WriteCall, where: Where) => Promise<unknown>,
  where: Where,
  amounts: FieldValues,
  extra: FieldValues,
): Promise<unknown> {
  const { options, sql, table } = call;
  const { instance } = options;
  const sums = Object.entries(amounts).map(([field, amount]): [string, unknown] => [
    field,
    sql.expression(`${sql.name(field)} ${operator} ${sql.literal(amount)}`),
  ]);
  const values = { ...extra, ...Object.fromEntries(sums) };
  // Sequelize's own condition of such a statement knows nothing of the model's types.
  const text = sql.condition(where);
  const condition = {
    ...conditionOf(call, where, false),
    where: text ? sql.expression(`(${text})`) : undefined,
  };
  const written = writtenBy(call, values);
  noteUnknown(instance, Object.keys(written.after));
  const rows = (within: WriteCall): Promise<unknown> =>
    updateRows(
      within,
      {
        ...condition,
        written,
        run,
        sum: (answers) => [(answers[0] as unknown[])[0], total(answers.map(affected))],
      },
      {
        head: () => sql.arithmetic(operator, table, amounts, extra),
        returned: sql.returnedColumns(undefined, { ...options, returning: options.returning ?? true }),
        answer: ({ count, rows: returned }) => {
          if (instance) assignReturned(instance, returned[0]);
          return [instance ?? returned, count];
        },
      },
    );
  if (instance) return inTransactionIfNeeded(call, rows);
  const operation = operator === '-' ? 'decrement' : 'increment';
  const statement = { event: 'updated', operation, values, where } as const;
  return byPolicy(
    call,
    (answer) => ({ ...statement, count: affected(answer) ?? null }),
    (within) => run(within, where),
    rows,
  );
}

/** `Model.destroy` and `truncate`. */
export function deleteSet(
  call: WriteCall,
  port: WritePort,
  where: Where,
  model: ModelStatic<Model> | undefined,
): Promise<unknown> {
  const { options } = call;
  const run = (within: WriteCall, condition: Where): Promise<unknown> =>
    port.bulkDelete(within.table, condition, within.options, model);
  const operation = options.truncate ? 'truncate' : 'destroy';
  return byPolicy(
    call,
    (answer) => ({ event: 'deleted', operation, where, count: options.truncate ? null : countOf(answer) }),
    (within) => run(within, where),
    (within) => {
      if (options.truncate) return truncateRows(within, (inner) => run(inner, where));
      const statement = {
        ...conditionOf(within, where, false),
        limit: limitOf(options.limit),
        isSmall: false,
        run,
        sum: total,
      };
      // Called directly, the query interface answers in the database's own way.
      const isOurs = options.type === 'BULKDELETE';
      return deleteRows(within, isOurs ? { ...statement, answer: (count) => count } : statement);
    },
  );
}

/** The write as the policy for many rows wants it recorded. */
export async function byPolicy(
  call: WriteCall,
  statement: (answer: unknown) => Statement,
  run: (call: WriteCall) => Promise<unknown>,
  rows: (call: WriteCall) => Promise<unknown>,
): Promise<unknown> {
  if (call.bulk === 'rows') return inTransactionIfNeeded(call, rows);
  if (call.bulk === 'off') return run(call);
  const summarised = async (within: WriteCall): Promise<unknown> => {
    const answer = await run(within);
    recordSummary(within, statement(answer));
    return answer;
  };
  return inTransactionIfNeeded(call, summarised);
}

interface Ours extends Pick<ReturningStatement, 'head' | 'returned'> {
  readonly answer: (returned: Returned) => unknown;
}

async function updateRows(call: WriteCall, update: Update, ours: Ours): Promise<unknown> {
  if (call.dialect !== 'postgres') return updateLocked(call, update);
  // PostgreSQL's UPDATE knows no limit, and Sequelize leaves it out.
  const isSmall = call.options.instance !== undefined;
  const statement = { ...update, ...ours, isSmall, limit: undefined, columns: update.written.columns };
  return ours.answer(await writeReturning(call, statement));
}

function summaryOf(call: WriteCall, { after }: Written): Pick<Statement, 'event' | 'operation'> {
  const { deletedAt } = call.audited.columns;
  if (!deletedAt || !(deletedAt.name in after)) return { event: 'updated', operation: 'update' };
  return call.audited.isMarked(after)
    ? { event: 'deleted', operation: 'destroy' }
    : { event: 'restored', operation: 'restore' };
}

function countOf(answer: unknown): number | null {
  if (Array.isArray(answer)) return answer.length;
  return typeof answer === 'number' ? answer : null;
}

function total(answers: readonly unknown[]): unknown {
  const [first, second] = answers;
  if (second === undefined || typeof first !== 'number') return first;
  return answers.reduce<number>((sum, answer) => sum + Number(answer), 0);
}

function limitOf(limit: unknown): number | undefined {
  return typeof limit === 'number' && limit > 0 ? limit : undefined;
}
