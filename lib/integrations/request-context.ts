import { randomUUID } from 'node:crypto';

import { assertKnownKeys } from '../known-names';
import type { AuditContext, UserLike } from '../context/audit-context';
import { askAtOnce, isUserLike } from '../context/identity';
import { assertContext, given } from '../context/scope';
import { orLeaveOut } from '../context/warn-once';
import { AuditError } from '../errors';

/** The part of a request that is used. It fits those of Express, Fastify and Node; their types are not needed. */
export interface RequestLike {
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly ip?: string | undefined;
  readonly originalUrl?: string | undefined;
  readonly url?: string | undefined;
  readonly id?: unknown;
  readonly user?: unknown;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}

/**
 * What each framework's `auditContext` takes. `R` is what the framework hands out: a request, or Koa's context.
 * The functions are declared as methods so that they may name the framework's own type of it.
 */
export interface AuditContextOptions<R> {
  /**
   * Who makes the request. Asked at each change, so that authentication may run later. Must answer at once.
   * Default `request.user` (Koa: `ctx.state.user`), if it is an instance of a model or has an `id`.
   */
  user?(request: R): UserLike | null | undefined;
  /**
   * Further parts of the context, such as tags or `onBehalfOf`; they win over what is filled in. Asked once,
   * when the request arrives. Must answer at once.
   */
  context?(request: R): AuditContext;
}

const OPTION_NAMES = ['user', 'context'] as const;

/** Throws AUDIT_OPTION for what is not {@link AuditContextOptions}; of what a framework adds only `known`. */
export function assertContextOptions(options: object, known: readonly string[] = []): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new AuditError(
      'AUDIT_OPTION',
      'The options of the audit context are an object such as { user: (request) => request.user }.',
    );
  }
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !known.includes(name)));
  assertKnownKeys(own, OPTION_NAMES, 'option of the audit context');
  for (const name of OPTION_NAMES) {
    if (own[name] === undefined || typeof own[name] === 'function') continue;
    throw new AuditError('AUDIT_OPTION', `The option "${name}" of the audit context must be a function.`);
  }
}

/** So that a request keeps the id it was given, where it passes here more than once. */
const givenIds = new WeakMap<object, string>();

/**
 * The context of a request. An option function that throws costs a warning and what it would have said,
 * never the request.
 */
export function contextOf<R extends object>(
  handed: R,
  request: RequestLike,
  options: AuditContextOptions<R>,
): AuditContext {
  return {
    user: () => (options.user ? options.user(handed) : defaultUser(request)),
    url: request.originalUrl ?? request.url,
    ipAddress: request.ip ?? request.socket?.remoteAddress,
    userAgent: first(request.headers?.['user-agent']),
    requestId: requestId(request) ?? givenId(handed),
    ...orLeaveOut('What the option "context" gives', () => ownContext(handed, options)),
  };
}

function defaultUser({ user }: RequestLike): UserLike | null {
  return isUserLike(user) ? user : null;
}

function ownContext<R>(handed: R, options: AuditContextOptions<R>): AuditContext | undefined {
  if (!options.context) return undefined;
  const own = askAtOnce(() => options.context?.(handed) ?? {}, 'context');
  assertContext(own);
  return given(own);
}

function requestId({ id, headers }: RequestLike): string | undefined {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : first(headers?.['x-request-id']);
}

function givenId(handed: object): string {
  const id = givenIds.get(handed) ?? randomUUID();
  givenIds.set(handed, id);
  return id;
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
