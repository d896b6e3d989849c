import { expect } from 'chai';
import { DataTypes } from 'sequelize';
import type { Model, ModelStatic, Sequelize } from 'sequelize';

import { withAudit } from '../../lib';
import type { Audit } from '../../lib';
import { withPaperTrail } from '../support/paper-trail';
import type { Revision } from '../support/paper-trail';
import { createWorld, DATABASES } from '../support/world';
import type { World } from '../support/world';

const EVENTS: Readonly<Record<string, string>> = { create: 'created', update: 'updated', destroy: 'deleted' };

/** What sequelize-paper-trail records of a script is a part of what is in the trail. */
for (const database of DATABASES) {
  describe(`sequelize-paper-trail on ${database}`, () => {
    let world: World;
    let Product: ModelStatic<Model>;
    let Shop: ModelStatic<Model>;
    let revisions: () => Promise<Revision[]>;

    before(async () => {
      world = await createWorld(database);
      ({ Product, Shop } = define(world.sequelize));
      revisions = withPaperTrail(world.sequelize, [Product, Shop]);
      await world.sequelize.sync();
    });

    after(() => world.dispose());

    it('has nothing that the trail has not', async () => {
      await script(world.sequelize, Product, Shop);
      const theirs = await revisions();
      const ours = await world.stored();

      expect(theirs.map(({ operation }) => operation)).to.deep.equal([
        'create', 'create', 'update', 'create', 'update', 'update', 'destroy', 'destroy',
      ]); // prettier-ignore
      let from = 0;
      for (const revision of theirs) {
        const found = ours.findIndex((audit, index) => index >= from && tells(ours, audit, revision));
        expect(found, `the record of ${JSON.stringify(revision)}`).to.be.at.least(from);
        from = found + 1;
      }
      expect(ours.length).to.be.greaterThan(theirs.length);
    });
  });
}

function define(sequelize: Sequelize): { Product: ModelStatic<Model>; Shop: ModelStatic<Model> } {
  const Product = withAudit(
    sequelize.define('Product', {
      name: { type: DataTypes.STRING, allowNull: false },
      price: DataTypes.INTEGER,
      isOnSale: DataTypes.BOOLEAN,
      tags: DataTypes.JSON,
    }),
  );
  const Shop = withAudit(sequelize.define('Shop', { name: DataTypes.STRING }, { paranoid: true }));
  return { Product, Shop };
}

/** Create, update and destroy, its three operations, some of them rolled back; and what it does not see. */
async function script(
  sequelize: Sequelize,
  Product: ModelStatic<Model>,
  Shop: ModelStatic<Model>,
): Promise<void> {
  const chair = await Product.create({ name: 'Chair', price: 90, isOnSale: false, tags: ['wood'] });
  const shop = await Shop.create({ name: 'Corner' });
  await chair.update({ price: 80, isOnSale: true });
  await chair.update({ price: 80 });
  const lamp = await sequelize.transaction((transaction) =>
    Product.create({ name: 'Lamp' }, { transaction }),
  );
  const undone = await sequelize.transaction();
  await lamp.update({ price: 1 }, { transaction: undone });
  await undone.rollback();
  await lamp.reload();
  lamp.set({ name: 'Desk lamp', price: 35 });
  await lamp.save();
  await shop.update({ name: 'Corner shop' });
  await chair.destroy();
  await shop.destroy();
  await Product.bulkCreate([{ name: 'Table' }, { name: 'Bench' }]);
  await Product.update({ price: 5 }, { where: { name: 'Table' } });
  await lamp.increment('price', { by: 2 });
}

/** Whether a record of ours is of the same change, and knows every value that the revision has. */
function tells(ours: readonly Audit[], audit: Audit, revision: Revision): boolean {
  const isSame =
    audit.auditableType === revision.model &&
    audit.auditableId === String(revision.documentId) &&
    audit.event === EVENTS[revision.operation];
  if (!isSame) return false;
  const state = audit.event === 'deleted' ? audit.oldValues : stateAt(ours, audit);
  return Object.entries(revision.document).every(
    ([attribute, value]) => JSON.stringify(state?.[attribute] ?? null) === JSON.stringify(value),
  );
}

/** All values of a row as of a record, from what was recorded up to it. */
function stateAt(ours: readonly Audit[], until: Audit): Record<string, unknown> {
  const upTo = ours.slice(0, ours.indexOf(until) + 1);
  const own = upTo.filter(
    ({ auditableType, auditableId }) =>
      auditableType === until.auditableType && auditableId === until.auditableId,
  );
  return Object.assign({}, ...own.map(({ newValues }) => newValues)) as Record<string, unknown>;
}
