import { AuditError } from '../../errors';
import { revertRecordTo } from '../../history/revert-to';
import type { Audit } from '../../storage/audit-model';
import type { Reverted } from '../../storage/reading/revert-options';
import { canRevert, unknownModel } from '../known-models';
import { orderOf, reasonOf, textOf, wrongOrder } from '../order';
import { fieldsOfAudit } from '../../storage/reading/record-fields';
import { Refusal } from '../refusal';
import { shownRecord } from '../shown-record';
import type { Visit } from '../visit';
import { asVisitor } from '../visitor';

export interface RevertedJson {
  readonly done: true;
  /** Null where the row was like that already. */
  readonly event: Reverted['event'];
}

/** `POST api/audits/:id/revert`: takes a change back, in the name of the visitor. */
export async function revertAudit(visit: Visit): Promise<RevertedJson> {
  const [id = ''] = visit.parameters;
  assertMayRevert(visit);
  const order = orderOf(visit.body, ['reason', 'force']);
  const reason = reasonOf(order);
  const { force } = order;
  if (force !== undefined && typeof force !== 'boolean') throw wrongOrder('"force" must be true or false');
  const audit = await shownAudit(visit, id);
  assertWholeModel(visit, audit.auditableType);
  return done(() => asVisitor(visit, () => audit.revert({ reason, force: force === true })));
}

/** `POST api/revert-to`: makes a record what it was right after one of its audits. */
export async function revertTo(visit: Visit): Promise<RevertedJson> {
  assertMayRevert(visit);
  const order = orderOf(visit.body, ['model', 'id', 'audit', 'reason']);
  const [name, id, reason] = [textOf(order, 'model'), textOf(order, 'id'), reasonOf(order)];
  if (!visit.access.mayReadModel(name)) throw await unknownModel(visit, name);
  const audit = await shownAudit(visit, textOf(order, 'audit'));
  assertWholeModel(visit, name);
  const { models } = visit.trail.sequelize;
  const model = canRevert(visit, name) ? models[name] : undefined;
  if (!model) {
    throw new AuditError(
      'AUDIT_NOT_A_MODEL',
      `No audited model ${JSON.stringify(name)} is loaded in this process, so that nothing can be put back.`,
    );
  }
  return done(() => asVisitor(visit, () => revertRecordTo(model, id, audit, { reason })));
}

function assertMayRevert(visit: Visit): void {
  if (!visit.mayRevert) throw new Refusal(403, 'FORBIDDEN', 'Changes cannot be taken back here.');
}

async function shownAudit({ trail, access }: Visit, id: string): Promise<Audit> {
  const audit = await trail.history.find(id);
  if (audit && shownRecord(fieldsOfAudit(audit), access)) return audit;
  throw new AuditError('AUDIT_NOT_FOUND', `The trail has no audit ${JSON.stringify(id.slice(0, 100))}.`);
}

/** What somebody may not see, they may not write either. */
function assertWholeModel({ access }: Visit, model: string | null): void {
  if (!access.isNarrowed(model)) return;
  throw new Refusal(
    403,
    'FORBIDDEN',
    `Changes of ${model} are taken back by those who may see all of its attributes.`,
  );
}

/** What the model or the database refuses is for the one who asked, in words that tell nothing of the rows there. */
const REFUSALS: Readonly<Record<string, string>> = {
  SequelizeValidationError: 'the model does not take a value any more',
  SequelizeUniqueConstraintError: 'another record has a value by now that must be unique',
  SequelizeForeignKeyConstraintError: 'a record that it refers to, or that refers to it, is in the way',
};

async function done(work: () => Promise<Reverted>): Promise<RevertedJson> {
  try {
    const { event } = await work();
    return { done: true, event };
  } catch (error) {
    const why = error instanceof Error ? REFUSALS[error.name] : undefined;
    if (why === undefined) throw error;
    throw new AuditError('AUDIT_REVERT', `It cannot be as it was: ${why}.`, { cause: error });
  }
}
