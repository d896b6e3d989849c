import { expect } from 'chai';
import { DataTypes, literal } from 'sequelize';
import type { ModelAttributes, Sequelize } from 'sequelize';

import { onEveryDatabase } from '../../support/stage';
import { alike, fourTexts, textTwins, twins } from '../../support/twins';
import type { Twin } from '../../support/twins';
import type { DatabaseName } from '../../support/world';

/** What JavaScript, or a driver, does not read to the last digit. */
const KEYS: Record<string, { type: () => ModelAttributes[string]; values: readonly string[]; on?: DatabaseName[] }> = {
  at: { type: () => DataTypes.DATE(6), values: ["'2024-01-01 00:00:00.123456'", "'2024-01-01 00:00:00.123457'"] },
  single: { type: () => DataTypes.FLOAT, values: ['0.1', '0.3'] },
  wide: { type: () => DataTypes.BIGINT, values: ['9007199254740993', '9007199254740995'] },
  large: { type: () => DataTypes.INTEGER, values: ['9007199254740993', '9007199254740995'], on: ['sqlite'] },
  money: { type: () => DataTypes.STRING(40), values: ["'a$1'", "'$$b'"] },
}; // prettier-ignore

const odd = (sequelize: Sequelize): Record<string, Twin> =>
  Object.assign(
    {},
    ...Object.entries(KEYS).map(([name, { type }]) =>
      twins(sequelize, name, () => ({
        part: { type: DataTypes.INTEGER, primaryKey: true },
        key: { type: type() as typeof DataTypes.STRING, primaryKey: true, allowNull: true },
        count: DataTypes.INTEGER,
      })),
    ),
  ) as Record<string, Twin>;

onEveryDatabase('Tables with keys that are read with care', odd, (stage) => {
  for (const [name, { values, on }] of Object.entries(KEYS)) {
    if (on && !on.includes(stage.database)) continue;

    const filled = async (model: Twin): Promise<void> => {
      const q = (text: string): string => stage.sequelize.getQueryInterface().quoteIdentifier(text);
      const rows = values.map((value, index) => `(7, ${value}, ${index})`).join(', ');
      await stage.sequelize.query(
        `INSERT INTO ${model.tableName} (${q('part')}, ${q('key')}, ${q('count')}) VALUES ${rows}`,
      );
    };

    it(`are updated and deleted as without audit: ${name}`, async () => {
      await alike(stage, name, async (model) => {
        await filled(model);
        return [
          await model.update({ count: 5 }, { where: { part: 7 } }),
          await model.update({ count: literal('part + 2') }, { where: { count: 5 } }),
          await model.update({ count: 1 }, { where: { part: 8 } }),
          await model.destroy({ where: { part: 8 } }),
          await model.destroy({ where: { part: 7 } }),
        ];
      });
      const audits = await stage.world.stored();
      expect(audits.map(({ event }) => event).sort()).to.deep.equal(
        ['deleted', 'deleted', 'updated', 'updated', 'updated', 'updated'],
      ); // prettier-ignore
    });
  }
});

const loose = (sequelize: Sequelize): Record<string, Twin> => ({
  ...twins(sequelize, 'loose', () => ({
    part: { type: DataTypes.INTEGER, primaryKey: true },
    name: DataTypes.STRING,
    count: DataTypes.INTEGER,
  })),
  ...twins(sequelize, 'rowid', () => ({
    id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 },
    rowid: DataTypes.STRING,
    count: DataTypes.INTEGER,
  })),
});

/** The database knows of no key. */
async function withoutKey(sequelize: Sequelize): Promise<void> {
  for (const kind of ['audited', 'plain']) {
    await sequelize.query(`CREATE TABLE ${kind}_loose (part INTEGER, name VARCHAR(255), count INTEGER)`);
  }
}

