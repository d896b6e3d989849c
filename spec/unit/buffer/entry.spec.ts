import { expect } from 'chai';

import { entryFields, parseEntry } from '../../../lib/buffer/redis/entry';
import { Batch } from '../../../lib/record/batch';
import { lines } from '../helpers/records';

describe('An entry of the stream', () => {
  const parsed = (text: string, count: number, version?: number): Batch | undefined =>
    parseEntry(
      entryFields(new Batch(Buffer.from(text), count, version)).map((field) =>
        Buffer.isBuffer(field) ? field : Buffer.from(String(field)),
      ),
    );

  it('gives the records that were put into it', () => {
    const given = lines(3).join('');

    expect(parsed(given, 3)).to.include({ count: 3, version: 1 });
    expect(parsed(given, 3)?.lines.toString()).to.equal(given);
    expect(parsed(given, 3, 7)).to.include({ version: 7 });
  });

  const [one = '', two = ''] = lines(2);
  const hostile: Record<string, [string, number]> = {
    'more records than it says': [one + two, 1],
    'fewer records than it says': [one, 2],
    'a record without an end, which would take in that of the next entry': [one.trimEnd(), 1],
    'such a record behind another': [one + two.trimEnd(), 2],
    nothing: ['', 1],
  };
  for (const [what, [text, count]] of Object.entries(hostile)) {
    it(`is none of ours with ${what}, although its checksum is right`, () => {
      expect(parsed(text, count)).to.equal(undefined);
    });
  }

  it('is none of ours without a field, or with another in its place', () => {
    const fields = entryFields(new Batch(Buffer.from(one), 1)).map((field) => Buffer.from(field.toString()));
    for (let field = 0; field < fields.length; field += 2) {
      expect(parseEntry(fields.toSpliced(field, 2))).to.equal(undefined);
      expect(parseEntry(fields.with(field + 1, Buffer.from('x')))).to.equal(undefined);
    }
    expect(parseEntry([Buffer.from('b')])).to.equal(undefined);
  });
});
