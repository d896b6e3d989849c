import { expect } from 'chai';
import { col, DataTypes, fn, literal, Op, QueryTypes, where } from 'sequelize';
import type { Model, ModelAttributes, ModelStatic, Sequelize, WhereOptions } from 'sequelize';

import { withAudit } from '../../../lib';
import { outcomeOf } from '../../support/outcome';
import { onEveryDatabase } from '../../support/stage';
import type { Stage } from '../../support/stage';
import type { DatabaseName } from '../../support/world';

type Twin = ModelStatic<Model>;

/** Each table twice; the application must not be able to tell which of the two is audited. */
function twins(sequelize: Sequelize, name: string, attributes: () => ModelAttributes): Record<string, Twin> {
  const define = (kind: string): Twin =>
    sequelize.define(`${kind}_${name}`, attributes(), { tableName: `${kind}_${name}`, timestamps: false });
  return { [`audited_${name}`]: withAudit(define('audited')), [`plain_${name}`]: define('plain') };
}

/** Does the same with both, and compares what comes of it, the tables too. */
async function alike(
  stage: Stage<Record<string, Twin>>,
  name: string,
  work: (model: Twin) => Promise<unknown>,
): Promise<void> {
  const done = async (model: Twin): Promise<unknown> => [
    await outcomeOf(() => work(model)),
    await stage.sequelize.query(`SELECT * FROM ${model.tableName} ORDER BY 1, 2, 3`, {
      type: QueryTypes.SELECT,
    }),
  ];
  const { [`audited_${name}`]: audited, [`plain_${name}`]: plain } = stage.models;
  const found = await done(audited!);
  expect(found).to.deep.equal(await done(plain!));
  expect(found).to.have.nested.property('[0].returned');
}

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
  ...twins(sequelize, 'text', () => ({
    id: { type: DataTypes.INTEGER, primaryKey: true },
    name: DataTypes.STRING,
    count: DataTypes.INTEGER,
    parent: DataTypes.INTEGER,
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

    const given = (model: Twin): Promise<Model[]> =>
      model.bulkCreate(
        ['$$x', '$x', '$5', 'A'].map((name, index) => ({ id: index + 1, name, count: index })),
      );

    const CONDITIONS: Record<string, (model: Twin) => WhereOptions> = {
      'that looks as if values were bound': () => ({ name: ['$$x', '$5'] }),
      'with a function': () => ({ name: fn('upper', 'a') }),
      'made of functions': () => where(fn('lower', col('name')), 'a'),
      'with SQL': () => ({ name: { [Op.eq]: literal("'$' || 'x'") } }),
      'with a subquery on the table': (model) => ({
        count: { [Op.gte]: literal(`(SELECT AVG(t.count) FROM (SELECT count FROM ${model.tableName}) t)`) },
      }),
    };

    for (const [which, condition] of Object.entries(CONDITIONS)) {
      it(`a condition ${which}`, async () => {
        for (const call of [
          (model: Twin) => model.update({ count: 9 }, { where: condition(model) }),
          (model: Twin) => model.increment({ count: 3 }, { where: condition(model) }),
          (model: Twin) => model.decrement({ count: 3 }, { where: condition(model) }),
          (model: Twin) => model.destroy({ where: condition(model) }),
        ]) {
          await stage.empty();
          await alike(stage, 'text', async (model) => {
            await given(model);
            return outcomeOf(() => call(model));
          });
          await stage.check('whatever');
        }
      });
    }

    it('replacements in a condition', async () => {
      await alike(stage, 'text', async (model) => {
        await given(model);
        const replacements = { name: 'A' };
        return [
          await outcomeOf(() => model.update({ count: 9 }, { where: literal('name = :name'), replacements } as never)),
          await outcomeOf(() => model.destroy({ where: literal('name = :name'), replacements } as never)),
        ];
      }); // prettier-ignore
    });

    it('a table that bears a name of ours', async () => {
      const name = stage.sequelize.getQueryInterface().quoteIdentifier('o');
      await stage.sequelize.query(`CREATE TABLE ${name} (x INTEGER)`);
      try {
        await alike(stage, 'text', async (model) => {
          await given(model);
          return model.update({ count: literal(`(SELECT count(*) FROM ${name})`) }, { where: { name: 'A' } });
        });
        await stage.check({ created: 4, updated: 1 });
      } finally {
        await stage.sequelize.query(`DROP TABLE ${name}`);
      }
    });

    it('a trigger that keeps a row as it is', async function () {
      // MySQL's and MariaDB's cannot.
      const create = KEEPING[stage.sequelize.getDialect()];
      if (!create) return;
      for (const kind of ['audited', 'plain']) {
        for (const text of create(`${kind}_text`)) await stage.sequelize.query(text);
      }
      try {
        await alike(stage, 'text', async (model) => {
          await given(model);
          return [
            await model.update({ count: 7 }, { where: {} }),
            await model.increment({ count: 1 }, { where: {} }),
            await model.destroy({ where: {} }),
          ];
        });
        await stage.check({ created: 4, updated: 6, deleted: 3 });
      } finally {
        for (const kind of ['audited', 'plain']) {
          const on = stage.database === 'postgres' ? ` ON ${kind}_text` : '';
          for (const event of EVENTS)
            await stage.sequelize.query(`DROP TRIGGER keep_${kind}_text_${event}${on}`);
        }
      }
    });

    /** As many as one statement does not hold in memory, and some. */
    const many = async (model: Twin): Promise<void> => {
      for (let start = 0; start < 6_000; start += 2_000) {
        const ids = Array.from({ length: 2_000 }, (_, index) => start + index + 1);
        await stage.sequelize.query(
          `INSERT INTO ${model.tableName} (id, count) VALUES ${ids.map((id) => `(${id}, ${id})`).join(', ')}`,
        );
      }
    };

    it('many rows, by a condition that depends on what is there', async () => {
      await alike(stage, 'text', async (model) => {
        await many(model);
        const aboveMean = literal(`count > (SELECT AVG(t.count) / 10 FROM (SELECT count FROM ${model.tableName}) t)`);
        return [await model.update({ name: 'x' }, { where: aboveMean }), await model.destroy({ where: aboveMean })];
      }); // prettier-ignore
      const audits = await stage.world.stored();
      expect(audits.filter(({ event }) => event === 'deleted')).to.have.length(5_700);
    });

    it('many rows up to a limit', async () => {
      const { audited_text: model } = stage.models;
      await many(model!);
      await stage.sequelize.query(`CREATE INDEX backwards ON ${model!.tableName} (count DESC)`);
      const count = await model!.destroy({ where: { count: { [Op.gt]: 0 } }, limit: 5_500 });
      expect(count).to.equal(5_500);
      const left = new Set((await model!.findAll()).map((row) => String(row.get('id'))));
      const gone = (await stage.world.stored()).map(({ auditableId }) => auditableId ?? '');
      expect(gone.filter((id) => left.has(id))).to.deep.equal([]);
      expect(new Set(gone).size).to.equal(5_500);
    });

    it('SQL that joins conditions by OR', async () => {
      const { audited_text: model } = stage.models;
      await given(model!);
      const statements: string[] = [];
      const logging = (text: string): unknown => statements.push(text);
      await model!.update({ count: 9 }, { where: literal('count = 3 OR count = 1'), logging });
      expect(statements.filter((text) => /^UPDATE/.test(text) && / OR .* AND /.test(text))).to.deep.equal([]);
      await stage.check({ created: 4, updated: 2 });
    });

    it('columns that are asked for twice', async () => {
      if (stage.database !== 'postgres') return;
      const { audited_text: model } = stage.models;
      await many(model!);
      const [count, rows] = await model!.update({ name: 'x' }, { where: {}, returning: ['id', 'id'] });
      expect([count, rows.length]).to.deep.equal([6_000, 6_000]);
      expect(await stage.world.stored()).to.have.length(6_000);
    });

    it('many rows of which each refers to another', async () => {
      for (const kind of ['audited', 'plain']) await referToItself(stage, `${kind}_text`);
      // InnoDB looks at the constraint row by row, and is content if children go first.
      const parentOf = (id: number): number | null => (id < 12_000 ? id + 1 : null);
      await alike(stage, 'text', async (model) => {
        for (let start = 12_000; start > 0; start -= 2_000) {
          const ids = Array.from({ length: 2_000 }, (_, index) => start - index);
          await stage.sequelize.query(
            `INSERT INTO ${model.tableName} (id, parent) VALUES ${ids.map((id) => `(${id}, ${parentOf(id)})`).join(', ')}`,
          );
        }
        return [await model.update({ count: 1 }, { where: {} }), await model.destroy({ where: {} })];
      });
      const audits = await stage.world.stored();
      expect(audits.filter(({ event }) => event === 'deleted')).to.have.length(12_000);
      expect(audits.every(({ event, oldValues }) => event !== 'deleted' || Number(oldValues?.['id']) === 12_000 || oldValues?.['parent'] !== null)).to.equal(true);
    }); // prettier-ignore
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

/** SQLite and MariaDB cannot, or need not: there the rows only say so. */
async function referToItself({ sequelize, database }: Stage<Record<string, Twin>>, table: string): Promise<void> {
  if (database !== 'postgres') return;
  await sequelize.query(`ALTER TABLE ${table} ADD FOREIGN KEY (parent) REFERENCES ${table} (id)`);
} // prettier-ignore

onEveryDatabase(
  'Names without quotes',
  (sequelize) =>
    twins(sequelize, 'text', () => ({
      id: { type: DataTypes.INTEGER, primaryKey: true },
      name: DataTypes.STRING,
      count: DataTypes.INTEGER,
    })),
  (stage) => {
    it('are taken in every statement of ours', async () => {
      await alike(stage, 'text', (model) =>
        stage.sequelize.transaction(async (transaction) => [
          await model.bulkCreate([{ id: 1, name: 'a', count: 0 }, { id: 2, name: 'b', count: 0 }], { transaction }),
          await model.update({ count: literal('count + 1') }, { where: { name: 'a' }, transaction }),
          await model.increment({ count: 2 }, { where: {}, transaction }),
          await model.destroy({ where: { name: 'b' }, transaction }),
        ]),
      ); // prettier-ignore
      expect((await stage.world.stored()).map(({ event }) => event)).to.deep.equal(
        ['created', 'created', 'updated', 'updated', 'updated', 'deleted'],
      ); // prettier-ignore
    });
  },
  { sequelize: { quoteIdentifiers: false } },
);
