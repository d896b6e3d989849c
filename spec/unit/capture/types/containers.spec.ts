import { expect } from 'chai';
import fc from 'fast-check';
import { DataTypes } from 'sequelize';

import { UNKNOWN } from '../../../../lib/capture/types/value-type';
import { valueTypeOf } from '../../../../lib/capture/types/value-type-of';

describe('Value types of JSON', () => {
  it('have what is left after it was stored', () => {
    const type = valueTypeOf(new DataTypes.JSON(), 'postgres');

    expect(type.fromInstance({ d: new Date(0), u: undefined, n: NaN, l: [undefined] })).to.deep.equal({
      d: '1970-01-01T00:00:00.000Z',
      n: null,
      l: [null],
    });
    expect(['abc', '5', 5, true].map(type.fromInstance)).to.deep.equal(['abc', '5', 5, true]);
    expect([() => 1, 1n].map(type.fromInstance)).to.deep.equal([UNKNOWN, UNKNOWN]);
    const given = { a: [1] };
    expect(type.fromInstance(given)).not.to.equal(given);
  });

  it('read text, numbers that SQLite made of it, and what is parsed already', () => {
    const type = valueTypeOf(new DataTypes.JSON(), 'sqlite');

    expect(['"abc"', '5', 5, '{"a":1}', 'null', '{', { a: 1 }].map(type.fromDatabase)).to.deep.equal([
      'abc', 5, 5, { a: 1 }, null, '{', { a: 1 },
    ]); // prettier-ignore
  });

  it('are equal by their content', () => {
    const type = valueTypeOf(new DataTypes.JSONB(), 'postgres');

    expect(type.equal({ a: 1, b: [2] }, { b: [2], a: 1 })).to.equal(true);
    expect(type.equal({ a: 1 }, { a: '1' })).to.equal(false);
    expect(type.equal([1, 2], [2, 1])).to.equal(false);
  });

  it('read HSTORE as PostgreSQL writes it', () => {
    const type = valueTypeOf(new DataTypes.HSTORE(), 'postgres');

    expect(type.fromDatabase('"a"=>"1", "b"=>NULL, "c \\""=>"NULL", "d"=>"\\\\, \\"x\\"=>\\"y\\"", ""=>""')).to.deep.equal({
      a: '1', b: null, 'c "': 'NULL', d: '\\, "x"=>"y"', '': '',
    }); // prettier-ignore
    expect(type.fromInstance({ a: 1, b: null, c: true })).to.deep.equal({ a: '1', b: null, c: 'true' });
    expect([{ a: "it's" }, { 'b\\': '' }, { c: {} }, 'a=>1', [1]].map(type.fromInstance)).to.deep.equal(
      Array(5).fill(UNKNOWN),
    );
  });
});

describe('Value types of arrays', () => {
  it('have elements in their own form', () => {
    const type = valueTypeOf(new DataTypes.ARRAY(new DataTypes.DECIMAL(10, 2) as never), 'postgres');

    expect(type.fromInstance([1.1, '2', null])).to.deep.equal(['1.10', '2.00', null]);
    expect(type.fromDatabase('{1.10,2.00,NULL}')).to.deep.equal(['1.10', '2.00', null]);
    expect(type.equal(['1.10', null], ['1.1', null])).to.equal(true);
    expect(type.equal(['1'], ['1', '2'])).to.equal(false);
    expect([['1.005'], [undefined], '{1}'].map(type.fromInstance)).to.deep.equal(Array(3).fill(UNKNOWN));
  });

  it('read arrays of any dimensions, which are no part of the type', () => {
    const flat = valueTypeOf(new DataTypes.ARRAY(DataTypes.INTEGER), 'postgres');
    const deep = valueTypeOf(new DataTypes.ARRAY(DataTypes.ARRAY(DataTypes.INTEGER) as never), 'postgres');

    for (const type of [flat, deep]) {
      expect(type.fromDatabase('{{1,2},{3,NULL}}')).to.deep.equal([[1, 2], [3, null]]); // prettier-ignore
      expect(type.fromDatabase('[0:1]={1,2}')).to.deep.equal([1, 2]);
      expect(type.fromDatabase('{}')).to.deep.equal([]);
      expect(type.equal([[1, 2]], [[1, 2]])).to.equal(true);
      expect(type.equal([[1, 2]], [[1, 3]])).to.equal(false);
    }
    expect(deep.fromInstance([[1], [2]])).to.deep.equal([[1], [2]]);
    expect(deep.fromInstance([[]])).to.equal(UNKNOWN);
  });

  it('read any text in them', () => {
    const type = valueTypeOf(new DataTypes.ARRAY(DataTypes.TEXT), 'postgres');
    const quote = (text: string): string => `"${text.replace(/(["\\])/g, '\\$1')}"`;
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        expect(type.fromDatabase(`{${texts.map(quote).join(',')}}`)).to.deep.equal(texts);
      }),
    );
    expect(type.fromDatabase('{a b,"NULL",NULL,"{x}"}')).to.deep.equal(['a b', 'NULL', null, '{x}']);
  });

  it('read JSON and bytes in them, and do not foresee how bytes are bound', () => {
    const json = valueTypeOf(new DataTypes.ARRAY(DataTypes.JSONB), 'postgres');
    const bytes = valueTypeOf(new DataTypes.ARRAY(DataTypes.BLOB), 'postgres');

    expect(json.fromDatabase('{"{\\"a\\": [1]}","\\"x\\"","[1]"}')).to.deep.equal([{ a: [1] }, 'x', [1]]);
    expect(bytes.fromDatabase('{"\\\\x6162"}')).to.deep.equal([Buffer.from('ab')]);
    expect(bytes.fromInstance([Buffer.from('ab')])).to.equal(UNKNOWN);
  });
});

