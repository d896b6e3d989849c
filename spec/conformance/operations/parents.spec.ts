import { expect } from 'chai';
import { DataTypes } from 'sequelize';

import { withAudit } from '../../../lib';
import { createWorld, DATABASES } from '../../support/world';
import type { World } from '../../support/world';

for (const database of DATABASES) {
  describe(`parents on ${database}`, () => {
    let world: World;
    before(async () => {
      world = await createWorld(database);
    });
    after(() => world.dispose());

    it('let the history of an order tell of its lines too', async () => {
      const plain = { timestamps: false };
      const Order = withAudit(world.sequelize.define('Order', { note: DataTypes.STRING }, plain));
      const Line = withAudit(world.sequelize.define('Line', { amount: DataTypes.INTEGER }, plain), {
        parent: 'order',
      });
      Order.hasMany(Line, { as: 'lines', foreignKey: 'orderId' });
      Line.belongsTo(Order, { as: 'order', foreignKey: 'orderId' });
      await world.sequelize.sync();

      const order = await Order.create({ note: 'urgent' });
      const line = await Line.create({ amount: 1, orderId: order.get('id') });
      const other = await Order.create({ note: 'other' });
      await Line.create({ amount: 9, orderId: other.get('id') });
      await line.update({ amount: 2 });
      await Line.update({ amount: 3 }, { where: { id: line.get('id') as number } });
      await order.update({ note: 'very urgent' });
      await line.destroy();
      await world.stored();

      const story = await order.getAudits({ withChildren: true });
      expect(story.map(({ auditableType, event }) => `${auditableType} ${event}`)).to.deep.equal([
        'Order created',
        'Line created',
        'Line updated',
        'Line updated',
        'Order updated',
        'Line deleted',
      ]);
      expect(story[1]).to.include({ parentType: 'Order', parentId: String(order.get('id')) });
      expect((await order.getAudits()).map(({ event }) => event)).to.deep.equal(['created', 'updated']);
      expect(await order.getAudits({ withChildren: true, event: 'deleted' })).to.have.length(1);
    });

    it('that are no association of the model fail no write, and are reported', async () => {
      const Lost = withAudit(world.sequelize.define('Lost', { name: DataTypes.STRING }), {
        parent: 'nobody',
      });
      await Lost.sync();
      await Lost.create({ name: 'a' });
      await world.stored();

      expect(world.logger.lines.join('\n')).to.contain(
        'names the association "nobody", which is no belongsTo',
      );
      expect(await world.trail.Audit.count({ where: { auditableType: 'Lost' } })).to.equal(1);
    });
  });
}
