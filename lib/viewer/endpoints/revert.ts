import { AuditError } from '../../errors';
import { suggestion } from '../../known-names';
import { canRevert } from '../known-models';
import { fieldsOfAudit } from '../record-fields';
import { Refusal } from '../refusal';
import { shownRecord } from '../shown-record';
import type { Visit } from '../visit';
import { asVisitor } from '../visitor';

export interface RevertedJson {
  readonly done: true;
  readonly event: string | null;
}

const LONGEST_REASON = 1000;

/** `POST api/audits/:id/revert`: takes a change back, in the name of the visitor. */
export async function revertAudit(visit: Visit): Promise<RevertedJson> {
  const [id = ''] = visit.parameters;
  assertMayRevert(visit);
  const { reason, force } = await orderOf(visit, ['reason', 'force']);
  if (force !== undefined && typeof force !== 'boolean') throw wrong('"force" must be true or false');
  const audit = await visit.trail.history.find(id);
  if (!audit || !shownRecord(fieldsOfAudit(audit), visit.access))
    throw new AuditError('AUDIT_NOT_FOUND', `The trail has no audit ${JSON.stringify(id.slice(0, 100))}.`);
  assertWholeRecord(visit, audit.auditableType);
  const { event } = await asVisitor(visit, () =>
    audit.revert({ reason: reasonOf(reason), ...(force === undefined ? {} : { force }) }),
  );
  return { done: true, event };
}

function assertMayRevert(visit: Visit): void {
  if (!visit.mayRevert) throw new Refusal(403, 'FORBIDDEN', 'Changes cannot be taken back here.');
}

/** What somebody may not see, they may not write either. A model that is not loaded is for `revert` to refuse. */
function assertWholeRecord(visit: Visit, model: string | null): void {
  if (!visit.access.isNarrowed(model) || canRevert(visit, model)) return;
  throw new Refusal(
    403,
    'FORBIDDEN',
    `Changes of ${model} are taken back by those who may see all of its attributes.`,
  );
}

async function orderOf(visit: Visit, names: readonly string[]): Promise<Record<string, unknown>> {
  const body = await visit.call.body();
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw wrong('the body must be an object');
  for (const name of Object.keys(body))
    if (!names.includes(name))
      throw wrong(`there is no ${JSON.stringify(name.slice(0, 100))}.${suggestion(name, names)}`);
  return body as Record<string, unknown>;
}

/** The one who reads it later asks why first. */
function reasonOf(reason: unknown): string {
  if (typeof reason === 'string' && reason.trim() !== '' && reason.length <= LONGEST_REASON)
    return reason.trim();
  throw wrong(`"reason" must say why, in up to ${LONGEST_REASON} characters`);
}

function wrong(what: string): AuditError {
  return new AuditError('AUDIT_QUERY', `Bad body: ${what.replace(/\.$/, '')}.`);
}
