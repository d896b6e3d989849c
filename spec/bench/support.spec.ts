import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { expect } from 'chai';
import { check } from 'prettier';

import { measurePaired, orderOf } from '../../bench/support/paired';
import { writeSection } from '../../bench/support/results-file';
import { measureRound } from '../../bench/support/round';
import { median, medianInterval } from '../../bench/support/statistics';
import { temporaryFolder } from '../support/servers';

describe('The median', () => {
  it('is the middle value, or the mean of both', () => {
    expect(median([9, 1, 5])).to.equal(5);
    expect(median([9, 1, 5, 6])).to.equal(5.5);
    expect(median([])).to.be.NaN;
  });

  it('lies in an interval by ranks, which never leaves the values', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

    // As in tables of the binomial law.
    expect(medianInterval(hundred)).to.deep.equal([40, 61]);
    expect(medianInterval([3, 1, 2])).to.deep.equal([1, 3]);
    expect(medianInterval([7])).to.deep.equal([7, 7]);
  });
});

describe('Paired rounds', () => {
  it('let every variant stand at every place, and before and after every other', () => {
    const orders = Array.from({ length: 6 }, (_, round) => orderOf(['a', 'b', 'c'], round).join(''));

    expect(orders).to.have.members(['abc', 'bca', 'cab', 'cba', 'acb', 'bac']);
    expect(orderOf(['a', 'b', 'c'], 6).join('')).to.equal('abc');
  });

  it('run every variant in every round, and leave out the first', async () => {
    const done: string[] = [];
    const variant = (name: string) => () => Promise.resolve(done.push(name));

    const costs = await measurePaired(
      { plain: variant('plain'), audited: variant('audited') },
      { budgetMs: 0, minRounds: 3 },
    );

    expect(costs.plain).to.have.length(3);
    expect(costs.audited).to.have.length(3);
    expect(done.filter((name) => name === 'plain')).to.have.length(4);
    expect(done.filter((name) => name === 'audited')).to.have.length(4);
  });
});

describe('A round', () => {
  it('runs every operation once, so many at a time, and counts its share of what was measured', async () => {
    const done: number[] = [];
    let [underWay, most] = [0, 0];
    const operations = Array.from({ length: 12 }, (_, index) => async () => {
      most = Math.max(most, ++underWay);
      await delay(5);
      underWay--;
      done.push(index);
    });

    const { wall, cpu, latencies } = await measureRound(operations, { users: 3, lead: 3 });

    expect(done).to.have.members(operations.map((_, index) => index));
    expect(most).to.equal(3);
    expect(latencies).to.have.length(9);
    for (const latency of latencies) expect(latency).to.be.above(4_000);
    // Three at a time, each of 5 ms.
    expect(wall).to.be.above(1_300);
    expect(cpu).to.be.at.least(0);
  });

  it('counts work that is put off as CPU time, but not as time that anybody waits', async () => {
    const settle = (): Promise<void> => {
      const until = performance.now() + 30;
      while (performance.now() < until);
      return Promise.resolve();
    };

    const { wall, cpu } = await measureRound([() => Promise.resolve()], { settle });

    expect(cpu).to.be.above(3_000);
    expect(wall).to.be.below(cpu);
  });
});

describe('The file of results', () => {
  const table = {
    title: 'postgres 15',
    head: ['operation', 'µs'],
    rows: [['create', '12']],
    remarks: ['All is well.'],
    failures: [],
  };
  const section = { name: 'capture', conditions: 'A machine.', notes: ['A note.'], tables: [table] };

  it('is made, and is as the formatter wants it', async () => {
    const file = path.join(temporaryFolder(), 'results.md');

    await writeSection(file, section);

    const text = fs.readFileSync(file, 'utf8');
    expect(text).to.match(/^# Results of the benchmark\n/);
    expect(text).to.contain(
      '## capture\n\nA machine.\n\nA note.\n\n### postgres 15\n\n| operation |  µs |\n',
    );
    expect(text).to.contain('| create    |  12 |\n\nAll is well.\n');
    expect(await check(text, { parser: 'markdown' })).to.equal(true);
  });

  it('keeps the sections of other parts, and its order', async () => {
    const file = path.join(temporaryFolder(), 'results.md');
    const [before, after] = ['# Title\n\n## first\n\none\n', '## capture-more\n\n### capture\n\ntwo\n'];
    fs.writeFileSync(file, `${before}\n## capture\n\nold\n\n${after}`);

    await writeSection(file, { ...section, tables: [] });
    await writeSection(file, { ...section, tables: [] });

    expect(fs.readFileSync(file, 'utf8')).to.equal(
      `${before}\n## capture\n\nA machine.\n\nA note.\n\n${after}`,
    );
  });

  it('shows what failed', async () => {
    const file = path.join(temporaryFolder(), 'results.md');

    await writeSection(file, { ...section, tables: [{ ...table, failures: ['create: nothing.'] }] });

    expect(fs.readFileSync(file, 'utf8')).to.contain('**create: nothing.**');
  });
});
