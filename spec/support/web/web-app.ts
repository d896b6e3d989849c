import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { AuditContextOptions } from '../../../lib/integrations/request-context';

/** What the routes of a web application do; each change is made after the handler has awaited something. */
export interface ShopWork {
  /** `POST /items`, with a JSON body. */
  save(body: unknown): Promise<void>;
  /** `PUT /upload`, with a body that is read as it arrives. */
  receive(body: AsyncIterable<Buffer>): Promise<void>;
  /** `POST /fail`, with a JSON body; always rejects. */
  fail(body: unknown): Promise<void>;
  /** The framework's error handler, which makes a change of its own. */
  report(error: unknown): Promise<void>;
  /** Called when a user is wanted for the header `x-user`, after the audit context has been set up. */
  authenticate(header: string | string[] | undefined): Promise<{ id: string } | undefined>;
}

/** The same options fit every framework. */
export type WebOptions = AuditContextOptions<object>;

export interface WebApp {
  /** Listens. */
  readonly server: Server;
  close(): Promise<void>;
}

export function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function listening(server: Server): Promise<WebApp> {
  if (!server.listening) await once(server, 'listening');
  return { server, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  const gone = once(server, 'close');
  server.close();
  // fetch keeps its connections.
  server.closeAllConnections();
  await gone;
}
