import { expect } from 'chai';
import { DataTypes, Op } from 'sequelize';
import type { WhereOptions } from 'sequelize';

import { compare, withAudit } from '../../../lib';
import type { AsOfOptions } from '../../../lib';
import { createWorld, DATABASES } from '../../support/world';
import type { World } from '../../support/world';

const columns = { big: DataTypes.BIGINT, price: DataTypes.DECIMAL(10, 2), open: DataTypes.BOOLEAN };
const define = (world: World) =>
  withAudit(
    world.sequelize.define('Account', columns, {
      timestamps: false,
      scopes: { open: { where: { open: true } } },
    }),
  );

for (const database of DATABASES) {
  describe(`the conditions on past values, on ${database}`, () => {
    let world: World;
    let Account: ReturnType<typeof define>;
    let then: Date;
    before(async () => {
      world = await createWorld(database);
      Account = define(world);
      await world.sequelize.sync();
      const account = await Account.create({ big: '9007199254740993', price: '1.10', open: true });
      then = (await world.stored())[0]!.createdAt;
      await world.trail.Audit.update({ createdAt: new Date(then.getTime() - 60_000) }, { where: {} });
      await account.update({ big: '1', open: false });
      await world.stored();
      then = new Date(then.getTime() - 1);
    });
    after(() => world.dispose());

    const count = async (where: WhereOptions): Promise<number> =>
      (await Account.asOf(then, { where })).length;

    it('compare whole numbers and decimals in all their digits', async () => {
      expect(await count({ big: { [Op.gt]: '9007199254740992' } })).to.equal(1);
      expect(await count({ big: { [Op.gt]: '9007199254740993' } })).to.equal(0);
      expect(await count({ big: { [Op.lte]: 9007199254740993n } })).to.equal(1);
      expect(await count({ price: { [Op.between]: ['1.1', 1.1] } })).to.equal(1);
    });

    it('are joined by that of the scope', async () => {
      const open = Account.scope('open') as typeof Account;
      expect(await open.asOf(then)).to.have.lengthOf(1);
      expect(await open.asOf(new Date())).to.have.lengthOf(0);
      expect(await Account.asOf(new Date(), { where: { big: '1' } })).to.have.lengthOf(1);
    });

    it('are under their names, or it says so', async () => {
      const options = [{ were: {} }, { limit: 1 }, { paranoid: 'no' }, null, 'x'] as unknown as AsOfOptions[];
      for (const each of options) {
        const code = await Account.asOf(then, each).then(
          () => 'none',
          (error: { code?: string }) => error.code,
        );
        expect(code, JSON.stringify(each)).to.equal('AUDIT_OPTION');
      }
    });

    it('leave no difference between two forms of one value', async () => {
      const now = (await Account.findOne())!;
      const differences = compare(await now.asOf(then), now);
      expect(differences.map(({ path }) => path[0])).to.have.members(['big', 'open']);
    });
  });
}
