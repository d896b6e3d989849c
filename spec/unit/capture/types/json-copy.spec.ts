import { isDeepStrictEqual } from 'node:util';

import { expect } from 'chai';
import fc from 'fast-check';

import { jsonCopy } from '../../../../lib/capture/types/json-copy';

describe('A copy of JSON', () => {
  const roundTrip = (value: unknown): unknown => {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? undefined : JSON.parse(text);
  };

  it('is what JSON makes of any value', () => {
    const anything = fc.anything({
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        expect(isDeepStrictEqual(jsonCopy(value), roundTrip(value))).to.equal(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is what JSON makes of values that are not what they seem', () => {
    const withToJson = Object.assign([1], { toJSON: () => 'own' });
    const strange: unknown[] = [
      JSON.parse('{"__proto__":{"a":1},"b":2}'),
      withToJson,
      { toJSON: () => ({ other: 1 }) },
      { toJSON: 5 },
      { when: new Date(0), nested: [{ deep: new Date(1) }] },
      [undefined, () => 1, NaN, -0],
      { f: () => 1, s: Symbol('s'), u: undefined },
      new (class Money {
        amount = 1;
      })(),
      Buffer.from('a'),
    ];

    for (const value of strange) {
      expect(isDeepStrictEqual(jsonCopy(value), roundTrip(value)), String(value)).to.equal(true);
    }
  });

  it('shares nothing with what it was made of', () => {
    const value = { list: [{ a: 1 }] };
    const copy = jsonCopy(value) as typeof value;
    value.list[0]!.a = 2;

    expect(copy).to.deep.equal({ list: [{ a: 1 }] });
  });

  it('cannot be made where JSON cannot', () => {
    const circle: unknown[] = [];
    circle.push({ circle });

    expect(() => jsonCopy({ n: 1n })).to.throw(TypeError);
    expect(() => jsonCopy(circle)).to.throw();
  });
});
