import type { IncomingMessage } from 'node:http';
import { setImmediate as immediate } from 'node:timers/promises';

import { addressOf } from './web-app';
import type { WebApp } from './web-app';

/**
 * A client on a slow line: of a body it sends no more than the first part until the server has begun to serve
 * the request. The rest comes by later events of the socket, which belong to no request; this is where an
 * asynchronous context is lost.
 */
export class SlowClient {
  private sent = 0;
  private readonly waiting = new Map<string, () => void>();

  constructor(private readonly app: WebApp) {
    app.server.on('request', (request: IncomingMessage) => {
      this.waiting.get(String(request.headers['x-call']))?.();
    });
  }

  /** The status of the answer. */
  async send(
    method: string,
    path: string,
    parts: readonly string[],
    headers: Record<string, string>,
  ): Promise<number> {
    const call = String(this.sent++);
    const arrived = new Promise<void>((resolve) => this.waiting.set(call, resolve));
    async function* body(): AsyncGenerator<Buffer> {
      for (const part of parts) {
        yield Buffer.from(part);
        await arrived;
        await immediate();
      }
    }
    const init = { method, headers: { ...headers, 'x-call': call }, body: body(), duplex: 'half' };
    const response = await fetch(`${addressOf(this.app.server)}${path}`, init as unknown as RequestInit);
    await response.arrayBuffer();
    return response.status;
  }
}
