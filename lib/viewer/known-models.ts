import { AuditError } from '../errors';
import { suggestion } from '../known-names';
import { REVERT } from '../storage/audit-model';
import type { Visit } from './visit';

/** The models that have records, and that the visitor may see. */
export async function knownModels({ trail, access }: Visit): Promise<string[]> {
  return (await trail.history.models()).filter((model) => access.mayReadModel(model));
}

/**
 * To what models a search of all is limited; undefined for none. Where something is hidden the database looks only for
 * what may be seen, so that neither the length of a page nor where it ends tells of the rest. That an attribute was
 * written is told only of models of which it may be seen.
 */
export async function searchedModels(visit: Visit, attribute?: string): Promise<string[] | undefined> {
  const { access } = visit;
  if (!access.hidesModels && (attribute === undefined || !access.hidesAttributes)) return undefined;
  const models = await knownModels(visit);
  return attribute === undefined
    ? models
    : models.filter((model) => access.mayReadAttribute(model, attribute));
}

/** AUDIT_NOT_FOUND: of a model that there is not, or that the visitor may not see, which is the same to them. */
export async function unknownModel(visit: Visit, model: string): Promise<AuditError> {
  const known = await knownModels(visit);
  const hint = known.length > 0 ? suggestion(model, known) : '';
  return new AuditError(
    'AUDIT_NOT_FOUND',
    `The trail has no records of a model ${JSON.stringify(model)}.${hint}`,
  );
}

/** Throws AUDIT_NOT_FOUND of a model that the trail does not know. */
export async function assertKnownModel(visit: Visit, model: string): Promise<void> {
  // A model of this process may have nothing in the trail yet.
  if (Object.hasOwn(visit.trail.sequelize.models, model)) return;
  if (!(await knownModels(visit)).includes(model)) throw await unknownModel(visit, model);
}

/** Whether this process can take back changes of a model: it has called withAudit for it. */
export function canRevert({ trail, access, mayRevert }: Visit, model: string | null): boolean {
  if (!mayRevert || model === null || access.isNarrowed(model) || !access.mayReadModel(model)) return false;
  const { models } = trail.sequelize;
  return Object.hasOwn(models, model) && REVERT in (models[model] as object);
}
