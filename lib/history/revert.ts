import type { Model, ModelStatic, Transaction } from 'sequelize';

import { likenessOf } from '../capture/likeness';
import { AuditedModel } from '../capture/model/audited-model';
import type { Column, Row } from '../capture/model/columns';
import { AuditError } from '../errors';
import type { Values } from '../record/values';
import type { Audit } from '../storage/audit-model';
import type { Reverted, RevertOptions } from '../storage/reading/revert-options';
import { liveInstance } from './live-instance';
import type { Live } from './live-instance';
import { assertKeyStays, assign, insert, reasonOf, writable } from './put-back';
import { assertRevertOptions, within } from './within';

const NOTHING: Reverted = { event: null, attributes: [] };

/** What taking back needs to know. */
interface Task {
  readonly model: ModelStatic<Model>;
  readonly audited: AuditedModel;
  readonly audit: Audit;
  readonly key: string;
  readonly options: RevertOptions;
  readonly transaction: Transaction;
}

/** Takes back what one record says was done. Throws AUDIT_REVERT, AUDIT_CONFLICT, and what the write throws. */
export function revertAudit(
  model: ModelStatic<Model>,
  audit: Audit,
  options: RevertOptions,
): Promise<Reverted> {
  const audited = AuditedModel.of(model)!;
  assertRevertOptions(options);
  const { event, auditableId: key } = audit;
  const undo = UNDO.get(event);
  if (!undo || key === null) {
    throw new AuditError(
      'AUDIT_REVERT',
      undo
        ? `Record ${audit.id} is about many rows of ${audited.name}, whose old values it does not have.`
        : `"${event}" is an event of the application's own, which nothing can take back.`,
    );
  }
  return within(model, options, (transaction) => undo({ model, audited, audit, key, options, transaction }));
}

const UNDO = new Map<string, (task: Task) => Promise<Reverted>>([
  ['created', undoCreation],
  ['updated', undoUpdate],
  ['deleted', undoDeletion],
  ['restored', undoRestoration],
]);

async function undoUpdate(task: Task): Promise<Reverted> {
  const { audited, audit, options } = task;
  const live = await liveInstance(task.model, audited, task.key, task.transaction);
  if (!live) throw gone(task);
  const values = writable(audited, audit.oldValues ?? {}, options);
  assertUnchanged(task, live.row, audit.newValues ?? {});
  return writeOver(task, live, values);
}

async function undoCreation(task: Task): Promise<Reverted> {
  const live = await liveInstance(task.model, task.audited, task.key, task.transaction);
  if (!live || task.audited.isMarked(live.row)) return NOTHING;
  assertUnchanged(task, live.row, task.audit.newValues ?? {});
  await live.instance.destroy(writing(task));
  return { event: 'deleted', attributes: [] };
}

async function undoDeletion(task: Task): Promise<Reverted> {
  const { model, audited, audit, key, options, transaction } = task;
  const live = await liveInstance(model, audited, key, transaction);
  if (live && audited.isMarked(live.row)) {
    await live.instance.restore(writing(task));
    return { event: 'restored', attributes: [audited.columns.deletedAt!.name] };
  }
  if (live) throw new AuditError('AUDIT_CONFLICT', `${audited.name} ${key} is there again.`);
  const values = writable(audited, audit.oldValues ?? {}, options);
  await insert(model, audited, values, writing(task));
  return { event: 'created', attributes: names(values.keys()) };
}

async function undoRestoration(task: Task): Promise<Reverted> {
  const live = await liveInstance(task.model, task.audited, task.key, task.transaction);
  if (!live) throw gone(task);
  if (task.audited.isMarked(live.row)) return NOTHING;
  await live.instance.destroy(writing(task));
  return { event: 'deleted', attributes: [] };
}

/** Writes what differs. */
async function writeOver(
  task: Task,
  { row, instance }: Live,
  values: ReadonlyMap<Column, unknown>,
): Promise<Reverted> {
  const { audited } = task;
  const different = new Map(
    [...values].filter(([column, value]) => likenessOf(column, row[column.name], value) !== 'same'),
  );
  if (different.size === 0) return NOTHING;
  assertKeyStays(audited, row, different);
  assign(instance, different);
  await instance.save({ ...writing(task), fields: names(different.keys()) });
  return { event: 'updated', attributes: names(different.keys()) };
}

/** Whoever takes back an older change must know that newer ones are lost with it. */
function assertUnchanged({ audited, audit, key, options }: Task, row: Row, left: Values): void {
  if (options.force) return;
  const changed = audited.columns.all.filter(
    (column) =>
      !column.isAutomatic &&
      Object.hasOwn(left, column.name) &&
      likenessOf(column, row[column.name], left[column.name]) === 'different',
  );
  if (changed.length === 0) return;
  throw new AuditError(
    'AUDIT_CONFLICT',
    `${audited.name} ${key} has changed since record ${audit.id}: ${names(changed).join(', ')}. ` +
      'With { force: true } that is overwritten.',
  );
}

function writing({ audit, options, transaction }: Task): {
  transaction: Transaction;
  audit: ReturnType<typeof reasonOf>;
} {
  return { transaction, audit: reasonOf(audit, options) };
}

function gone({ audited, key }: Task): AuditError {
  return new AuditError(
    'AUDIT_REVERT',
    `${audited.name} ${key} is not there any more. Bring it back first: ${audited.name}.undelete(key).`,
  );
}

function names(columns: Iterable<Column>): string[] {
  return [...columns].map(({ name }) => name);
}
