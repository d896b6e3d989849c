import type { Model } from 'sequelize';

import type { Values } from '../record/values';

/** Who made a change: a type (the name of a model, or whatever tells users apart) and a key. */
export interface AuditUser {
  /** Default `User`. */
  type?: string;
  id: string | number | bigint;
}

/** A Sequelize instance may stand for itself as the user. */
export type UserLike = AuditUser | Model;

/** A user, a Sequelize instance that is one, or a function that is asked at each capture. */
export type UserSource = UserLike | null | (() => UserLike | null | undefined);

/** From where and why a change is made. All of it is frozen into the records captured within. */
export interface AuditContext {
  /** Who really acts. `null`: nobody. */
  user?: UserSource;
  /** For whom the user acts, as when support staff log in as a customer. `null` ends it in an inner context. */
  onBehalfOf?: UserSource;
  ipAddress?: string;
  userAgent?: string;
  url?: string;
  requestId?: string;
  tags?: readonly string[];
  /** Why: shown beside the change. */
  reason?: string;
  /** Fields of the application's own, stored with the reason. */
  extra?: Values;
}

/** The part of a context that one call of Sequelize may carry, as its option `audit`. */
export type CallContext = Pick<AuditContext, 'user' | 'onBehalfOf' | 'reason' | 'tags' | 'extra'>;

/** Every key of {@link CallContext}. */
export const CALL_KEYS = ['user', 'onBehalfOf', 'reason', 'tags', 'extra'] as const;

/** Every key of {@link AuditContext}. */
export const CONTEXT_KEYS: readonly string[] = [...CALL_KEYS, 'ipAddress', 'userAgent', 'url', 'requestId'];
