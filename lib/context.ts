import { AsyncLocalStorage } from 'node:async_hooks';

import type { Model } from 'sequelize';

import { assertKnownKeys } from './config';
import { AuditError, messageOf } from './errors';
import { canonicalKey, keyPart } from './record/key';
import { maskUrl, maskWithin } from './record/redaction';
import type { Values } from './record/values';

/** Who made a change: a type (the name of a model, or whatever tells users apart) and a key. */
export interface AuditUser {
  /** Default `User`. */
  type?: string;
  id: string | number | bigint;
}

/** A Sequelize instance may stand for itself as the user. */
export type UserLike = AuditUser | Model;

/** From where and why a change is made. All of it is frozen into the records captured within. */
export interface AuditContext {
  /** The user, a Sequelize instance that is one, or a function that is asked at each capture. */
  user?: UserLike | null | (() => UserLike | null | undefined);
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

/** The part of a record that comes from the context. */
export interface ContextFields {
  readonly userType: string | null;
  readonly userId: string | null;
  readonly url: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly tags: readonly string[] | null;
  readonly context: Values | null;
}

interface Scope {
  readonly context: AuditContext;
  readonly suspended: boolean;
  /** Made at the first capture and shared by all later ones. */
  fields?: ContextFields;
}

const CONTEXT_KEYS = ['user', 'ipAddress', 'userAgent', 'url', 'requestId', 'tags', 'reason', 'extra'];
const NOBODY: Pick<ContextFields, 'userType' | 'userId'> = { userType: null, userId: null };
const EMPTY: Scope = { context: {}, suspended: false };

const warned = new Set<string>();

const storage = new AsyncLocalStorage<Scope>();

/**
 * Runs `work` and everything it calls, asynchronous work included, in a context. Contexts nest: what the
 * inner one leaves out comes from the outer one. Returns what `work` returns.
 * Throws AUDIT_OPTION for an unknown key or a user without an id.
 */
export function runWithAuditContext<T>(context: AuditContext, work: () => T): T {
  if (typeof context !== 'object' || context === null) {
    throw new AuditError(
      'AUDIT_OPTION',
      'runWithAuditContext needs an object such as { user: { type: "User", id: 1 } }.',
    );
  }
  assertKnownKeys(context, CONTEXT_KEYS, 'key of the audit context');
  if (context.user && typeof context.user !== 'function') identify(context.user);
  const outer = storage.getStore() ?? EMPTY;
  const given = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
  return storage.run({ context: { ...outer.context, ...given }, suspended: outer.suspended }, work);
}

/** Runs `work` without recording what it changes. Returns what `work` returns. */
export function withoutAudit<T>(work: () => T): T {
  const outer = storage.getStore() ?? EMPTY;
  return storage.run({ context: outer.context, suspended: true }, work);
}

export function isSuspended(): boolean {
  return storage.getStore()?.suspended ?? false;
}

/** What the current context puts into a record. Never throws: a user function that fails gives no user. */
export function contextFields(): ContextFields {
  const scope = storage.getStore() ?? EMPTY;
  scope.fields ??= fieldsOf(scope.context);
  const { user } = scope.context;
  return typeof user === 'function' ? { ...scope.fields, ...identifySafely(user) } : scope.fields;
}

function fieldsOf(context: AuditContext): ContextFields {
  const { user, reason, extra, tags } = context;
  const own = { ...maskedExtra(extra), ...(reason === undefined ? {} : { reason }) };
  const labels = Array.isArray(tags) ? tags.flatMap((tag) => textOrNull(tag) ?? []) : [];
  return {
    ...(user && typeof user !== 'function' ? identify(user) : NOBODY),
    url: context.url ? maskUrl(String(context.url)) : null,
    ipAddress: textOrNull(context.ipAddress),
    userAgent: textOrNull(context.userAgent),
    requestId: textOrNull(context.requestId),
    tags: labels.length > 0 ? labels : null,
    context: Object.keys(own).length > 0 ? own : null,
  };
}

/** The application's own fields may throw when they are read. */
function maskedExtra(extra: Values | undefined): Values {
  try {
    return (maskWithin(extra) as Values | undefined) ?? {};
  } catch (error) {
    warnOnce(`The extra fields of an audit context could not be read, and are left out: ${messageOf(error)}`);
    return {};
  }
}

function identifySafely(user: () => UserLike | null | undefined): Pick<ContextFields, 'userType' | 'userId'> {
  try {
    const found = user();
    return found ? identify(found) : NOBODY;
  } catch (error) {
    warnOnce(`The user of an audit context could not be told, and is left out: ${messageOf(error)}`);
    return NOBODY;
  }
}

/** There is no logger here: a context belongs to no trail. */
function warnOnce(message: string): void {
  if (warned.has(message) || warned.size > 100) return;
  warned.add(message);
  process.emitWarning(message, 'AuditWarning');
}

function identify(user: UserLike): Pick<ContextFields, 'userType' | 'userId'> {
  // An object without a prototype, as GraphQL hands out, has no constructor.
  const model = user.constructor as { primaryKeyAttributes?: readonly string[]; name: string } | undefined;
  if (model?.primaryKeyAttributes) {
    const values = (user as unknown as { dataValues: Values }).dataValues;
    return { userType: model.name, userId: canonicalKey(values, model.primaryKeyAttributes) };
  }
  const { type, id } = user as AuditUser;
  const isKey = ['string', 'number', 'bigint'].includes(typeof id);
  if (!isKey || (type !== undefined && type !== null && typeof type !== 'string')) {
    throw new AuditError(
      'AUDIT_OPTION',
      'The user of an audit context needs an id that is a text or a number, as in { type: "User", id: 1 }; ' +
        'an instance of a model may stand for itself.',
    );
  }
  return { userType: type ?? 'User', userId: keyPart(id) };
}

/** Whatever JavaScript passes for a text; what cannot be shown is left out rather than fail the change. */
function textOrNull(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
  try {
    // Functions and symbols have no JSON.
    const json: string | undefined = JSON.stringify(value);
    return json ?? null;
  } catch {
    return null;
  }
}
