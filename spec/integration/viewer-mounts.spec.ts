import { Agent } from 'node:http';

import { expect } from 'chai';
import { DataTypes } from 'sequelize';

import { withAudit } from '../../lib';
import { ELSEWHERE, VIEWER_APPS } from '../support/web/viewer-apps';
import { ask, OF_THE_PAGE, read, refusal } from '../support/web/viewer-client';
import type { WebApp } from '../support/web/web-app';
import { createWorld } from '../support/world';
import type { World } from '../support/world';

/** What `<base href>` of a page means to a browser. */
function baseOf(page: string, path: string): string {
  const [, href = ''] = /<base href="([^"]*)">/.exec(page) ?? [];
  return new URL(href, `http://localhost${path}`).pathname;
}

for (const [name, { mount, start }] of Object.entries(VIEWER_APPS)) {
  describe(`the viewer on ${name}`, () => {
    let world: World;
    let app: WebApp;
    let asked: unknown[];
    before(async () => {
      world = await createWorld('sqlite');
      const Product = withAudit(world.sequelize.define('Product', { name: DataTypes.STRING }));
      await world.sequelize.sync();
      await Product.create({ name: 'Tea' });
      await world.stored();
      app = await start({
        authorize: (request) => asked.push(request) > 0,
        trail: world.trail,
        allowRevert: true,
      });
    });
    beforeEach(() => (asked = []));
    after(async () => {
      await app?.close();
      await world?.dispose();
    });

    it('answers each of its pages with the same document, based on the mount', async () => {
      const pages = [
        '/',
        '/live',
        '/set-aside',
        '/audit/7',
        '/record/Product/a%2Fb',
        '/user/User/%2e',
        '/request/r',
      ];
      for (const page of pages.map((each) => `${mount}${each}`)) {
        const { status, headers, text } = await ask(app, `${page}?q=1`);
        expect([status, headers['content-type']]).to.deep.equal([200, 'text/html; charset=utf-8']);
        expect(baseOf(text, page), page).to.equal(`${mount}/`);
      }
      expect(asked).to.have.length(pages.length);
    });

    if (mount !== '') {
      it('leads from the mount without a slash to that with one, wherever a proxy has put it', async () => {
        const { status, headers } = await ask(app, `${mount}?model=Product`);
        expect(status).to.equal(302);
        expect(new URL(headers.location ?? '', `http://host/proxied${mount}`).href).to.equal(
          `http://host/proxied${mount}/?model=Product`,
        );
      });

      it('leaves other paths to the application', async () => {
        for (const path of ['/', '/other', `${mount}s`])
          expect((await ask(app, path)).text).to.equal(ELSEWHERE);
        expect(asked).to.deep.equal([]);
      });
    }

    it('sends the files of the page, for ever where the page has named them', async () => {
      const page = await ask(app, `${mount}/`);
      const [, script = ''] = /src="(app\.js\?v=[^"]+)"/.exec(page.text) ?? [];
      const named = await ask(app, `${mount}/${script}`);
      expect(named.status).to.equal(200);
      expect(named.headers['content-type']).to.equal('text/javascript; charset=utf-8');
      expect(named.headers['cache-control']).to.equal('private, max-age=31536000, immutable');
      const plain = await ask(app, `${mount}/app.js?v=old`);
      expect(plain.headers['cache-control']).to.equal('private, no-cache');
      const again = await ask(app, `${mount}/app.js`, {
        headers: { 'if-none-match': plain.headers.etag ?? '' },
      });
      expect([again.status, again.text]).to.deep.equal([304, '']);
    });

    it('answers with data, and to HEAD without a body', async () => {
      const me = await read<{ models: string[] }>(app, `${mount}/api/me`);
      expect(me.models).to.deep.equal(['Product']);
      const path = `${mount}/api/audits?model=Product`;
      const [got, head] = [await ask(app, path), await ask(app, path, { method: 'HEAD' })];
      expect(got.headers['content-type']).to.equal('application/json; charset=utf-8');
      expect([head.status, head.text]).to.deep.equal([200, '']);
      expect(head.headers['content-length']).to.equal(String(Buffer.byteLength(got.text)));
    });

    it("asks authorize with the framework's own request", async () => {
      await read(app, `${mount}/api/me`, { headers: { 'x-who': 'ada' } });
      const [request] = asked as { headers: Record<string, string>; url: string; originalUrl?: string }[];
      expect(request?.headers['x-who']).to.equal('ada');
      expect(request?.originalUrl ?? request?.url).to.equal(`${mount}/api/me`);
      const ofKoa = 'state' in (request as object);
      expect(ofKoa).to.equal(name.startsWith('Koa'));
    });

    it('says what it has not, and what cannot be done', async () => {
      expect((await ask(app, `${mount}/nothing`)).status).to.equal(404);
      expect((await ask(app, `${mount}/record/Product`)).status).to.equal(404);
      expect(await refusal(app, `${mount}/api/nothing`)).to.include({ status: 404, code: 'NOT_FOUND' });
      for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        const answer = await ask(app, `${mount}/api/audits`, { method });
        expect([answer.status, answer.headers.allow]).to.deep.equal([405, 'GET, HEAD']);
      }
      const revert = await ask(app, `${mount}/api/audits/1/revert`);
      expect([revert.status, revert.headers.allow]).to.deep.equal([405, 'POST']);
    });

    it('reads a body, parsed or not, and keeps the connection through it', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const post = (body: string) =>
        refusal(app, `${mount}/api/audits/1/revert`, { method: 'POST', headers: OF_THE_PAGE, body, agent });
      expect(await post('{"reason": "a mistake"}')).to.include({ status: 404, code: 'AUDIT_NOT_FOUND' });
      expect(await post('{"reason": ""}')).to.include({ status: 400, code: 'AUDIT_QUERY' });
      expect(await post('{"raison": ""}')).to.include({ status: 400, code: 'AUDIT_QUERY' });
      const foreign = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}', agent };
      expect(await refusal(app, `${mount}/api/audits/1/revert`, foreign)).to.include({ status: 403 });
      expect((await ask(app, `${mount}/api/me`, { agent })).status).to.equal(200);
      agent.destroy();
    });
  });
}
