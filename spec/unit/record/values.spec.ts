import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { expect } from 'chai';

import { decodeValues, encodeValues, MAX_VALUE_LENGTH, MAX_VALUES_LENGTH } from '../../../lib/record/values';
import type { Values } from '../../../lib/record/values';
import { Random } from '../helpers/random';

describe('The values of a record', () => {
  const thereAndBack = (values: Values): unknown => decodeValues(encodeValues(values));
  const stored = (values: Values): Values => JSON.parse(encodeValues(values)) as Values;

  it('stay plain JSON where JSON can hold them, so that they can be queried', () => {
    const values = {
      name: 'Tea',
      price: 1.5,
      sold: true,
      note: null,
      list: [1, ['a']],
      nested: { a: { b: 1 } },
    };

    expect(encodeValues(values)).to.equal(JSON.stringify(values));
    expect(thereAndBack(values)).to.deep.equal(values);
  });

  it('keep unicode, quotes and control characters as plain strings', () => {
    const values = { text: 'ä "漢" 🍵 \u2028 \\ \u0001 \t\n', 'k"ey': '\u007f' };

    expect(stored(values)).to.deep.equal(values);
  });

  it('leave out what is undefined, as JSON does, and write null for it in lists', () => {
    expect(encodeValues({ a: undefined, b: [undefined, 1] })).to.equal('{"b":[null,1]}');
    expect(thereAndBack({ $audit: 1, a: undefined })).to.deep.equal({ $audit: 1 });
  });

  it('can be decoded from what a database driver has parsed already', () => {
    expect(decodeValues({ n: { $audit: 'bigint', value: '7' } })).to.deep.equal({ n: 7n });
    expect(decodeValues(null)).to.equal(null);
  });

  describe('of a kind that JSON does not have', () => {
    for (const [kind, value] of Object.entries({
      'a BigInt': 2n ** 200n,
      'a negative BigInt': -1n,
      NaN: Number.NaN,
      Infinity: Infinity,
      '-Infinity': -Infinity,
      '-0': -0,
      'a Buffer': Buffer.from([0, 255, 10]),
      'an empty Buffer': Buffer.alloc(0),
      'a string with NUL': 'a\0b',
      'a lone high surrogate': 'a\ud83d',
      'a lone low surrogate': '\ude00b',
      'surrogates in the wrong order': '\ude00\ud83d',
      'a Map': new Map<unknown, unknown>([
        ['a', 1n],
        [{ deep: true }, new Set([1])],
      ]),
      'an empty Map': new Map(),
      'a Set': new Set<unknown>(['a', 1n, null]),
    })) {
      it(`come back as they were: ${kind}`, () => {
        assert.deepStrictEqual(thereAndBack({ value }), { value });
        assert.deepStrictEqual(thereAndBack({ list: [[value]], nested: { value } }), {
          list: [[value]],
          nested: { value },
        });
      });
    }

    it('come back as Buffer where they were other views of bytes', () => {
      const { bytes, view } = thereAndBack({
        bytes: new Uint8Array([1, 2]),
        view: new DataView(new Uint8Array([0, 7, 8, 0]).buffer, 1, 2),
      }) as Values;

      expect(bytes).to.deep.equal(Buffer.from([1, 2]));
      expect(view).to.deep.equal(Buffer.from([7, 8]));
    });

    it('hold dates as ISO text, also in lists, and invalid ones as invalid dates', () => {
      const date = new Date('2026-01-02T03:04:05.678Z');

      expect(encodeValues({ date, list: [date] })).to.equal(
        '{"date":"2026-01-02T03:04:05.678Z","list":["2026-01-02T03:04:05.678Z"]}',
      );
      const { invalid } = thereAndBack({ invalid: new Date(Number.NaN) }) as { invalid: Date };
      expect(invalid).to.be.an.instanceof(Date);
      expect(invalid.getTime()).to.be.NaN;
    });

    it('say what was there where it cannot come back: functions and symbols', () => {
      expect(thereAndBack({ f: () => 1, s: Symbol('s'), list: [Symbol('t')] })).to.deep.equal({
        f: { $audit: 'opaque', value: 'function' },
        s: { $audit: 'opaque', value: 'symbol' },
        list: [{ $audit: 'opaque', value: 'symbol' }],
      });
    });

    it('are what their toJSON says', () => {
      const money = { toJSON: () => ({ amount: 5n }) };

      expect(thereAndBack({ money, none: { toJSON: () => undefined } })).to.deep.equal({
        money: { amount: 5n },
      });
    });
  });

  describe('that are nested deeply', () => {
    const nested = (levels: number, within: (value: unknown) => unknown): Values => {
      let value: unknown = ['bottom\0', 1n];
      for (let i = 0; i < levels; i++) value = within(value);
      return { shallow: 1, value };
    };
    const levelsOf = (json: unknown): number =>
      typeof json === 'object' && json !== null ? 1 + Math.max(0, ...Object.values(json).map(levelsOf)) : 0;
    const containers: Record<string, (value: unknown) => unknown> = {
      lists: (value) => [value],
      objects: (value) => ({ value, beside: '"' }),
      Maps: (value) => new Map([[{ key: 1 }, value]]),
      Sets: (value) => new Set([value]),
      'objects with hostile keys': (value) => ({ $audit: value, '\0': 2 }),
    };

    for (const [name, within] of Object.entries(containers)) {
      it(`come back as they were, and databases can look into what holds them: ${name}`, () => {
        for (const levels of [...Array(40).keys(), 99, 200]) {
          const values = nested(levels, within);

          assert.deepStrictEqual(thereAndBack(values), values);
          // MariaDB knows 32 levels, of which a scalar is one.
          expect(levelsOf(stored(values))).to.be.at.most(31);
          expect(stored(values)).to.include({ shallow: 1 });
        }
      });
    }

    it('stay plain JSON for 28 levels', () => {
      const values = nested(25, (value) => [value]);
      let value = stored(values)['value'];
      for (let i = 0; i < 25; i++) value = (value as unknown[])[0];

      expect(value).to.deep.include({ $audit: 'bigint', value: '1' });
    });
  });

  describe('with hostile keys', () => {
    it('keep a key named __proto__ as a key, and pollute nothing', () => {
      const values = JSON.parse('{"__proto__":{"admin":true},"a":1}') as Values;

      const back = thereAndBack(values) as Values;

      assert.deepStrictEqual(back, values);
      expect(Object.keys(back)).to.deep.equal(['__proto__', 'a']);
      expect((back as { admin?: unknown }).admin).to.equal(undefined);
    });

    it('cannot be mistaken for tagged ones', () => {
      const values = { $audit: 'bigint', value: '7', inner: { $audit: 'nonsense' }, list: [{ $audit: 1n }] };

      expect(thereAndBack(values)).to.deep.equal(values);
    });

    it('keep NUL and lone surrogates in keys, at every level', () => {
      const values = { 'a\0': 1, '\ud800': { '\udfff\0': 2n } };

      expect(thereAndBack(values)).to.deep.equal(values);
    });

    it('keep keys that are names of methods', () => {
      const values = { toJSON: 'text', constructor: 1, hasOwnProperty: null, '': 2 };

      expect(thereAndBack(values)).to.deep.equal(values);
    });
  });

  describe('never make encoding throw', () => {
    it('with circles, which are marked', () => {
      const circle: Values = { name: 'a' };
      circle['self'] = circle;
      circle['list'] = [circle];
      circle['map'] = new Map([['back', circle]]);
      const mark = { $audit: 'circular' };

      expect(thereAndBack({ circle })).to.deep.equal({
        circle: { name: 'a', self: mark, list: [mark], map: new Map([['back', mark]]) },
      });
      expect(thereAndBack(circle)).to.deep.include({ self: mark });
    });

    it('with one object in two places, which is no circle', () => {
      const shared = { a: 1 };

      expect(thereAndBack({ one: shared, two: [shared] })).to.deep.equal({ one: { a: 1 }, two: [{ a: 1 }] });
    });

    it('with very deep nesting, which is cut', () => {
      let deep: unknown = 'bottom';
      for (let i = 0; i < 100_000; i++) deep = i % 2 ? [deep] : { deep };

      const json = encodeValues({ top: 1, deep });

      expect(json).to.include('nested too deeply').and.not.to.include('bottom');
      expect(JSON.parse(json)).to.include({ top: 1 });
    });

    it('with getters that throw; the other attributes are kept', () => {
      const broken = {
        get price(): number {
          throw new Error('no price');
        },
        name: 'Tea',
      };

      for (const back of [thereAndBack(broken), (thereAndBack({ broken }) as Values)['broken']] as Values[]) {
        expect(back['name']).to.equal('Tea');
        expect(back['price']).to.have.property('$audit', 'opaque');
      }
    });

    it('with a toJSON that throws, or that cannot even be looked up', () => {
      const back = thereAndBack({
        throwing: {
          toJSON(): never {
            throw new Error('no JSON');
          },
        },
        hidden: {
          get toJSON(): never {
            throw new Error('no toJSON');
          },
        },
        kept: 1,
      }) as Values;

      expect(back['throwing']).to.have.property('$audit', 'opaque');
      expect(back['hidden']).to.have.property('$audit', 'opaque');
      expect(back['kept']).to.equal(1);
    });

    it('with a toJSON that gives back itself, or itself anew for ever', () => {
      class Endless {
        toJSON(): Endless {
          return new Endless();
        }
      }
      const own = {
        toJSON(): object {
          return own;
        },
      };

      expect(thereAndBack({ own })).to.deep.equal({ own: { $audit: 'circular' } });
      expect(encodeValues({ endless: new Endless() })).to.include('nested too deeply');
    });

    it('with proxies that refuse everything', () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      const refusing = new Proxy(
        {},
        {
          ownKeys(): never {
            throw new Error('no keys');
          },
        },
      );

      const back = thereAndBack({ proxy, refusing, kept: 1 }) as Values;

      expect(back['proxy']).to.have.property('$audit', 'opaque');
      expect(back['refusing']).to.have.property('$audit', 'opaque');
      expect(back['kept']).to.equal(1);
      expect(thereAndBack(refusing)).to.have.property('$audit', 'opaque');
    });

    it('with more text than one string can hold', () => {
      const text = 'x'.repeat(MAX_VALUE_LENGTH);

      const json = encodeValues({ list: Array<string>(600).fill(text) });

      expect(json.length).to.be.below(MAX_VALUES_LENGTH);
      expect(decodeValues(json)).to.be.an('object');
    });

    it('with sparse arrays, whose holes are null', () => {
      const sparse: unknown[] = [];
      sparse[3] = 1n;

      expect(thereAndBack({ sparse })).to.deep.equal({ sparse: [null, null, null, 1n] });
    });

    it('with objects without a prototype', () => {
      const bare = Object.assign(Object.create(null) as Values, { a: 1n });

      expect(thereAndBack(bare)).to.deep.equal({ a: 1n });
      expect(thereAndBack({ bare })).to.deep.equal({ bare: { a: 1n } });
    });
  });

  describe('that are too large', () => {
    it('are cut with their length and digest, where a string is', () => {
      const text = `${'\0ä'.repeat(MAX_VALUE_LENGTH / 2)}!`;

      const { text: cut } = thereAndBack({ text }) as { text: Values };

      expect(cut).to.deep.include({
        $audit: 'cut',
        of: 'string',
        length: text.length,
        sha256: createHash('sha256').update(text).digest('hex'),
      });
      expect(text.startsWith(JSON.parse(cut['value'] as string) as string)).to.equal(true);
    });

    it('are cut with their length and digest, where a Buffer is', () => {
      const bytes = Buffer.alloc(MAX_VALUE_LENGTH + 1, 7);

      expect((thereAndBack({ bytes }) as Values)['bytes']).to.deep.include({
        $audit: 'cut',
        of: 'buffer',
        length: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
    });

    it('are whole at the very limit', () => {
      const text = { text: 'x'.repeat(MAX_VALUE_LENGTH) };
      const bytes = { bytes: Buffer.alloc(MAX_VALUE_LENGTH) };

      expect(thereAndBack(text)).to.deep.equal(text);
      expect(thereAndBack(bytes)).to.deep.equal(bytes);
    });

    it('are cut in half an emoji without leaving the half behind', () => {
      const text = `x${'🍵'.repeat(MAX_VALUE_LENGTH)}`;

      expectSafe(encodeValues({ text }));
    });

    it('lose their largest attributes first; the small ones stay', () => {
      const most = Array.from({ length: 9 }, (_, i) => [`large${i}`, 'x'.repeat(MAX_VALUE_LENGTH - i)]);
      const values = { ...(Object.fromEntries(most) as Values), small: 1n, last: 'x'.repeat(1000) };

      const json = encodeValues(values);
      const back = decodeValues(json) as Values;

      expect(json.length).to.be.at.most(MAX_VALUES_LENGTH);
      expect(back['large0']).to.deep.include({ $audit: 'cut', of: 'string' });
      expect(back['large8']).to.equal(values['large8' as 'last']);
      expect(back).to.deep.include({ small: 1n, last: values.last });
    });

    it('keep the length and digest of each attribute itself, when it is only together that they are too large', () => {
      const bytes = Buffer.alloc(MAX_VALUE_LENGTH, 7);
      const text = '\0ä'.repeat(MAX_VALUE_LENGTH / 2);
      const list = ['x'.repeat(MAX_VALUE_LENGTH), 'y'];

      const back = thereAndBack({ bytes, text, list, small: 1n }) as Record<string, Values>;

      const digest = (whole: string | Buffer) => createHash('sha256').update(whole).digest('hex');
      const cut = { $audit: 'cut', sha256: digest(bytes), of: 'buffer', length: bytes.length };
      expect(back['bytes']).to.deep.include(cut);
      expect(back['text']).to.deep.include({
        ...cut,
        sha256: digest(text),
        of: 'string',
        length: text.length,
      });
      expect(back).to.deep.include({ list, small: 1n });
    });

    it('lose their largest attributes also when a key makes them a list of entries', () => {
      const list = Array<string>(9).fill('x'.repeat(MAX_VALUE_LENGTH));

      const json = encodeValues({ $audit: 'mine', list, small: 1n });

      expect(json.length).to.be.at.most(MAX_VALUES_LENGTH);
      expect(decodeValues(json)).to.deep.include({ $audit: 'mine', small: 1n });
    });

    it('are cut as a whole when nothing else helps: hundreds of thousands of attributes, or huge keys', () => {
      const many = Object.fromEntries(Array.from({ length: 400_000 }, (_, i) => [`attribute${i}`, i]));
      const hugeKey = { ['k'.repeat(MAX_VALUES_LENGTH)]: 1 };

      for (const values of [many, hugeKey]) {
        const json = encodeValues(values);

        expect(json.length).to.be.at.most(MAX_VALUES_LENGTH);
        expect(decodeValues(json)).to.deep.include({ $audit: 'cut', of: 'json' });
      }
    });
  });

  describe('that something else wrote', () => {
    it('are shown as they stand rather than failing the read', () => {
      for (const tagged of [
        { $audit: 'bigint', value: 'seven' },
        { $audit: 'map', value: 5 },
        { $audit: 'object', value: { a: 1 } },
        { $audit: 'string', value: 'not JSON' },
        { $audit: 'from the future', value: 1 },
        { $audit: null },
      ]) {
        expect(decodeValues({ tagged })).to.deep.equal({ tagged });
      }
    });
  });

  it('survive encoding and decoding whatever they are', function () {
    this.timeout(60_000);
    const random = Random.seeded();
    random.check(() => {
      for (let i = 0; i < 5000; i++) {
        const values = randomObject(random, 0);
        const json = encodeValues(values);
        expectSafe(json);
        assert.deepStrictEqual(comparable(decodeValues(json)), comparable(values));
        assert.deepStrictEqual(comparable(decodeValues(JSON.parse(json))), comparable(values));
      }
    });
  });

  it('survive when strings of every UTF-16 unit are mixed', () => {
    const random = Random.seeded();
    random.check(() => {
      for (let i = 0; i < 2000; i++) {
        const units = random.several(20, () => random.below(0x10000));
        const values = { [String.fromCharCode(...units)]: String.fromCharCode(...units.reverse()) };
        const json = encodeValues(values);
        expectSafe(json);
        assert.deepStrictEqual(decodeValues(json), values);
      }
    });
  });
});

/** What PostgreSQL refuses in jsonb is not there: NUL and lone surrogates, escaped or not. */
function expectSafe(json: string): void {
  const unsafe = /\0|\p{Surrogate}/u;
  // An escape counts if its backslash is not itself escaped.
  assert.doesNotMatch(json, /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i);
  assert.doesNotMatch(json, unsafe);
  JSON.parse(json, (key, value: unknown) => {
    assert.doesNotMatch(key, unsafe);
    if (typeof value === 'string') assert.doesNotMatch(value, unsafe);
    return value;
  });
}

/** A value as it comes back: dates as text, holes in lists as null, undefined attributes not at all. */
function comparable(value: unknown): unknown {
  // To Node 20 two invalid dates are not equal.
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? Symbol.for('invalid') : value.toISOString();
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => comparable(item) ?? null);
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [comparable(k), comparable(v)]));
  if (value instanceof Set) return new Set([...value].map(comparable));
  const kept = Object.entries(value).filter(([, item]) => item !== undefined);
  return objectOf(kept.map(([key, item]) => [key, comparable(item)]));
}

