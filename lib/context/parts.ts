import { AuditError } from '../errors';
import { maskUrl, maskWithin } from '../record/redaction';
import type { Values } from '../record/values';
import type { AuditContext, CallContext } from './audit-context';
import { identify, identifySafely } from './identity';
import type { Identity } from './identity';
import { orLeaveOut } from './warn-once';

/** A context that has been read: users are told, secrets are masked, texts are texts. */
export interface ContextParts {
  readonly user: Identity | null;
  readonly onBehalfOf: Identity | null;
  readonly url: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly tags: readonly string[];
  readonly reason: unknown;
  readonly extra: Values;
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

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads all but users that are functions; those are nobody until {@link partsNow} asks them. Never throws. */
export function partsOf(context: AuditContext): ContextParts {
  const { user, onBehalfOf, url, tags, reason } = context;
  return {
    user: typeof user === 'function' ? null : identifySafely(user, 'user'),
    onBehalfOf: typeof onBehalfOf === 'function' ? null : identifySafely(onBehalfOf, 'onBehalfOf'),
    url: url ? (orLeaveOut('The url of an audit context', () => maskUrl(String(url))) ?? null) : null,
    ipAddress: textOrNull(context.ipAddress),
    userAgent: textOrNull(context.userAgent),
    requestId: textOrNull(context.requestId),
    tags: Array.isArray(tags) ? texts(tags) : [],
    reason,
    extra: orLeaveOut('The extra of an audit context', () => maskedExtra(context.extra)) ?? {},
  };
}

/**
 * The parts at this moment: users that are functions are asked, and what a call says of itself wins; its
 * tags and extra fields are added to the others. What it says wrongly is left out. Never throws.
 */
export function partsNow(context: AuditContext, parts: ContextParts, call?: CallContext): ContextParts {
  const own = call ? partsOfCall(call) : {};
  const who = (role: 'user' | 'onBehalfOf'): Identity | null => {
    if (own[role] !== undefined) return own[role];
    const source = context[role];
    return typeof source === 'function' ? identifySafely(source, role) : parts[role];
  };
  return {
    ...parts,
    user: who('user'),
    onBehalfOf: who('onBehalfOf'),
    tags: own.tags ? [...new Set([...parts.tags, ...own.tags])] : parts.tags,
    reason: own.reason ?? parts.reason,
    extra: own.extra ? { ...parts.extra, ...own.extra } : parts.extra,
  };
}

/** Only what can be used. */
function partsOfCall(call: CallContext): Partial<Writable<ContextParts>> {
  const own: Partial<Writable<ContextParts>> = {};
  const take = (key: keyof CallContext, read: () => void): void =>
    orLeaveOut(`The ${key} of a call's audit context`, () => {
      if (call[key] !== undefined) read();
    });
  take('user', () => (own.user = identify(call.user, 'user')));
  take('onBehalfOf', () => (own.onBehalfOf = identify(call.onBehalfOf, 'onBehalfOf')));
  take('reason', () => (own.reason = call.reason));
  take('extra', () => (own.extra = maskedExtra(call.extra)));
  take('tags', () => {
    if (!Array.isArray(call.tags)) throw new AuditError('AUDIT_OPTION', 'Tags are a list of texts.');
    own.tags = texts(call.tags);
  });
  return own;
}

/** The application's own fields may throw when they are read. */
function maskedExtra(extra: Values | undefined): Values {
  if (extra === undefined || extra === null) return {};
  if (typeof extra !== 'object') throw new AuditError('AUDIT_OPTION', 'Extra fields are an object.');
  return { ...(maskWithin(extra) as Values) };
}

/** A record's columns; what has none of its own goes into the column `context`. */
export function fieldsOf(parts: ContextParts): ContextFields {
  const { user, onBehalfOf, tags, reason, extra, ...columns } = parts;
  const context = { ...extra };
  if (onBehalfOf) context.onBehalfOf = onBehalfOf;
  if (reason !== undefined) context.reason = reason;
  return {
    userType: user?.type ?? null,
    userId: user?.id ?? null,
    ...columns,
    tags: tags.length > 0 ? tags : null,
    context: Object.keys(context).length > 0 ? context : null,
  };
}

/** The columns at this moment: users that are functions are asked. Never throws. */
export function fieldsNow({ user, onBehalfOf }: AuditContext, fields: ContextFields): ContextFields {
  if (typeof user !== 'function' && typeof onBehalfOf !== 'function') return fields;
  const now: Writable<ContextFields> = { ...fields };
  if (typeof user === 'function') {
    const who = identifySafely(user, 'user');
    now.userType = who?.type ?? null;
    now.userId = who?.id ?? null;
  }
  if (typeof onBehalfOf === 'function') {
    const who = identifySafely(onBehalfOf, 'onBehalfOf');
    if (who) now.context = { ...fields.context, onBehalfOf: who };
  }
  return now;
}

function texts(list: readonly unknown[]): string[] {
  return list.flatMap((item) => textOrNull(item) ?? []);
}

/** Whatever JavaScript passes for a text; what cannot be shown is left out rather than fail the change. */
export function textOrNull(value: unknown): string | null {
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
