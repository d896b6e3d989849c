import { InvalidArgumentError, Option } from 'commander';

import { DRIVER_NAMES } from '../lib/options';
import type { DriverName } from '../lib/options';
import type { LogLevel } from '../lib/logger';

/** Options that every command has. */
export interface GlobalOptions {
  module?: string;
  url?: string;
  env?: string;
  json?: boolean;
  logLevel?: LogLevel;
}

/** Options that stand above the settings of config file and environment; a command has those that matter to it. */
export interface SettingOptions {
  driver?: DriverName;
  dir?: string;
  redis?: string;
}

/** With SQLite it decides which file holds the trail, so that every command has it. */
export const driverOption = (): Option =>
  new Option('--driver <name>', 'the driver that the application uses').choices(DRIVER_NAMES);

export const dirOption = (): Option =>
  new Option('--dir <directory>', 'the directory for journal and rescue files');

export const redisOption = (): Option =>
  new Option('--redis <url>', 'the URL of Redis; means --driver redis').implies({ driver: 'redis' });

/** Parses a number that is not negative. */
export function parseAmount(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It must be a number, 0 or greater.');
  return value;
}

/** Help text with examples. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

/** Parses a number of things, at least one. */
export function parseCount(text: string): number {
  const value = parseAmount(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number, 1 or greater.');
  return value;
}
