import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { expect } from 'chai';

import { AuditError } from '../../lib';
import { auditViewer as forFastify } from '../../lib/integrations/fastify';
import { auditViewer as forKoa } from '../../lib/integrations/koa';
import { auditViewer } from '../../lib/integrations/viewer';
import { until } from '../support/until';
import { ask, OF_THE_PAGE, read, refusal } from '../support/web/viewer-client';
import type { Asked } from '../support/web/viewer-client';
import { HOSTILE, openViewerShop } from '../support/web/viewer-shop';
import type { ViewerShop } from '../support/web/viewer-shop';
import { addressOf } from '../support/web/web-app';
import type { WebApp } from '../support/web/web-app';

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

describe('the security of the viewer', () => {
  let shop: ViewerShop;
  let app: WebApp;
  before(async () => {
    shop = await openViewerShop('sqlite');
    app = await shop.serve({ allowRevert: true });
  });
  after(() => shop?.close());

  it('goes with each answer as headers, those of refusals too', async () => {
    for (const path of ['/', '/app.js', '/api/me', '/api/nothing', '/nothing', '/api/audits?x=1']) {
      const { headers } = await ask(app, path);
      expect(headers, path).to.include({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy'], path).to.match(/^default-src 'none'; /);
      expect(headers['access-control-allow-origin'], path).to.equal(undefined);
      if (path !== '/app.js') expect(headers['cache-control'], path).to.equal('no-store');
    }
    expect((await ask(app, '/')).headers['content-security-policy']).to.equal(PAGE_POLICY);
  });

  it('puts nothing of a request into a page, and no tag into data', async () => {
    const script = encodeURIComponent('"><script>alert(1)</script>');
    const page = await ask(app, `/record/${script}/${script}?q=${script}`);
    expect(page.text).not.to.contain('alert');
    for (const path of [
      `/${script}`,
      `/api/audits?${script}=1`,
      `/api/audits?model=${script}`,
      `/api/audits/${script}`,
    ])
      expect((await ask(app, path)).text).not.to.contain('<script');
    const { text } = await ask(app, '/api/audits?model=Order');
    expect(text).not.to.match(/[<>&\u2028]/);
    const { audits } = JSON.parse(text) as { audits: { newValues: { note?: string } }[] };
    expect(audits.map(({ newValues }) => newValues.note)).to.include(HOSTILE);
  });

  it('lets no page but its own take anything back', async () => {
    const { id } = (await read<{ audits: { id: string }[] }>(app, '/api/audits?model=Order&limit=1'))
      .audits[0]!;
    const post = (asked: Asked) =>
      refusal(app, `/api/audits/${id}/revert`, {
        method: 'POST',
        body: '{"reason":"x"}',
        headers: OF_THE_PAGE,
        ...asked,
      });
    const { host } = new URL(addressOf(app.server));
    const foreign: Record<string, string>[] = [
      { 'x-audit-viewer': '' },
      { 'x-audit-viewer': 'true' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://${host}0` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: `http://${host}` },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of foreign)
      expect(await post({ headers: { ...OF_THE_PAGE, ...headers } }), JSON.stringify(headers)).to.include({
        status: 403,
        code: 'FOREIGN_PAGE',
      });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])
      expect(await post({ headers: { ...OF_THE_PAGE, 'content-type': type } }), type).to.include({
        status: 415,
      });
    const own: Record<string, string>[] = [
      {},
      { origin: `http://${host}` },
      // Behind a proxy the host is another, and the browser says all the same whose page it is.
      { origin: 'https://shop.example', 'sec-fetch-site': 'same-origin' },
      { 'content-type': 'application/json; charset=utf-8' },
    ];
    for (const headers of own)
      expect((await post({ body: '{}', headers: { ...OF_THE_PAGE, ...headers } })).message).to.contain(
        '"reason"',
      );
  });

  it('takes nothing back where allowRevert, or the answer of authorize, does not say so', async () => {
    const { id } = (await read<{ audits: { id: string }[] }>(app, '/api/audits?model=Order&limit=1'))
      .audits[0]!;
    const post = { method: 'POST', body: '{"reason":"x"}', headers: OF_THE_PAGE };
    for (const options of [{}, { allowRevert: true, authorize: () => ({ allowRevert: false }) }]) {
      const other = await shop.serve(options);
      expect(await refusal(other, `/api/audits/${id}/revert`, post)).to.include({
        status: 403,
        code: 'FORBIDDEN',
      });
      expect(await read<object>(other, '/api/me')).to.include({ allowRevert: false });
    }
    const narrow = await shop.serve({
      allowRevert: true,
      authorize: () => ({ attributes: { Order: ['state'] } }),
    });
    expect(await refusal(narrow, `/api/audits/${id}/revert`, post)).to.include({
      status: 403,
      code: 'FORBIDDEN',
    });
  });

  it('bounds the body, and refuses what is no JSON or no object of known names', async () => {
    const post = (body: string, headers: Record<string, string> = {}) =>
      refusal(app, '/api/audits/1/revert', { method: 'POST', body, headers: { ...OF_THE_PAGE, ...headers } });
    const large = JSON.stringify({ reason: 'x'.repeat(65_536) });
    expect(await post(large)).to.include({ status: 413, code: 'TOO_LARGE' });
    expect(await post(large, { 'transfer-encoding': 'chunked' })).to.include({
      status: 413,
      code: 'TOO_LARGE',
    });
    for (const body of ['', '{', 'reason=x', '\ufeff{}'])
      expect(await post(body), body).to.include({ status: 400, code: 'BODY' });
    for (const body of ['[]', 'null', '"x"', '{"reson":"x"}'])
      expect(await post(body), body).to.include({ status: 400, code: 'AUDIT_QUERY' });
    expect((await post('{"reson":"x"}')).message).to.contain('Did you mean "reason"?');
  });

  it('survives a client that leaves in the midst of its body', async () => {
    const { port } = app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const headers = Object.entries(OF_THE_PAGE).map(([name, value]) => `${name}: ${value}`);
    const head = [
      'POST /api/audits/1/revert HTTP/1.1',
      `host: 127.0.0.1:${port}`,
      ...headers,
      'content-length: 100',
      '',
      '{',
    ];
    socket.end(head.join('\r\n'));
    await once(socket.resume(), 'close');
    expect((await ask(app, '/api/me')).status).to.equal(200);
  });

  it('survives clients that leave while authorize is asked', async () => {
    let answer: (isAllowed: boolean) => void = () => undefined;
    const asked = new Promise<boolean>((resolve) => (answer = resolve));
    let waiting = 0;
    const slow = await shop.serve({ allowRevert: true, authorize: () => (waiting++, asked) });
    const { port } = slow.server.address() as AddressInfo;
    const headers = Object.entries(OF_THE_PAGE).map(([name, value]) => `${name}: ${value}`);
    const head = ['POST /api/audits/1/revert HTTP/1.1', `host: 127.0.0.1:${port}`, ...headers];
    const left: Promise<unknown>[] = [];
    slow.server.on('connection', (socket) =>
      left.push(new Promise((resolve) => socket.once('close', resolve))),
    );
    // As many as may read at a time.
    const sockets = [1, 2, 3].map(() => connect(port, '127.0.0.1'));
    for (const socket of sockets) socket.write([...head, 'content-length: 100', '', '{'].join('\r\n'));
    await until(() => waiting === sockets.length, { what: 'authorize to be asked' });
    for (const socket of sockets) socket.destroy();
    await Promise.all(left);
    answer(true);
    expect((await ask(slow, '/api/me')).status).to.equal(200);
  });

  it('reads for three at a time, so that the application keeps its connections', async () => {
    const { trail } = shop.world;
    let [now, most] = [0, 0];
    const counting = Object.create(trail.history, {
      search: {
        value: async (query: object) => {
          most = Math.max(most, ++now);
          await nextTurn();
          const page = await trail.history.search(query);
          now--;
          return page;
        },
      },
    }) as typeof trail.history;
    const busy = await shop.serve({
      trail: Object.create(trail, { history: { value: counting } }) as typeof trail,
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(busy, '/api/audits')));
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(20).fill(200));
    expect(most).to.equal(3);
  });

  it('tells of a failure no more than where to look', async () => {
    const broken = await openViewerShop('sqlite');
    await broken.world.trail.database.sequelize.query('ALTER TABLE audits RENAME COLUMN old_values TO gone');
    const answer = await refusal(broken.app, '/api/audits');
    expect(answer).to.include({ status: 500, code: 'INTERNAL' });
    expect(answer.message).not.to.match(/old_values|SELECT|SQLITE|sqlite/);
    const [, id = ''] = /under ([0-9a-f-]{36})\.$/.exec(answer.message) ?? [];
    expect(broken.troubles().find((line) => line.includes(id))).to.contain('old_values');
    await broken.world.trail.database.sequelize.query('DROP TABLE audits');
    const missing = await refusal(broken.app, '/api/audits');
    expect(missing).to.include({ status: 500, code: 'AUDIT_NOT_MIGRATED' });
    expect(missing.message).to.contain('npx audit migrate');
    await broken.close();
  });

  it('begins with options that say who may look', async () => {
    const wrong: [options: object, message: RegExp][] = [
      [{}, /needs the function "authorize"/],
      [{ authorize: true }, /needs the function "authorize"/],
      [{ authorise: () => true }, /Did you mean "authorize"\?/],
      [{ authorize: () => true, allowRevert: 'yes' }, /"allowRevert"/],
      [{ authorize: () => true, auditReads: 1 }, /"auditReads"/],
      [{ authorize: () => true, describeUser: 'name' }, /"describeUser"/],
      [{ authorize: () => true, path: 'audit' }, /"path"/],
      [{ authorize: () => true, path: '/a?b' }, /"path"/],
      [{ authorize: () => true, trail: shop.world.trail, sequelize: shop.world.sequelize }, /"trail"/],
    ];
    for (const [options, message] of wrong) {
      for (const make of [auditViewer, forKoa] as ((given: never) => unknown)[])
        expect(() => make(options as never))
          .to.throw(AuditError, message)
          .with.property('code', 'AUDIT_OPTION');
      const failed = await new Promise<Error | undefined>((registered) =>
        forFastify({} as never, options as never, registered),
      );
      expect(failed?.message).to.match(message);
    }
    const failed = await new Promise<Error | undefined>((registered) =>
      forFastify({} as never, { authorize: () => true, path: '/audit' }, registered),
    );
    expect(failed?.message).to.contain('"prefix"');
    for (const options of [null, [], 'x']) expect(() => auditViewer(options as never)).to.throw(AuditError);
  });
});
