import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import { expect } from 'chai';

import { Journal } from '../../lib/buffer/journal/journal';
import { JournalSource } from '../../lib/buffer/journal/journal-source';
import type { Damage } from '../../lib/buffer/journal/lane-reader';
import { connect, GROUP, redisKeys, whenReady } from '../../lib/buffer/redis/connection';
import type { RedisConnection, RedisKeys } from '../../lib/buffer/redis/connection';
import { entryFields } from '../../lib/buffer/redis/entry';
import { RedisDriver } from '../../lib/buffer/redis/redis-driver';
import { Shipper } from '../../lib/buffer/redis/shipper';
import { StreamSource } from '../../lib/buffer/redis/stream-source';
import { Batch } from '../../lib/record/batch';
import { recordLine } from '../support/records';
import { servers, temporaryFolder } from '../support/servers';
import { Proxy } from '../support/proxy';
import { until } from '../support/until';
import { MemoryLogger } from '../support/world';

/** What goes wrong between the journal, Redis and a worker, short of an outage. */
describe('driver redis', () => {
  let logger: MemoryLogger;
  let keys: RedisKeys;
  let redis: RedisConnection;
  let damage: Damage[];
  const closing: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    logger = new MemoryLogger();
    keys = redisKeys(`spec-${randomUUID()}`);
    damage = [];
    redis = newConnection();
    await whenReady(redis, 5_000);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await redis.del(keys.stream, keys.epoch);
    redis.disconnect();
  });

  const newConnection = (url = servers().redis): RedisConnection => connect({ redis: url, logger }, 'spec');
  const put = (name: string): Promise<unknown> =>
    redis.xadd(keys.stream, '*', ...entryFields(Batch.fromLines([recordLine({ event: name })])));

  describe('the source', () => {
    let connection: RedisConnection;
    let source: StreamSource;

    beforeEach(() => {
      connection = newConnection();
      source = new StreamSource(connection, keys, logger, (found) => damage.push(found));
      closing.push(() => source.close());
    });

    const claimAll = async (): Promise<string[]> => {
      const names: string[] = [];
      for (let claim = await source.claim(1000, 100); claim; claim = await source.claim(1000, 0)) {
        names.push(...claim.batch.rows().map((row) => row[1] as string));
        await source.acknowledge(claim.receipt);
      }
      return names;
    };
    /** What a command answers instead of what Redis says, the `nth` time it is sent. */
    const instead = (command: string, nth: number, answer: () => Promise<unknown>): void => {
      const original = connection.callBuffer.bind(connection) as (...args: unknown[]) => Promise<unknown>;
      let sent = 0;
      const replaced = (...args: unknown[]): Promise<unknown> =>
        args[0] === command && ++sent === nth ? answer() : original(...args);
      connection.callBuffer = replaced;
    };

    it('gives what it had read when a later read of the same claim failed', async () => {
      await redis.xgroup('CREATE', keys.stream, GROUP, '0', 'MKSTREAM');
      const given = Array.from({ length: 40 }, (_, index) => `e${index}`);
      for (const name of given) await put(name);
      instead('XREADGROUP', 2, () => Promise.reject(new Error('Connection is closed.')));

      const failure = await source.claim(1000, 100).catch((error: unknown) => error);

      expect(failure).to.be.an('error');
      expect(await claimAll()).to.deep.equal(given);
      expect(await redis.xlen(keys.stream)).to.equal(0);
    });

    it('acknowledges while it waits for more', async () => {
      await put('a');
      const first = await source.claim(10, 100);
      let hasCome = false;
      const next = source.claim(10, 5_000).then((claim) => {
        hasCome = true;
        return claim;
      });
      await until(async () => /cmd=xreadgroup/.test(String(await redis.client('LIST'))), {
        what: 'the read to wait',
      });

      await source.acknowledge(first?.receipt ?? expect.fail('nothing was claimed'));
      expect(await redis.xlen(keys.stream)).to.equal(0);
      expect(hasCome).to.equal(false);
      await put('b');
      expect((await next)?.batch.count).to.equal(1);
    });

    it('passes over entries that were deleted, of which Redis 6.2 tells as nil', async () => {
      await put('a');
      instead('XAUTOCLAIM', 1, () => Promise.resolve([Buffer.from('0-0'), [null, null]]));

      expect(await claimAll()).to.deep.equal(['a']);
    });

    it('sets aside what is no entry of ours', async () => {
      await redis.xadd(keys.stream, '*', 'hello', 'world');
      await put('a');

      expect(await claimAll()).to.deep.equal(['a']);
      expect(damage.map(({ bytes }) => bytes.toString())).to.deep.equal(['helloworld']);
      expect(await redis.xlen(keys.stream)).to.equal(0);
    });

    it('says which key it is when that holds something else', async () => {
      await redis.set(keys.stream, 'taken');

      for (const attempt of [() => source.claim(10, 100), () => source.depth()]) {
        const error = await attempt().then(
          () => expect.fail('it worked'),
          (thrown: unknown) => thrown,
        );
        expect(error).to.include({ code: 'AUDIT_DATABASE' });
        expect((error as Error).message)
          .to.include(keys.stream)
          .and.include('redisKey');
      }
    });
  });

  describe('the shipper', () => {
    let journal: Journal;
    const newDriver = ({ url = servers().redis, maxShipped = 20_000 } = {}): {
      driver: RedisDriver;
      shipper: Shipper;
    } => {
      const directory = path.join(temporaryFolder(), 'journal');
      journal = new Journal(directory, logger);
      const lanes = new JournalSource(directory, { onDamage: (found) => damage.push(found) });
      const shipper = new Shipper(lanes, newConnection(url), keys, logger, maxShipped);
      const driver = new RedisDriver(journal, shipper);
      closing.push(() => driver.close());
      return { driver, shipper };
    };
    /** One record an entry, as in light traffic. */
    const deliverEach = async (driver: RedisDriver, names: string[]): Promise<void> => {
      for (const name of names) {
        driver.deliver([recordLine({ event: name })]);
        await driver.flush({ timeoutMs: 5_000 });
      }
    };
    const namesIn = async (): Promise<string[]> => {
      const source = new StreamSource(newConnection(), keys, logger, (found) => damage.push(found));
      const claim = await source.claim(10_000, 1_000);
      if (claim) await source.acknowledge(claim.receipt);
      await source.close();
      return (claim?.batch.rows() ?? []).map((row) => row[1] as string);
    };

    const claimOnce = async (): Promise<void> => {
      const source = new StreamSource(newConnection(), keys, logger, () => undefined);
      await source.claim(1, 0);
      await source.close();
    };

    it('is flushed although records keep coming', async () => {
      const { driver } = newDriver();
      let flushed = false;
      const traffic = (async () => {
        while (!flushed) {
          driver.deliver([recordLine({ event: 'traffic' })]);
          await turn();
        }
      })();
      try {
        await driver.flush({ timeoutMs: 5_000 });
      } finally {
        flushed = true;
        await traffic;
      }
      expect(await redis.xlen(keys.stream)).to.be.greaterThan(0);
    });

    it('is not flushed when Redis is away, and says so after the time given', async () => {
      const { driver } = newDriver({ url: 'redis://127.0.0.1:1' });
      driver.deliver([recordLine({ event: 'x' })]);
      const begin = performance.now();

      const error = await driver.flush({ timeoutMs: 200, stored: true }).then(
        () => expect.fail('it worked'),
        (thrown: unknown) => thrown,
      );

      expect(error).to.include({ code: 'AUDIT_FLUSH_TIMEOUT' });
      expect((error as Error).message)
        .to.include('within 200 ms')
        .and.include('Redis');
      expect(performance.now() - begin).to.be.lessThan(1_500);
    });

    it('has a bounded number of entries in the stream that are not known to be stored', async () => {
      const { driver, shipper } = newDriver({ maxShipped: 3 });
      await deliverEach(driver, ['a', 'b', 'c']);
      driver.deliver([recordLine({ event: 'd' })]);

      expect(await shipper.caughtUp(300)).to.equal(false);
      expect(await redis.xlen(keys.stream)).to.equal(3);
      expect(await namesIn()).to.deep.equal(['a', 'b', 'c']);
      expect(await shipper.caughtUp(5_000)).to.equal(true);
      expect(await namesIn()).to.deep.equal(['d']);
      await driver.flush({ stored: true, timeoutMs: 5_000 });
    });

    it('acknowledges what is stored, and not what is not', async () => {
      const { driver } = newDriver();
      await deliverEach(driver, ['a', 'b', 'c']);
      const [first] = await redis.xrange(keys.stream, '-', '+', 'COUNT', 1);
      await redis.xdel(keys.stream, (first as [string, string[]])[0]);
      const depth = new JournalSource(path.dirname(journal.lane), { onDamage: () => undefined });

      await until(async () => (await depth.depth()).records === 2, { what: 'the acknowledgement' });
      expect(await namesIn()).to.deep.equal(['b', 'c']);
    });

    it('ships again what Redis lost', async () => {
      const { driver } = newDriver();
      const given = Array.from({ length: 30 }, (_, index) => `e${index}`);
      await deliverEach(driver, given);
      await redis.del(keys.stream, keys.epoch);

      await until(async () => (await redis.xlen(keys.stream)) > 0, { what: 'what was lost' });
      await driver.flush({ timeoutMs: 5_000 });
      expect(await namesIn()).to.deep.equal(given);
    });

    for (const [what, makeAgain] of [
      ['a worker', () => claimOnce()],
      ['the next record', (driver: RedisDriver) => deliverEach(driver, ['next'])],
    ] as const) {
      it(`ships again what was lost with the stream alone, though ${what} makes it anew at once`, async () => {
        const { driver } = newDriver();
        const given = Array.from({ length: 30 }, (_, index) => `e${index}`);
        await deliverEach(driver, given);
        // Evicted or deleted by itself: the server and all other keys are as they were.
        await redis.del(keys.stream);
        await makeAgain(driver);

        const seen = new Set<string>();
        const isThere = async (): Promise<boolean> => {
          for (const name of await namesIn()) seen.add(name);
          return given.every((name) => seen.has(name));
        };
        await until(isThere, { what: 'what was lost' });
      });
    }

    it('gives up a connection that has fallen silent, and ships on another', async () => {
      const proxy = await Proxy.to(servers().redis);
      closing.push(() => Promise.resolve(proxy.close()));
      const { driver } = newDriver({ url: proxy.url() });
      await deliverEach(driver, ['before']);
      const silent = proxy.catches('eval', 'withhold the answer');
      driver.deliver([recordLine({ event: 'after' })]);
      expect(await silent).to.equal(true);

      await driver.flush({ timeoutMs: 25_000 });
      expect(new Set(await namesIn())).to.deep.equal(new Set(['before', 'after']));
    });

    it('says which key it is when that holds something else', async () => {
      await redis.set(keys.stream, 'taken');
      const { driver } = newDriver();
      driver.deliver([recordLine({ event: 'a' })]);

      await until(() => logger.lines.some((line) => line.includes(keys.stream)), { what: 'the message' });
      await redis.del(keys.stream);
      await driver.flush({ timeoutMs: 10_000 });
      expect(await namesIn()).to.deep.equal(['a']);
    });
  });
});
