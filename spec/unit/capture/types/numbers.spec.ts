import { expect } from 'chai';
import fc from 'fast-check';
import { DataTypes } from 'sequelize';

import { UNKNOWN } from '../../../../lib/capture/types/value-type';
import type { Dialect } from '../../../../lib/capture/types/value-type';
import { valueTypeOf } from '../../../../lib/capture/types/value-type-of';

const DIALECTS = ['postgres', 'mysql', 'sqlite'] as const;

describe('Value types of numbers', () => {
  it('have integers as numbers, wherever they come from', () => {
    for (const dialect of DIALECTS) {
      const type = valueTypeOf(new DataTypes.INTEGER(), dialect);

      expect([5, '42', '-007', 12n, -0].map(type.fromInstance)).to.deep.equal([5, 42, -7, 12, 0]);
      expect([5, '42'].map(type.fromDatabase)).to.deep.equal([5, 42]);
      expect([1.5, '1.5', true, '', 2 ** 53].map(type.fromInstance)).to.deep.equal(Array(5).fill(UNKNOWN));
    }
  });

  it('have BIGINT as digits, exactly', () => {
    for (const dialect of DIALECTS) {
      const type = valueTypeOf(new DataTypes.BIGINT(), dialect);
      fc.assert(
        fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
          expect(type.fromInstance(value)).to.equal(value.toString());
          expect(type.fromInstance(value.toString())).to.equal(value.toString());
          expect(type.fromDatabase(value)).to.equal(value.toString());
          expect(type.fromDatabase(value.toString())).to.equal(value.toString());
        }),
      );
      expect(type.fromDatabase(9007199254740991)).to.equal('9007199254740991');
      expect(['0042', '-0'].map(type.fromInstance)).to.deep.equal(['42', '0']);
      expect(type.fromInstance(2 ** 60)).to.equal(UNKNOWN);
      expect(type.equal('42', 42)).to.equal(true);
      expect(type.equal('9007199254740993', '9007199254740992')).to.equal(false);
    }
    expect(valueTypeOf(new DataTypes.BIGINT(), 'sqlite').fromInstance('9223372036854775808')).to.equal(
      UNKNOWN,
    );
    expect(valueTypeOf(new DataTypes.BIGINT(), 'mysql').fromInstance('18446744073709551615')).to.equal(
      '18446744073709551615',
    );
  });

  it('have single precision where the database has it, as its shortest digits', () => {
    const widths: [object, Dialect, boolean][] = [
      [new DataTypes.FLOAT(), 'postgres', false],
      [new DataTypes.FLOAT(24), 'postgres', true],
      [new DataTypes.FLOAT(25), 'postgres', false],
      [new DataTypes.REAL(), 'postgres', true],
      [new DataTypes.FLOAT(), 'mysql', true],
      [new DataTypes.FLOAT(53), 'mysql', false],
      [new DataTypes.REAL(), 'mysql', false],
      [new DataTypes.DOUBLE(), 'mysql', false],
      [new DataTypes.REAL(), 'sqlite', false],
    ];
    for (const [of, dialect, isSingle] of widths) {
      const type = valueTypeOf(of, dialect);

      expect(type.fromInstance(1 / 3)).to.equal(isSingle ? UNKNOWN : 1 / 3);
      expect([0.1, 1.5, -0, 16777216].map(type.fromInstance)).to.deep.equal([0.1, 1.5, 0, 16777216]);
      if (isSingle) expect(type.fromDatabase(0.10000000149011612)).to.equal(0.1);
    }
  });

  it('give a single-precision number the same digits, however it is written', () => {
    const type = valueTypeOf(new DataTypes.REAL(), 'postgres');
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const form = type.fromDatabase(value) as number;
        expect(Math.fround(form)).to.equal(value + 0);
        expect(type.fromInstance(value)).to.equal(form);
        expect(type.fromInstance(form)).to.equal(form);
        expect(type.fromDatabase(String(form))).to.equal(form);
      }),
    );
  });

  it('have NaN and the infinities where the database has them', () => {
    for (const dialect of DIALECTS) {
      const type = valueTypeOf(new DataTypes.DOUBLE(), dialect);
      const [nan, infinite] = [NaN, -Infinity].map(type.fromInstance);

      expect([nan, infinite]).to.deep.equal(dialect === 'mysql' ? [UNKNOWN, UNKNOWN] : [NaN, -Infinity]);
      expect(['NaN', '-Infinity'].map(type.fromDatabase)).to.deep.equal([NaN, -Infinity]);
      expect(type.equal(NaN, NaN)).to.equal(true);
      expect(type.equal(NaN, 0)).to.equal(false);
    }
  });

  it('do not foresee how MySQL rounds to declared decimals', () => {
    const type = valueTypeOf(new DataTypes.DOUBLE(10, 2), 'mysql');

    expect([3, 0.125].map(type.fromInstance)).to.deep.equal([3, UNKNOWN]);
  });
});

