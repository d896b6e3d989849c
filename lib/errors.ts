/**
 * Every error this package raises carries one of these codes. The text says what the code means in
 * general; the message of an error says what happened and what to do about it.
 */
export const auditErrorCodes = {
  AUDIT_OPTION: 'an option or an AUDIT_* variable is unknown, or its value is not usable',
  AUDIT_NOT_SEQUELIZE: 'what was given is not a Sequelize instance',
  AUDIT_SEQUELIZE_VERSION: 'the version of Sequelize is not one that this release knows',
  AUDIT_NOT_A_MODEL: 'what was given is not a Sequelize model',
  AUDIT_NO_PRIMARY_KEY: 'a model without a primary key cannot be audited',
  AUDIT_NAME_TAKEN: 'the model already has a member of a name that auditing needs',
  AUDIT_CONFIGURED_TWICE: 'configureAudit was called twice for one Sequelize instance',
  AUDIT_NOT_CONFIGURED: 'no Sequelize instance is configured for auditing, or more than one is',
  AUDIT_DIALECT: 'the database dialect is not supported',
  AUDIT_DRIVER_MISSING: 'a package that the chosen driver or database needs is not installed',
  AUDIT_DATABASE: 'the database cannot be reached or refuses the connection',
  AUDIT_NO_DATABASE: 'the command line found no database to work on',
  AUDIT_NOT_MIGRATED: 'the audit tables are not there, or are older than this version needs',
  AUDIT_MIGRATION: 'a migration could not be carried out',
  AUDIT_DIRECTORY: 'the directory for journal and rescue files cannot be used',
  AUDIT_WIRE: 'a stored record is damaged or of a version that this release does not know',
  AUDIT_FLUSH_TIMEOUT: 'the records did not arrive within the time given',
  AUDIT_THREAD: 'the worker thread could not be started, or died',
  AUDIT_WORKER_STATE: 'the worker is not in a state that allows the call',
  AUDIT_USER_MODEL: 'the user of a record cannot be loaded, because no user model is configured for its type',
  AUDIT_EVENT: 'recordAudit was called with an event or a target that cannot be recorded',
  AUDIT_QUERY:
    'a question to the trail is not one that it can answer: an unknown filter, or a value that a filter cannot have',
  AUDIT_CURSOR: 'a cursor is not one that an earlier page has given',
  AUDIT_NOT_FOUND: 'the trail has no such model, record or state',
  AUDIT_PAST: 'an instance that shows a past state cannot be written',
  AUDIT_REVERT: 'a change cannot be taken back',
  AUDIT_CONFLICT: 'a change cannot be taken back, because the row has changed since',
  AUDIT_USAGE: 'the command line was used wrongly',
} as const;

export type AuditErrorCode = keyof typeof auditErrorCodes;

/** An error with a stable `code`, a message that says what to do, and the original error as `cause`. */
export class AuditError extends Error {
  override readonly name = 'AuditError';

  constructor(
    readonly code: AuditErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The message of anything thrown; drivers and streams throw more than errors. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}
