import 'reflect-metadata';

import { randomBytes } from 'node:crypto';

import { expect } from 'chai';
import { DataTypes, Model } from 'sequelize';
import type { ModelStatic, Sequelize } from 'sequelize';
import * as typescript from 'sequelize-typescript';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

/** Of a row, by attribute. */
type Values = Record<string, string | number | boolean | Date>;

/** On MariaDB a schema is a database, which specs that run at the same time must not share. */
const SCHEMA = `audit_${randomBytes(6).toString('hex')}`;

const plain = { timestamps: false };

const models = (sequelize: Sequelize) => ({
  Composite: withAudit(
    sequelize.define(
      'Composite',
      {
        shop: { type: DataTypes.STRING, primaryKey: true, field: 'shop_name' },
        article: { type: DataTypes.INTEGER, primaryKey: true },
        day: { type: DataTypes.DATEONLY, primaryKey: true },
        count: DataTypes.INTEGER,
      },
      plain,
    ),
  ),
  Text: withAudit(
    sequelize.define(
      'Text',
      { code: { type: DataTypes.STRING, primaryKey: true }, value: DataTypes.INTEGER },
      plain,
    ),
  ),
  Uuid: withAudit(
    sequelize.define(
      'Uuid',
      {
        id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 },
        value: DataTypes.INTEGER,
      },
      plain,
    ),
  ),
  Big: withAudit(
    sequelize.define(
      'Big',
      { id: { type: DataTypes.BIGINT, primaryKey: true }, value: DataTypes.INTEGER },
      plain,
    ),
  ),
  Day: withAudit(
    sequelize.define(
      'Day',
      {
        at: {
          type: DataTypes.DATE(sequelize.getDialect() === 'sqlite' ? undefined : 6),
          primaryKey: true,
        },
        value: DataTypes.INTEGER,
      },
      plain,
    ),
  ),
  Renamed: withAudit(
    sequelize.define('Renamed', {
      key: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, field: 'the_key' },
      firstName: { type: DataTypes.STRING, field: 'name' },
      // Named like the column of another one.
      name: { type: DataTypes.STRING, field: 'first_name' },
    }),
  ),
  Underscored: withAudit(
    sequelize.define(
      'Underscored',
      { firstName: DataTypes.STRING },
      { underscored: true, paranoid: true, tableName: 'under_scored' },
    ),
  ),
  Disguised: withAudit(
    sequelize.define(
      'Disguised',
      {
        email: {
          type: DataTypes.STRING,
          get(this: Model): string {
            return `<${String(this.getDataValue('email'))}>`;
          },
          set(this: Model, value: string) {
            this.setDataValue('email', value.toLowerCase());
          },
        },
        full: {
          type: DataTypes.VIRTUAL(DataTypes.STRING, ['email']),
          get(this: Model): string {
            return `full ${String(this.get('email'))}`;
          },
        },
        flag: DataTypes.BOOLEAN,
      },
      plain,
    ),
  ),
  Scoped: withAudit(
    sequelize.define(
      'Scoped',
      { name: DataTypes.STRING, state: { type: DataTypes.STRING, defaultValue: 'open' } },
      {
        ...plain,
        defaultScope: { where: { state: 'open' }, attributes: ['id', 'state'] },
        scopes: { closed: { where: { state: 'closed' } } },
      },
    ),
  ),
  Dated: withAudit(
    sequelize.define(
      'Dated',
      { name: DataTypes.STRING },
      {
        paranoid: true,
        createdAt: 'madeAt',
        updatedAt: 'touchedAt',
        deletedAt: 'goneAt',
        version: 'edition',
      },
    ),
  ),
  Marked: withAudit(
    sequelize.define(
      'Marked',
      { name: DataTypes.STRING },
      { paranoid: true, createdAt: false, updatedAt: false },
    ),
  ),
});

