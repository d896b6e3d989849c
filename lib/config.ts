import path from 'node:path';

import { distance } from 'fastest-levenshtein';
import { validate as isCron } from 'node-cron';
import { z } from 'zod';

import { AuditError } from './errors';
import { assertKnownKeys, nearest } from './known-names';
import { createLogger, harmless, LOG_LEVELS } from './logger';
import type { Logger } from './logger';
import { DRIVER_NAMES, FSYNC_POLICIES } from './options';
import type { AuditOptions, RedisClientLike, UserModel } from './options';
import { flawOfDatabaseUrl, flawOfRedisUrl } from './server-urls';

/** Options after validation, with every default filled in. Frozen. */
export type Settings = Readonly<
  Required<Omit<AuditOptions, 'redis' | 'databaseUrl' | 'userModel'>> &
    Pick<AuditOptions, 'redis' | 'databaseUrl' | 'userModel'>
>;

const isFunction = (value: unknown): boolean => typeof value === 'function';
const has = (value: unknown, ...methods: string[]): boolean =>
  value !== null &&
  (typeof value === 'object' || typeof value === 'function') &&
  methods.every((method) => isFunction((value as Record<string, unknown>)[method]));

const cron = z.string().refine((value) => isCron(value), 'must be a cron expression such as "0 3 * * *"');
const text = z.string().min(1, 'must not be empty');
const databaseUrl = text
  .refine(
    (value) => /^(postgres(ql)?|mysql|mariadb|sqlite):/.test(value),
    'must be a URL that begins with postgres://, mysql://, mariadb:// or sqlite:',
  )
  .refine((value) => flawOfDatabaseUrl(value) === undefined, {
    error: ({ input }) => flawOfDatabaseUrl(input as string),
  });
const isRedisUrl = (url: string): boolean =>
  /^(rediss?|unix):\/\//.test(url) ||
  /^rediss?\+sentinel:\/\/[^/]+\/[^/]+/.test(url) ||
  /^rediss?\+cluster:\/\/[^/]+/.test(url);
const redis = z
  .custom<string | RedisClientLike>(
    (value) => (typeof value === 'string' ? isRedisUrl(value) : has(value, 'duplicate')),
    'must be a URL that begins with redis://, rediss:// or unix://, or is of the form ' +
      'redis+sentinel://host:port,host:port/master or redis+cluster://host:port,host:port, or an ioredis client',
  )
  .refine((value) => typeof value !== 'string' || flawOfRedisUrl(value) === undefined, {
    error: ({ input }) => flawOfRedisUrl(input as string),
  });

const shape = {
  driver: z.enum(DRIVER_NAMES, { error: (issue) => oneOf(DRIVER_NAMES, issue.input) }).default('embedded'),
  redis: redis.optional(),
  redisKey: text.regex(/^[^{}\s]+$/, 'must not hold braces or spaces').default('audit'),
  batchSize: z.number().int().min(1).max(10_000).default(5000),
  flushInterval: z.number().min(0.001).max(60).default(0.25),
  pruneDays: z.number().min(0).max(36_500).default(90),
  dir: text.default('.audit'),
  fsync: z.enum(FSYNC_POLICIES, { error: (issue) => oneOf(FSYNC_POLICIES, issue.input) }).default('never'),
  journalLimit: z.number().min(0).max(1_073_741_824).default(10_240),
  databaseUrl: databaseUrl.optional(),
  connections: z.number().int().min(1).max(16).default(2),
  rescueAfter: z.number().min(0).max(3600).default(10),
  recoverSchedule: cron.default('* * * * *'),
  pruneSchedule: cron.default('0 3 * * *'),
  logLevel: z.enum(LOG_LEVELS, { error: (issue) => oneOf(LOG_LEVELS, issue.input) }).default('warn'),
  logger: z
    .custom<Logger>(
      (value) => has(value, 'error', 'warn', 'info', 'debug'),
      'must have error, warn, info and debug',
    )
    .optional(),
  userModel: z
    .custom<UserModel | Record<string, UserModel>>(
      (value) =>
        has(value, 'findByPk') ||
        (typeof value === 'object' &&
          value !== null &&
          Object.values(value).every((model) => has(model, 'findByPk'))),
      'must be a Sequelize model, or an object of models by user type',
    )
    .optional(),
} as const;

/** Every name that {@link AuditOptions} has. */
export const OPTION_NAMES: readonly string[] = Object.keys(shape);

