import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { JournalSource } from '../../../lib/buffer/journal/journal-source';
import { lanesOf, LEASE_FILE, OWNER_FILE, segmentPath } from '../../../lib/buffer/journal/lane';
import type { Damage } from '../../../lib/buffer/journal/lane-reader';
import { LaneWriter } from '../../../lib/buffer/journal/lane-writer';
import { processIdentity } from '../../../lib/buffer/journal/process-identity';
import { temporaryFolder } from '../../support/servers';
import { until } from '../../support/until';
import { Child } from '../helpers/child';
import { lines, linesOf } from '../helpers/records';

describe('Processes that share a journal', () => {
  let journal: string;

  beforeEach(() => {
    journal = path.join(temporaryFolder(), 'journal');
  });

  afterEach(() => Child.killAll());

  it('lose nothing that they have appended when they are killed, whoever reads it then', async function () {
    this.timeout(60_000);
    const told: string[] = [];
    const read: string[] = [];
    const start = (script: string, hear: (message: never) => void, ...args: string[]): Child => {
      const child = Child.start(script, [journal, ...args]);
      child.onMessage(hear);
      return child;
    };
    const append = (): Child => start('append-on', (line: string) => told.push(line), '3000');
    const adopt = (): Child => start('adopt', (claimed: string[]) => read.push(...claimed));
    const more = async (list: readonly string[], count: number): Promise<void> => {
      const target = list.length + count;
      await until(() => list.length >= target, { what: `${count} more records`, timeoutMs: 20_000 });
    };

    let writers = [append(), append(), append()];
    let readers = [adopt(), adopt()];
    for (let round = 0; round < 3; round++) {
      await more(told, 60);
      // A reader falls while writers append; then all writers fall, and others come.
      await readers[0]?.kill();
      await more(told, 20);
      await Promise.all(writers.map((writer) => writer.kill()));
      readers = [...readers.slice(1), adopt()];
      if (round < 2) writers = [append(), append(), append()];
    }
    await until(() => lanesOf(journal).length === 0, { what: 'every lane to be adopted', timeoutMs: 30_000 });

    const distinct = new Set(read);
    expect(told.filter((line) => !distinct.has(line))).to.deep.equal([]);
    // What was appended and not told any more: at most the last one of each writer.
    expect(distinct.size - told.length).to.be.within(0, 9);
    // Twice comes only what a reader that was killed had not acknowledged.
    expect(read.length - distinct.size).to.be.below(3 * 50 * 2);
  });

  /** Bound to one boot of the machine: after the next one, pids and start times mean others. */
  const fromEarlierBoot = (file: string): void => {
    const owner = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
    fs.writeFileSync(file, JSON.stringify({ ...owner, boot: '00000000-0000-0000-0000-000000000000' }));
  };

  it('adopt what was left when the machine went down, with what it left half written', async () => {
    const writer = new LaneWriter(journal);
    const given = lines(5);
    for (const line of given) writer.append([line]);
    const lane = writer.directory;
    fs.writeFileSync(
      path.join(lane, LEASE_FILE),
      JSON.stringify({ ...processIdentity(), token: 'of the worker then' }),
    );
    // This process lives, and so would they, but for the boot.
    for (const name of [OWNER_FILE, LEASE_FILE]) fromEarlierBoot(path.join(lane, name));
    const file = segmentPath(lane, 1);
    fs.truncateSync(file, fs.statSync(file).size - 10);
    const damage: Damage[] = [];
    const source = new JournalSource(journal, { onDamage: (found) => damage.push(found) });

    const claim = await source.claim(10, 5000);
    expect(claim && linesOf(claim.batch.lines)).to.deep.equal(given.slice(0, 4));
    await source.acknowledge((claim as NonNullable<typeof claim>).receipt);
    await until(async () => !(await source.claim(10, 0)) && lanesOf(journal).length === 0, {
      what: 'the lane to be removed',
    });

    expect(damage).to.have.length(1);
    await source.close();
    writer.close();
  });
});
