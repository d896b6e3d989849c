import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { Turn } from '../../../lib/trail/turn';
import type { Deliverable } from '../../../lib/trail/pending-records';

describe('A turn', () => {
  let kept: string[][];
  let turn: Turn;

  beforeEach(() => {
    kept = [];
    turn = new Turn((records) => kept.push(records.flatMap((each) => [...each.batches()].flat())));
  });

  const record = (name: string, count = 1): Deliverable => ({ count, batches: () => [[name]] });
  /** A write that is answered by the database in a turn of its own. */
  const write = async (name: string): Promise<string> => {
    await new Promise(setImmediate);
    await turn.add(record(name));
    return name;
  };

  it('keeps what several writes add in one go, and answers them after that', async () => {
    const answered: string[] = [];
    const names = ['a', 'b', 'c'];
    await Promise.all(
      names.map(async (name) => {
        answered.push(await write(name));
        expect(kept).to.deep.equal([names]);
      }),
    );
    expect(answered).to.have.members(names);
  });

  it('keeps at once what is many, with what was gathered before', () => {
    void turn.add(record('a'));
    expect(turn.ended).to.be.a('promise');
    expect(turn.add(record('many', 100))).to.equal(undefined);
    expect(kept).to.deep.equal([['a', 'many']]);
    expect(turn.ended).to.equal(undefined);
  });

  it('is over for later writes', async () => {
    await Promise.all([write('a'), write('b')]);
    await Promise.all([write('c'), write('d')]);
    expect(kept).to.deep.equal([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('is kept by a process that exits in the middle of it', async () => {
    const program = `
      const { Turn } = require(${JSON.stringify(path.join(__dirname, '../../../lib/trail/turn'))});
      const turn = new Turn((records) => console.log(records.length));
      for (let i = 0; i < 2; i++) void turn.add({ count: 1, batches: () => [['a']] });
      process.exit();
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
    expect(stdout).to.equal('2\n');
  });

  it('ends in a test that has replaced the global setImmediate before this is loaded', async () => {
    const program = `
      globalThis.setImmediate = () => undefined;
      const { Turn } = require(${JSON.stringify(path.join(__dirname, '../../../lib/trail/turn'))});
      const turn = new Turn((records) => console.log(records.length));
      void turn.add({ count: 1, batches: () => [['a']] }).then(() => console.log('answered'));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
    expect(stdout).to.equal('1\nanswered\n');
  });
});
