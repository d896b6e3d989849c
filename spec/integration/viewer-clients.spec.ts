import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { expect } from 'chai';

import { auditViewer } from '../../lib/integrations/viewer';
import { ask, OF_THE_PAGE, read } from '../support/web/viewer-client';
import { openViewerShop } from '../support/web/viewer-shop';
import type { ViewerShop } from '../support/web/viewer-shop';
import type { AuditsJson } from '../../lib/viewer/audit-page';

/** More than the requests that read at a time. */
const MANY = 5;

describe('clients of the viewer that do not behave', () => {
  let shop: ViewerShop;
  before(async () => {
    shop = await openViewerShop('sqlite');
  });
  after(() => shop?.close());

  /** Sends the head of a POST, and of its body no more than a byte. */
  function beginPost(port: number): Socket {
    const socket = connect(port, '127.0.0.1');
    const headers = Object.entries({ ...OF_THE_PAGE, host: 'x', 'content-length': '99' });
    const lines = headers.map(([name, value]) => `${name}: ${value}`).join('\r\n');
    socket.write(
      `POST /api/audits/${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}/revert HTTP/1.1\r\n${lines}\r\n\r\n{`,
    );
    return socket;
  }

  it('that never send a body keep nobody else from reading', async () => {
    let asked = 0;
    const app = await shop.serve({ allowRevert: true, authorize: () => (asked++, true) });
    const { port } = app.server.address() as AddressInfo;
    const sockets = Array.from({ length: MANY }, () => beginPost(port));
    const requests = sockets.map(() => once(app.server, 'request'));
    await Promise.all(requests);

    expect((await read<AuditsJson>(app, '/api/audits')).audits).not.to.be.empty;
    expect(asked).to.equal(MANY + 1);
    for (const socket of sockets) socket.destroy();
  });

  it('nor those that have left before they are let in', async () => {
    const gone: Promise<unknown>[] = [];
    const authorize = async (request: IncomingMessage): Promise<boolean> => {
      if (request.method !== 'POST') return true;
      const closed = new Promise((resolve) => request.once('close', resolve));
      gone.push(closed);
      await closed;
      return true;
    };
    const app = await shop.serve({ allowRevert: true, authorize: authorize });
    const { port } = app.server.address() as AddressInfo;
    for (let index = 0; index < MANY; index++) {
      const served = once(app.server, 'request');
      const socket = beginPost(port);
      await served;
      socket.destroy();
    }
    await Promise.all(gone);

    expect((await read<AuditsJson>(app, '/api/audits')).audits).not.to.be.empty;
  });

  it('are answered once, where somebody else was quicker', async () => {
    let letIn: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (letIn = resolve));
    const viewer = auditViewer({ trail: shop.world.trail, authorize: () => asked.then(() => true) });
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      viewer(request, response);
      response.end('too late', letIn);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const app = { server } as Parameters<typeof ask>[0];
      expect((await ask(app, '/api/me')).text).to.equal('too late');
      await asked;
      expect((await ask(app, '/api/me')).text).to.equal('too late');
    } finally {
      server.close();
    }
  });
});
