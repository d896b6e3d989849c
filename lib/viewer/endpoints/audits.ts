import { AuditError } from '../../errors';
import type { AuditQuery } from '../../storage/reading/audit-query';
import { auditPage, oneAudit } from '../audit-page';
import type { AuditsJson } from '../audit-page';
import { assertKnownModel, searchedModels, unknownModel } from '../known-models';
import { Parameters } from '../parameters';
import { recordRead } from '../reads';
import type { Looked } from '../reads';
import type { AuditJson } from '../shown-record';
import type { Visit } from '../visit';

const FILTERS = [
  ...['model', 'id', 'withChildren', 'userType', 'userId', 'event', 'since', 'until'],
  ...['tag', 'request', 'transaction', 'attribute'],
];
const NAMES = [...FILTERS, 'order', 'limit', 'after'];
const LIMIT = 50;
const MOST = 200;
const NOTHING: AuditsJson = { audits: [], next: null, searchedTo: null };

/** `GET api/audits`: a page of records. */
export async function searchAudits(visit: Visit): Promise<AuditsJson> {
  const asked = new Parameters(visit.call.search, NAMES, ['event']);
  const query = queryOf(asked);
  const model = asked.text('model');
  // Before anything else, so that a model that is hidden answers as one that is not there.
  if (model !== undefined && !visit.access.mayReadModel(model)) throw await unknownModel(visit, model);
  const page = await pageOf(visit, query, model);
  if (page.audits.length === 0 && page.next === null && query.after === undefined && model !== undefined) {
    await assertKnownModel(visit, model);
    if (isWholeHistory(asked)) throw unknownRecord(model, asked.text('id'));
  }
  await recordRead(visit, lookedAt(asked), asked.given(['after']));
  return page;
}

async function pageOf(
  visit: Visit,
  query: AuditQuery & { limit: number },
  model: string | undefined,
): Promise<AuditsJson> {
  const { attribute } = query;
  if (model !== undefined && (attribute === undefined || visit.access.mayReadAttribute(model, attribute)))
    return auditPage(visit, query);
  const models = model === undefined ? await searchedModels(visit, attribute) : [];
  if (models === undefined) return auditPage(visit, query);
  return models.length > 0 ? auditPage(visit, { ...query, model: models }) : NOTHING;
}

/** The record that was asked for, or the model, or else the user. */
function lookedAt(asked: Parameters): Looked {
  const model = asked.text('model') ?? null;
  if (model !== null) return { type: model, id: asked.text('id') ?? null };
  return { type: asked.text('userType') ?? null, id: asked.text('userId') ?? null };
}

/** `GET api/audits/:id`: one record. */
export async function findAudit(visit: Visit): Promise<AuditJson> {
  new Parameters(visit.call.search, []);
  const [id = ''] = visit.parameters;
  const found = await oneAudit(visit, await visit.trail.history.find(id));
  if (!found)
    throw new AuditError('AUDIT_NOT_FOUND', `The trail has no audit ${JSON.stringify(id.slice(0, 100))}.`);
  await recordRead(visit, { type: found.auditableType, id: found.auditableId }, { audit: id });
  return found;
}

function queryOf(asked: Parameters): AuditQuery & { limit: number } {
  const [userType, userId] = [asked.text('userType'), asked.text('userId')];
  if (userType !== undefined && userId === undefined)
    throw new AuditError('AUDIT_QUERY', 'The parameter "userType" needs "userId" beside it.');
  const query: AuditQuery = {
    model: asked.text('model'),
    id: asked.text('id'),
    withChildren: asked.oneOf('withChildren', ['0', '1']) === '1' || undefined,
    user:
      userId === undefined
        ? undefined
        : { id: userId, ...(userType === undefined ? {} : { type: userType }) },
    event: asked.texts('event'),
    since: asked.date('since'),
    until: asked.date('until'),
    tag: asked.text('tag'),
    requestId: asked.text('request'),
    transactionId: asked.text('transaction'),
    attribute: asked.text('attribute'),
    order: asked.oneOf('order', ['newest', 'oldest']),
    after: asked.text('after'),
  };
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
  return { ...(given as AuditQuery), limit: asked.number('limit', MOST) ?? LIMIT };
}

/** Whether all that there is of one record was asked for. */
function isWholeHistory(asked: Parameters): boolean {
  const filters = Object.keys(asked.given(['order', 'limit', 'after', 'withChildren']));
  return filters.length === 2 && filters.includes('model') && filters.includes('id');
}

function unknownRecord(model: string, id = ''): AuditError {
  return new AuditError(
    'AUDIT_NOT_FOUND',
    `The trail has no record of ${model} ${JSON.stringify(id.slice(0, 100))}.`,
  );
}
