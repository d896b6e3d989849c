import { expect } from 'chai';
import { col, DataTypes, fn, literal, Op, where as compare } from 'sequelize';
import type { Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import type { Audit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const plain = { timestamps: false };
const columns = () => ({ name: { type: DataTypes.STRING, unique: true }, price: DataTypes.INTEGER });

const bulkModels = (sequelize: Sequelize) => ({
  Rows: withAudit(sequelize.define('Rows', columns(), plain)),
  Summed: withAudit(sequelize.define('Summed', columns(), plain), { bulk: 'summary' }),
  Secret: withAudit(
    sequelize.define(
      'Secret',
      { n: DataTypes.INTEGER, pin: DataTypes.INTEGER, hidden: DataTypes.STRING, password: DataTypes.STRING },
      plain,
    ),
    { bulk: 'summary', redact: ['pin'], exclude: ['hidden'] },
  ),
  Renamed: withAudit(
    sequelize.define('Renamed', { label: { type: DataTypes.STRING, field: 'the_label' }, js: DataTypes.JSON }, plain),
    { bulk: 'summary' },
  ),
  Silent: withAudit(sequelize.define('Silent', columns(), plain), { bulk: 'off' }),
  Note: withAudit(sequelize.define('Note', { text: DataTypes.STRING }, { ...plain, timestamps: true, paranoid: true })),
}); // prettier-ignore

onEveryDatabase('policies for sets', bulkModels, (stage) => {
  const rows = ['a', 'b', 'c'].map((name, price) => ({ name, price }));
  const told = async (): Promise<unknown[]> => (await stage.world.stored()).map(summaryOf);

  it('rows: a record a row, which is the default', async () => {
    await stage.models.Rows.bulkCreate(rows);
    await stage.models.Rows.update({ price: 9 }, { where: {}, audit: { bulk: 'rows' } });
    await stage.models.Summed.bulkCreate(rows, { audit: { bulk: 'rows' } });
    await stage.models.Silent.bulkCreate(rows, { audit: { bulk: 'rows' } });
    await stage.check({ created: 9, updated: 3 });
  });

  it('summary: one record for all rows of a statement', async () => {
    const { Summed } = stage.models;
    await Summed.bulkCreate(rows);
    await Summed.update({ price: 9 }, { where: { name: { [Op.in]: ['a', 'b'] } } });
    await Summed.update({ price: literal('price + 1') }, { where: { name: 'c' } });
    await Summed.increment('price', { where: { name: 'a' } });
    await Summed.update({ price: 9 }, { where: { name: 'nobody' } });
    await Summed.destroy({ where: { price: { [Op.gt]: 3 } } });

    const audits = await stage.world.stored();
    expect(audits.map(({ event, auditableType, auditableId }) => [event, auditableType, auditableId])).to.deep.equal(
      ['created', 'updated', 'updated', 'updated', 'deleted'].map((event) => [event, 'Summed', null]),
    );
    expect(audits.map((audit) => (audit.context?.['statement'] as { count: number }).count)).to.deep.equal([3, 2, 1, 1, 2]);
    expect(audits[1]?.newValues).to.deep.equal({ price: 9 });
    expect(audits[1]?.oldValues).to.equal(null);
    expect((audits[1]?.context?.['statement'] as { operation: string }).operation).to.equal('update');
    expect(JSON.stringify(audits[1]?.context)).to.contain('"a","b"');
    expect(audits[4]?.newValues).to.equal(null);
  }); // prettier-ignore

  it('summary: single rows are recorded as ever', async () => {
    const { Summed } = stage.models;
    const row = await Summed.create({ name: 'a', price: 1 });
    await row.update({ price: 2 });
    await row.destroy();
    await stage.check({ created: 1, updated: 1, deleted: 1 });
  });

  it('summary and off for one call', async () => {
    const { Rows } = stage.models;
    await Rows.bulkCreate(rows, { audit: { bulk: 'summary' } });
    await Rows.update({ price: 9 }, { where: {}, audit: { bulk: 'off' } });
    await Rows.destroy({ where: {}, audit: { bulk: 'summary' } });
    expect(await told()).to.deep.equal([
      ['created', null, 3],
      ['deleted', null, 3],
    ]);
  });

  it('summary: a soft delete, the way back, and truncation', async () => {
    const { Note, Summed } = stage.models;
    const audit = { bulk: 'summary' } as const;
    await Note.bulkCreate([{ text: 'a' }, { text: 'b' }], { audit });
    await Note.destroy({ where: {}, audit });
    await Note.restore({ where: {}, audit });
    await Summed.bulkCreate(rows);
    await Summed.truncate();
    const records = await told();
    expect(records.slice(0, 4)).to.deep.equal([
      ['created', null, 2],
      ['deleted', null, 2],
      ['restored', null, 2],
      ['created', null, 3],
    ]);
    expect((records[4] as unknown[]).slice(0, 2)).to.deep.equal(['deleted', null]);
    expect(records).to.have.length(5);
  });

  it('summary: what the statement was, in the words of attributes', async () => {
    const { Summed, Renamed } = stage.models;
    const statements = async (): Promise<unknown[]> =>
      (await stage.world.stored()).map(({ newValues, context }) => [context?.['statement'], newValues]);
    await Summed.bulkCreate(rows);
    await Summed.bulkCreate(rows, { updateOnDuplicate: ['price'] });
    await Summed.increment('price', { by: 2, where: { name: 'a' } });
    await Summed.decrement('price', { where: { [Op.and]: [compare(fn('lower', col('name')), 'a')] } });
    await Renamed.bulkCreate([{ label: 'a', js: { a: 1 } }]);
    await Renamed.update({ label: 'b' }, { where: { [Op.or]: [{ label: 'a' }, { js: { label: 'x' } }] } });

    const quoted = (name: string): string => stage.sequelize.getQueryInterface().quoteIdentifier(name);
    const told = (await statements()) as [Record<string, unknown>, unknown][];
    expect(told.map(([{ operation }]) => operation)).to.deep.equal([
      'bulkCreate',
      'bulkCreate',
      'increment',
      'decrement',
      'bulkCreate',
      'update',
    ]);
    expect(told[0]?.[0]).not.to.have.property('updateOnDuplicate');
    expect(told[1]?.[0]['updateOnDuplicate']).to.deep.equal(['price']);
    expect(told[2]).to.deep.equal([
      { operation: 'increment', where: { name: 'a' }, count: 1 },
      { price: { literal: `${quoted('price')} + 2` } },
    ]);
    expect(told[5]).to.deep.equal([
      { operation: 'update', where: { or: [{ label: 'a' }, { js: { label: 'x' } }] }, count: 1 },
      { label: 'b' },
    ]);
  });

  it('summary: nothing that is redacted or excluded, in whatever form', async () => {
    const { Secret } = stage.models;
    await Secret.bulkCreate([{ n: 1, pin: 1234, hidden: 'hush', password: 'pass' }]);
    const wheres = [
      { pin: 1234, hidden: 'hush' },
      { [Op.and]: [{ pin: { [Op.gt]: 1233 } }, { hidden: { [Op.like]: 'hush%' } }, { password: ['pass'] }] },
      literal(`pin = 1234 AND hidden = 'hush'`),
      { [Op.and]: [compare(col('pin'), 1234 as never), { n: { [Op.gt]: 0 } }] },
      { n: { [Op.in]: literal('(SELECT pin - 1221 FROM (SELECT 1234 AS pin) AS t)') } },
    ];
    for (const [index, where] of wheres.entries())
      await Secret.update({ n: 10 + index, pin: 1234, hidden: 'hush' }, { where: where as never });
    await Secret.update({ n: literal('CASE WHEN pin = 1234 THEN 5 ELSE 6 END') }, { where: {} });
    await Secret.increment('pin', { by: 1234, where: {} });
    await Secret.increment('n', { by: 7, where: { n: 5 } });

    const audits = await stage.world.stored();
    const text = JSON.stringify(audits.map(({ newValues, context }) => [newValues, context]));
    expect(audits.length).to.equal(wheres.length + 4);
    expect(text).not.to.match(/123|hush|"pass"|CASE/);
    const [, first, second] = audits.map(
      ({ context }) => (context?.['statement'] as { where: unknown })?.where,
    );
    expect(first).to.deep.equal({ pin: '[redacted]' });
    expect(second).to.deep.equal({ and: [{ pin: '[redacted]' }, {}, { password: '[redacted]' }] });
    expect(JSON.stringify(audits.at(-1)?.newValues)).to.contain('+ 7');
  });

  it('summary: nothing of what is rolled back', async () => {
    const { Summed } = stage.models;
    await Summed.bulkCreate(rows);
    await stage.sequelize.transaction(async (transaction) => {
      const savepoint = await stage.sequelize.transaction({ transaction });
      await Summed.update({ price: 5 }, { where: {}, transaction: savepoint });
      await savepoint.rollback();
      await Summed.update({ price: 6 }, { where: {}, transaction });
    });
    const transaction = await stage.sequelize.transaction();
    await Summed.destroy({ where: {}, transaction });
    await transaction.rollback();
    await Summed.update({ name: 'same' }, { where: {} }).catch(() => undefined);
    expect(await told()).to.deep.equal([
      ['created', null, 3],
      ['updated', null, 3],
    ]);
  });

  it('off: no record of sets, and one of each single row', async () => {
    const { Silent } = stage.models;
    await Silent.bulkCreate(rows);
    await Silent.update({ price: 5 }, { where: {} });
    await Silent.increment('price', { where: {} });
    await Silent.destroy({ where: {} });
    await Silent.create({ name: 'a' });
    expect((await stage.world.stored()).map(({ event }) => event)).to.deep.equal(['created']);
  });
});

/** Event, key and number of rows. */
function summaryOf({ event, auditableId, context }: Audit): unknown {
  return [event, auditableId, (context?.['statement'] as { count: unknown } | undefined)?.count];
}

const cascadeModels = (sequelize: Sequelize) => {
  const Parent = withAudit(sequelize.define('Parent', { name: DataTypes.STRING }, plain), { cascade: true });
  const Child = withAudit(sequelize.define('Child', { name: DataTypes.STRING }, plain), { cascade: true });
  const Grandchild = withAudit(sequelize.define('Grandchild', { name: DataTypes.STRING }, plain));
  const Guest = withAudit(sequelize.define('Guest', { name: DataTypes.STRING }, plain));
  Parent.hasMany(Child, { as: 'children', foreignKey: 'parentId', onDelete: 'CASCADE' });
  Child.hasMany(Grandchild, { as: 'children', foreignKey: 'childId', onDelete: 'CASCADE' });
  Parent.hasMany(Guest, { as: 'guests', foreignKey: 'hostId', onDelete: 'SET NULL' });
  return { Parent, Child, Grandchild, Guest };
};

onEveryDatabase('cascade', cascadeModels, (stage) => {
  const given = async (): Promise<void> => {
    const { Parent } = stage.models;
    for (const name of ['a', 'b']) {
      await Parent.create(
        {
          name,
          children: [{ name: '1', children: [{ name: 'x' }, { name: 'y' }] }, { name: '2' }],
          guests: [{ name: 'g' }],
        },
        { include: [{ association: 'children', include: ['children'] }, 'guests'] },
      );
    }
  };
  /** Two families of one parent, two children, two grandchildren and a guest. */
  const created = 12;

  it('of the rows that depend on an instance', async () => {
    await given();
    const parent = await stage.models.Parent.findOne({ where: { name: 'a' } });
    await stage.checkByDump({ created, deleted: 5, updated: 1 }, () => parent!.destroy());
  });

  it('of the rows that depend on several', async () => {
    await given();
    await stage.checkByDump({ created, deleted: 10, updated: 2 }, () => stage.models.Parent.destroy({ where: {} }));
  }); // prettier-ignore

  it('of the rows of a child', async () => {
    await given();
    await stage.checkByDump({ created, deleted: 6 }, () => stage.models.Child.destroy({ where: { name: '1' } }));
  }); // prettier-ignore

  it('in a transaction that is rolled back', async () => {
    await given();
    const transaction = await stage.sequelize.transaction();
    await stage.models.Parent.destroy({ where: {}, transaction });
    await transaction.rollback();
    await stage.checkByDump({ created }, () => Promise.resolve());
  });
});

const callModels = (sequelize: Sequelize) => ({
  Item: withAudit(sequelize.define('Item', columns(), plain)),
});

onEveryDatabase('what one call says of its audit', callModels, (stage) => {
  it('who and why, on every way to write', async () => {
    const { Item } = stage.models;
    const audit = { user: { type: 'Admin', id: 7 }, reason: 'because', tags: ['t'], onBehalfOf: { type: 'User', id: 9 } };
    const item = await Item.create({ name: 'a', price: 1 }, { audit });
    await item.update({ price: 2 }, { audit });
    await item.increment('price', { audit });
    await Item.bulkCreate([{ name: 'b' }, { name: 'c' }], { audit });
    await Item.bulkCreate([{ name: 'b', price: 4 }], { updateOnDuplicate: ['price'], audit });
    await Item.update({ price: 5 }, { where: {}, audit });
    await Item.update({ price: 6 }, { where: {}, individualHooks: true, audit });
    await Item.upsert({ name: 'a', price: 7 }, { audit });
    await Item.upsert({ name: 'd', price: 7 }, { audit });
    await Item.findOrCreate({ where: { name: 'e' }, audit });
    await Item.increment('price', { where: { name: 'd' }, audit });
    await item.reload();
    await item.destroy({ audit });
    await Item.destroy({ where: {}, audit });

    const audits = await stage.check('whatever', { order: 'any' });
    expect(audits).to.have.length(21);
    for (const { userType, userId, tags, context } of audits) {
      expect([userType, userId, tags, context?.['reason']]).to.deep.equal(['Admin', '7', ['t'], 'because']);
      expect(JSON.stringify(context)).to.contain('onBehalfOf');
    }
  }); // prettier-ignore

  it('nothing, with false', async () => {
    const { Item } = stage.models;
    const item = await Item.create({ name: 'a', price: 1 }, { audit: false });
    await item.update({ price: 2 }, { audit: false });
    await Item.update({ price: 3 }, { where: {}, audit: false });
    await Item.upsert({ name: 'a', price: 4 }, { audit: false });
    await Item.increment('price', { where: {}, audit: false });
    await item.destroy({ audit: false });
    await Item.bulkCreate([{ name: 'b' }], { audit: false });
    await Item.destroy({ where: {}, audit: false });
    await Item.create({ name: 'c' });
    expect((await stage.world.stored()).map(({ event }) => event)).to.deep.equal(['created']);
  });
});