onEveryDatabase('models', models, (stage) => {
  /** Everything that can be done with rows of any model. */
  const life = async (model: ModelStatic<Model>, first: Values, second: Values, change: Values) => {
    const instance = await model.create(first);
    await instance.update(change);
    await model.bulkCreate([second]);
    await model.update(change, { where: second });
    await instance.destroy();
    await model.destroy({ where: change });
  };

  it('with a composite key, parts of it renamed or dates', async () => {
    const { Composite } = stage.models;
    const key = { shop: `O'Hara "1"`, article: 7, day: '2024-02-29' };
    await life(Composite, { ...key, count: 1 }, { ...key, article: 8, count: 1 }, { count: 2 });
    await Composite.create({ ...key, count: 5 });
    await Composite.increment('count', { where: { article: 7 } });
    await Composite.upsert({ ...key, count: 9 });
    await Composite.update({ article: 9, day: '2024-03-01' }, { where: key });
    await Composite.destroy({ where: { article: 9 } });
    const audits = await stage.check({ created: 3, updated: 5, deleted: 3 });
    expect(audits.at(-1)?.auditableId).to.equal(`{"article":"9","day":"2024-03-01","shop":"O'Hara \\"1\\""}`);
  });

  it('with a text, UUID or BIGINT as key', async () => {
    const { Text, Uuid, Big } = stage.models;
    await life(Text, { code: 'é 🍵', value: 1 }, { code: 'b', value: 1 }, { value: 2 });
    const uuid = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
    await life(Uuid, { value: 1 }, { id: uuid('b'), value: 1 }, { value: 2 });
    await life(Big, { id: '9007199254740993', value: 1 }, { id: '-5', value: 1 }, { value: 2 });
    const audits = await stage.check({ created: 6, updated: 6, deleted: 6 });
    expect(audits.map(({ auditableId }) => auditableId)).to.include.members([
      '9007199254740993',
      '-5',
      'é 🍵',
    ]);
  });

  it('with an instant as key', async () => {
    const { Day } = stage.models;
    const at = (milliseconds: number): Date => new Date(Date.UTC(2024, 1, 29, 12, 0, 0, milliseconds));
    await life(Day, { at: at(5), value: 1 }, { at: at(6), value: 1 }, { value: 2 });
    // On SQLite Sequelize binds the instant in a form that matches no row.
    const updated = stage.database === 'sqlite' ? 1 : 2;
    const audits = await stage.check({ created: 2, updated, deleted: 2 });
    expect(audits[0]?.auditableId).to.equal('2024-02-29T12:00:00.005Z');
  });

  it('with renamed columns', async () => {
    const { Renamed, Underscored } = stage.models;
    await life(Renamed, { firstName: 'f' }, { firstName: 'g' }, { firstName: 'h' });
    await life(Underscored, { firstName: 'a' }, { firstName: 'b' }, { firstName: 'c' });
    await Underscored.restore({ where: {} });
    await stage.check({ created: 4, updated: 4, deleted: 4, restored: 2 });
  });

  it('with names that are those of other columns', async () => {
    const { Renamed } = stage.models;
    const renamed = await Renamed.create({ firstName: 'f', name: 'n' });
    await renamed.update({ firstName: 'n', name: 'f' });
    await Renamed.bulkCreate([{ firstName: 'g', name: 'o' }]);
    // Sequelize gets lost in a where of such names.
    await Renamed.update({ firstName: 'x', name: 'y' }, { where: { key: renamed.get('key') as number } });
    await renamed.destroy();
    await stage.check({ created: 2, updated: 2, deleted: 1 });
  });

  it('with virtual attributes, getters and setters', async () => {
    const { Disguised } = stage.models;
    await life(
      Disguised,
      { email: 'A@b.c', flag: true },
      { email: 'd@e.f', flag: true },
      { email: 'X@Y.z', flag: false },
    );
    await Disguised.destroy({ where: {} });
    await stage.check({ created: 2, updated: 2, deleted: 2 });
  });

  it('with a default scope that hides rows and attributes, and with other scopes', async () => {
    const { Scoped } = stage.models;
    await Scoped.bulkCreate([
      { name: 'a' },
      { name: 'b', state: 'closed' },
      { name: 'c' },
      { name: 'd', state: 'closed' },
    ]);
    await Scoped.update({ name: 'open' }, { where: {} });
    await Scoped.scope('closed').update({ name: 'was closed', state: 'open' }, { where: { name: 'b' } });
    await Scoped.unscoped().update({ state: 'closed' }, { where: {} });
    const partial = await Scoped.unscoped().findOne({ where: { name: 'd' }, attributes: ['id'] });
    await partial!.update({ state: 'open' });
    await Scoped.scope('closed').destroy({ where: {} });
    await (await Scoped.findOne())!.destroy();
    await stage.check({ created: 4, updated: 7, deleted: 4 });
  });

  it('with other names for timestamps, the mark and the version', async () => {
    const { Dated, Marked } = stage.models;
    const dated = await Dated.create({ name: 'a' });
    await dated.update({ name: 'b' });
    await dated.destroy();
    await dated.restore();
    await Dated.update({ name: 'c' }, { where: {} });
    await Dated.destroy({ where: {} });
    await Dated.restore({ where: {} });
    const marked = await Marked.create({ name: 'a' });
    await marked.destroy();
    await Marked.restore({ where: {} });
    await Marked.destroy({ where: {}, force: true });
    await stage.check({ created: 2, updated: 2, deleted: 4, restored: 3 });
  });
});

