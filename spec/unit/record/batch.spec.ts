import { expect } from 'chai';

import { Batch } from '../../../lib/record/batch';
import { COLUMNS, WIRE_VERSION } from '../../../lib/record/wire';
import { lines, linesOf } from '../helpers/records';

describe('A batch of records', () => {
  const broken = (text: string, count: number): Batch => new Batch(Buffer.from(text), count);

  it('gives its records as rows, in order', () => {
    const given = lines(3);

    const rows = Batch.fromLines(given).rows();

    expect(rows.map(([id]) => id)).to.deep.equal(given.map((line) => line.slice(0, 36)));
    expect(rows.every((row) => row.length === COLUMNS.length)).to.equal(true);
  });

  it('counts records, not bytes, when they hold more than ASCII', () => {
    const [line = ''] = lines(1);
    const given = [line.replace('Product', '漢🍵'), line];

    expect(Batch.fromLines(given).rows()[0]?.[2]).to.equal('漢🍵');
  });

  it('has two halves that together are the whole', () => {
    for (const count of [2, 3, 7, 1000]) {
      const given = lines(count);

      const [first, second] = Batch.fromLines(given).halves();

      expect([first.count, second.count]).to.deep.equal([Math.ceil(count / 2), Math.floor(count / 2)]);
      expect(linesOf(first.lines)).to.deep.equal(given.slice(0, first.count));
      expect(linesOf(second.lines)).to.deep.equal(given.slice(first.count));
    }
  });

  it('has halves of its own version', () => {
    const batch = new Batch(Buffer.from(lines(2).join('')), 2, WIRE_VERSION + 1);

    expect(batch.halves().map((half) => half.version)).to.deep.equal([WIRE_VERSION + 1, WIRE_VERSION + 1]);
  });

  it('comes down to single records when it is halved again and again', () => {
    const given = lines(13);
    const singles = (batch: Batch): Batch[] =>
      batch.count === 1 ? [batch] : batch.halves().flatMap(singles);

    expect(singles(Batch.fromLines(given)).map((batch) => batch.lines.toString())).to.deep.equal(given);
  });

  it('refuses lines that are not records with AUDIT_WIRE', () => {
    const [line = ''] = lines(1);

    for (const batch of [
      broken(line, 2),
      broken(line + line, 1),
      broken('hello\n', 1),
      broken(line.replace('\t', ' '), 1),
      broken(line.replace('\t', '\t\t'), 1),
      broken('', 1),
    ]) {
      expect(() => batch.rows())
        .to.throw(/not records/)
        .with.property('code', 'AUDIT_WIRE');
    }
  });

  it('refuses records of a version that this release does not know, and says what to do', () => {
    const batch = new Batch(Buffer.from(lines(1).join('')), 1, WIRE_VERSION + 1);

    expect(() => batch.rows())
      .to.throw(/Update sequelize-async-audit/)
      .with.property('code', 'AUDIT_WIRE');
    expect(() => batch.assertKnownVersion()).to.throw(/wire version 2/);
    expect(() => Batch.fromLines(lines(1)).assertKnownVersion()).to.not.throw();
  });
});
