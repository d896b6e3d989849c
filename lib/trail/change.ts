import type { ContextFields } from '../context/parts';
import { nowMicroseconds } from '../record/clock';
import { newId } from '../record/id';
import type { Values } from '../record/values';
import { encodeFields, stampLine } from '../record/wire';

/** What capture knows of a change; the rest of a record comes from the context and the clock. */
export interface Change {
  readonly event: string;
  readonly auditableType: string | null;
  readonly auditableId: string | null;
  readonly oldValues: Values | null;
  readonly newValues: Values | null;
  /** Added to the context's tags. */
  readonly tags?: readonly string[] | undefined;
  /** What the record belongs to as well. */
  readonly parentType?: string;
  readonly parentId?: string;
  /** Added to what the context says. */
  readonly context?: Values;
}

/** The record of a change, but for its id and its time. Never throws. */
export function encodeBody(change: Change, context: ContextFields, transactionId: string | null): string {
  return encodeFields({
    event: change.event,
    auditableType: change.auditableType,
    auditableId: change.auditableId,
    parentType: change.parentType ?? null,
    parentId: change.parentId ?? null,
    userType: context.userType,
    userId: context.userId,
    url: context.url,
    ipAddress: context.ipAddress,
    userAgent: context.userAgent,
    requestId: context.requestId,
    transactionId,
    tags: change.tags ? [...new Set([...(context.tags ?? []), ...change.tags])] : context.tags,
    context: change.context ? { ...context.context, ...change.context } : context.context,
    oldValues: change.oldValues,
    newValues: change.newValues,
  });
}

/** Makes it a record, once. */
export function stamped(body: string): string {
  return stampLine(newId(), body, nowMicroseconds());
}
