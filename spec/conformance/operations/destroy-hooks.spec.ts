import { expect } from 'chai';
import { DataTypes } from 'sequelize';
import type { Model, Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { quotedTable } from '../../support/oracle/columns';
import { onEveryDatabase } from '../../support/stage';

const plain = { timestamps: false };

/** Parents whose row has to be read or locked for its old values, each in another way. */
const models = (sequelize: Sequelize) => {
  const attributes = { name: DataTypes.STRING, js: DataTypes.JSON, children: DataTypes.INTEGER };
  const Holder = withAudit(sequelize.define('Holder', attributes, plain));
  const Asked = withAudit(sequelize.define('Asked', attributes, plain), { oldValues: 'database' });
  const Cascading = withAudit(sequelize.define('Cascading', attributes, plain), { cascade: true });
  const Child = withAudit(sequelize.define('Child', { name: DataTypes.STRING }, plain));
  const Note = withAudit(sequelize.define('Note', { text: DataTypes.STRING }, { paranoid: true }));
  const Journal = sequelize.define('Journal', { text: DataTypes.STRING }, plain);
  for (const parent of [Holder, Asked, Cascading])
    parent.hasMany(Child, { as: 'kids', onDelete: 'CASCADE', hooks: true });
  Cascading.hasOne(Note, { as: 'note', foreignKey: 'parentId', onDelete: 'CASCADE', hooks: true });
  return { Holder, Asked, Cascading, Child, Note, Journal };
};

onEveryDatabase(
  'children that Sequelize destroys by itself',
  models,
  (stage) => {
    let hook: ((child: Model) => Promise<unknown>) | undefined;
    before(() =>
      stage.models.Child.addHook('beforeDestroy', (child: Model) => hook?.(child) as Promise<void>),
    );
    afterEach(() => void (hook = undefined));

    for (const name of ['Holder', 'Asked', 'Cascading'] as const) {
      const given = async (): Promise<Model> => {
        const parent = await stage.models[name].create({ name: 'a', js: { a: 1 }, children: 2 });
        await stage.models.Child.create({ name: 'x', [`${name}Id`]: parent.get('id') });
        await stage.models.Child.create({ name: 'y', [`${name}Id`]: parent.get('id') });
        return parent;
      };

      it(`of ${name}, with a hook that changes the parent's row by SQL`, async () => {
        const parent = await given();
        const table = quotedTable(stage.models[name]);
        hook = () => stage.sequelize.query(`UPDATE ${table} SET children = children - 1`);
        await parent.destroy();
        // The oracle sees what SQL has changed, and an instance may be stale: only the deletions are looked at.
        const events = (await stage.world.stored()).map(
          ({ event, auditableType }) => `${event} ${auditableType}`,
        );
        expect(events.slice(3)).to.deep.equal(['deleted Child', 'deleted Child', `deleted ${name}`]);
      });

      it(`of ${name}, with a hook that reads, and writes what is not audited`, async () => {
        const parent = await given();
        hook = async () => {
          const count = await stage.models.Journal.count();
          await stage.models.Journal.create({ text: `${count}` });
        };
        await parent.destroy();
        expect(await stage.models.Journal.count()).to.equal(2);
        await stage.check({ created: 3, deleted: 3 });
      });

      it(`of ${name}, with a hook that fails as a refused statement does, and is called once`, async () => {
        const parent = await given();
        let calls = 0;
        hook = () => stage.sequelize.query(`SELECT ${++calls} FROM no_such_table`);
        const error = await parent.destroy().catch((reason: unknown) => reason);
        expect(error).to.be.an('error');
        expect(calls).to.equal(1);
        await stage.check({ created: 3 });
      });
    }

    it('and rows that are left of them, because they were only marked, go with the parent by foreign key', async () => {
      const parent = await stage.models.Cascading.create({ name: 'a' });
      await stage.models.Note.create({ text: 'x', parentId: parent.get('id') });
      await parent.destroy();
      const events = (await stage.world.stored()).map(
        ({ event, auditableType }) => `${event} ${auditableType}`,
      );
      expect(events.slice(2)).to.deep.equal(['deleted Note', 'deleted Cascading', 'deleted Note']);
    });
  },
  // A statement that waits for one that is open, outside of the application's sight, fails soon.
  { sequelize: { pool: { max: 1, acquire: 4_000 } } },
);
