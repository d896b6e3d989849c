import { randomUUID } from 'node:crypto';
import path from 'node:path';

import { expect } from 'chai';
import type { Claim, Source } from '../../lib/buffer/contract';
import { Journal } from '../../lib/buffer/journal/journal';
import { JournalSource } from '../../lib/buffer/journal/journal-source';
import { connect, redisKeys, whenReady } from '../../lib/buffer/redis/connection';
import { entryFields } from '../../lib/buffer/redis/entry';
import { StreamSource } from '../../lib/buffer/redis/stream-source';
import { Batch } from '../../lib/record/batch';
import { recordLine } from '../support/records';
import { servers, temporaryFolder } from '../support/servers';
import { MemoryLogger } from '../support/world';

/** A buffer under test: something to put records in, and sources on it. */
interface Buffer {
  put(names: string[]): Promise<void>;
  open(): Source;
  dispose(): Promise<void>;
}

const logger = new MemoryLogger();
const failOnDamage = (): never => expect.fail('nothing is damaged here');

const buffers: Record<string, () => Promise<Buffer>> = {
  journal: () => {
    const directory = path.join(temporaryFolder(), 'journal');
    const journal = new Journal(directory, logger);
    return Promise.resolve({
      put: (names: string[]) => Promise.resolve(journal.append(names.map(line))),
      open: () => new JournalSource(directory, { onDamage: failOnDamage }),
      dispose: () => Promise.resolve(journal.close()),
    });
  },
  'redis stream': async () => {
    const keys = redisKeys(`spec-${randomUUID()}`);
    const settings = { redis: servers().redis, logger };
    const producer = connect(settings, 'spec');
    await whenReady(producer, 5_000);
    return {
      async put(names: string[]) {
        await producer.xadd(keys.stream, '*', ...entryFields(Batch.fromLines(names.map(line))));
      },
      open: () => new StreamSource(connect(settings, 'spec'), keys, logger, failOnDamage),
      async dispose() {
        await producer.del(keys.stream);
        producer.disconnect();
      },
    };
  },
};

for (const [kind, create] of Object.entries(buffers)) {
  describe(`source on a ${kind}`, () => {
    let buffer: Buffer;
    let source: Source;
    const others: Source[] = [];

    beforeEach(async () => {
      buffer = await create();
      source = buffer.open();
    });
    afterEach(async () => {
      await source.close();
      await Promise.all(others.splice(0).map((other) => other.close()));
      await buffer.dispose();
    });

    it('gives nothing while there is nothing, and waits no longer than asked', async () => {
      expect(await source.claim(10, 0)).to.equal(undefined);
      expect(await source.claim(10, 30)).to.equal(undefined);
    });

    it('gives records in the order they came, each once', async () => {
      await buffer.put(['a', 'b']);
      await buffer.put(['c']);
      expect(await drain(source)).to.deep.equal(['a', 'b', 'c']);
      expect(await source.claim(10, 0)).to.equal(undefined);
    });

    it('gives no more than about the limit at a time', async () => {
      for (let i = 0; i < 300; i++) await buffer.put([`${i}`]);
      const claim = await source.claim(20, 500);
      expect(claim?.batch.count).to.be.within(1, 60);
      await source.acknowledge(claim!.receipt);
      expect(await drain(source)).to.have.length(300 - claim!.batch.count);
    });

    it('wakes up for a record that comes while it waits', async () => {
      const waiting = source.claim(10, 5_000);
      await buffer.put(['late']);
      expect(namesOf(await waiting)).to.deep.equal(['late']);
    });

    it('gives what is released again', async () => {
      await buffer.put(['a', 'b', 'c']);
      const claim = await source.claim(10, 500);
      await source.release(claim!.receipt);
      expect(await drain(source)).to.deep.equal(['a', 'b', 'c']);
    });

    it('gives released records to another source once it is closed', async () => {
      await buffer.put(['a', 'b']);
      await source.claim(10, 500);
      await source.close();
      source = buffer.open();
      expect(await drain(source)).to.deep.equal(['a', 'b']);
    });

    it('does not give acknowledged records again', async () => {
      await buffer.put(['a']);
      const claim = await source.claim(10, 500);
      await source.acknowledge(claim!.receipt);
      await source.close();
      await buffer.put(['b']);
      source = buffer.open();
      expect(await drain(source)).to.deep.equal(['b']);
    });

    it('takes acknowledgements in any order', async () => {
      for (const name of ['a', 'b', 'c']) await buffer.put([name]);
      const claims: Claim[] = [];
      for (let i = 0; i < 3; i++) {
        const claim = await source.claim(1, 500);
        if (claim) claims.push(claim);
      }
      const kept = claims.shift();
      for (const claim of claims.reverse()) await source.acknowledge(claim.receipt);
      await source.close();
      source = buffer.open();
      // What was not acknowledged comes again; what came after it may, and is stored once by its id.
      expect(await drain(source)).to.include.members(namesOf(kept));
    });

    it('shares the work between two sources, and gives no record to both', async () => {
      const other = buffer.open();
      others.push(other);
      for (let i = 0; i < 50; i++) await buffer.put([`${i}`]);
      const [mine, theirs] = await Promise.all([drain(source), drain(other)]);
      expect([...mine, ...theirs].sort()).to.deep.equal(
        Array.from({ length: 50 }, (_, index) => `${index}`).sort(),
      );
    });

    it('tells how much waits, claimed records included', async () => {
      expect((await source.depth()).records).to.equal(0);
      await buffer.put(['a', 'b']);
      await buffer.put(['c']);
      const claim = await source.claim(1, 500);
      const depth = await source.depth();
      expect(depth.records).to.equal(3);
      expect(depth.bytes).to.be.greaterThan(0);
      expect(depth.exact).to.equal(true);
      expect(Number(depth.oldest)).to.be.closeTo(Date.now(), 60_000);
      await source.acknowledge(claim!.receipt);
      await drain(source);
      expect(await source.depth()).to.include({ records: 0, oldest: null });
    });

    it('may be closed twice', async () => {
      await source.close();
      await source.close();
      source = buffer.open();
    });
  });
}

/** Claims and acknowledges until nothing comes; the names of the records. */
async function drain(source: Source): Promise<string[]> {
  const names: string[] = [];
  for (let claim = await source.claim(100, 500); claim; claim = await source.claim(100, 100)) {
    names.push(...namesOf(claim));
    await source.acknowledge(claim.receipt);
  }
  return names;
}

function namesOf(claim: Claim | undefined): string[] {
  return (claim?.batch.rows() ?? []).map((row) => row[1] as string);
}

function line(name: string): string {
  return recordLine({ event: name });
}
