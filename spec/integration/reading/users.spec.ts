import { expect } from 'chai';
import { DataTypes } from 'sequelize';

import { withAudit } from '../../../lib';
import type { Audit } from '../../../lib';
import type { World } from '../../support/world';
import { createWorld, DATABASES } from '../../support/world';
import { codeOf, labelled, store } from './stored-records';

for (const database of DATABASES) {
  describe(`the users of records on ${database}`, () => {
    let world: World;
    let statements: string[] = [];
    const userModel: Record<string, never> = {};

    before(async () => {
      // The option is read when a user is asked for, so that models can be made of the world's own instance.
      world = await createWorld(database, { userModel }, { logging: (sql) => void statements.push(sql) });
      const { sequelize } = world;
      const name = DataTypes.STRING;
      const models = {
        User: sequelize.define('User', { name }, { paranoid: true }),
        Admin: sequelize.define('Admin', { login: { type: DataTypes.STRING, primaryKey: true }, name }),
        Service: sequelize.define('Service', { id: { type: DataTypes.UUID, primaryKey: true }, name }),
      };
      await sequelize.sync();
      await models.User.bulkCreate([{ id: 1, name: 'Ann' }, { id: 2, name: 'Ben' }, { id: 3, name: 'gone' }]);
      await models.User.destroy({ where: { id: 3 } });
      await models.Admin.create({ login: "o'k", name: 'Zoë' });
      await models.Service.create({ id: 'a0a0a0a0-0000-4000-8000-000000000000', name: 'mail' });
      Object.assign(userModel, models);
    }); // prettier-ignore
    beforeEach(() => (statements = []));
    after(() => world.dispose());

    const by = (userType: string | null, userId: string | null) => ({ userType, userId });
    const nameOf = ({ user }: Audit): unknown => (user as { name?: string } | null | undefined)?.name ?? user;

    it('are loaded by one query for each of their types, those who are gone included', async () => {
      const users = [
        by('User', '1'), by('User', '2'), by('User', '1'), by('User', '3'), by('User', '4'), by('Admin', "o'k"), by(null, null), by('Robot', '1'),
        by('Service', 'a0a0a0a0-0000-4000-8000-000000000000'), by('User', 'no number'), by('User', '99999999999'), by('Service', 'no uuid'), by('__proto__', '1'),
      ]; // prettier-ignore
      await store(world, users.map((user, n) => labelled(String(n), n, { ...user, event: 'shown' })));
      const { audits } = await world.trail.history.search({ event: 'shown', order: 'oldest', include: 'user' });

      const [robot, nobody] = [undefined, null];
      expect(audits.map(nameOf)).to.deep.equal([
        'Ann', 'Ben', 'Ann', 'gone', nobody, 'Zoë', nobody, robot, 'mail', nobody, nobody, nobody, robot,
      ]); // prettier-ignore
      for (const table of ['Users', 'Admins', 'Services']) {
        expect(statements.filter((sql) => new RegExp(`FROM .${table}\\b`).test(sql)), table).to.have.length(1);
      }
      expect(statements.filter((sql) => /FROM .(Users|Admins|Services)/.test(sql))).to.have.length(3);
      statements = [];
      expect(await audits[0]!.getUser()).to.equal(audits[0]!.user);
      expect(statements).to.deep.equal([]);
      const found = await world.trail.history.find(audits[5]!.id, { include: 'user' });
      expect(nameOf(found!)).to.equal('Zoë');
    }); // prettier-ignore

    it('are not loaded unless they are asked for, nor where there are none', async () => {
      await store(world, [labelled('x', 60_000, by('User', '1')), labelled('y', 60_001)]);
      const { audits } = await world.trail.history.search({ since: '2026-03-29T00:00:30Z' });
      expect(audits[0]).not.to.have.property('user');
      await world.trail.history.search({ event: 'none', include: 'user' });
      expect(statements.filter((sql) => /Users|Admins/.test(sql))).to.deep.equal([]);
    });

    it('come with the history of an instance, which has the same filters', async () => {
      const Product = withAudit(world.sequelize.define('Product', { price: DataTypes.INTEGER }));
      const product = Product.build({ id: 7, price: 1 });
      const own = { auditableType: 'Product', auditableId: '7' };
      const at = Date.UTC(2027, 0);
      await store(world, [
        labelled('a', 0, { ...own, ...by('User', '1'), createdAt: at * 1000, newValues: { price: 1 }, tags: ['shop'] }),
        labelled('b', 0, { ...own, ...by('User', '2'), createdAt: (at + 5) * 1000, event: 'updated', requestId: 'r', transactionId: 't' }),
        labelled('c', 0, { ...own, createdAt: (at + 9) * 1000, event: 'updated', newValues: { stock: 1 } }),
        labelled('d', 0, { parentType: 'Product', parentId: '7', createdAt: (at + 9) * 1000 }),
      ]); // prettier-ignore
      const urls = async (options: Parameters<typeof product.getAudits>[0]): Promise<string> =>
        (await product.getAudits(options)).map(({ url }) => url).join(' ');
      expect((await product.getAudits({ include: 'user' })).map(nameOf)).to.deep.equal(['Ann', 'Ben', null]);
      expect(await urls({ user: { type: 'User', id: 2 } })).to.equal('b');
      expect(await urls({ user: { id: 2 } })).to.equal('b');
      expect(await urls({ tag: 'shop' })).to.equal('a');
      expect(await urls({ attribute: 'stock' })).to.equal('c');
      expect(await urls({ requestId: 'r' })).to.equal('b');
      expect(await urls({ transactionId: 't', event: ['updated'] })).to.equal('b');
      expect(await urls({ since: at + 5, until: new Date(at + 9) })).to.equal('b');
      expect(await urls({ withChildren: true, since: new Date(at + 9) })).to.equal('c d');
      expect(await urls({ where: { event: 'updated' }, order: [['id', 'DESC']], limit: 1 })).to.equal('c');
      expect(await codeOf(product.getAudits({ include: 'users' } as object))).to.equal('AUDIT_QUERY');
      expect(await codeOf(product.getAudits({ model: 'User' } as object))).to.equal('AUDIT_OPTION');
      expect(await codeOf(product.getAudits({ evnt: 'x' } as object))).to.equal('AUDIT_OPTION');
      expect(await codeOf(product.getAudits({ tag: '\0' }))).to.equal('AUDIT_QUERY');
    });
  });
}
