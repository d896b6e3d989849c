import { isDeepStrictEqual } from 'node:util';

import { expect } from 'chai';
import { DataTypes, QueryTypes, Sequelize } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import { UNKNOWN } from '../../lib/capture/types/value-type';
import type { Dialect, ValueType } from '../../lib/capture/types/value-type';
import { valueTypeOf } from '../../lib/capture/types/value-type-of';
import { COLUMNS } from '../support/type-samples';
import type { Column } from '../support/type-samples';
import { DATABASES, newDatabase } from '../support/world';
import type { DatabaseName } from '../support/world';

/** A value that was written, what the instance held of it, and where it lies. */
interface Written {
  readonly id: number;
  readonly value: unknown;
  readonly isOrdinary: boolean;
  readonly before: unknown;
  readonly after: unknown;
}

for (const database of DATABASES) {
  describe(`Values by their type on ${database}`, () => {
    const dialect = dialectOf(database);
    const columns = COLUMNS.filter(({ on }) => !on || on.includes(dialect));
    let sequelize: Sequelize;
    let table: ModelStatic<Model>;
    let drop: () => Promise<void>;
    let ids = 0;

    before(async () => {
      ({ sequelize, drop } = await connect(database));
      const attributes = Object.fromEntries(columns.map(({ name, type }) => [name, { type }]));
      table = sequelize.define('Sample', { id: { type: DataTypes.INTEGER, primaryKey: true }, ...attributes }, { timestamps: false, tableName: 'samples' }); // prettier-ignore
      await table.sync();
    });

    after(async () => {
      await sequelize.close();
      await drop();
    });

    for (const column of columns) {
      describe(column.name, () => {
        let type: ValueType;
        let written: Written[];
        let held: Map<number, unknown>;

        before(async () => {
          type = valueTypeOf(table.rawAttributes[column.name]!.type, dialect);
          written = await writeAll(column);
          held = await read(column, written);
        });

        it('knows what becomes of ordinary values', () => {
          const { ordinary } = column;
          const unknown = ordinary.filter((value) => type.fromInstance(build(column, value)) === UNKNOWN);

          expect(unknown).to.deep.equal([]);
          expect(written.filter(({ isOrdinary }) => isOrdinary)).to.have.length(2 * ordinary.length);
        });

        it('takes no value for another than the database has', () => {
          const wrong = written.flatMap(({ id, value, before, after }) =>
            [before, after]
              .map((given) => ({ value, knew: type.fromInstance(given), holds: held.get(id) }))
              .filter(({ knew, holds }) => knew !== UNKNOWN && !isSame(type, knew, holds)),
          );

          expect(wrong).to.deep.equal([]);
        });

        it('has one form for what the database holds', () => {
          // SQLite also takes what is not of the type, and so that stays what it is.
          const readable = written.filter(({ isOrdinary }) => isOrdinary || dialect !== 'sqlite');
          const values = readable.map(({ id }) => held.get(id)).filter((value) => value !== null);

          expect(held.size).to.equal(written.length);
          expect(values.filter((value) => !column.form(value))).to.deep.equal([]);
        });

        it('reads the same, however the statement was sent', async () => {
          const others = [await read(column, written, 'bound')];
          if (dialect === 'postgres') others.push(await read(column, written, 'returned'));

          expect(others.filter((other) => !isDeepStrictEqual(other, held))).to.deep.equal([]);
        });
      });
    }

    async function writeAll(column: Column): Promise<Written[]> {
      const written: Written[] = [];
      for (const [index, value] of [...column.ordinary, ...column.odd].entries()) {
        for (const write of [create, createInBulk]) {
          const id = ++ids;
          const before = build(column, value);
          // What the database refuses is no value.
          const after = await write({ id, [column.name]: value }).catch(() => undefined);
          if (after)
            written.push({
              id,
              value,
              isOrdinary: index < column.ordinary.length,
              before,
              after: after.getDataValue(column.name as never),
            });
        }
      }
      return written;
    }

    /** Values go as parameters. */
    function create(values: object): Promise<Model> {
      return table.create(values as never);
    }

    /** Values are part of the statement. */
    async function createInBulk(values: object): Promise<Model | undefined> {
      const [instance] = await table.bulkCreate([values as never]);
      return instance;
    }

    function build(column: Column, value: unknown): unknown {
      return table.build({ [column.name]: value }).getDataValue(column.name as never);
    }

    /** What the database holds of a column, by the id of the row; as a statement of some kind gives it. */
    async function read(
      { name }: Column,
      written: readonly Written[],
      statement: 'plain' | 'bound' | 'returned' = 'plain',
    ): Promise<Map<number, unknown>> {
      const type = valueTypeOf(table.rawAttributes[name]!.type, dialect);
      const value = `id, ${type.read(`samples.${quoted(name)}`)} AS value`;
      const [first, last] = [written[0]?.id ?? 0, written.at(-1)?.id ?? 0];
      const where = statement === 'bound' ? 'id BETWEEN $1 AND $2' : `id BETWEEN ${first} AND ${last}`;
      const found = await sequelize.query<{ id: number; value: unknown }>(
        statement === 'returned'
          ? `UPDATE samples SET id = id WHERE ${where} RETURNING ${value}`
          : `SELECT ${value} FROM samples WHERE ${where}`,
        { type: QueryTypes.SELECT, raw: true, ...(statement === 'bound' && { bind: [first, last] }) },
      );
      return new Map(found.map((row) => [row.id, type.fromDatabase(row.value)]));
    }

    function quoted(name: string): string {
      return sequelize.getQueryInterface().quoteIdentifier(name);
    }
  });
}

