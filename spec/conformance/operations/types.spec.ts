import { expect } from 'chai';
import pg from 'pg';
import { DataTypes } from 'sequelize';
import type { DataType, Model, ModelStatic, Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';
import type { DatabaseName } from '../../support/world';

interface Sample {
  readonly type: DataType;
  /** Each different from the one before, for the database too. */
  readonly values: readonly unknown[];
  readonly databases?: readonly DatabaseName[];
}

const POSTGRES: readonly DatabaseName[] = ['postgres'];
const SERVERS: readonly DatabaseName[] = ['postgres', 'mysql', 'mariadb'];
const MARIADB: readonly DatabaseName[] = ['mysql', 'mariadb'];
const text = `O'Hara";\\ %_\t\n\r \u{1f375} é ß`;
const at = (iso: string): Date => new Date(iso);

/** Sequelize has it, and does not declare it. */
const BINARY_STRING = (DataTypes.STRING as unknown as { BINARY: DataType }).BINARY;

const SAMPLES: Record<string, Sample> = {
  integer: { type: DataTypes.INTEGER, values: [0, -2_147_483_648, 2_147_483_647, '42'] },
  smallint: { type: DataTypes.SMALLINT, values: [1, -32_768, 32_767] },
  tinyint: { type: DataTypes.TINYINT, values: [1, -128, 127], databases: [...MARIADB, 'sqlite'] },
  mediumint: { type: DataTypes.MEDIUMINT, values: [1, -8_388_608], databases: [...MARIADB, 'sqlite'] },
  bigint: { type: DataTypes.BIGINT, values: [1, '9007199254740993', '-9223372036854775808', 9_007_199_254_740_991, 7n] },
  unsigned: { type: DataTypes.BIGINT.UNSIGNED, values: ['18446744073709551615', '1'], databases: MARIADB },
  decimal: { type: DataTypes.DECIMAL(12, 4), values: ['1.1', '1.1001', 2.5, '-99999999.9999', 0] },
  wide: { type: DataTypes.DECIMAL(38, 10), values: ['1234567890123456789012345678.0123456789', '0.0000000001'], databases: SERVERS },
  bare: { type: DataTypes.DECIMAL, values: ['12', '13'] },
  float: { type: DataTypes.FLOAT, values: [0.5, -1.5, 16_777_216, 3.25] },
  // Sequelize reads FLOAT from MariaDB with six digits, so that an instance that was found knows no more: not the last.
  rounded: { type: DataTypes.FLOAT, values: [0.1, 1 / 3, 123_456.789, 0.7] },
  real: { type: DataTypes.REAL, values: [0.5, 0.1, 1e10] },
  double: { type: DataTypes.DOUBLE, values: [0.1, 1 / 3, 1e300, -0.000_000_123, 5e-324] },
  boolean: { type: DataTypes.BOOLEAN, values: [true, false] },
  string: { type: DataTypes.STRING, values: [text, '', ' padded ', '0', '2024-01-01', 'null'] },
  numeric: { type: DataTypes.STRING, values: ['1', 2, '02'] },
  longText: { type: DataTypes.TEXT, values: ['x'.repeat(40_000), text] },
  char: { type: DataTypes.CHAR(5), values: ['ab', 'abcde'] },
  citext: { type: DataTypes.TEXT, values: ['Ab', 'aB'] },
  uuid: { type: DataTypes.UUID, values: ['9f9b6c0e-7a0f-4a0e-8a50-1d8f4c0b1e2a', '00000000-0000-4000-8000-000000000000'] },
  enumeration: { type: DataTypes.ENUM('one', 'tw o', "thr'ee"), values: ['one', "thr'ee", 'tw o'] },
  date: { type: DataTypes.DATE, values: [at('2024-02-29T23:59:59.000Z'), at('1969-12-31T23:59:59.000Z'), '2030-01-01T00:00:00+02:00'] },
  milliseconds: { type: DataTypes.DATE, values: [at('2024-02-29T23:59:58.123Z'), at('2024-02-29T23:59:57.999Z'), at('2024-02-29T23:59:56.500Z')] },
  precise: { type: DataTypes.DATE(6), values: [at('2024-02-29T23:59:59.123Z'), '2024-02-29T23:59:58.123456Z'], databases: SERVERS },
  seconds: { type: DataTypes.DATE(0), values: [at('2024-02-29T23:59:58.123Z'), at('2024-02-29T23:59:56.723Z')], databases: SERVERS },
  day: { type: DataTypes.DATEONLY, values: ['2024-02-29', '1999-12-31', at('2020-06-15T12:00:00Z')] },
  time: { type: DataTypes.TIME, values: ['23:59:59', '00:00:00', '12:30:01'] },
  json: { type: DataTypes.JSON, values: [{ b: [1, null, { c: text }], a: 0.1 }, [], {}, [[1]], { a: at('2024-01-01T00:00:00Z') }] },
  scalar: { type: DataTypes.JSON, values: ['a string', 5, true, '5', { a: 1 }] },
  jsonb: { type: DataTypes.JSONB, values: [{ b: 1, a: [1] }, 'x', { a: null }], databases: POSTGRES },
  blob: { type: DataTypes.BLOB, values: [Buffer.from([0, 255, 39, 92]), Buffer.alloc(0), Buffer.from('text')] },
  longBlob: { type: DataTypes.BLOB('long'), values: [Buffer.alloc(200_000, 7), Buffer.from([1])] },
  bytes: { type: BINARY_STRING, values: [Buffer.from([0, 1, 254]), Buffer.from('b')], databases: POSTGRES },
  numbers: { type: DataTypes.ARRAY(DataTypes.INTEGER), values: [[1, 2], [], [3]], databases: POSTGRES },
  bigs: { type: DataTypes.ARRAY(DataTypes.BIGINT), values: [['9007199254740993'], ['-1', '2']], databases: POSTGRES },
  decimals: { type: DataTypes.ARRAY(DataTypes.DECIMAL(10, 2)), values: [['1.10', '2'], ['3.33']], databases: POSTGRES },
  texts: { type: DataTypes.ARRAY(DataTypes.TEXT), values: [['a', '', text], ['null', '{x}', '"']], databases: POSTGRES },
  dates: { type: DataTypes.ARRAY(DataTypes.DATE), values: [[at('2024-02-29T23:59:59.123Z')], []], databases: POSTGRES },
  range: { type: DataTypes.RANGE(DataTypes.INTEGER), values: [[1, 5], [{ value: 1, inclusive: false }, { value: 9, inclusive: true }], [], [null, 3]], databases: POSTGRES },
  times: { type: DataTypes.RANGE(DataTypes.DATE), values: [[at('2024-01-01T00:00:00Z'), at('2024-02-01T00:00:00.500Z')]], databases: POSTGRES },
  amounts: { type: DataTypes.RANGE(DataTypes.DECIMAL), values: [['1.5', '2.50']], databases: POSTGRES },
  inet: { type: DataTypes.INET, values: ['192.168.0.1', '2001:DB8::1'], databases: POSTGRES },
  cidr: { type: DataTypes.CIDR, values: ['10.0.0.0/8'], databases: POSTGRES },
  macaddr: { type: DataTypes.MACADDR, values: ['08:00:2B:01:02:03', '08:00:2b:01:02:04'], databases: POSTGRES },
  point: { type: DataTypes.GEOMETRY('POINT'), values: [{ type: 'Point', coordinates: [1.5, -2.25] }, { type: 'Point', coordinates: [0, 0] }], databases: MARIADB },
}; // prettier-ignore

const samplesOf = (database: DatabaseName): [string, Sample][] =>
  Object.entries(SAMPLES).filter(([, { databases }]) => databases?.includes(database) ?? true);

/** A model a type, so that each spec has a table of its own. */
const models = (sequelize: Sequelize): Record<string, ModelStatic<Model>> =>
  Object.fromEntries(
    samplesOf(sequelize.getDialect() as DatabaseName).map(([name, { type }]) => [
      name,
      withAudit(
        sequelize.define(
          `type_${name}`,
          { label: DataTypes.STRING, value: { type, field: 'the_value' } },
          { timestamps: false, freezeTableName: true },
        ),
      ),
    ]),
  );

onEveryDatabase('types', models, (stage) => {
  for (const [name, { values }] of samplesOf(stage.database)) {
    it(name, async () => {
      const model = stage.models[name]!;
      const [first, ...others] = values;
      const one = await model.create({ value: first });
      for (const value of others) await one.update({ value });
      await one.update({ value: first });
      await one.update({ value: null });

      const two = await model.create({ label: 'two' });
      for (const value of values) await model.update({ value }, { where: { label: 'two' } });
      await model.bulkCreate(values.map((value) => ({ label: 'more', value })));
      await model.update({ value: first }, { where: { label: 'more' } });
      await two.update({ label: '2' });

      const found = await model.findAll({ order: ['id'] });
      for (const instance of found.slice(0, 2)) await instance.destroy();
      await model.destroy({ where: {} });

      const count = values.length;
      // One of the rows, at least, holds the first value already.
      const audits = await stage.check('whatever');
      const events = audits.map(({ event }) => event);
      expect(events.filter((event) => event === 'created')).to.have.length(2 + count);
      expect(events.filter((event) => event === 'deleted')).to.have.length(2 + count);
      expect(events.filter((event) => event === 'updated')).to.have.length(
        (count > 1 ? count + 1 : 1) + count + (count - 1) + 1,
      );
    });
  }

  it('the same value in another form is no change', async () => {
    const same: Record<string, [unknown, unknown]> = {
      bigint: ['5', 5],
      decimal: ['1.10', 1.1],
      boolean: [true, 1],
      day: ['2024-02-29', new Date('2024-02-29T00:00:00Z')],
      date: [new Date('2024-02-29T23:59:59.000Z'), '2024-02-29T23:59:59Z'],
      json: [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    };
    for (const [name, [value, again]] of Object.entries(same)) {
      const model = stage.models[name]!;
      const instance = await model.create({ value });
      await instance.update({ value: again });
      await model.update({ value: again }, { where: {} });
    }
    await stage.check({ created: Object.keys(same).length });
  });

  it('exactly, also where the application has told the driver to make numbers of them', async () => {
    if (stage.database !== 'postgres') return;
    const BIGINT = 20;
    const parser = pg.types.getTypeParser(BIGINT) as (text: string) => unknown;
    pg.types.setTypeParser(BIGINT, Number);
    try {
      const model = stage.models['bigint']!;
      await model.bulkCreate(['9007199254740993', '9007199254740995'].map((value) => ({ value })));
      await model.update({ value: 1 }, { where: {} });
      await model.destroy({ where: {} });
    } finally {
      pg.types.setTypeParser(BIGINT, parser);
    }
    await stage.check({ created: 2, updated: 2, deleted: 2 });
  });
});
