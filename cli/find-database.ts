import fs from 'node:fs';
import path from 'node:path';

import { OPTION_NAMES } from '../lib/config';
import { AuditError } from '../lib/errors';
import { assertKnownKeys } from '../lib/known-names';
import type { AuditOptions } from '../lib/options';
import { loadConfig, resolveFile } from './load';

export const CONFIG_FILES = ['js', 'cjs', 'mjs', 'json'].map((extension) => `audit.config.${extension}`);
const SEQUELIZE_CONFIG_FILES = ['js', 'cjs', 'json'].map((extension) => `config/config.${extension}`);

/** What names a database, and in which place that was found. Nothing is opened yet. */
export type DatabaseSource = { readonly place: string } & (
  | { readonly kind: 'module'; readonly file: string }
  | { readonly kind: 'instance'; readonly value: unknown }
  | { readonly kind: 'url'; readonly url: string; readonly variable?: string }
  | { readonly kind: 'sequelize-config'; readonly file: string }
);

export interface Found {
  readonly source: DatabaseSource;
  /** The settings that an audit.config file holds, wherever the database was found. */
  readonly options: AuditOptions;
}

/** The first place that names a database, in the order that `audit --help` tells. Throws AUDIT_NO_DATABASE. */
export async function findDatabase(flags: { module?: string; url?: string }): Promise<Found> {
  const config = await readAuditConfig();
  const { source: configured, options = {} } = config ?? {};
  const source = fromFlags(flags) ?? configured ?? (await findElsewhere(options.databaseUrl));
  if (source) return { source, options };
  throw new AuditError(
    'AUDIT_NO_DATABASE',
    `No database was found in ${process.cwd()}. Looked at: --module, --url, audit.config.{js,cjs,mjs,json}` +
      `${config ? ' (is there, but names none)' : ''}, .sequelizerc, config/config.{js,cjs,json}, ` +
      'DATABASE_URL, AUDIT_DATABASE_URL. Name one, as in "audit status --url postgres://…", or run "audit init".',
  );
}

export function fromFlags(flags: { module?: string; url?: string }): DatabaseSource | undefined {
  if (flags.module !== undefined)
    return { kind: 'module', place: flags.module, file: resolveFile(flags.module) };
  if (flags.url !== undefined) return { kind: 'url', place: '--url', url: flags.url };
  return undefined;
}

/** The places behind the audit.config file. */
export async function findElsewhere(databaseUrl?: string): Promise<DatabaseSource | undefined> {
  const file = (await fromSequelizerc()) ?? firstExisting(SEQUELIZE_CONFIG_FILES);
  if (file) return { kind: 'sequelize-config', place: path.relative(process.cwd(), file), file };
  return (
    fromVariable('DATABASE_URL') ??
    (databaseUrl === undefined ? undefined : { kind: 'url', place: 'databaseUrl', url: databaseUrl }) ??
    // The trail lives there, and most commands need nothing else of the application.
    fromVariable('AUDIT_DATABASE_URL')
  );
}

/** The audit.config file of the working directory, if there is one. */
export function auditConfigFile(): string | undefined {
  return firstExisting(CONFIG_FILES);
}

async function readAuditConfig(): Promise<{ source?: DatabaseSource; options: AuditOptions } | undefined> {
  const file = auditConfigFile();
  if (!file) return undefined;
  const place = path.basename(file);
  const config = await loadConfig(file);
  if (typeof config !== 'object' || config === null)
    throw new AuditError(
      'AUDIT_OPTION',
      `${place} must export an object of options, or a function giving one.`,
    );
  assertKnownKeys(config, ['url', 'module', 'sequelize', ...OPTION_NAMES], 'option');
  const { url, module, sequelize, ...options } = config as AuditOptions & Record<string, unknown>;
  for (const [key, value] of Object.entries({ url, module }))
    if (value !== undefined && typeof value !== 'string')
      throw new AuditError('AUDIT_OPTION', `"${key}" in ${place} must be a string.`);
  // An empty variable, as in url: process.env.DATABASE_URL, names nothing.
  if (url) return { source: { kind: 'url', place, url: url as string }, options };
  if (module) return { source: { kind: 'module', place, file: resolveFile(module as string) }, options };
  if (sequelize !== undefined)
    return { source: { kind: 'instance', place, value: sequelize as object }, options };
  return { options };
}

/** The config file that sequelize-cli's own settings name. */
async function fromSequelizerc(): Promise<string | undefined> {
  const file = firstExisting(['.sequelizerc']);
  const config = file && ((await loadConfig(file)) as { config?: unknown } | null)?.config;
  return typeof config === 'string' ? resolveFile(config) : undefined;
}

function fromVariable(variable: string): DatabaseSource | undefined {
  const url = process.env[variable];
  return url ? { kind: 'url', place: variable, url, variable } : undefined;
}

function firstExisting(names: readonly string[]): string | undefined {
  return names.map((name) => path.resolve(name)).find((file) => fs.existsSync(file));
}
