import { AuditError } from '../../errors';
import type { Audit } from '../../storage/audit-model';
import type { PastState } from '../../storage/reading/past-state';
import { assertKnownModel, unknownModel } from '../known-models';
import { Parameters } from '../parameters';
import { recordRead } from '../reads';
import { fieldsOfAudit } from '../../storage/reading/record-fields';
import { shownRecord } from '../shown-record';
import { encodedValues } from '../../record/stored-form';
import type { Visit } from '../visit';

export interface StateJson {
  readonly model: string;
  readonly id: string;
  readonly at: string;
  readonly exists: boolean;
  readonly complete: boolean;
  readonly values: Readonly<Record<string, unknown>> | null;
  /** The last record up to then; null where there is none that may be seen. */
  readonly audit: string | null;
}

/** `GET api/state`: what a record was like at a moment, or right after one of its audits. */
export async function stateAt(visit: Visit): Promise<StateJson> {
  const asked = new Parameters(visit.call.search, ['model', 'id', 'at', 'audit']);
  const [model, id, auditId] = [asked.needed('model'), asked.needed('id'), asked.text('audit')];
  if ((auditId === undefined) === (asked.text('at') === undefined))
    throw new AuditError('AUDIT_QUERY', 'Give one of the parameters "at" and "audit".');
  if (!visit.access.mayReadModel(model)) throw await unknownModel(visit, model);
  const at = auditId === undefined ? (asked.date('at') as Date) : await auditOf(visit, auditId, model, id);
  const state = await visit.trail.history.stateAt({ model, id, at });
  if (state.exists === undefined) {
    await assertKnownModel(visit, model);
    throw new AuditError(
      'AUDIT_NOT_FOUND',
      `The trail has no record of ${model} ${JSON.stringify(id.slice(0, 100))}.`,
    );
  }
  await recordRead(visit, { type: model, id }, asked.given());
  return stateJson(visit, state);
}

/** Another record's audit is no place in this one's life. */
async function auditOf({ trail, access }: Visit, auditId: string, model: string, id: string): Promise<Audit> {
  const audit = await trail.history.find(auditId);
  const isOwn = audit?.auditableType === model && audit.auditableId === id;
  if (audit && isOwn && shownRecord(fieldsOfAudit(audit), access)) return audit;
  throw new AuditError(
    'AUDIT_NOT_FOUND',
    `${model} ${JSON.stringify(id.slice(0, 100))} has no audit ${JSON.stringify(auditId.slice(0, 100))}.`,
  );
}

function stateJson({ access }: Visit, state: PastState): StateJson {
  const { model, id, at, audit, values } = state;
  const shown = Object.entries(values ?? {}).filter(([name]) => access.mayReadAttribute(model, name));
  return {
    model,
    id,
    at: at.toISOString(),
    exists: state.exists === true,
    complete: state.isComplete,
    values: values && encodedValues(Object.fromEntries(shown)),
    audit: audit && shownRecord(fieldsOfAudit(audit), access) ? audit.id : null,
  };
}