describe('Value types of decimals', () => {
  it('have exactly the declared digits behind the point', () => {
    for (const dialect of ['postgres', 'mysql'] as const) {
      const type = valueTypeOf(new DataTypes.DECIMAL(10, 2), dialect);
      const given = [1.1, '1.1', '1.10', 5, '007.5', '-0.00', -0, 1n, { toString: () => '2.5' }];

      expect(given.map(type.fromInstance)).to.deep.equal([
        '1.10', '1.10', '1.10', '5.00', '7.50', '0.00', '0.00', '1.00', '2.50',
      ]); // prettier-ignore
      expect(['1.005', 0.1 + 0.2, '1e3', NaN, '', ' 1'].map(type.fromInstance)).to.deep.equal(
        Array(6).fill(UNKNOWN),
      );
    }
  });

  it('have the digits that were given where none are declared, or none at all', () => {
    const [postgres, mysql] = (['postgres', 'mysql'] as const).map((dialect) =>
      valueTypeOf(new DataTypes.DECIMAL(), dialect),
    );

    expect(['1.10', 1e21, 1e-7, 12.5].map((value) => postgres?.fromInstance(value))).to.deep.equal([
      '1.10', '1000000000000000000000', '0.0000001', '12.5',
    ]); // prettier-ignore
    expect(['1.10', '3'].map((value) => mysql?.fromInstance(value))).to.deep.equal([UNKNOWN, '3']);
    expect(valueTypeOf({ key: 'DECIMAL', _scale: 2 }, 'mysql').fromInstance('1.5')).to.equal(UNKNOWN);
  });

  it('have what SQLite can hold, with the declared digits at least', () => {
    const type = valueTypeOf(new DataTypes.DECIMAL(10, 2), 'sqlite');

    expect([1.1, '1.234', 5, '5.000', '9223372036854775807'].map(type.fromInstance)).to.deep.equal([
      '1.10', '1.234', '5.00', '5.00', '9223372036854775807.00',
    ]); // prettier-ignore
    expect(['12345678901234567.5', '9223372036854775808', 2 ** 53].map(type.fromInstance)).to.deep.equal(
      Array(3).fill(UNKNOWN),
    );
    expect([1.1, '9007199254740993', 1e-7].map(type.fromDatabase)).to.deep.equal([
      '1.10', '9007199254740993.00', '0.0000001',
    ]); // prettier-ignore
  });

  it('write a number out without an exponent', () => {
    const type = valueTypeOf(new DataTypes.DECIMAL(), 'postgres');
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const form = type.fromInstance(value) as string;
        expect(form).to.match(/^-?\d+(\.\d+)?$/);
        expect(Number(form)).to.equal(value + 0);
      }),
    );
  });

  it('are equal if they are of equal worth', () => {
    const type = valueTypeOf(new DataTypes.DECIMAL(), 'postgres');

    expect(type.equal('1.10', 1.1)).to.equal(true);
    expect(type.equal('1.10', '1.1')).to.equal(true);
    expect(type.equal('-0.0', '0')).to.equal(true);
    expect(type.equal('100', '1')).to.equal(false);
    expect(type.equal('12345678901234567890.1', '12345678901234567890.2')).to.equal(false);
    expect(type.equal('NaN', 'NaN')).to.equal(true);
  });
});

describe('Value types of truth', () => {
  it('have true and false, whatever stands for them', () => {
    for (const dialect of DIALECTS) {
      const type = valueTypeOf(new DataTypes.BOOLEAN(), dialect);

      expect([1, '1', 't', 'true', true, Buffer.from([1])].map(type.fromDatabase)).to.deep.equal(
        Array(6).fill(true),
      );
      expect([0, '0', 'f', 'false', false, Buffer.from([0])].map(type.fromDatabase)).to.deep.equal(
        Array(6).fill(false),
      );
      expect([true, 0, 'true', 2, 'yes'].map(type.fromInstance)).to.deep.equal([
        true,
        false,
        true,
        UNKNOWN,
        UNKNOWN,
      ]);
      expect(type.fromDatabase(2)).to.equal(2);
    }
  });
});
