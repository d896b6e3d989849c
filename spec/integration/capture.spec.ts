import 'reflect-metadata';

import { expect } from 'chai';
import { DataTypes, Model } from 'sequelize';
import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import * as typescript from 'sequelize-typescript';

import { Audited, configureAudit, runWithAuditContext, withAudit, withoutAudit } from '../../lib';
import type { AuditInstance } from '../../lib';
import { connectionOptionsOf } from '../../lib/storage/database';
import { createWorld, DATABASES } from '../support/world';
import type { World } from '../support/world';

for (const database of DATABASES) {
  describe(`capture on ${database}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await createWorld(database);
    });
    afterEach(() => world.dispose());

    const define = (options: Parameters<typeof withAudit>[1] = {}, modelOptions: object = {}) =>
      withAudit(
        world.sequelize.define(
          'Product',
          {
            name: DataTypes.STRING,
            price: DataTypes.INTEGER,
            data: DataTypes.JSON,
            password: DataTypes.STRING,
          },
          { timestamps: false, ...modelOptions },
        ),
        options,
      );
    const changes = async (): Promise<unknown[]> =>
      (await world.stored()).map(({ event, oldValues, newValues }) => ({ event, oldValues, newValues }));

    it('knows the value before several assignments', async () => {
      const Product = define();
      await world.sequelize.sync();
      const product = await Product.create({ price: 200 });
      product.set('price', 300);
      product.set('price', 400);
      await product.save();
      expect((await changes())[1]).to.deep.equal({
        event: 'updated',
        oldValues: { price: 200 },
        newValues: { price: 400 },
      });
    });

    it('records nothing of a model whose key was removed, says so once, and lets its writes be', async () => {
      const Product = define();
      Product.removeAttribute('id');
      await world.sequelize.sync();
      await Product.create({ price: 1 });
      await world.sequelize.transaction((transaction) =>
        Product.update({ price: 2 }, { where: { price: 1 }, transaction }),
      );
      expect(await Product.count({ where: { price: 2 } })).to.equal(1);
      expect(await changes()).to.deep.equal([]);
      const errors = world.logger.lines.filter((line) => line.startsWith('error'));
      expect(errors).to.have.length(1);
      expect(errors[0]).to.contain('Product has no primary key');
    });

    it('makes no record of an assignment that was taken back', async () => {
      const Product = define();
      await world.sequelize.sync();
      const product = await Product.create({ price: 200 });
      product.set('price', 300);
      product.set('price', 200);
      await product.save();
      await product.save();
      await product.update({ price: 200 });
      expect(await changes()).to.have.length(1);
    });

    it('records only what was saved', async () => {
      const Product = define();
      await world.sequelize.sync();
      const product = await Product.create({ price: 1, name: 'a' });
      product.set({ price: 2, name: 'b' });
      await product.save({ fields: ['name'] });
      await product.save();
      expect((await changes()).slice(1)).to.deep.equal([
        { event: 'updated', oldValues: { name: 'a' }, newValues: { name: 'b' } },
        { event: 'updated', oldValues: { price: 1 }, newValues: { price: 2 } },
      ]);
    });

    it('records what was in the database when an instance with unsaved changes is destroyed', async () => {
      const Product = define();
      await world.sequelize.sync();
      const product = await Product.create({ price: 1 });
      product.set('price', 99);
      await product.destroy();
      expect((await changes())[1]).to.deep.include({ event: 'deleted', newValues: null });
      expect(((await changes())[1] as { oldValues: object }).oldValues).to.deep.include({ price: 1 });
    });

    it('records JSON by its content', async () => {
      const Product = define();
      await world.sequelize.sync();
      const product = await Product.create({ data: { sizes: [1, { unit: 'µm' }], none: null } });
      await product.update({ data: { sizes: [1, { unit: 'µm' }], none: null } });
      await product.update({ data: { sizes: [] } });
      expect((await changes()).slice(1)).to.deep.equal([
        {
          event: 'updated',
          oldValues: { data: { sizes: [1, { unit: 'µm' }], none: null } },
          newValues: { data: { sizes: [] } },
        },
      ]);
    });

    it('masks secrets, inside JSON too, and still tells that they changed', async () => {
      const Product = define();
      await world.sequelize.sync();
      const product = await Product.create({ password: 'one', data: { apiKey: 'k', open: 1 } });
      await product.update({ password: 'two' });
      const [created, updated] = (await changes()) as { oldValues: object; newValues: object }[];
      expect(created?.newValues).to.deep.include({
        password: '[redacted]',
        data: { apiKey: '[redacted]', open: 1 },
      });
      expect(updated).to.deep.include({
        oldValues: { password: '[redacted]' },
        newValues: { password: '[redacted]' },
      });
      expect(product.get('data')).to.deep.equal({ apiKey: 'k', open: 1 });
    });

    it('leaves out excluded attributes, and changes of nothing else', async () => {
      const Product = define({ exclude: ['price', 'password'] });
      await world.sequelize.sync();
      const product = await Product.create({ name: 'a', price: 1 });
      await product.update({ price: 2 });
      await product.update({ price: 3, name: 'b' });
      const all = await changes();
      expect(all).to.have.length(2);
      expect(JSON.stringify(all)).not.to.contain('price');
    });

    it('records only included attributes and wanted events', async () => {
      const Product = define({ include: ['price'], events: ['updated'], tags: ['stock'] });
      await world.sequelize.sync();
      const product = await Product.create({ name: 'a', price: 1 });
      await product.update({ name: 'b', price: 2 });
      await product.destroy();
      expect(await changes()).to.deep.equal([
        { event: 'updated', oldValues: { price: 1 }, newValues: { price: 2 } },
      ]);
      expect((await world.stored())[0]?.tags).to.deep.equal(['stock']);
    });

    it('follows a paranoid model through deletion, restoration and the end', async () => {
      const Product = define({}, { paranoid: true, timestamps: true, createdAt: false, updatedAt: false });
      await world.sequelize.sync();
      const product = await Product.create({ name: 'a' });
      await product.destroy();
      await product.restore();
      await product.destroy({ force: true });
      const audits = await world.stored();
      expect(audits.map(({ event }) => event)).to.deep.equal(['created', 'deleted', 'restored', 'deleted']);
      expect(audits[1]?.oldValues).to.include({ name: 'a' });
      expect(audits[1]?.newValues).to.have.all.keys('deletedAt');
      expect(audits[2]?.newValues).to.deep.equal({ deletedAt: null });
      expect(audits[2]?.oldValues?.['deletedAt']).to.equal(audits[1]?.newValues?.['deletedAt']);
      expect(audits[3]?.oldValues).to.include({ name: 'a' });
      expect(audits[3]?.newValues).to.equal(null);
    });

    it('captures bulkCreate once, with and without individual hooks, and with the keys', async () => {
      const Product = define();
      await world.sequelize.sync();
      const rows = await Product.bulkCreate([{ name: 'a' }, { name: 'b' }]);
      await Product.bulkCreate([{ name: 'c' }], { individualHooks: true });
      const audits = await world.stored();
      expect(audits.map(({ newValues }) => newValues?.['name'])).to.deep.equal(['a', 'b', 'c']);
      expect(audits.slice(0, 2).map(({ auditableId }) => auditableId)).to.deep.equal(
        rows.map((row) => String(row.get('id'))),
      );
    });

    it('captures a change although a hook of the application throws after it', async () => {
      const Product = define();
      Product.addHook('afterUpdate', () => {
        throw new Error('mail server down');
      });
      await world.sequelize.sync();
      const product = await Product.create({ price: 1 });
      await product.update({ price: 2 }).catch(() => undefined);
      expect(await changes()).to.have.length(2);
    });

    it('captures through scopes and schemas once', async () => {
      const Product = define({}, { scopes: { cheap: { where: { price: 1 } } } });
      await world.sequelize.sync();
      await Product.create({ price: 1 });
      const product = await Product.scope('cheap').findOne();
      await product?.update({ price: 2 });
      const audits = await world.stored();
      expect(audits.map(({ event, auditableType }) => [event, auditableType])).to.deep.equal([
        ['created', 'Product'],
        ['updated', 'Product'],
      ]);
    });

    it('says nothing inside withoutAudit', async () => {
      const Product = define();
      await world.sequelize.sync();
      await withoutAudit(() => Product.create({ price: 1 }));
      const product = await Product.findOne();
      await product?.update({ price: 2 });
      expect((await changes()).map((change) => (change as { event: string }).event)).to.deep.equal([
        'updated',
      ]);
    });

    it('puts the context into the record', async () => {
      const Product = define();
      await world.sequelize.sync();
      const context = {
        user: { type: 'Admin', id: 7 }, ipAddress: '2001:db8::1', userAgent: 'curl', url: '/products', requestId: 'r-1',
        tags: ['import'], reason: 'price list', extra: { ticket: 12 },
      }; // prettier-ignore
      await runWithAuditContext(context, async () => {
        await Promise.resolve();
        await Product.create({ price: 1 });
      });
      expect((await world.stored())[0]?.toJSON()).to.deep.include({
        userType: 'Admin', userId: '7', ipAddress: '2001:db8::1', userAgent: 'curl', url: '/products', requestId: 'r-1',
        tags: ['import'], context: { reason: 'price list', ticket: 12 },
      }); // prettier-ignore
    });

    it('audits a class that is initialised before or after', async () => {
      class Early extends Model<InferAttributes<Early>, InferCreationAttributes<Early>> {
        declare id: CreationOptional<number>;
        declare title: string | null;
      }
      const attributes = {
        id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
        title: DataTypes.STRING,
      };
      withAudit(Early);
      Early.init(attributes, { sequelize: world.sequelize, timestamps: false });
      class Late extends Model<InferAttributes<Late>, InferCreationAttributes<Late>> {
        declare id: CreationOptional<number>;
        declare title: string | null;
      }
      Late.init({ ...attributes }, { sequelize: world.sequelize, timestamps: false });
      const AuditedLate = withAudit(Late);
      await world.sequelize.sync();
      await Early.create({ title: 'e' });
      const late = await AuditedLate.create({ title: 'l' });
      expect((await world.stored()).map(({ auditableType }) => auditableType)).to.deep.equal([
        'Early',
        'Late',
      ]);
      expect(await late.getAudits()).to.have.length(1);
    });

    it('audits sequelize-typescript models, decorated above or below @Table', async () => {
      @Audited({ exclude: ['secretNote'] })
      @typescript.Table({ timestamps: false })
      class Above extends typescript.Model {
        @typescript.Column
        declare title: string;
        @typescript.Column
        declare secretNote: string;
      }
      @typescript.Table({ timestamps: false })
      @Audited()
      class Below extends typescript.Model {
        @typescript.Column
        declare title: string;
        declare getAudits: AuditInstance['getAudits'];
      }
      const application = new typescript.Sequelize({
        ...connectionOptionsOf(world.sequelize),
        logging: false,
      });
      application.addModels([Above, Below]);
      await application.sync();
      const trail = configureAudit(application, { dir: world.folder });
      const above = await Above.create({ title: 'a', secretNote: 's' });
      await above.update({ title: 'b' });
      const below = await Below.create({ title: 'c' });
      await below.destroy();
      await world.worker();
      await trail.flush({ stored: true });
      const audits = await world.stored();
      expect(audits.map(({ event, auditableType }) => [auditableType, event])).to.deep.equal([
        ['Above', 'created'],
        ['Above', 'updated'],
        ['Below', 'created'],
        ['Below', 'deleted'],
      ]);
      expect(JSON.stringify(audits)).not.to.contain('secretNote');
      expect(await below.getAudits()).to.have.length(2);
      await trail.close();
      await application.close();
    });

    it('captures findOrCreate, with and without a transaction', async () => {
      const Product = define();
      await world.sequelize.sync();
      await Product.findOrCreate({ where: { name: 'a' }, defaults: { price: 1 } });
      await Product.findOrCreate({ where: { name: 'a' }, defaults: { price: 1 } });
      await world.sequelize.transaction((transaction) =>
        Product.findOrCreate({ where: { name: 'b' }, defaults: { price: 1 }, transaction }),
      );
      await world.sequelize
        .transaction(async (transaction) => {
          await Product.findOrCreate({ where: { name: 'c' }, transaction });
          throw new Error('undo');
        })
        .catch(() => undefined);
      expect((await world.stored()).map(({ newValues }) => newValues?.['name'])).to.deep.equal(['a', 'b']);
    });

    it('takes what Sequelize writes by itself for no change, unless the row was touched', async () => {
      const Product = define({ exclude: ['price'] }, { timestamps: true });
      await world.sequelize.sync();
      const product = await Product.create({ name: 'a', price: 1 });
      await product.update({ price: 2 });
      // MySQL's clock has whole seconds: within one of them a touch changes nothing.
      const past = { updatedAt: '2020-01-01 00:00:00' };
      await world.sequelize.getQueryInterface().bulkUpdate('Products', past, {}, { audit: false });
      await product.reload();
      product.changed('updatedAt' as never, true);
      await product.save();
      const audits = await world.stored();
      expect(audits.map(({ event }) => event)).to.deep.equal(['created', 'updated']);
      expect(audits[1]?.newValues).to.have.all.keys('updatedAt');
    });

    it('audits classes that extend an audited one, each change once', async () => {
      class Animal extends Model {}
      const attributes = () => ({ name: DataTypes.STRING });
      Animal.init(attributes(), { sequelize: world.sequelize, timestamps: false });
      withAudit(Animal);
      class Dog extends Animal {}
      Dog.init(attributes(), { sequelize: world.sequelize, timestamps: false });
      await world.sequelize.sync();
      await Animal.create({ name: 'a' });
      await Dog.create({ name: 'd' });
      expect((await world.stored()).map(({ auditableType }) => auditableType)).to.deep.equal([
        'Animal',
        'Dog',
      ]);
      expect(() => withAudit(Dog)).to.throw('audited already');
    });

    it('does not touch models that are not audited', async () => {
      define();
      const Plain = world.sequelize.define('Plain', { name: DataTypes.STRING });
      await world.sequelize.sync();
      const plain = await Plain.create({ name: 'a' });
      await plain.update({ name: 'b' });
      await plain.destroy();
      expect(await changes()).to.deep.equal([]);
      expect(Plain.prototype).not.to.have.property('getAudits');
    });
  });
}
