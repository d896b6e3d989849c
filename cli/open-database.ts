import type { Options, Sequelize } from 'sequelize';

import { suggestion } from '../lib/known-names';
import { AuditError } from '../lib/errors';
import { optionsOf } from '../lib/adapter/sequelize';
import { openOwn, openUrl } from '../lib/storage/database';
import type { DatabaseSource } from './find-database';
import { loadConfig, loadFile, sequelizeFrom } from './load';

/** A configuration of sequelize-cli: Sequelize's options, and two ways to name a URL. */
type SequelizeConfig = Options & { url?: string; use_env_variable?: string };

/**
 * Makes the Sequelize instance; no connection is made yet.
 * Throws AUDIT_USAGE, AUDIT_NO_DATABASE, AUDIT_DIALECT, AUDIT_DRIVER_MISSING.
 */
export async function openDatabase(source: DatabaseSource): Promise<Sequelize> {
  const { kind, place } = source;
  if (kind === 'url') return openUrl(source.url);
  if (kind === 'sequelize-config') return fromSequelizeConfig(await loadConfig(source.file), place);
  const value = kind === 'module' ? await loadFile(source.file) : source.value;
  const sequelize = await sequelizeFrom(value, place);
  // By default Sequelize prints every statement.
  optionsOf(sequelize).logging = false;
  return sequelize;
}

function fromSequelizeConfig(config: unknown, place: string): Sequelize {
  const environment = process.env.NODE_ENV || 'development';
  const { url, use_env_variable: variable, ...options } = configOf(config, environment, place);
  const named = url ?? (variable === undefined ? undefined : process.env[variable]);
  if (named) return openUrl(named, options);
  if (variable === undefined) return openOwn(options);
  throw new AuditError(
    'AUDIT_NO_DATABASE',
    `${place} takes the database of "${environment}" from ${variable}, which is not set.`,
  );
}

/** As sequelize-cli does: the part of the environment or, in a file without environments, all of it. */
function configOf(config: unknown, environment: string, place: string): SequelizeConfig {
  if (typeof config !== 'object' || config === null)
    throw new AuditError('AUDIT_USAGE', `${place} exports no configuration.`);
  const part = (config as Record<string, unknown>)[environment];
  if (typeof part === 'object' && part !== null) return part;
  if (['dialect', 'url', 'use_env_variable'].some((key) => key in config)) return config;
  throw new AuditError(
    'AUDIT_NO_DATABASE',
    `${place} has no environment "${environment}".${suggestion(environment, Object.keys(config))} ` +
      'Choose one with --env or NODE_ENV.',
  );
}
