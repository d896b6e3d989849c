import type { Command } from 'commander';

import { resolveSettings } from '../lib/config';
import { AuditError } from '../lib/errors';
import type { LogLevel } from '../lib/logger';
import type { AuditOptions } from '../lib/options';
import { storageOf } from '../lib/storage/database';
import { configuredSettings } from '../lib/trail/registry';
import { AuditTrail } from '../lib/trail/trail';
import { explain, reportFailure } from './failure';
import type { ExitStatus } from './failure';
import { findDatabase } from './find-database';
import { openDatabase } from './open-database';
import type { GlobalOptions, SettingOptions } from './options';
import { Output } from './output';

/** So long what was opened may take to close, before the process ends without. */
const CLOSING_MS = 2_000;

export interface Session<Options> {
  readonly trail: AuditTrail;
  readonly options: Options;
  readonly output: Output;
}

/** The work of a command on an open trail; its exit status, 0 if there is none. */
export type Handler<Options> = (session: Session<Options>) => Promise<ExitStatus | void>;

export interface SessionDefaults<Options> {
  logLevel?: LogLevel;
  /** Settings that the command's own options stand for. */
  settings?: (options: Options) => AuditOptions;
}

/** An action for commander: finds the database, opens its trail, runs the handler, closes everything. */
export function withTrail<Options extends object>(
  handler: Handler<Options>,
  defaults: SessionDefaults<Options> = {},
): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const options = (args.at(-1) as Command).optsWithGlobals<Options & GlobalOptions & SettingOptions>();
    const output = Output.of(options);
    if (options.env !== undefined) process.env.NODE_ENV = options.env;
    const trail = await openTrail(options, { logLevel: 'warn', ...defaults });
    try {
      process.exitCode = (await handler({ trail, options, output })) ?? 0;
    } catch (error) {
      process.exitCode = reportFailure(explain(error, trail.database), output);
    }
    exitSoon();
    await close(trail);
  };
}

/** A connection that does not answer, or what an application's module has opened, must not keep the process. */
export function exitSoon(): void {
  setTimeout(() => process.exit(), CLOSING_MS).unref();
}

async function openTrail<Options extends object>(
  options: Options & GlobalOptions & SettingOptions,
  defaults: SessionDefaults<Options>,
): Promise<AuditTrail> {
  const found = await findDatabase(options);
  const sequelize = await openDatabase(found.source);
  const given: AuditOptions = {
    ...configuredSettings(sequelize),
    // The application's logger may write to stdout.
    logger: undefined,
    logLevel: process.env.AUDIT_LOG_LEVEL ? undefined : defaults.logLevel,
    ...found.options,
    ...pick(options, ['driver', 'dir', 'redis', 'logLevel']),
    ...defaults.settings?.(options),
  };
  const trail = new AuditTrail(sequelize, resolveSettings(given));
  if (trail.settings.databaseUrl === undefined && isInMemory(trail))
    throw new AuditError(
      'AUDIT_NO_DATABASE',
      `The database of ${found.source.place} is in memory, where no other process sees it. Name another.`,
    );
  return trail;
}

async function close(trail: AuditTrail): Promise<void> {
  try {
    await trail.close();
    await trail.sequelize.close();
  } catch {
    // The work is done; whether a connection ends well is of no interest.
  }
}

function isInMemory({ sequelize }: AuditTrail): boolean {
  return sequelize.getDialect() === 'sqlite' && storageOf(sequelize) === ':memory:';
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const entries = keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]] as const]));
  return Object.fromEntries(entries) as Partial<Pick<T, K>>;
}
