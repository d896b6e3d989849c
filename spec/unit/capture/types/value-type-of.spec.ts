import { expect } from 'chai';
import { DataTypes, Sequelize } from 'sequelize';

import { UNKNOWN } from '../../../../lib/capture/types/value-type';
import { valueTypeOf } from '../../../../lib/capture/types/value-type-of';

const DIALECTS = ['postgres', 'mysql', 'sqlite'] as const;
/** Everything that Sequelize has of types, each as a model would hold it, and what it does not have. */
const TYPES: readonly unknown[] = [
  ...Object.keys(DataTypes)
    .filter((name) => /^[A-Z]+$/.test(name) && name !== 'ABSTRACT')
    .map((key) => ({ key })),
  new DataTypes.DECIMAL(10, 2),
  new DataTypes.ARRAY(DataTypes.INTEGER),
  new DataTypes.RANGE(DataTypes.DATE),
  DataTypes.STRING,
  'TIMESTAMP',
  undefined,
  null,
  {},
];

describe('The value type of an attribute', () => {
  for (const dialect of DIALECTS) {
    const types = TYPES.map((type) => valueTypeOf(type, dialect));

    it(`leaves alone what is null or not there, on ${dialect}`, () => {
      for (const type of types) {
        expect([type.fromInstance(null), type.fromDatabase(null)]).to.deep.equal([null, null]);
        expect([type.fromInstance(undefined), type.fromDatabase(undefined)]).to.deep.equal([
          undefined,
          undefined,
        ]);
        expect(type.equal(null, null)).to.equal(true);
        expect(type.equal(null, type.fromInstance(0))).to.equal(false);
        expect(type.equal('', null)).to.equal(false);
        expect(type.equal(undefined, null)).to.equal(false);
      }
    });

    it(`knows no value of an SQL expression, on ${dialect}`, () => {
      const expressions = [
        Sequelize.literal('1'),
        Sequelize.fn('now'),
        Sequelize.col('a'),
        Sequelize.cast('1', 'int'),
        Sequelize.where(Sequelize.col('a'), 1 as never),
        Sequelize.json('a.b'),
      ];
      for (const type of types) {
        expect(new Set(expressions.map((expression) => type.fromInstance(expression)))).to.deep.equal(
          new Set([UNKNOWN]),
        );
      }
    });

    it(`never throws, on ${dialect}`, () => {
      const hostile = new Proxy({}, { get: () => expect.fail('read'), ownKeys: () => expect.fail('listed') });
      const circle: unknown[] = [];
      circle.push(circle);
      const values = [
        hostile,
        circle,
        Object.create(null),
        Symbol('s'),
        () => 1,
        1n,
        NaN,
        '{',
        '"',
        [hostile],
        new Date(NaN),
      ];
      for (const type of types) {
        for (const value of values) {
          type.fromInstance(value);
          type.fromDatabase(value);
          type.equal(value, 'x');
          type.equal('x', value);
        }
      }
    });
  }

  it('says of no two unknown values that they are the same', () => {
    for (const type of TYPES.map((one) => valueTypeOf(one, 'postgres'))) {
      expect(type.equal(UNKNOWN, UNKNOWN)).to.equal(false);
    }
  });

  it('takes values of types that it does not know as they are, and compares what is in them', () => {
    const type = valueTypeOf('POINT', 'postgres');
    const value = { x: 1, y: 2 };

    expect(type.read('"p"')).to.equal('"p"');
    expect(type.fromInstance(value)).to.equal(value);
    expect(type.fromDatabase(value)).to.equal(value);
    expect(type.equal(value, { y: 2, x: 1 })).to.equal(true);
    expect(type.equal(value, { x: 1 })).to.equal(false);
  });

  it('tells types by their name, not by their class', () => {
    const foreign = { key: 'DECIMAL', _precision: 10, _scale: 2 };

    expect(valueTypeOf(foreign, 'postgres').fromInstance(1)).to.equal('1.00');
  });
});
