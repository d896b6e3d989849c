import type { Options } from 'sequelize';

import type { AuditOptions } from '../options';
import { AuditError } from '../errors';
import type { AuditErrorCode } from '../errors';
import type { StopOptions, WorkerEvents, WorkerStats } from './handle';

/** What the application's thread gives the worker's when it starts it. */
export interface ThreadData {
  /** Options of the Sequelize instance that holds the trail. */
  readonly database: Options;
  /** Options of the application's, so that prepared records can be settled; undefined if they cannot be given to a thread. */
  readonly application: Options | undefined;
  readonly options: AuditOptions;
  /** Of an ExitGate. */
  readonly gate: SharedArrayBuffer;
}

/** Messages to the worker's thread; each is answered with its number. */
export type Request = { readonly id: number } & (
  { readonly call: 'start' | 'drain' | 'stats' } | { readonly call: 'stop'; readonly options: StopOptions }
);

/** Messages from the worker's thread. */
export type Reply =
  | { readonly kind: 'answer'; readonly id: number; readonly stats?: WorkerStats; readonly error?: SentError }
  | { readonly kind: 'log'; readonly level: 'error' | 'warn' | 'info' | 'debug'; readonly message: string }
  | { readonly kind: 'event'; readonly name: keyof WorkerEvents; readonly values: unknown[] };

/** An error keeps its code on the way between threads. */
export interface SentError {
  readonly code: AuditErrorCode | undefined;
  readonly message: string;
}

export function toSent(error: unknown): SentError {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof AuditError ? error.code : undefined, message };
}

export function fromSent({ code, message }: SentError): Error {
  return new AuditError(code ?? 'AUDIT_THREAD', message);
}
