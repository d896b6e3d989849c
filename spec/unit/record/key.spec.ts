import { expect } from 'chai';

import { canonicalKey, keyPart, MAX_KEY_LENGTH } from '../../../lib/record/key';

describe('The key of a record as text', () => {
  const keyOf = (value: unknown): string | null => canonicalKey({ id: value }, ['id']);

  for (const [kind, value, text] of [
    ['an integer', 42, '42'],
    ['zero', 0, '0'],
    ['a BigInt', 2n ** 63n - 1n, '9223372036854775807'],
    ['a text', 'abc', 'abc'],
    ['an empty text', '', ''],
    ['a UUID', '0190a6e2-0000-7000-8000-000000000000', '0190a6e2-0000-7000-8000-000000000000'],
    ['a date', new Date('2026-01-02T03:04:05.678Z'), '2026-01-02T03:04:05.678Z'],
    ['an invalid date', new Date(NaN), 'Invalid Date'],
    ['a Buffer', Buffer.from([0, 255]), '00ff'],
    ['a truth value', false, 'false'],
    ['quotes', `"a" 'b' \\`, `"a" 'b' \\`],
  ] as const) {
    it(`of one attribute is its value: ${kind}`, () => {
      expect(keyOf(value)).to.equal(text);
      expect(keyPart(value)).to.equal(text);
    });
  }

  it('does not depend on whether the driver hands out numbers or text', () => {
    expect(keyOf(9007199254740993n)).to.equal(keyOf('9007199254740993'));
    expect(canonicalKey({ a: 1, b: '2' }, ['a', 'b'])).to.equal(canonicalKey({ a: '1', b: 2n }, ['a', 'b']));
  });

  it('of several attributes is JSON in alphabetical order, in whatever order they are given', () => {
    const values = { productId: 2, orderId: 1, other: 3 };

    expect(canonicalKey(values, ['productId', 'orderId'])).to.equal('{"orderId":"1","productId":"2"}');
    expect(canonicalKey(values, ['orderId', 'productId'])).to.equal('{"orderId":"1","productId":"2"}');
  });

  it('leaves the list of attributes as it was', () => {
    const attributes = Object.freeze(['b', 'a']);

    canonicalKey({ a: 1, b: 2 }, attributes);

    expect(attributes).to.deep.equal(['b', 'a']);
  });

  it('tells composite keys apart whose texts hold quotes and separators', () => {
    const key = (a: string, b: string): string | null => canonicalKey({ a, b }, ['a', 'b']);

    expect(key('1","b":"2', '3')).to.not.equal(key('1', '2","b":"3'));
    expect(JSON.parse(key('"', '\\') as string)).to.deep.equal({ a: '"', b: '\\' });
  });

  it('is null where there is none', () => {
    expect(keyOf(null)).to.equal(null);
    expect(keyOf(undefined)).to.equal(null);
    expect(canonicalKey({}, ['id'])).to.equal(null);
    expect(canonicalKey({ id: 1 }, [])).to.equal(null);
    expect(canonicalKey({ a: 1, b: null }, ['a', 'b'])).to.equal(null);
  });

  it('keeps the beginning of a key that is too long, and a digest that tells it from others', () => {
    const longest = 'x'.repeat(MAX_KEY_LENGTH);

    expect(keyOf(longest)).to.equal(longest);
    const [a, b] = [keyOf(`${longest}a`), keyOf(`${longest}b`)] as [string, string];
    expect(a)
      .to.have.length(MAX_KEY_LENGTH)
      .and.to.match(/^x+~[0-9a-f]{64}$/);
    expect(a).to.not.equal(b);
    expect(canonicalKey({ a: longest, b: 1 }, ['a', 'b'])).to.have.length(MAX_KEY_LENGTH);
  });
});
