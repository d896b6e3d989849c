import { AsyncLocalStorage } from 'node:async_hooks';

import { assertKnownKeys } from '../known-names';
import { AuditError } from '../errors';
import { CONTEXT_KEYS } from './audit-context';
import type { AuditContext, CallContext } from './audit-context';
import { identify } from './identity';
import { fieldsNow, fieldsOf, partsNow, partsOf } from './parts';
import type { ContextFields, ContextParts } from './parts';

interface Scope {
  readonly context: AuditContext;
  readonly suspended: boolean;
  /** Both are made at the first capture and shared by all later ones. */
  parts?: ContextParts;
  fields?: ContextFields;
}

const EMPTY: Scope = { context: {}, suspended: false };

const storage = new AsyncLocalStorage<Scope>();

/** Runs work in one and the same scope, whenever and wherever it is called. */
export type Enter = <T>(work: () => T) => T;

/**
 * Runs `work` and everything it calls, asynchronous work included, in a context. Contexts nest: what the
 * inner one leaves out comes from the outer one. Returns what `work` returns.
 * Throws AUDIT_OPTION for an unknown key or a user without an id.
 */
export function runWithAuditContext<T>(context: AuditContext, work: () => T): T {
  return auditScope(context)(work);
}

/**
 * {@link runWithAuditContext} in two steps, for what is entered more than once, such as an observable. The
 * outer context is that of this call.
 */
export function auditScope(context: AuditContext): Enter {
  assertContext(context);
  const outer = current();
  const scope: Scope = { context: { ...outer.context, ...given(context) }, suspended: outer.suspended };
  return (work) => storage.run(scope, work);
}

/** A context without what is left out by saying undefined. */
export function given(context: AuditContext): AuditContext {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
}

/** Throws AUDIT_OPTION for what {@link runWithAuditContext} does not take. */
export function assertContext(context: AuditContext): void {
  if (typeof context !== 'object' || context === null) {
    throw new AuditError(
      'AUDIT_OPTION',
      'An audit context is an object such as { user: { type: "User", id: 1 } }.',
    );
  }
  assertKnownKeys(context, CONTEXT_KEYS, 'key of the audit context');
  for (const role of ['user', 'onBehalfOf'] as const) {
    const source = context[role];
    if (typeof source !== 'function') identify(source, role);
  }
}

/** Runs `work` without recording what it changes. Returns what `work` returns. */
export function withoutAudit<T>(work: () => T): T {
  return runInstead(current().context, true, work);
}

/** Runs `work` in this context alone: nothing comes from the outer one, but what is suspended stays so. */
export function runInstead<T>(context: AuditContext, suspended: boolean, work: () => T): T {
  return storage.run({ context, suspended: suspended || isSuspended() }, work);
}

export function isSuspended(): boolean {
  return current().suspended;
}

/**
 * What the current context puts into a record, together with what the call says of itself
 * ({@link partsNow}). Never throws: a user function that fails gives no user.
 */
export function contextFields(call?: CallContext): ContextFields {
  if (call) return fieldsOf(contextParts(call));
  const scope = current();
  scope.fields ??= fieldsOf(partsIn(scope));
  return fieldsNow(scope.context, scope.fields);
}

/** {@link contextFields} before they are put into columns. */
export function contextParts(call?: CallContext): ContextParts {
  const scope = current();
  return partsNow(scope.context, partsIn(scope), call);
}

function partsIn(scope: Scope): ContextParts {
  return (scope.parts ??= partsOf(scope.context));
}

function current(): Scope {
  return storage.getStore() ?? EMPTY;
}