describe('Dates by their type', () => {
  const instants = [
    '2026-11-24T03:44:38.000Z',
    '1972-07-01T00:00:00.000Z',
    // Skipped in Berlin, and then twice: 02:30 in summer and in winter time.
    '2026-03-29T00:59:59.000Z',
    '2026-03-29T01:00:00.000Z',
    '2026-10-25T00:30:00.000Z',
    '2026-10-25T01:30:00.000Z',
  ];

  for (const database of DATABASES.filter((name) => name !== 'sqlite')) {
    for (const timezone of ['Europe/Berlin', 'America/St_Johns', '-03:30', '+05:45', 'Etc/UTC']) {
      it(`are what ${database} has of them with the timezone ${timezone}`, async () => {
        const { sequelize, drop } = await connect(database, timezone);
        const table = sequelize.define('Sample', { at: DataTypes.DATE(6) }, { timestamps: false });
        await table.sync();
        const type = valueTypeOf(table.rawAttributes['at']!.type, dialectOf(database), timezone);
        const loaded: unknown[] = [];
        for (const at of instants) {
          const { id } = (await table.create({ at })).get() as { id: number };
          const again = await table.findByPk(id, { rejectOnEmpty: true });
          loaded.push(type.fromInstance(again.getDataValue('at' as never)));
        }
        const column = type.read(sequelize.getQueryInterface().quoteIdentifier('at'));
        const rows = await sequelize.query<{ value: unknown }>(
          `SELECT ${column} AS value FROM ${sequelize.getQueryInterface().quoteIdentifier('Samples')} ORDER BY id`,
          { type: QueryTypes.SELECT, raw: true },
        );
        const held = rows.map(({ value }) => type.fromDatabase(value));
        await sequelize.close();
        await drop();

        expect(instants.map((at) => type.fromInstance(new Date(at)))).to.deep.equal(held);
        expect(loaded).to.deep.equal(held);
        if (database === 'postgres' || timezone !== 'Europe/Berlin') expect(held).to.deep.equal(instants);
      });
    }
  }

  for (const database of DATABASES) {
    it(`keep their microseconds on ${database}`, async () => {
      const { sequelize, drop } = await connect(database);
      const table = sequelize.define('Sample', { at: DataTypes.DATE(6) }, { timestamps: false, tableName: 'samples' }); // prettier-ignore
      await table.sync();
      const type = valueTypeOf(table.rawAttributes['at']!.type, dialectOf(database));
      const texts = ['2026-11-24 03:44:38.000001', '2026-11-24 03:44:38.123456', '2026-11-24 03:44:38.12'];
      await sequelize.query(`INSERT INTO samples (at) VALUES ${texts.map((text) => `('${text}')`).join()}`);
      const rows = await sequelize.query<{ value: unknown }>(
        `SELECT ${type.read('at')} AS value FROM samples ORDER BY id`,
        { type: QueryTypes.SELECT, raw: true },
      );
      await sequelize.close();
      await drop();

      expect(rows.map(({ value }) => type.fromDatabase(value))).to.deep.equal([
        '2026-11-24T03:44:38.000001Z',
        '2026-11-24T03:44:38.123456Z',
        '2026-11-24T03:44:38.120Z',
      ]);
    });
  }
});

async function connect(
  database: DatabaseName,
  timezone = '+00:00',
): Promise<{ sequelize: Sequelize; drop: () => Promise<void> }> {
  const { options, drop } = await newDatabase(database);
  if (database === 'postgres') {
    const first = new Sequelize(options);
    await first.query('CREATE EXTENSION hstore; CREATE EXTENSION citext');
    await first.close();
  }
  return { sequelize: new Sequelize({ ...options, timezone }), drop };
}

function dialectOf(database: DatabaseName): Dialect {
  return database === 'mariadb' ? 'mysql' : database;
}

function isSame(type: ValueType, a: unknown, b: unknown): boolean {
  return type.equal(a, b) && isDeepStrictEqual(a, b);
}