describe('Value types of ranges', () => {
  const range = (of: object) => valueTypeOf(new DataTypes.RANGE(of as never), 'postgres');
  const bounds = (lower: unknown, from: boolean, upper: unknown, to: boolean) => [
    { value: lower, inclusive: from },
    { value: upper, inclusive: to },
  ];

  it('have bounds in the form of their type', () => {
    expect(range(new DataTypes.DATE()).fromDatabase('["1970-01-01 00:00:00+00",infinity]')).to.deep.equal(
      bounds('1970-01-01T00:00:00.000Z', true, 'infinity', true),
    );
    expect(range(new DataTypes.INTEGER()).fromDatabase('[1,10)')).to.deep.equal(bounds(1, true, 10, false));
    expect(range(new DataTypes.BIGINT()).fromDatabase('(,10)')).to.deep.equal(
      bounds(null, false, '10', false),
    );
    expect(range(new DataTypes.DECIMAL()).fromDatabase('(1.50,)')).to.deep.equal(
      bounds('1.50', false, null, false),
    );
    expect(range(new DataTypes.INTEGER()).fromDatabase('empty')).to.deep.equal([]);
  });

  it('know ranges that PostgreSQL keeps as they are', () => {
    const integers = range(new DataTypes.INTEGER());
    const decimals = range(new DataTypes.DECIMAL());

    expect(integers.fromInstance([1, 10])).to.deep.equal(bounds(1, true, 10, false));
    expect(integers.fromInstance([null, { value: 5, inclusive: false }])).to.deep.equal(
      bounds(null, false, 5, false),
    );
    expect(integers.fromInstance([])).to.deep.equal([]);
    expect(decimals.fromInstance(bounds('1.5', false, 2, true))).to.deep.equal(
      bounds('1.5', false, '2', true),
    );
    expect(range(new DataTypes.DATE()).fromInstance([new Date(0), Infinity])).to.deep.equal(
      bounds('1970-01-01T00:00:00.000Z', true, 'infinity', false),
    );
  });

  it('do not foresee what it makes of others', () => {
    const integers = range(new DataTypes.INTEGER());
    const others = [
      bounds(1, true, 9, true),
      bounds(1, false, 9, false),
      [5, 5],
      [7, 3],
      [1.5, 3],
      [1],
      '[1,2)',
      [undefined, 1],
    ];

    expect(others.map(integers.fromInstance)).to.deep.equal(Array(others.length).fill(UNKNOWN));
    expect(range(new DataTypes.DECIMAL()).fromInstance(['1', '1.0'])).to.equal(UNKNOWN);
  });

  it('are equal if their bounds are', () => {
    const decimals = range(new DataTypes.DECIMAL());

    expect(decimals.equal(bounds('1.0', true, null, false), bounds('1', true, null, false))).to.equal(true);
    expect(decimals.equal(bounds('1', true, '2', true), bounds('1', true, '2', false))).to.equal(false);
    expect(decimals.equal([], bounds('1', true, '2', false))).to.equal(false);
  });
});

describe('Value types of places', () => {
  it('have GeoJSON of two dimensions, and nothing but it', () => {
    const type = valueTypeOf(new DataTypes.GEOMETRY(), 'mysql');
    const point = { type: 'Point', coordinates: [1, -0], crs: { type: 'name' }, bbox: [1] };

    expect(type.fromInstance(point)).to.deep.equal({ type: 'Point', coordinates: [1, 0] });
    expect(type.fromInstance({ type: 'GeometryCollection', geometries: [point] })).to.deep.equal({
      type: 'GeometryCollection',
      geometries: [{ type: 'Point', coordinates: [1, 0] }],
    });
    const others = [
      { type: 'Point', coordinates: [1, 2, 3] },
      { type: 'Point', coordinates: [] },
      { type: 'Feature' },
      'POINT(1 2)',
    ];
    expect(others.map(type.fromInstance)).to.deep.equal(Array(4).fill(UNKNOWN));
    expect(
      type.equal({ type: 'Point', coordinates: [1, 2] }, { coordinates: [1, 2], type: 'Point' }),
    ).to.equal(true);
  });

  it('leave it to PostGIS which reference system they are in', () => {
    const type = valueTypeOf(new DataTypes.GEOMETRY(), 'postgres');

    expect(type.fromInstance({ type: 'Point', coordinates: [1, 2] })).to.equal(UNKNOWN);
  });
});
