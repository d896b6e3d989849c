import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { AuditError, messageOf } from '../../lib/errors';
import { Gate } from './gate';

/** The only address that is listened at. */
const HOST = '127.0.0.1';

export interface Served {
  /** With the token that lets one browser in. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves a handler to the one who has the link; port 0 is any that is free. Throws AUDIT_USAGE for one that is not. */
export async function serve(handler: Handler, port: number): Promise<Served> {
  const gate = new Gate();
  const server = createServer((request, response) => {
    if (gate.admits(request, response)) handler(request, response);
  });
  server.listen(port, HOST);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const message = `Port ${port} cannot be listened at (${messageOf(cause)}). Name another with --port, or none.`;
    throw new AuditError('AUDIT_USAGE', message, { cause });
  }
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${taken}/?token=${gate.token}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      // Browsers keep their connections.
      server.closeAllConnections();
      await closed;
    },
  };
}
