import { CommanderError } from 'commander';

import { AuditError, messageOf } from '../lib/errors';
import type { AuditErrorCode } from '../lib/errors';
import type { Database } from '../lib/storage/database';
import { driverError } from '../lib/storage/dialect';
import type { Output } from './output';

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitStatus = 0 | 1 | 2;

/** What a person mends at the command line or in the configuration, and not in the world. */
const USAGE: ReadonlySet<AuditErrorCode> = new Set([
  'AUDIT_OPTION',
  'AUDIT_USAGE',
  'AUDIT_NO_DATABASE',
  'AUDIT_DIALECT',
  'AUDIT_QUERY',
  'AUDIT_CURSOR',
  'AUDIT_NOT_FOUND',
]);

/** Says what went wrong; the exit status that goes with it. */
export function reportFailure(error: unknown, output: Output): ExitStatus {
  // --help and --version are thrown as well.
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const failure = error instanceof CommanderError ? usageError(error) : error;
  const code = failure instanceof AuditError ? failure.code : undefined;
  output.error(code, messageOf(failure), stackOf(failure));
  return code && USAGE.has(code) ? 2 : 1;
}

/** What a database threw, as an error that says which database and what to do. */
export function explain(error: unknown, database: Database): unknown {
  if (error instanceof AuditError || !isDatabaseError(error)) return error;
  const { dialect } = database;
  if (dialect.isMissingTable(error)) {
    const message = `The audit tables in ${database.describe()} are missing. Run "npx audit migrate".`;
    return new AuditError('AUDIT_NOT_MIGRATED', message, { cause: error });
  }
  const lost = /^Sequelize(Connection|Host)/.test(error.name);
  const what = dialect.isRefusal(error) ? 'refuses the connection' : lost ? 'cannot be reached' : 'failed';
  const message = `${database.describe()} ${what}: ${messageOf(driverError(error))}.`;
  return new AuditError('AUDIT_DATABASE', message, { cause: error });
}

/** The same, and what holds all the same. */
export function failureOf(error: unknown, database: Database, nevertheless: string): AuditError {
  const reason = explain(error, database);
  const code = reason instanceof AuditError ? reason.code : 'AUDIT_DATABASE';
  return new AuditError(code, `${messageOf(reason)} ${nevertheless}`, { cause: error });
}

function usageError(error: CommanderError): AuditError {
  const message =
    error.code === 'commander.help' ? 'no command was given' : error.message.replace(/^error: /, '');
  return new AuditError('AUDIT_USAGE', message, { cause: error });
}

/** Sequelize's errors by their name, for the application may have a Sequelize of its own; drivers' by their code. */
function isDatabaseError(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof TypeError) return false;
  const fromDriver = 'code' in error && !('path' in error);
  return error.name.startsWith('Sequelize') || fromDriver;
}

function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = stackOf(error.cause);
  return `${error.stack}${cause ? `\nCaused by: ${cause}` : ''}`;
}
