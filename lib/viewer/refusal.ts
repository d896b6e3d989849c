import { AuditError } from '../errors';
import type { AuditErrorCode } from '../errors';

/** What HTTP has a status for, and an {@link AuditError} no code. */
export type RefusalCode =
  'FORBIDDEN' | 'FOREIGN_PAGE' | 'METHOD' | 'NOT_FOUND' | 'BODY' | 'TOO_LARGE' | 'NO_ANSWER' | 'INTERNAL';

/** A request that is not answered as it was meant; the message is for the one who made it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: number,
    readonly code: RefusalCode | AuditErrorCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** Errors whose message is about what was asked for, or what the reader can mend; all others are ours to look at. */
const STATUS: Partial<Record<AuditErrorCode, number>> = {
  AUDIT_QUERY: 400,
  AUDIT_CURSOR: 400,
  AUDIT_REVERT: 400,
  AUDIT_NOT_A_MODEL: 400,
  AUDIT_NOT_FOUND: 404,
  AUDIT_CONFLICT: 409,
  AUDIT_NOT_MIGRATED: 500,
  AUDIT_NOT_CONFIGURED: 500,
};

/** The refusal that an error stands for; undefined for one that tells what is nobody's business but the log's. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  const status = error instanceof AuditError ? STATUS[error.code] : undefined;
  return status === undefined
    ? undefined
    : new Refusal(status, (error as AuditError).code, (error as AuditError).message);
}