/** Elsewhere Sequelize puts the schema's name before that of the table. */
function hasSchemas(sequelize: Sequelize): boolean {
  return ['postgres', 'mariadb'].includes(sequelize.getDialect());
}

onEveryDatabase(
  'models in another schema',
  (sequelize) => {
    const Base = withAudit(
      sequelize.define('Tenant', { name: { type: DataTypes.STRING, unique: true }, price: DataTypes.INTEGER }, plain),
    ); // prettier-ignore
    return { Base, Other: Base.schema(SCHEMA) };
  },
  (stage) => {
    after(async () => {
      if (hasSchemas(stage.sequelize)) await stage.sequelize.dropSchema(SCHEMA, {});
    });

    it('made by schema()', async () => {
      const { Base, Other } = stage.models;
      const other = await Other.create({ id: 501, name: 'a', price: 1 });
      await other.update({ price: 2 });
      await Base.create({ id: 502, name: 'a', price: 1 });
      await Other.update({ price: 3 }, { where: {} });
      await Other.bulkCreate([{ id: 503, name: 'b', price: 1 }, { id: 504, name: 'c', price: 1 }]);
      await Base.schema(SCHEMA).increment('price', { where: { name: 'b' } });
      await Other.destroy({ where: {} });
      const audits = await stage.check({ created: 4, updated: 3, deleted: 3 });
      expect(new Set(audits.map(({ auditableType }) => auditableType))).to.deep.equal(new Set(['Tenant']));
    }); // prettier-ignore
  },
  { prepare: (sequelize) => (hasSchemas(sequelize) ? sequelize.createSchema(SCHEMA, {}) : undefined) },
); // prettier-ignore

onEveryDatabase(
  'classes of sequelize-typescript',
  (sequelize) => {
    @typescript.Table({ timestamps: false })
    class Typed extends typescript.Model {
      @typescript.Column
      declare title: string;

      @typescript.Column({ type: DataTypes.INTEGER, field: 'how_many' })
      declare count: number;

      @typescript.Column(DataTypes.JSON)
      declare data: object | null;
    }
    class Initialised extends Model {}
    withAudit(Initialised);
    Initialised.init({ title: DataTypes.STRING, count: DataTypes.INTEGER }, { sequelize, timestamps: false });
    (sequelize as typescript.Sequelize).addModels([Typed]);
    return { Typed: withAudit(Typed), Initialised };
  },
  (stage) => {
    it('and classes that are audited before they are initialised', async () => {
      for (const model of [stage.models.Typed, stage.models.Initialised]) {
        const instance = await model.create({ title: 'a', count: 1 });
        await instance.update({ count: 2 });
        await model.bulkCreate([{ title: 'b', count: 1 }]);
        await model.update({ count: 3 }, { where: {} });
        await model.increment('count', { where: {} });
        await model.destroy({ where: {} });
      }
      await stage.check({ created: 4, updated: 10, deleted: 4 });
    });
  },
  { Application: typescript.Sequelize },
);
