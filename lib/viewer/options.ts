import type { Sequelize } from 'sequelize';

import { AuditError } from '../errors';
import { assertKnownKeys } from '../known-names';
import { onlyTrail, trailOf } from '../trail/registry';
import type { AuditTrail } from '../trail/trail';
import type { ViewerAccess } from './access';

/** What `authorize` may answer: nothing, everything, or a part; nobody is let in by anything that is not true. */
export type ViewerAuthorization = boolean | ViewerAccess | null | undefined;

/**
 * What each framework's `auditViewer` takes. `R` is what the framework hands out: a request, or Koa's context.
 * The functions are declared as methods so that they may name the framework's own type of it.
 */
export interface ViewerOptions<R> {
  /**
   * Who may see what; asked at each request. Falsy: nothing (403). `true`: all. Or a part of it, see
   * {@link ViewerAccess}. What it throws is answered with 500, and in the log.
   */
  authorize(request: R): ViewerAuthorization | Promise<ViewerAuthorization>;
  /** The instance whose trail is shown. Default the only one that is audited. */
  sequelize?: Sequelize;
  /** The trail itself, as `configureAudit` gives it, instead of `sequelize`. */
  trail?: AuditTrail;
  /** Whether changes can be taken back from the pages. Default false. */
  allowRevert?: boolean;
  /** Records an event `read` for each look at records, with what was asked for and by whom. Default false. */
  auditReads?: boolean;
  /**
   * What a user is called on the pages; shown to all who may see the record. Default the first of displayName, name,
   * fullName, username and email that the loaded user has, and only to those who may see it.
   */
  describeUser?(user: unknown): string | null | undefined;
  /** Where the viewer is mounted, such as `/audit`; only for plain `http` and Koa, which do not say so themselves. */
  path?: string;
}

const NAMES = ['authorize', 'sequelize', 'trail', 'allowRevert', 'auditReads', 'describeUser', 'path'];

/** Throws AUDIT_OPTION for what is not {@link ViewerOptions}; of what a framework adds only `known`. */
export function assertViewerOptions(options: object, known: readonly string[] = []): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new AuditError('AUDIT_OPTION', `The options of the audit viewer are an object such as ${EXAMPLE}.`);
  }
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !known.includes(name)));
  assertKnownKeys(own, NAMES, 'option of the audit viewer');
  if (typeof own.authorize !== 'function') {
    throw new AuditError(
      'AUDIT_OPTION',
      `The audit viewer needs the function "authorize", which says who may see what, such as ${EXAMPLE}.`,
    );
  }
  if (own.describeUser !== undefined && typeof own.describeUser !== 'function')
    throw wrong('describeUser', 'be a function');
  for (const name of ['allowRevert', 'auditReads'])
    if (own[name] !== undefined && typeof own[name] !== 'boolean') throw wrong(name, 'be true or false');
  if (own.path !== undefined && !(typeof own.path === 'string' && /^\/[^?#]*$/.test(own.path)))
    throw wrong('path', 'begin with a slash, such as "/audit"');
  if (own.trail !== undefined && own.sequelize !== undefined)
    throw wrong('trail', 'stand alone: "sequelize" names another way to the same');
}

const EXAMPLE = '{ authorize: (request) => request.user?.isAdmin === true }';

/** The trail that is meant, once it is needed: models may be audited after the viewer is mounted. Throws AUDIT_NOT_CONFIGURED. */
export function trailFor({
  trail,
  sequelize,
}: Pick<ViewerOptions<never>, 'trail' | 'sequelize'>): AuditTrail {
  return trail ?? (sequelize ? trailOf(sequelize) : onlyTrail());
}

function wrong(name: string, must: string): AuditError {
  return new AuditError('AUDIT_OPTION', `The option "${name}" of the audit viewer must ${must}.`);
}
