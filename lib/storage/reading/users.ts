import type { ModelInternals } from '../../adapter/model';
import type { UserModel } from '../../options';
import { AuditError } from '../../errors';
import { keyPart } from '../../record/key';

/** Whose change a record is. */
interface ByUser {
  readonly userType: string | null;
  readonly userId: string | null;
}

/** The configured model, or models by user type. */
export type UserModels = UserModel | Record<string, UserModel> | undefined;

/** Throws AUDIT_USER_MODEL when no model is configured for the type. */
export function userModelFor(models: UserModels, type: string | null): UserModel {
  const model = modelFor(models, type);
  if (model) return model;
  throw new AuditError(
    'AUDIT_USER_MODEL',
    `No model is configured for users of type "${type}". Give one: ` +
      'configureAudit(sequelize, { userModel: User }) or { userModel: { Customer, Admin } }.',
  );
}

/**
 * The users of some records, loaded by one query for each of their types; undefined for types that are not configured,
 * such as that of a robot. Throws AUDIT_USER_MODEL where none is.
 */
export async function loadUsers(
  models: UserModels,
  audits: readonly ByUser[],
): Promise<(audit: ByUser) => unknown> {
  const idsByType = new Map<string | null, Set<string>>();
  for (const { userType, userId } of audits) {
    if (userId === null) continue;
    const ids = idsByType.get(userType) ?? new Set();
    idsByType.set(userType, ids.add(userId));
  }
  const users = new Map<string, unknown>();
  for (const [type, ids] of idsByType) {
    if (isWithout(models, type)) continue;
    const found = await usersOf(userModelFor(models, type), [...ids]);
    for (const [id, user] of found) users.set(nameOf(type, id), user);
  }
  return ({ userType, userId }) => {
    if (userId === null) return null;
    return isWithout(models, userType) ? undefined : (users.get(nameOf(userType, userId)) ?? null);
  };
}

async function usersOf(model: UserModel, ids: string[]): Promise<[string, unknown][]> {
  const { primaryKeyAttribute: key } = model;
  if (key === undefined || !model.findAll) {
    return Promise.all(ids.map(async (id): Promise<[string, unknown]> => [id, await model.findByPk(id)]));
  }
  const keys = ids.filter((id) => isKeyOf(model, key, id));
  if (keys.length === 0) return [];
  // Those that have left are users as well, where their table keeps them.
  const users = await model.findAll({ where: { [key]: keys }, paranoid: false });
  return users.map((user) => [keyPart((user as Record<string, unknown>)[key]), user]);
}

/** For one id that is no number where numbers are wanted, or too large, PostgreSQL would refuse the whole query. */
function isKeyOf(model: UserModel, key: string, id: string): boolean {
  const { rawAttributes, sequelize } = model as Partial<ModelInternals>;
  const type = rawAttributes?.[key]?.type as KeyType | undefined;
  const bits = sequelize?.getDialect() === 'postgres' ? BITS_OF_KEYS[type?.key ?? ''] : undefined;
  try {
    type?.validate?.(id);
    return bits === undefined || BigInt.asIntN(bits, BigInt(id)) === BigInt(id);
  } catch {
    return false;
  }
}

/** A data type of Sequelize. */
interface KeyType {
  readonly key?: string;
  validate?(value: unknown): unknown;
}

const BITS_OF_KEYS: Readonly<Record<string, number>> = { SMALLINT: 16, INTEGER: 32, BIGINT: 64 };

function isWithout(models: UserModels, type: string | null): boolean {
  return models !== undefined && modelFor(models, type) === undefined;
}

/** Types of users come from outside, and may have any name. */
function modelFor(models: UserModels, type: string | null): UserModel | undefined {
  if (isModel(models)) return models;
  return models && Object.hasOwn(models, type ?? '') ? models[type ?? ''] : undefined;
}

function nameOf(type: string | null, id: string): string {
  return JSON.stringify([type, id]);
}

function isModel(models: UserModels): models is UserModel {
  return typeof (models as UserModel | undefined)?.findByPk === 'function';
}
