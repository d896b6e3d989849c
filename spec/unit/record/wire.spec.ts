import { expect } from 'chai';

import type { AuditRecord } from '../../../lib/record/record';
import { decodeValues } from '../../../lib/record/values';
import { COLUMNS, decodeLine, encodeLine, WIRE_VERSION } from '../../../lib/record/wire';
import { Random } from '../helpers/random';
import { aRecord } from '../helpers/records';

describe('The wire form of a record', () => {
  const decoded = (own: Partial<AuditRecord>): Record<string, string | null> => {
    const line = encodeLine(aRecord(own));
    expect(line).to.match(/^[^\n]*\n$/);
    const row = decodeLine(line.slice(0, -1));
    expect(row).to.have.length(COLUMNS.length);
    return Object.fromEntries(COLUMNS.map((column, i) => [column, row[i] ?? null]));
  };

  const texts = {
    event: 'event',
    auditableType: 'auditable_type',
    auditableId: 'auditable_id',
    parentType: 'parent_type',
    parentId: 'parent_id',
    userType: 'user_type',
    userId: 'user_id',
    url: 'url',
    ipAddress: 'ip_address',
    userAgent: 'user_agent',
    requestId: 'request_id',
    transactionId: 'transaction_id',
  } as const;

  it('is one line with a field for each column of the table', () => {
    const record = aRecord({ tags: ['a', 'b'], context: { reason: 'why' }, userType: 'User', userId: '7' });

    expect(decoded(record)).to.deep.equal({
      id: record.id,
      event: 'updated',
      auditable_type: 'Product',
      auditable_id: '1',
      parent_type: null,
      parent_id: null,
      user_type: 'User',
      user_id: '7',
      url: null,
      ip_address: null,
      user_agent: null,
      request_id: null,
      transaction_id: null,
      tags: '["a","b"]',
      context: '{"reason":"why"}',
      old_values: '{"price":1}',
      new_values: '{"price":2}',
      created_at: '2025-11-24 16:00:00.123456+00:00',
      schema_version: String(WIRE_VERSION),
    });
  });

  it('tells null, the empty text and the text \\N apart', () => {
    for (const [field, column] of Object.entries(texts)) {
      expect(decoded({ [field]: '\\N' })[column]).to.equal('\\N');
      expect(decoded({ [field]: '' })[column]).to.equal('');
      expect(decoded({ [field]: null })[column]).to.equal(null);
    }
  });

  it('gives hostile texts back in every field', () => {
    for (const text of [
      '\t',
      '\n',
      '\r\n',
      '\\',
      '\\\\',
      '\\t',
      '\\\t',
      'a\\',
      '\\.',
      '\u2028\u2029',
      '\\\u2028',
      '漢🍵',
      ' ',
    ]) {
      for (const [field, column] of Object.entries(texts)) {
        expect(decoded({ [field]: text })[column]).to.equal(text);
      }
    }
  });

  it('shows NUL by its symbol in texts, and keeps it in values', () => {
    expect(decoded({ url: 'a\0b' })['url']).to.equal('a\u2400b');
    expect(decodeValues(decoded({ newValues: { a: '\0' } })['new_values'])).to.deep.equal({ a: '\0' });
    expect(decodeValues(decoded({ tags: ['\0', '\ud800'] })['tags'])).to.deep.equal(['\0', '\ud800']);
  });

  it('gives hostile values back', () => {
    const values = { '\t\n\\N': '\t\n\r\\', list: ['\\N', '\\', '\t'], null: null };
    const row = decoded({ oldValues: values, newValues: values, context: values, tags: ['\t', '\\N', 'ü'] });

    for (const column of ['old_values', 'new_values', 'context']) {
      expect(decodeValues(row[column])).to.deep.equal(values);
    }
    expect(decodeValues(row['tags'])).to.deep.equal(['\t', '\\N', 'ü']);
  });

  it('caps texts that come from outside, and says so by an ellipsis', () => {
    const long = 'x'.repeat(100_000);
    const longest = { url: 8192, userAgent: 1024 };
    for (const [field, column] of Object.entries(texts)) {
      const cap = longest[field as 'url'] ?? 255;

      expect(decoded({ [field]: long })[column]).to.equal(`${'x'.repeat(cap - 1)}…`);
      expect(decoded({ [field]: long.slice(0, cap) })[column]).to.equal(long.slice(0, cap));
    }
  });

  it('stays text that UTF-8 can hold when a cap falls into an emoji', () => {
    const { url } = decoded({ url: `${'x'.repeat(8190)}🍵🍵` });

    expect(url).to.not.match(/\p{Surrogate}/u);
    expect(url).to.match(/^x+…$/);
  });

  it('survives for random texts', () => {
    const random = Random.seeded();
    const pieces = ['\\', 't', 'n', 'N', '\t', '\n', '\r', '"', 'ä', '🍵', '\u2028', '.', '\b', '\v'];
    random.check(() => {
      for (let i = 0; i < 2000; i++) {
        const text = random.several(8, () => random.pick(pieces)).join('');
        const row = decoded({ event: text, url: text, newValues: { [text]: text }, tags: [text] });

        expect(row).to.include({ event: text, url: text });
        expect(decodeValues(row['new_values'])).to.deep.equal({ [text]: text });
        expect(decodeValues(row['tags'])).to.deep.equal([text]);
      }
    });
  });

  it('gives long texts back that are full of what is escaped', () => {
    const text = '\\\t\n\r"n\\n🍵\u2028'.repeat(1000);

    const row = decoded({ newValues: { text, half: `${text}\ud83d` }, tags: [text] });

    expect(decodeValues(row['new_values'])).to.deep.equal({ text, half: `${text}\ud83d` });
    expect(decodeValues(row['tags'])).to.deep.equal([text]);
  });

  it('takes no longer for text that is all escapes than a few times what JSON takes', () => {
    const values = { text: '\n"\\'.repeat(300_000) };
    const fastest = (work: () => unknown): number => {
      const times = Array.from({ length: 3 }, () => {
        const start = performance.now();
        work();
        return performance.now() - start;
      });
      return Math.min(...times);
    };

    const json = fastest(() => JSON.parse(JSON.stringify(values)) as unknown);
    const wire = fastest(() => decodeLine(encodeLine(aRecord({ newValues: values })).slice(0, -1)));

    expect(wire).to.be.below(25 * json);
  });
});