/** Environment variables and the options they stand for. */
export const ENVIRONMENT: Readonly<Record<string, keyof typeof shape>> = {
  AUDIT_DRIVER: 'driver',
  AUDIT_REDIS_URL: 'redis',
  AUDIT_REDIS_KEY: 'redisKey',
  AUDIT_BATCH_SIZE: 'batchSize',
  AUDIT_FLUSH_INTERVAL: 'flushInterval',
  AUDIT_PRUNE_DAYS: 'pruneDays',
  AUDIT_DIR: 'dir',
  AUDIT_FSYNC: 'fsync',
  AUDIT_JOURNAL_LIMIT: 'journalLimit',
  AUDIT_DATABASE_URL: 'databaseUrl',
  AUDIT_CONNECTIONS: 'connections',
  AUDIT_RESCUE_AFTER: 'rescueAfter',
  AUDIT_RECOVER_SCHEDULE: 'recoverSchedule',
  AUDIT_PRUNE_SCHEDULE: 'pruneSchedule',
  AUDIT_LOG_LEVEL: 'logLevel',
};
const NUMBERS: ReadonlySet<string> = new Set([
  'batchSize',
  'flushInterval',
  'pruneDays',
  'connections',
  'rescueAfter',
  'journalLimit',
]);

/**
 * Options over environment over defaults, validated and frozen.
 * Throws AUDIT_OPTION, naming the option or variable and, for an unknown one, the nearest right one.
 */
export function resolveSettings(
  options: AuditOptions = {},
  environment: NodeJS.ProcessEnv = process.env,
): Settings {
  assertKnown(options);
  const settings: Record<string, unknown> = {};
  const fromEnvironment = readEnvironment(environment);
  for (const name of Object.keys(shape) as (keyof typeof shape)[]) {
    const variable = options[name] === undefined ? fromEnvironment.get(name) : undefined;
    const result = shape[name].safeParse(variable ? variable.value : options[name]);
    if (!result.success) {
      const given = variable ? variable.text : options[name];
      throw badValue(variable?.name ?? `option "${name}"`, given, result.error.issues[0]?.message);
    }
    settings[name] = result.data;
  }
  if (settings.driver === 'redis' && settings.redis === undefined) {
    throw new AuditError(
      'AUDIT_OPTION',
      'Driver "redis" needs the option "redis" or AUDIT_REDIS_URL, such as redis://localhost:6379.',
    );
  }
  if (settings.driver === 'sync' && settings.databaseUrl !== undefined) {
    throw new AuditError(
      'AUDIT_OPTION',
      'Driver "sync" stores records in the transaction of the change, which cannot reach another database: ' +
        'leave out the option "databaseUrl" (AUDIT_DATABASE_URL), or choose another driver.',
    );
  }
  settings.dir = path.resolve(settings.dir as string);
  settings.logger = settings.logger
    ? harmless(settings.logger as Logger)
    : createLogger(settings.logLevel as Settings['logLevel']);
  return Object.freeze(settings) as unknown as Settings;
}

function assertKnown(options: AuditOptions): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new AuditError('AUDIT_OPTION', `The options must be an object; got ${shown(options)}.`);
  }
  assertKnownKeys(options, OPTION_NAMES, 'option');
}

interface Variable {
  name: string;
  text: string;
  value: string | number;
}

function readEnvironment(environment: NodeJS.ProcessEnv): Map<string, Variable> {
  const found = new Map<string, Variable>();
  const names = Object.keys(ENVIRONMENT);
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('AUDIT_') || text === undefined || text === '') continue;
    const option = ENVIRONMENT[name];
    if (option) {
      const value = NUMBERS.has(option) && text.trim() !== '' ? Number(text) : text;
      found.set(option, { name, text, value });
      continue;
    }
    // The prefix is a common word: only what looks like a slip of ours is an error. AUDIT_DB is no AUDIT_DIR.
    const near = names.find((known) => distance(name, known) <= (known.length < 12 ? 1 : 2));
    if (near)
      throw new AuditError('AUDIT_OPTION', `Unknown environment variable ${name}. Did you mean "${near}"?`);
  }
  return found;
}

function badValue(name: string, given: unknown, reason = 'is not usable'): AuditError {
  // URLs carry passwords.
  const secret = /"redis"|url/i.test(name);
  return new AuditError(
    'AUDIT_OPTION',
    `Bad value for ${name}${secret ? '' : `, ${shown(given)}`}: ${reason}.`,
  );
}

function oneOf(names: readonly string[], given: unknown): string {
  const near = typeof given === 'string' ? nearest(given, names) : undefined;
  return `must be one of ${names.join(', ')}${near ? `; did you mean "${near}"?` : ''}`;
}

function shown(value: unknown): string {
  // Whatever option it was given for, a URL may carry a password.
  if (typeof value === 'string') return value.includes('://') ? 'a URL' : JSON.stringify(value.slice(0, 100));
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}
