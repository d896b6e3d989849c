import { randomUUID } from 'node:crypto';

import { expect } from 'chai';
import { DataTypes, Op } from 'sequelize';

import { AuditError, recordAudit, runWithAuditContext, withAudit } from '../../lib';
import { createWorld, DATABASES } from '../support/world';

for (const database of DATABASES) {
  describe(`reading on ${database}`, () => {
    it('gives the history of one instance, with order, limit, event and where', async () => {
      const world = await createWorld(database);
      const Product = withAudit(world.sequelize.define('Product', { price: DataTypes.INTEGER }));
      await world.sequelize.sync();
      const product = await Product.create({ price: 1 });
      await Product.create({ price: 1 });
      for (const price of [2, 3, 4]) await product.update({ price });
      await world.stored();

      const all = await product.getAudits();
      expect(all.map(({ newValues }) => newValues?.['price'])).to.deep.equal([1, 2, 3, 4]);
      const latest = await product.getAudits({ order: [['id', 'DESC']], limit: 2, offset: 1 });
      expect(latest.map(({ newValues }) => newValues?.['price'])).to.deep.equal([3, 2]);
      expect(await product.getAudits({ event: 'created' })).to.have.length(1);
      expect(await product.getAudits({ event: ['created', 'updated'] })).to.have.length(4);
      expect(await product.getAudits({ where: { id: { [Op.gt]: all[1]!.id } } })).to.have.length(2);
      const since = all[0]!.createdAt;
      expect(Math.abs(since.getTime() - Date.now())).to.be.below(60_000);
      expect(await product.getAudits({ where: { createdAt: { [Op.gte]: since } } })).to.have.length(4);
      expect(await Product.build({ price: 9 }).getAudits()).to.deep.equal([]);
      await world.dispose();
    });

    it('knows keys of every type', async () => {
      const world = await createWorld(database);
      const { sequelize } = world;
      const ByUuid = withAudit(
        sequelize.define('ByUuid', { id: { type: DataTypes.UUID, primaryKey: true }, n: DataTypes.INTEGER }),
      );
      const ByText = withAudit(
        sequelize.define('ByText', {
          code: { type: DataTypes.STRING(100), primaryKey: true },
          n: DataTypes.INTEGER,
        }),
      );
      const ByBoth = withAudit(
        sequelize.define('ByBoth', {
          orderId: { type: DataTypes.INTEGER, primaryKey: true },
          product: { type: DataTypes.STRING(50), primaryKey: true },
          n: DataTypes.INTEGER,
        }),
      );
      await sequelize.sync();
      const instances = [
        await ByUuid.create({ id: randomUUID(), n: 1 }),
        await ByText.create({ code: `o'k "é" \\ %`, n: 1 }),
        await ByText.create({ code: 'CASE', n: 1 }),
        await ByBoth.create({ orderId: 1, product: 'a|b', n: 1 }),
      ];
      for (const instance of instances) await instance.update({ n: 2 });
      await world.stored();
      for (const instance of instances) expect(await instance.getAudits()).to.have.length(2);
      expect(await ByText.build({ code: 'case' }).getAudits()).to.have.length(0);
      const found = await ByBoth.findOne();
      expect((await found!.getAudits())[0]?.auditableId).to.equal('{"orderId":"1","product":"a|b"}');
      const error: unknown = await ByBoth.findAll({ include: 'audits' }).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(AuditError);
      await world.dispose();
    });

    it("includes audits in the application's own queries, nested too", async () => {
      const world = await createWorld(database);
      const { sequelize } = world;
      const Product = withAudit(sequelize.define('Product', { price: DataTypes.INTEGER }));
      const Shop = sequelize.define('Shop', { name: DataTypes.STRING });
      Shop.hasMany(Product, { as: 'products' });
      await sequelize.sync();
      const shop = await Shop.create({ name: 's' });
      const a = await Product.create({ price: 1, ShopId: shop.get('id') });
      await Product.create({ price: 2, ShopId: shop.get('id') });
      await a.update({ price: 10 });
      await a.update({ price: 11 });
      await world.stored();

      type WithAudits = { audits: { event: string; newValues: { price: number } }[]; products: WithAudits[] };
      const found = (await Product.findAll({
        include: 'audits',
        order: [['id', 'ASC']],
      })) as unknown as WithAudits[];
      const prices = found.map(({ audits }) => audits.map(({ newValues }) => newValues.price));
      expect(prices).to.deep.equal([[1, 10, 11], [2]]);
      const limited = (await Product.findAll({
        include: [{ association: 'audits', limit: 1, order: [['id', 'DESC']] }],
        order: [['id', 'ASC']],
        limit: 1,
      })) as unknown as WithAudits[];
      expect(limited[0]?.audits.map(({ newValues }) => newValues.price)).to.deep.equal([11]);
      const filtered = (await Product.findByPk(a.get('id') as number, {
        include: [{ association: 'audits', where: { event: 'created' } }],
      })) as unknown as WithAudits;
      expect(filtered.audits.map(({ event }) => event)).to.deep.equal(['created']);
      const nested = (await Shop.findOne({
        include: [{ association: 'products', include: ['audits'] }],
      })) as unknown as WithAudits;
      expect(nested.products.map(({ audits }) => audits.length).sort()).to.deep.equal([1, 3]);
      expect((await Product.findAndCountAll({ include: ['audits'] })).count).to.equal(2);
      expect(await Product.count({ include: 'audits' })).to.equal(2);
      const all = await Product.findAll({ include: { all: true } });
      expect(all[0]?.toJSON()).not.to.have.property('audits');
      await world.dispose();
    });

    it('makes keys in one way, whoever asks for them', async () => {
      const world = await createWorld(database);
      const Price = withAudit(
        world.sequelize.define('Price', {
          id: { type: DataTypes.DECIMAL(10, 2), primaryKey: true },
          n: DataTypes.INTEGER,
        }),
      );
      await world.sequelize.sync();
      const price = await Price.create({ id: 1.1, n: 1 });
      await Price.update({ n: 2 }, { where: {} });
      await recordAudit({ event: 'exported', target: price });
      const [read] = await Price.findAll();
      await recordAudit({ event: 'printed', target: read! });
      await world.stored();

      const events = ['created', 'updated', 'exported', 'printed'];
      const [included] = await Price.findAll({ include: 'audits' });
      const audits = included?.get('audits') as { event: string }[];
      expect(audits.map(({ event }) => event)).to.deep.equal(events);
      for (const each of [price, read!])
        expect((await each.getAudits()).map(({ event }) => event)).to.deep.equal(events);
      await world.dispose();
    });

    it('includes audits by the key in the row, whatever its getter says', async () => {
      const world = await createWorld(database, { driver: 'sync' });
      const code = { type: DataTypes.STRING(300), primaryKey: true, get: () => 'always the same' };
      const Item = withAudit(world.sequelize.define('Item', { code, n: DataTypes.INTEGER }));
      await world.sequelize.sync();
      await Item.create({ code: 'k'.repeat(300), n: 1 });
      const found = await Item.findOne({ include: 'audits' });
      expect((found as unknown as { audits: unknown[] }).audits).to.have.length(1);
      await world.sequelize.transaction(async (transaction) => {
        await found!.update({ n: 2 }, { transaction });
        await Item.findAll({ include: 'audits', transaction });
      });
      expect(await found!.getAudits()).to.have.length(2);
      await world.dispose();
    });

    it('gives the user of a record, of one model or several', async () => {
      const users = new Map<string, object>();
      const model = (name: string) => ({
        name,
        findByPk: (key: string) => Promise.resolve(users.get(`${name} ${key}`) ?? null),
      });
      const world = await createWorld(database, {
        userModel: { User: model('User'), Admin: model('Admin') },
      });
      const Product = withAudit(world.sequelize.define('Product', { price: DataTypes.INTEGER }));
      const User = world.sequelize.define('User', { name: DataTypes.STRING });
      await world.sequelize.sync();
      const user = await User.create({ name: 'Zoë' });
      users.set(`User ${String(user.get('id'))}`, user);
      const product = await runWithAuditContext({ user }, () => Product.create({ price: 1 }));
      await runWithAuditContext({ user: { type: 'Admin', id: 'gone' } }, () => product.update({ price: 2 }));
      await runWithAuditContext({ user: { type: 'Robot', id: 1 } }, () => product.update({ price: 3 }));
      await product.update({ price: 4 });
      await world.stored();
      const [byUser, byGone, byRobot, byNobody] = await product.getAudits();
      expect(await byUser?.getUser()).to.equal(user);
      expect(await byGone?.getUser()).to.equal(null);
      expect(await byNobody?.getUser()).to.equal(null);
      const error: unknown = await byRobot?.getUser().catch((reason: unknown) => reason);
      expect(error).to.have.property('code', 'AUDIT_USER_MODEL');
      await world.dispose();
    });

    it('holds what an event was given, whatever becomes of that afterwards', async () => {
      const world = await createWorld(database);
      const newValues = { state: 'before' };
      const recorded = recordAudit({ event: 'tested', target: { type: 'Thing', id: 1 }, newValues });
      newValues.state = 'after';
      await recorded;
      const [tested] = await world.stored();
      expect(tested?.newValues).to.deep.equal({ state: 'before' });
      await world.dispose();
    });

    it('brings values back that JSON cannot hold', async () => {
      const world = await createWorld(database);
      const circular: Record<string, unknown> = { name: 'loop' };
      circular['self'] = circular;
      const newValues = {
        big: 2n ** 70n, nan: NaN, none: null, bytes: Buffer.from([0, 255]), nul: 'a\0b', lone: '\ud800', html: '<b>',
        ['__proto__']: 1, ['a\0key']: 2, map: new Map([[1, 'x']]),
      }; // prettier-ignore
      await recordAudit({ event: 'tested', target: { type: 'Thing', id: 'a\0b' }, newValues });
      await recordAudit({ event: 'looped', target: { type: 'Thing', id: 2 }, newValues: circular });
      const [tested, looped] = await world.stored();
      expect(tested?.newValues).to.deep.equal(newValues);
      expect(looped?.newValues).to.deep.equal({ name: 'loop', self: { $audit: 'circular' } });
      await world.dispose();
    });
  });
}