onEveryDatabase(
  'Tables that are not what they seem',
  loose,
  (stage) => {
    // Its records cannot be told apart; but the rows are those that the statement is about.
    it('a key that is not unique in the table', async () => {
      await alike(stage, 'loose', async (model) => {
        await model.bulkCreate(['a', 'b', 'c'].map((name) => ({ part: 1, name, count: 0 })));
        return [
          await model.update({ count: 5 }, { where: { name: 'a' } }),
          await model.increment({ count: 2 }, { where: { name: 'b' } }),
          await model.destroy({ where: { name: 'c' } }),
        ];
      });
    });

    it('a column that is named as the inner key of SQLite', async () => {
      await alike(stage, 'rowid', async (model) => {
        const id = (digit: number): string => `00000000-0000-4000-8000-00000000000${digit}`;
        await model.bulkCreate([1, 2, 3].map((count) => ({ id: id(count), rowid: 'x', count })));
        return model.destroy({ where: { count: 1 } });
      });
      await stage.check({ created: 3, deleted: 1 });
    });
  },
  { prepare: withoutKey },
);

const EVENTS = ['update', 'delete'] as const;

/** Statements that make triggers, by dialect: a row named A stays as it is. */
const KEEPING: Record<string, ((table: string) => string[]) | undefined> = {
  postgres: (table) => [
    'CREATE OR REPLACE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $keep$ BEGIN RETURN NULL; END $keep$',
    ...EVENTS.map((event) => `CREATE TRIGGER keep_${table}_${event} BEFORE ${event} ON ${table} FOR EACH ROW WHEN (OLD.name = 'A') EXECUTE FUNCTION keep()`),
  ],
  sqlite: (table) =>
    EVENTS.map((event) => `CREATE TRIGGER keep_${table}_${event} BEFORE ${event} ON ${table} WHEN OLD.name = 'A' BEGIN SELECT RAISE(IGNORE); END`),
}; // prettier-ignore

const writeAll = async (model: Twin): Promise<unknown[]> => {
  await fourTexts(model);
  return [
    await model.update({ count: 7 }, { where: {} }),
    await model.increment({ count: 1 }, { where: {} }),
    await model.destroy({ where: {} }),
  ];
};

onEveryDatabase('Tables with triggers', textTwins, (stage) => {
  it('a trigger that keeps a row as it is', async function () {
    // MySQL's and MariaDB's cannot.
    const create = KEEPING[stage.sequelize.getDialect()];
    if (!create) return;
    for (const kind of ['audited', 'plain']) {
      for (const text of create(`${kind}_text`)) await stage.sequelize.query(text);
    }
    try {
      await alike(stage, 'text', writeAll);
      await stage.check({ created: 4, updated: 6, deleted: 3 });
    } finally {
      for (const kind of ['audited', 'plain']) {
        const on = stage.database === 'postgres' ? ` ON ${kind}_text` : '';
        for (const event of EVENTS)
          await stage.sequelize.query(`DROP TRIGGER keep_${kind}_text_${event}${on}`);
      }
    }
  });

  it('a trigger that keeps all rows as they are runs as often as without audit', async () => {
    if (stage.database !== 'postgres') return;
    const { sequelize } = stage;
    const tables = ['audited_text', 'plain_text'];
    await sequelize.query('CREATE TABLE attempts (id serial PRIMARY KEY, tab text, operation text)');
    await sequelize.query(
      'CREATE FUNCTION attempt() RETURNS trigger LANGUAGE plpgsql AS $attempt$ BEGIN ' +
        'INSERT INTO attempts (tab, operation) VALUES (TG_TABLE_NAME, TG_OP); RETURN NULL; END $attempt$',
    );
    for (const table of tables)
      await sequelize.query(
        `CREATE TRIGGER attempt BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION attempt()`,
      );
    const attempts = async (table: string): Promise<unknown[]> =>
      sequelize.query(`SELECT operation FROM attempts WHERE tab = '${table}' ORDER BY id`, {
        type: 'SELECT',
      } as never);
    try {
      await alike(stage, 'text', writeAll);
      expect(await attempts('audited_text')).to.deep.equal(await attempts('plain_text'));
      await stage.check({ created: 4 });
    } finally {
      for (const table of tables) await sequelize.query(`DROP TRIGGER attempt ON ${table}`);
      await sequelize.query('DROP TABLE attempts; DROP FUNCTION attempt');
    }
  });
});