function randomValue(random: Random, depth: number): unknown {
  const simple: (() => unknown)[] = [
    () => null,
    () => random.next() < 0.5,
    () => random.below(1000) - 500,
    () => random.next() * 10 ** (random.below(40) - 20),
    () => random.pick([NaN, Infinity, -Infinity, -0, 0, Number.MAX_VALUE, 5e-324]),
    () => BigInt(random.below(2 ** 31)) ** BigInt(random.below(9)) * (random.next() < 0.5 ? -1n : 1n),
    () => randomText(random),
    () => Buffer.from(random.several(20, () => random.below(256))),
    () => new Date(random.next() < 0.2 ? NaN : random.below(2 ** 31) * 1000),
  ];
  const nested: (() => unknown)[] = [
    () => random.several(5, () => (random.next() < 0.05 ? undefined : randomValue(random, depth + 1))),
    () => randomObject(random, depth + 1),
    () =>
      new Map(
        random.several(4, () => [randomValue(random, depth + 1), randomValue(random, depth + 1)] as const),
      ),
    () => new Set(random.several(4, () => randomValue(random, depth + 1))),
  ];
  return random.pick(depth < 5 && random.next() < 0.4 ? nested : simple)();
}

function randomObject(random: Random, depth: number): Values {
  return objectOf(
    random.several(6, () => [
      randomText(random),
      random.next() < 0.05 ? undefined : randomValue(random, depth + 1),
    ]),
  );
}

function randomText(random: Random): string {
  const pieces = [
    'a', 'name', '漢', '🍵', '\0', '\ud83d', '\ude00', '"', '\\', '\\u0000', '\\ud800', 'u0000', '\n', '\t', '\u2028',
    '$audit', '__proto__', 'value', 'toJSON', 'constructor', 'bigint', '{"$audit":"bigint"}', '7',
  ]; // prettier-ignore
  return random.several(3, () => random.pick(pieces)).join('');
}

/** An assignment would take `__proto__` for something else. */
function objectOf(entries: [string, unknown][]): Values {
  return Object.fromEntries(entries);
}
