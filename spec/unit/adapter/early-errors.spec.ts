import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';

import { expect } from 'chai';

import { openUrl } from '../../../lib/storage/database';

/** A message of PostgreSQL's protocol: its letter, its length with the four bytes of itself, its content. */
function message(letter: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(letter), length, content]);
}

const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const TERMINATED = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));

describe('Early errors', () => {
  it('fail what is asked of PostgreSQL, and not the process, when the server leaves with its greeting', async () => {
    const server = net.createServer((socket) => {
      // In one piece, so that nothing runs between the two.
      socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, TERMINATED])));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sequelize = openUrl(`postgres://a:b@127.0.0.1:${(server.address() as AddressInfo).port}/c`);
    try {
      const failure = await sequelize.authenticate().catch((error: unknown) => error);
      expect(failure).to.be.an('error');
    } finally {
      await sequelize.close();
      server.close();
    }
  });
});
