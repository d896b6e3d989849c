import { expect } from 'chai';

import { recordAudit } from '../../lib';
import type { ViewerAuthorization } from '../../lib/integrations/viewer';
import type { AuditsJson } from '../../lib/viewer/audit-page';
import type { Me } from '../../lib/viewer/endpoints/me';
import type { StateJson } from '../../lib/viewer/endpoints/state';
import { Batch } from '../../lib/record/batch';
import { encodeLine } from '../../lib/record/wire';
import { BatchWriter } from '../../lib/storage/batch-writer';
import { ask, read, refusal } from '../support/web/viewer-client';
import { openViewerShop } from '../support/web/viewer-shop';
import type { ViewerShop } from '../support/web/viewer-shop';
import type { WebApp } from '../support/web/web-app';
import { aRecord } from '../unit/helpers/records';

describe('what the viewer shows to whom', () => {
  let shop: ViewerShop;
  before(async () => {
    shop = await openViewerShop('sqlite');
    const { sequelize } = shop.world;
    await recordAudit({ event: 'exported', newValues: { rows: 3 }, sequelize });
    const { Order } = shop;
    await Order.update({ price: 9 }, { where: { note: 'secret' }, audit: { reason: 'sale' } } as never);
    await shop.world.stored();
  });
  after(() => shop?.close());

  const serve = (authorize: () => ViewerAuthorization | Promise<ViewerAuthorization>): Promise<WebApp> =>
    shop.serve({ authorize });
  const search = (app: WebApp, query = 'limit=200'): Promise<AuditsJson> => read(app, `/api/audits?${query}`);
  const idOf = async (query: string): Promise<string> => (await search(shop.app, query)).audits[0]!.id;

  it('is nothing for those whom authorize does not let in, page, files and data', async () => {
    for (const answer of [false, null, undefined, Promise.resolve(false)]) {
      const app = await serve(() => answer);
      for (const path of ['/', '/live', '/app.js']) {
        const { status, text, headers } = await ask(app, path);
        expect([status, headers['content-type']]).to.deep.equal([403, 'text/html; charset=utf-8']);
        expect(text).to.contain('You may not see the audit trail here.').and.not.contain('<script');
      }
      for (const path of ['me', 'audits', 'audits/1', 'state', 'status', 'rescue', 'buried'])
        expect(await refusal(app, `/api/${path}`)).to.include({ status: 403, code: 'FORBIDDEN' });
    }
  });

  it('is nothing where authorize fails or answers what cannot be meant; the log says why', async () => {
    const wrong: unknown[] = [
      'admin',
      1,
      { model: ['Order'] },
      { models: 'Order' },
      { attributes: { Order: 'price' } },
      { user: 'bob' },
      { id: 7 },
    ];
    for (const answer of wrong) {
      const app = await serve(() => answer as ViewerAuthorization);
      expect(await refusal(app, '/api/audits')).to.include({ status: 500, code: 'INTERNAL' });
    }
    const app = await serve(() =>
      Promise.reject(new Error('the session store of redis://u:pw@host is away')),
    );
    const { message } = await refusal(app, '/api/me');
    const [, id = ''] = /under ([0-9a-f-]{36})\.$/.exec(message) ?? [];
    const logged = shop.troubles().find((line) => line.includes(id));
    expect(id && logged)
      .to.contain('session store')
      .and.not.contain('pw');
    expect(message).not.to.contain('session store');
    expect(shop.troubles().join()).to.contain(
      'Unknown key of what "authorize" answers "model". Did you mean "models"?',
    );
  });

  for (const [form, models] of Object.entries({
    'a list': ['Order'],
    'a function': (model: string) => model === 'Order',
  })) {
    it(`is models by ${form}, and to those no other is there`, async () => {
      const app = await serve(() => ({ models }));
      const { audits, next } = await search(app);
      expect(audits.map(({ auditableType }) => auditableType)).to.deep.equal(Array(5).fill('Order'));
      expect(next).to.equal(null);
      expect((await read<Me>(app, '/api/me')).models).to.deep.equal(['Order']);
      expect((await search(app, 'model=Order&id=1&withChildren=1')).audits).to.have.length(5);
      expect((await search(app, 'userId=42')).audits).to.have.length(4);

      const hidden = await idOf('model=Customer');
      const same = (path: string): Promise<object> => refusal(app, `/api/${path}`);
      expect(await same(`audits/${hidden}`)).to.deep.equal({
        status: 404,
        code: 'AUDIT_NOT_FOUND',
        message: `The trail has no audit "${hidden}".`,
      });
      for (const path of [
        'audits?model=NAME',
        'audits?model=NAME&id=1',
        'state?model=NAME&id=1&at=2100-01-01',
      ]) {
        const [customer, nothing] = [
          await same(path.replace('NAME', 'Customer')),
          await same(path.replace('NAME', 'Customeq')),
        ];
        expect(customer).to.include({ status: 404, code: 'AUDIT_NOT_FOUND' });
        expect(JSON.stringify(customer).replace('Customer', '')).to.equal(
          JSON.stringify(nothing).replace('Customeq', ''),
        );
      }
    });
  }

  it('has pages as long as any for those who see only some of the models', async () => {
    const app = await serve(() => ({ models: ['Line', 'Customer'] }));
    const first = await search(app, 'limit=2');
    expect(first.audits.map(({ auditableType }) => auditableType)).to.deep.equal(['Customer', 'Line']);
    const second = await search(app, `limit=2&after=${first.next}`);
    expect(second).to.deep.include({ next: null, searchedTo: null });
    expect(second.audits.map(({ auditableType }) => auditableType)).to.deep.equal(['Customer']);
    expect(first.audits[1]).to.deep.include({ parentType: null, parentId: null });
  });

  for (const [form, attributes] of Object.entries({
    'a list': { Order: ['id', 'state', 'price'] },
    'a function': (model: string, name: string) =>
      model !== 'Order' || ['id', 'state', 'price'].includes(name),
  })) {
    it(`is attributes by ${form}, in values, differences, states and filters`, async () => {
      const app = await serve(() => ({ attributes }));
      const { audits } = await search(app, 'model=Order&order=oldest');
      // The update of the note alone is none to those who may not see the note.
      expect(audits.map(({ event }) => event)).to.deep.equal(['created', 'updated', 'updated', 'updated']);
      const allowed = ['id', 'state', 'price'];
      for (const { oldValues, newValues, diff } of audits) {
        const names = [oldValues, newValues].flatMap((values) =>
          Object.keys((values as object | null) ?? {}),
        );
        expect(allowed).to.include.members([...names, ...diff.map(({ path }) => String(path[0]))]);
      }
      const state = await read<StateJson>(app, '/api/state?model=Order&id=1&at=2100-01-01');
      expect(state.values).to.deep.equal({ id: 1, state: 'paid', price: 9 });
      const noted = await idOf('model=Order&event=updated&attribute=note');
      expect((await refusal(app, `/api/audits/${noted}`)).status).to.equal(404);
      expect((await refusal(app, `/api/state?model=Order&id=1&audit=${noted}`)).status).to.equal(404);
      const nothing = { audits: [], next: null, searchedTo: null };
      expect(await search(app, 'model=Order&attribute=note')).to.deep.equal(nothing);
      expect(await search(app, 'model=Order&attribute=nothing')).to.deep.equal(nothing);
      expect(await search(app, 'attribute=note')).to.deep.equal(nothing);
      expect((await search(app, 'model=Order&attribute=price')).audits).to.have.length(3);
      expect((await search(app, 'model=Customer&attribute=phone')).audits).to.have.length(2);
      const all = await ask(app, '/api/audits?limit=200');
      expect(all.text).not.to.match(/secret|onerror|"note"|"details"/);
    });
  }

  it('does not tell by a record which hidden attributes its children have', async () => {
    const app = await serve(() => ({ attributes: { Line: ['id', 'orderId'] } }));
    const ofOrder = 'model=Order&id=1&withChildren=1';
    expect((await search(app, `${ofOrder}&attribute=product`)).audits).to.deep.equal([]);
    expect((await search(app, `${ofOrder}&attribute=orderId`)).audits).to.have.length(1);
    expect((await search(shop.app, `${ofOrder}&attribute=product`)).audits).to.have.length(1);
  });

  it('finds nothing of a child by an attribute that is hidden of its model, and not of that of its parent', async () => {
    const children = 'model=Order&id=1&withChildren=1&attribute=id';
    const types = async (app: WebApp): Promise<(string | null)[]> =>
      (await search(app, children)).audits.map(({ auditableType }) => auditableType);
    expect(await types(await serve(() => true))).to.include.members(['Order', 'Line']);
    expect(await types(await serve(() => ({ attributes: { Line: ['orderId'] } })))).to.not.include('Line');
  });

  it('looks past very many updates of hidden attributes in parts, and says how far it has come', async () => {
    const { database } = shop.world.trail;
    const lines = Array.from({ length: 2_100 }, (_, i) =>
      encodeLine(
        aRecord({
          auditableType: 'Line',
          auditableId: '1',
          oldValues: { product: i },
          newValues: { product: i + 1 },
        }),
      ),
    );
    await new BatchWriter(database).write(Batch.fromLines(lines));
    const app = await serve(() => ({ attributes: { Line: ['id'] } }));
    const first = await search(app, 'model=Line&id=1');
    expect(first.audits).to.deep.equal([]);
    expect(first.searchedTo).to.match(/^\d{4}-/);
    const second = await search(app, `model=Line&id=1&after=${first.next}`);
    expect(second.audits.map(({ event }) => event)).to.deep.equal(['created']);
    expect(second).to.include({ next: null, searchedTo: null });
  });

  it('keeps the condition of a summary from those who see not all attributes', async () => {
    const { Order } = shop;
    await Order.update({ price: 5 }, { where: { note: 'secret' }, audit: { bulk: 'summary' } } as never);
    await shop.world.stored();
    const query = 'model=Order&limit=1';
    const whole = await search(shop.app, query);
    expect(JSON.stringify(whole.audits[0]!.context)).to.contain('secret');
    const app = await serve(() => ({ attributes: { Order: ['price'] } }));
    const [shown] = (await search(app, query)).audits;
    expect(shown!.context).to.deep.equal({ statement: { operation: 'update', count: 1 } });
    expect(shown!.newValues).to.deep.equal({ price: 5 });
  });

  it('is names of users for those who may see users', async () => {
    const nameFor = async (answer: ViewerAuthorization): Promise<string | null> =>
      (await search(await serve(() => answer), 'model=Order&userId=42&limit=1')).audits[0]!.userName;
    expect(await nameFor(true)).to.equal('Ada');
    expect(await nameFor({ models: ['Order'] })).to.equal(null);
    expect(await nameFor({ models: ['Order', 'User'] })).to.equal('Ada');
    expect(await nameFor({ attributes: { User: ['email'] } })).to.equal('ada@example.com');
    expect(await nameFor({ attributes: { User: [] } })).to.equal(null);
    const named = await shop.serve({
      authorize: () => ({ models: ['Order'] }),
      describeUser: () => 'a colleague',
    });
    expect((await search(named, 'model=Order&userId=42&limit=1')).audits[0]!.userName).to.equal(
      'a colleague',
    );
  });

  it('is the state of the whole trail for those who may see all of it', async () => {
    for (const answer of [{ models: ['Order'] }, { attributes: {} }]) {
      const app = await serve(() => answer);
      expect((await read<Me>(app, '/api/me')).maySeeStatus).to.equal(false);
      for (const path of ['status', 'rescue', 'buried'])
        expect(await refusal(app, `/api/${path}`)).to.include({ status: 403, code: 'FORBIDDEN' });
    }
    expect((await ask(await serve(() => ({})), '/api/status')).status).to.equal(200);
  });
});
