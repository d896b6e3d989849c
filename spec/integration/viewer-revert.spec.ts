import { expect } from 'chai';

import type { AuditsJson } from '../../lib/viewer/audit-page';
import type { Me } from '../../lib/viewer/endpoints/me';
import type { AuditJson } from '../../lib/viewer/shown-record';
import { ask, OF_THE_PAGE, read, refusal } from '../support/web/viewer-client';
import { openViewerShop } from '../support/web/viewer-shop';
import type { ViewerShop } from '../support/web/viewer-shop';
import type { WebApp } from '../support/web/web-app';
import { DATABASES } from '../support/world';

for (const database of DATABASES) {
  describe(`taking changes back by the viewer on ${database}`, () => {
    let shop: ViewerShop;
    let app: WebApp;
    beforeEach(async () => {
      shop = await openViewerShop(database);
      app = await shop.serve({ allowRevert: true, authorize: () => ({ user: { type: 'Auditor', id: 7 } }) });
    });
    afterEach(() => shop?.close());

    const history = async (model: string): Promise<readonly AuditJson[]> =>
      (await read<AuditsJson>(app, `/api/audits?model=${model}&order=oldest`)).audits;
    const order = (body: object) => ({ method: 'POST', headers: OF_THE_PAGE, body: JSON.stringify(body) });
    const post = async (path: string, body: object): Promise<unknown> => {
      const { status, text } = await ask(app, `/api/${path}`, order(body));
      expect(text).to.satisfy(() => status === 200);
      return JSON.parse(text);
    };

    it('undoes one change in the name of the visitor, with the reason', async () => {
      const [, priced] = await history('Order');
      expect(priced!.canRevert).to.equal(true);
      expect((await read<Me>(app, '/api/me')).canRevertModels).to.include.members([
        'Customer',
        'Line',
        'Order',
      ]);

      const done = await post(`audits/${priced!.id}/revert`, { reason: ' mistyped ' });

      expect(done).to.deep.equal({ done: true, event: 'updated' });
      expect((await shop.Order.findOne())?.get('price')).to.equal(1);
      await shop.world.stored();
      const last = (await history('Order')).at(-1)!;
      expect(last).to.deep.include({
        event: 'updated',
        userType: 'Auditor',
        userId: '7',
        ipAddress: '127.0.0.1',
      });
      expect(last.context).to.deep.equal({ reason: 'mistyped', revertOf: priced!.id });
    });

    it('says where the row has changed since, and overwrites it when told to', async () => {
      await shop.Order.update({ price: 50 }, { where: {} });
      const [, priced] = await history('Order');
      const path = `audits/${priced!.id}/revert`;
      expect(await refusal(app, `/api/${path}`, order({ reason: 'x' }))).to.include({
        status: 409,
        code: 'AUDIT_CONFLICT',
      });
      expect(await post(path, { reason: 'x', force: true })).to.deep.equal({ done: true, event: 'updated' });
      expect((await shop.Order.findOne())?.get('price')).to.equal(1);
    });

    it('makes a record what it was after one of its audits, also one that is gone', async () => {
      const [created] = await history('Order');
      const target = { model: 'Order', id: '1', audit: created!.id, reason: 'as ordered' };
      expect(await post('revert-to', target)).to.deep.equal({ done: true, event: 'updated' });
      expect((await shop.Order.findOne())?.get()).to.include({ price: 1, state: 'open' });
      await shop.Line.destroy({ where: {} });
      await shop.Order.destroy({ where: {} });
      await shop.world.stored();
      expect(await post('revert-to', target)).to.deep.equal({ done: true, event: 'created' });
      expect((await shop.Order.findByPk(1))?.get('state')).to.equal('open');
    });

    it('says what cannot be done, and does nothing then', async () => {
      const [created, priced] = await history('Order');
      const [customer] = await history('Customer');
      const cases: [path: string, body: object, status: number, code: string][] = [
        [`audits/${priced!.id}/revert`, {}, 400, 'AUDIT_QUERY'],
        [`audits/${priced!.id}/revert`, { reason: ' ' }, 400, 'AUDIT_QUERY'],
        [`audits/${priced!.id}/revert`, { reason: 'x'.repeat(1001) }, 400, 'AUDIT_QUERY'],
        [`audits/${priced!.id}/revert`, { reason: 'x', force: 'yes' }, 400, 'AUDIT_QUERY'],
        ['audits/01890000-0000-7000-8000-000000000000/revert', { reason: 'x' }, 404, 'AUDIT_NOT_FOUND'],
        ['revert-to', { model: 'Order', id: '1', audit: 'x' }, 400, 'AUDIT_QUERY'],
        ['revert-to', { model: 'Order', id: 1, audit: created!.id, reason: 'x' }, 400, 'AUDIT_QUERY'],
        ['revert-to', { model: 'Order', id: '2', audit: created!.id, reason: 'x' }, 404, 'AUDIT_NOT_FOUND'],
        ['revert-to', { model: 'Order', id: '1', audit: customer!.id, reason: 'x' }, 404, 'AUDIT_NOT_FOUND'],
        ['revert-to', { model: 'Ordr', id: '1', audit: created!.id, reason: 'x' }, 400, 'AUDIT_NOT_A_MODEL'],
      ];
      for (const [path, body, status, code] of cases)
        expect(await refusal(app, `/api/${path}`, order(body)), JSON.stringify(body)).to.include({
          status,
          code,
        });
      const narrow = await shop.serve({ allowRevert: true, authorize: () => ({ models: ['Customer'] }) });
      const hidden = { model: 'Order', id: '1', audit: created!.id, reason: 'x' };
      expect(await refusal(narrow, `/api/audits/${created!.id}/revert`, order({ reason: 'x' }))).to.include({
        status: 404,
      });
      expect(await refusal(narrow, '/api/revert-to', order(hidden))).to.include({ status: 404 });
      await shop.world.stored();
      expect(await history('Order')).to.have.length(4);
    });

    it('says what the database refuses, and no more', async () => {
      await shop.Line.destroy({ where: {} });
      await shop.Order.destroy({ where: {} });
      await shop.world.stored();
      const [created] = await history('Line');
      const deleted = (await history('Line')).at(-1)!;
      expect(created!.event).to.equal('created');
      const refused = await refusal(app, `/api/audits/${deleted.id}/revert`, order({ reason: 'x' }));
      expect(refused).to.include({ status: 400, code: 'AUDIT_REVERT' });
      expect(refused.message).to.equal(
        'It cannot be as it was: a record that it refers to, or that refers to it, is in the way.',
      );
    });
  });
}
