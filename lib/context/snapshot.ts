import { AuditError } from '../errors';
import { decodeValues, encodeValues } from '../record/values';
import type { Values } from '../record/values';
import type { AuditContext, AuditUser } from './audit-context';
import { identify } from './identity';
import type { Identity } from './identity';
import { textOrNull } from './parts';
import { contextParts, isSuspended, runInstead } from './scope';
import { orLeaveOut } from './warn-once';

/** A user in a snapshot. */
export interface SnapshotUser {
  readonly type: string;
  readonly id: string;
}

/** A context as plain data that JSON holds, to be put into a job. Secrets are masked already. */
export interface AuditContextSnapshot {
  readonly user?: SnapshotUser;
  readonly onBehalfOf?: SnapshotUser;
  readonly ipAddress?: string;
  readonly userAgent?: string;
  readonly url?: string;
  readonly requestId?: string;
  readonly reason?: string;
  readonly tags?: readonly string[];
  /** What JSON cannot hold is written as in the trail, `{ "$audit": "bigint", … }`. */
  readonly extra?: Values;
  /** Taken within `withoutAudit`. */
  readonly suspended?: true;
}

const TEXTS = ['ipAddress', 'userAgent', 'url', 'requestId', 'reason'] as const;

/**
 * The current context as it is now: users that are functions are asked. Belongs into the data of a job that
 * runs later, or in another process; {@link resumeAuditContext} runs it. Never throws.
 */
export function snapshotAuditContext(): AuditContextSnapshot {
  const { user, onBehalfOf, tags, reason, extra, ...texts } = contextParts();
  const whole = {
    user: snapshotOf(user),
    onBehalfOf: snapshotOf(onBehalfOf),
    ...texts,
    reason: textOrNull(reason),
    tags: tags.length > 0 ? tags : null,
    extra: Object.keys(extra).length > 0 ? (JSON.parse(encodeValues(extra)) as Values) : null,
    suspended: isSuspended() || null,
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null));
}

/** A user without a key could not be told from others later. */
function snapshotOf(identity: Identity | null): SnapshotUser | null {
  return identity?.id ? { type: identity.type, id: identity.id } : null;
}

/**
 * Runs `work` in the context of a snapshot, and in nothing of the one around it: what happens to be there
 * is that of a queue's client, not of the job. Only `withoutAudit` around it holds on. Returns what `work`
 * returns.
 *
 * Takes whatever a queue delivers, because the job must run: without a snapshot (undefined, null) there is
 * no context, and what is damaged is left out with a warning.
 */
export function resumeAuditContext<T>(snapshot: unknown, work: () => T): T {
  const resumed = orLeaveOut('The snapshot of an audit context', () => read(snapshot));
  return runInstead(resumed?.context ?? {}, resumed?.suspended ?? false, work);
}

interface Resumed {
  readonly context: AuditContext;
  readonly suspended: boolean;
}

function read(snapshot: unknown): Resumed | undefined {
  if (snapshot === undefined || snapshot === null) return undefined;
  if (typeof snapshot !== 'object' || Array.isArray(snapshot)) {
    throw wrong('It must be an object, as snapshotAuditContext() gives.');
  }
  const given = snapshot as Values;
  const context: AuditContext = {};
  const take = (key: keyof AuditContext, use: (value: unknown) => void): void =>
    orLeaveOut(`The ${key} in a snapshot of an audit context`, () => {
      const value = given[key];
      if (value !== undefined && value !== null) use(value);
    });
  for (const role of ['user', 'onBehalfOf'] as const) {
    take(role, (value) => {
      identify(value as AuditUser, role);
      context[role] = value as AuditUser;
    });
  }
  for (const key of TEXTS) {
    take(key, (value) => {
      if (typeof value !== 'string') throw wrong('It must be a text.');
      context[key] = value;
    });
  }
  take('tags', (value) => {
    if (!Array.isArray(value)) throw wrong('It must be a list of texts.');
    context.tags = value.filter((tag) => typeof tag === 'string');
  });
  take('extra', (value) => {
    if (typeof value !== 'object' || Array.isArray(value)) throw wrong('It must be an object.');
    context.extra = decodeValues(value) as Values;
  });
  return { context, suspended: given.suspended === true };
}

function wrong(message: string): AuditError {
  return new AuditError('AUDIT_OPTION', message);
}
