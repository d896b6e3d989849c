import path from 'node:path';

import { expect } from 'chai';

import { ENVIRONMENT, resolveSettings } from '../../lib/config';
import { assertKnownKeys, nearest } from '../../lib/known-names';
import type { AuditOptions } from '../../lib/options';
import { AuditError } from '../../lib/errors';
import { MemoryLogger } from './helpers/logger';

describe('The configuration', () => {
  const refusal = (options: unknown, environment: NodeJS.ProcessEnv = {}): AuditError => {
    try {
      resolveSettings(options as AuditOptions, environment);
    } catch (error) {
      expect(error).to.be.an.instanceof(AuditError).with.property('code', 'AUDIT_OPTION');
      return error as AuditError;
    }
    throw new Error('The options were taken.');
  };

  it('calls a logger of the application, and is not hurt where that throws', () => {
    const own = new MemoryLogger();
    resolveSettings({ logger: own }, {}).logger.warn('told');
    expect(own.warnings).to.deep.equal(['told']);
    const broken = new MemoryLogger();
    broken.error = () => {
      throw new Error('no log today');
    };
    expect(() => resolveSettings({ logger: broken }, {}).logger.error('told')).not.to.throw();
  });

  it('has a default for everything but databases and models', () => {
    const { logger, ...settings } = resolveSettings({}, {});

    expect(logger).to.have.property('warn');
    expect(settings).to.deep.equal({
      driver: 'embedded',
      redis: undefined,
      redisKey: 'audit',
      batchSize: 5000,
      flushInterval: 0.25,
      pruneDays: 90,
      dir: path.resolve('.audit'),
      fsync: 'never',
      journalLimit: 10_240,
      databaseUrl: undefined,
      connections: 2,
      rescueAfter: 10,
      recoverSchedule: '* * * * *',
      pruneSchedule: '0 3 * * *',
      logLevel: 'warn',
      userModel: undefined,
    });
  });

  it('cannot be changed once it is made', () => {
    expect(Object.isFrozen(resolveSettings({}, {}))).to.equal(true);
  });

  it('reads the process environment where none is given', () => {
    process.env['AUDIT_BATCH_SIZE'] = '17';
    try {
      expect(resolveSettings().batchSize).to.equal(17);
    } finally {
      delete process.env['AUDIT_BATCH_SIZE'];
    }
  });

  it('takes what is left out from the environment', () => {
    const environment = {
      AUDIT_DRIVER: 'redis',
      AUDIT_REDIS_URL: 'rediss://localhost:6379/1',
      AUDIT_REDIS_KEY: 'shop:audit',
      AUDIT_BATCH_SIZE: '50',
      AUDIT_FLUSH_INTERVAL: '1.5',
      AUDIT_PRUNE_DAYS: '0',
      AUDIT_DIR: '/var/audit',
      AUDIT_FSYNC: 'interval',
      AUDIT_JOURNAL_LIMIT: '512',
      AUDIT_DATABASE_URL: 'postgres://localhost/audits',
      AUDIT_CONNECTIONS: '4',
      AUDIT_RESCUE_AFTER: '0',
      AUDIT_RECOVER_SCHEDULE: '*/5 * * * *',
      AUDIT_PRUNE_SCHEDULE: '30 2 * * 0',
      AUDIT_LOG_LEVEL: 'silent',
    };

    expect(Object.keys(environment)).to.have.members(Object.keys(ENVIRONMENT));
    expect(resolveSettings({}, environment)).to.deep.include({
      driver: 'redis',
      redis: 'rediss://localhost:6379/1',
      redisKey: 'shop:audit',
      batchSize: 50,
      flushInterval: 1.5,
      pruneDays: 0,
      dir: '/var/audit',
      fsync: 'interval',
      journalLimit: 512,
      databaseUrl: 'postgres://localhost/audits',
      connections: 4,
      rescueAfter: 0,
      recoverSchedule: '*/5 * * * *',
      pruneSchedule: '30 2 * * 0',
      logLevel: 'silent',
    });
  });

  it('prefers options to the environment, also to one that is not usable', () => {
    const environment = { AUDIT_BATCH_SIZE: 'many', AUDIT_DRIVER: 'redis' };

    expect(resolveSettings({ batchSize: 5, driver: 'sync' }, environment)).to.include({
      batchSize: 5,
      driver: 'sync',
    });
    expect(resolveSettings({ batchSize: undefined as never }, { AUDIT_BATCH_SIZE: '7' }).batchSize).to.equal(
      7,
    );
  });

  it('takes an empty variable for one that is not set', () => {
    expect(resolveSettings({}, { AUDIT_DRIVER: '', AUDIT_PRUNE_DAYS: '' })).to.include({
      driver: 'embedded',
      pruneDays: 90,
    });
  });

  it('takes loggers, clients and models by what they can do', () => {
    const logger = new MemoryLogger();
    const redis = { duplicate: () => redis, options: {} };
    const User = { name: 'User', findByPk: () => Promise.resolve(null) };
    const Admin = Object.assign(class Admin {}, { findByPk: () => Promise.resolve(null) });

    const settings = resolveSettings({ driver: 'redis', redis, logger, userModel: { User, Admin } }, {});

    expect(settings.redis).to.equal(redis);
    settings.logger.info('told');
    expect(logger.infos).to.deep.equal(['told']);
    expect(resolveSettings({ userModel: Admin }, {}).userModel).to.equal(Admin);
  });

  describe('names the option whose value is not usable', () => {
    const bad: Record<string, readonly unknown[]> = {
      driver: ['kafka', 5, null, ''],
      redis: ['localhost:6379', 'http://localhost', '', 5, null, {}],
      redisKey: ['', 'a{b}', 'a b', 5, null],
      batchSize: [0, 10_001, 1.5, NaN, '10', null, Infinity],
      flushInterval: [0, -1, 61, NaN, '1', null],
      pruneDays: [-1, 40_000, NaN, '90', null],
      dir: ['', 5, null],
      fsync: ['sometimes', true, '', null],
      journalLimit: [-1, NaN, '10', null, Infinity],
      databaseUrl: ['', 'oracle://localhost', 'localhost', 5, null],
      connections: [0, 17, 1.5, null],
      rescueAfter: [-1, 3601, '10', null],
      recoverSchedule: ['never', '', 5, '* * *', null],
      pruneSchedule: ['61 * * * *', '', null],
      logLevel: ['loud', 5, null],
      logger: [{}, { error() {}, warn() {}, info() {} }, 'console', null],
      userModel: ['User', { User: {} }, 5, null],
    };

    for (const [option, values] of Object.entries(bad)) {
      it(option, () => {
        for (const value of values) {
          expect(refusal({ [option]: value }).message, String(value)).to.include(`option "${option}"`);
        }
      });
    }

    it('and covers each option', () => {
      expect(Object.keys(bad)).to.have.members(Object.keys(resolveSettings({}, {})));
    });

    it('or the variable, with what it holds', () => {
      for (const [name, value] of Object.entries({
        AUDIT_DRIVER: 'kafka',
        AUDIT_REDIS_URL: 'localhost',
        AUDIT_REDIS_KEY: 'a b',
        AUDIT_BATCH_SIZE: 'many',
        AUDIT_FLUSH_INTERVAL: ' ',
        AUDIT_PRUNE_DAYS: '-1',
        AUDIT_DATABASE_URL: 'oracle://x',
        AUDIT_FSYNC: 'yes',
        AUDIT_JOURNAL_LIMIT: 'none',
        AUDIT_CONNECTIONS: '1.5',
        AUDIT_RESCUE_AFTER: '1e9',
        AUDIT_RECOVER_SCHEDULE: 'never',
        AUDIT_PRUNE_SCHEDULE: 'never',
        AUDIT_LOG_LEVEL: 'loud',
      })) {
        const { message } = refusal({}, { [name]: value });

        expect(message).to.include(name).and.not.include('option "');
        if (!name.endsWith('URL')) expect(message).to.include(value);
      }
    });
  });

  describe('says what would be right', () => {
    it('for a driver, a level, a cron expression and a URL', () => {
      expect(refusal({ driver: 'embeded' }).message).to.include('did you mean "embedded"?');
      expect(refusal({}, { AUDIT_DRIVER: 'Redis' }).message).to.include('did you mean "redis"?');
      expect(refusal({ driver: 'kafka' }).message)
        .to.include('one of sync, embedded, redis')
        .and.not.include('did you mean');
      expect(refusal({ logLevel: 'wran' }).message).to.include('did you mean "warn"?');
      expect(refusal({ pruneSchedule: 'daily' }).message).to.include('0 3 * * *');
      expect(refusal({ redis: 'localhost' }).message).to.include('redis://');
      expect(refusal({ redis: {} }).message).to.include('ioredis client');
      expect(refusal({ databaseUrl: 'localhost' }).message).to.include('postgres://');
    });

    it('for an option that does not exist', () => {
      expect(refusal({ batchsize: 1 }).message).to.include('"batchsize". Did you mean "batchSize"?');
      expect(refusal({ flush: 1, zzzzzz: 1 }).message).to.include('"flush"');
      expect(refusal({ zzzzzz: 1 }).message).to.include('Known are: driver, redis, ');
    });

    it('for a slip in a variable of ours', () => {
      expect(refusal({}, { AUDIT_DRVIER: 'sync' }).message).to.equal(
        'Unknown environment variable AUDIT_DRVIER. Did you mean "AUDIT_DRIVER"?',
      );
      expect(refusal({}, { AUDIT_DIRS: 'x' }).message).to.include('"AUDIT_DIR"');
      expect(refusal({}, { AUDIT_BATCHSIZE: '1' }).message).to.include('"AUDIT_BATCH_SIZE"');
    });

    it('but leaves variables alone that are someone else’s', () => {
      const others = {
        AUDIT_DB: 'x',
        AUDIT_ID: 'x',
        AUDIT_TEST_SERVERS: 'none',
        AUDIT_ENABLED: '1',
        NODE_ENV: 'test',
      };

      expect(resolveSettings({}, others).driver).to.equal('embedded');
    });

    it('for driver redis without a URL', () => {
      expect(refusal({ driver: 'redis' }).message).to.include('"redis" or AUDIT_REDIS_URL');
      expect(refusal({}, { AUDIT_DRIVER: 'redis' }).message).to.include('AUDIT_REDIS_URL');
      expect(resolveSettings({ driver: 'redis' }, { AUDIT_REDIS_URL: 'redis://h' }).redis).to.equal(
        'redis://h',
      );
    });

    it('for what is no options object at all', () => {
      for (const options of [null, 'embedded', 5, [], () => undefined]) {
        expect(refusal(options).message).to.include('must be an object');
      }
    });
  });

  it('never puts a password into a message', () => {
    const url = 'oracle://root:hunter2@host/db';
    for (const [options, environment] of [
      [{ redis: url }, {}],
      [{ redisKey: `${url} {}` }, {}],
      [{ databaseUrl: url }, {}],
      [{ driver: url }, {}],
      [{ dir: '', pruneSchedule: url }, {}],
      [{ logLevel: url }, {}],
      [url, {}],
      [{}, { AUDIT_REDIS_URL: url }],
      [{}, { AUDIT_DATABASE_URL: url }],
      [{}, { AUDIT_DRIVER: url }],
      [{}, { AUDIT_BATCH_SIZE: url }],
      [{}, { AUDIT_REDIS_URI: url }],
      [{ redis: `http://:hunter2@host` }, {}],
    ] as [unknown, NodeJS.ProcessEnv][]) {
      const { message, stack, cause } = refusal(options, environment);

      expect(`${message} ${stack} ${String(cause)}`).to.not.include('hunter2');
    }
  });
});

describe('Suggestions', () => {
  it('are the nearest name, in whatever case, if it is near enough', () => {
    expect(nearest('EXCLUDED', ['include', 'exclude'])).to.equal('exclude');
    expect(nearest('x', ['include', 'exclude'])).to.equal(undefined);
    expect(nearest('a', [])).to.equal(undefined);
  });

  it('are part of the refusal of unknown keys', () => {
    expect(() => assertKnownKeys({ tag: 1 }, ['tags'], 'option of x'))
      .to.throw('Unknown option of x "tag". Did you mean "tags"?')
      .with.property('code', 'AUDIT_OPTION');
    expect(() => assertKnownKeys({ tags: 1 }, ['tags', 'more'], 'option')).to.not.throw();
  });
});
