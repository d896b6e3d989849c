import type { Model } from 'sequelize';

import { internalsOf, modelOfInstance, valuesOf } from '../adapter/model';
import { AuditError } from '../errors';
import { canonicalKey, keyPart } from '../record/key';
import type { AuditUser, UserLike, UserSource } from './audit-context';
import { orLeaveOut } from './warn-once';

/** A user as records hold one. The id is null where an instance has not been saved. */
export interface Identity {
  readonly type: string;
  readonly id: string | null;
}

/** As what somebody is named; only messages differ. */
export type Role = 'user' | 'onBehalfOf';

/** Asks the source if it is a function. Nobody is null. Throws what the function throws, and AUDIT_OPTION. */
export function identify(source: UserSource | undefined, role: Role): Identity | null {
  const user = typeof source === 'function' ? askAtOnce(source, role) : source;
  if (!user) return null;
  const model = modelOfInstance(user);
  if (model) {
    const { dataValues } = valuesOf(user as Model);
    return { type: model.name, id: canonicalKey(dataValues, internalsOf(model).primaryKeyAttributes ?? []) };
  }
  const { type, id } = user as AuditUser;
  if (!isKey(id) || (type !== undefined && type !== null && typeof type !== 'string')) {
    throw new AuditError(
      'AUDIT_OPTION',
      `The ${role} of an audit context needs an id that is a text or a number, as in { type: "User", id: 1 }; ` +
        'an instance of a model may stand for itself.',
    );
  }
  return { type: type ?? 'User', id: keyPart(id) };
}

/** {@link identify}, but nobody where that fails. */
export function identifySafely(source: UserSource | undefined, role: Role): Identity | null {
  return orLeaveOut(`The ${role} of an audit context`, () => identify(source, role)) ?? null;
}

/**
 * Calls a function of the application that must answer at once. Throws what it throws, and AUDIT_OPTION
 * for a promise, whose rejection would be nobody's and end the process.
 */
export function askAtOnce<T>(question: () => T, what: string): T {
  const answer = question();
  if (!(answer instanceof Promise)) return answer;
  answer.catch(() => undefined);
  throw new AuditError('AUDIT_OPTION', `The function for "${what}" must answer at once, without a promise.`);
}

/** Whether this can be a user: an instance of a model, or an object with an id. */
export function isUserLike(value: unknown): value is UserLike {
  if (typeof value !== 'object' || value === null) return false;
  return modelOfInstance(value) !== undefined || isKey((value as { id?: unknown }).id);
}

function isKey(id: unknown): boolean {
  return ['string', 'number', 'bigint'].includes(typeof id);
}
