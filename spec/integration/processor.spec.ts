import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import type { Source } from '../../lib/buffer/contract';
import { JournalSource } from '../../lib/buffer/journal/journal-source';
import { Batch } from '../../lib/record/batch';
import { BatchWriter } from '../../lib/storage/batch-writer';
import type { Written } from '../../lib/storage/dialect';
import { DiskStore } from '../../lib/worker/disk-store';
import { Outage } from '../../lib/worker/outage';
import { Processor } from '../../lib/worker/processor';
import { recordLine } from '../support/records';
import { temporaryFolder } from '../support/servers';
import { until } from '../support/until';
import { createWorld, MemoryLogger } from '../support/world';
import type { World } from '../support/world';

const SOURCE: Source = {
  claim: () => Promise.resolve(undefined),
  acknowledge: () => Promise.resolve(),
  release: () => Promise.resolve(),
  depth: () => Promise.resolve({ records: 0, bytes: 0, exact: true, oldest: null }),
  close: () => Promise.resolve(),
};

/** Loses its connection once, at the write of a certain record alone. */
class LossyWriter extends BatchWriter {
  private lost = false;

  constructor(
    world: World,
    private readonly at: string,
  ) {
    super(world.trail.database);
  }

  override async write(batch: Batch): Promise<Written> {
    if (!this.lost && batch.count === 1 && batch.lines.toString() === this.at) {
      this.lost = true;
      throw new Error('the connection was lost');
    }
    return super.write(batch);
  }
}

describe('a claim with records that the database refuses', () => {
  let world: World;
  let logger: MemoryLogger;
  let outage: Outage;
  const refused = (): string => {
    const fields = recordLine({}).split('\t');
    fields[1] = '\\N';
    return fields.join('\t');
  };
  const process = (
    writer: BatchWriter,
    buried: DiskStore,
    lines: string[],
  ): ReturnType<Processor['process']> => {
    const parts = { writer, outage, buried, rescue: undefined, rescueAfterMs: 0, logger };
    const claim = { batch: Batch.fromLines(lines), receipt: {} };
    return new Processor(parts).process(claim, SOURCE, new AbortController().signal);
  };
  const buriedIn = async (directory: string): Promise<number> => {
    const source = new JournalSource(directory, { onDamage: () => expect.fail('no damage') });
    const { records } = await source.depth();
    await source.close();
    return records;
  };

  beforeEach(async () => {
    world = await createWorld('sqlite');
    logger = new MemoryLogger();
    outage = new Outage();
  });
  afterEach(() => world.dispose());

  it('buries each once, although the connection is lost in between', async () => {
    const directory = temporaryFolder();
    const store = new DiskStore(directory);
    const lines = [refused(), recordLine({}), refused(), recordLine({})];
    const outcome = await process(new LossyWriter(world, lines[3] as string), store, lines);
    store.endLane();
    expect(outcome).to.include({ kind: 'stored', buried: 2 });
    expect(await buriedIn(directory)).to.equal(2);
    expect(await world.trail.Audit.count()).to.equal(2);
  });

  it('waits for the disk that does not take them, and speaks of no outage', async () => {
    const directory = path.join(temporaryFolder(), 'buried');
    // A file where the directory should be: the disk refuses, for root as well.
    fs.writeFileSync(directory, '');
    const store = new DiskStore(directory);
    const done = process(new BatchWriter(world.trail.database), store, [recordLine({}), refused()]);
    await until(() => logger.lines.some((line) => line.includes('cannot be buried')), { what: 'what it is' });
    expect(outage.isOn).to.equal(false);
    expect(logger.lines.join('\n')).not.to.contain('does not take records');
    fs.rmSync(directory);
    expect(await done).to.include({ kind: 'stored', buried: 1 });
    store.endLane();
    expect(await buriedIn(directory)).to.equal(1);
    expect(await world.trail.Audit.count()).to.equal(1);
  });
});
