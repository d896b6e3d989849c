import { expect } from 'chai';

import { auditContext } from '../../lib/integrations/express';
import { auditViewer } from '../../lib/integrations/viewer';
import type { Audit } from '../../lib';
import { ask, read } from '../support/web/viewer-client';
import { openViewerShop } from '../support/web/viewer-shop';
import type { ViewerShop } from '../support/web/viewer-shop';
import { listening } from '../support/web/web-app';
import express from 'express';

const OF_A_READ = ['auditableType', 'auditableId', 'userType', 'userId', 'newValues'] as const;

describe('reading that is audited itself', () => {
  let shop: ViewerShop;
  beforeEach(async () => {
    shop = await openViewerShop('sqlite');
  });
  afterEach(() => shop?.close());

  const reads = async (): Promise<Audit[]> =>
    (await shop.world.stored()).filter(({ event }) => event === 'read');

  it('makes one record for each look, of what was asked for and by whom', async () => {
    const app = await shop.serve({
      auditReads: true,
      authorize: () => ({ user: { type: 'Auditor', id: 7 } }),
    });
    const headers = { 'user-agent': 'spec', 'x-request-id': 'look' };
    const get = (path: string) =>
      read<{ audits: { id: string }[]; next: string }>(app, `/api/${path}`, { headers });
    const { audits, next } = await get('audits?model=Order&id=1&limit=2');
    const { id } = audits[0]!;
    await get(`audits?model=Order&id=1&limit=2&after=${next}`);
    await get(`audits/${id}`);
    await get('state?model=Order&id=1&at=2100-01-01');
    await get('audits?userType=User&userId=42&event=created&event=updated');
    await get('audits?request=r1');

    const found = await reads();
    const order = { model: 'Order', id: '1' };
    expect(found.map((audit) => OF_A_READ.map((name) => audit[name]))).to.deep.equal([
      ['Order', '1', 'Auditor', '7', { ...order, limit: '2' }],
      ['Order', '1', 'Auditor', '7', { ...order, limit: '2' }],
      ['Order', '1', 'Auditor', '7', { audit: id }],
      ['Order', '1', 'Auditor', '7', { ...order, at: '2100-01-01' }],
      ['User', '42', 'Auditor', '7', { userType: 'User', userId: '42', event: ['created', 'updated'] }],
      [null, null, 'Auditor', '7', { request: 'r1' }],
    ]);
    expect(found[2]).to.include({
      url: `/api/audits/${id}`,
      ipAddress: '127.0.0.1',
      userAgent: 'spec',
      requestId: 'look',
    });
  });

  it('makes none of pages, files, what one is, the state of the trail, and what was not found', async () => {
    const app = await shop.serve({ auditReads: true });
    for (const path of ['/', '/app.js', '/api/me', '/api/status'])
      expect((await ask(app, path)).status).to.equal(200);
    for (const path of ['audits?model=Ordr', 'audits/1', 'state?model=Order&id=9&at=2100-01-01'])
      expect((await ask(app, `/api/${path}`)).status).to.equal(404);
    expect(await reads()).to.deep.equal([]);
  });

  it('makes none where the option is not given', async () => {
    await read(shop.app, '/api/audits');
    expect(await reads()).to.deep.equal([]);
  });

  it("has the context of the application's own middleware, and its user", async () => {
    const app = express();
    app.use(
      auditContext({
        user: () => ({ type: 'Admin', id: 1 }),
        context: () => ({ requestId: 'theirs', tags: ['admin'] }),
      }),
    );
    app.use('/audit', auditViewer({ authorize: () => true, trail: shop.world.trail, auditReads: true }));
    const served = await listening(app.listen(0, '127.0.0.1'));
    await read(served, '/audit/api/audits?model=Order');
    await served.close();
    const [found] = await reads();
    expect(found).to.deep.include({
      userType: 'Admin',
      userId: '1',
      requestId: 'theirs',
      tags: ['admin'],
      url: '/audit/api/audits?model=Order',
    });
  });

  it('takes the user of the request where nobody says more', async () => {
    const app = express();
    app.use(
      (request, _response, next) => void next(Object.assign(request, { user: { id: 'u1' } }) && undefined),
    );
    app.use('/audit', auditViewer({ authorize: () => true, trail: shop.world.trail, auditReads: true }));
    const served = await listening(app.listen(0, '127.0.0.1'));
    await read(served, '/audit/api/audits?model=Order');
    await served.close();
    expect((await reads())[0]).to.include({ userType: 'User', userId: 'u1' });
  });

  it('does not keep anybody from reading where it fails', async () => {
    const { trail } = shop.world;
    const refusing = Object.create(trail, {
      record: { value: () => Promise.reject(new Error('no room left')) },
    }) as typeof trail;
    const app = await shop.serve({ auditReads: true, trail: refusing });
    const { audits } = await read<{ audits: object[] }>(app, '/api/audits?model=Order');
    expect(audits).to.have.length(4);
    expect(shop.troubles().join()).to.contain('could not be recorded: no room left');
  });
});
