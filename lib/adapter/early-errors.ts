import type { EventEmitter } from 'node:events';

import type { Sequelize } from 'sequelize';

type ClientClass = new (...args: unknown[]) => EventEmitter;

/**
 * Makes clients of PostgreSQL listen for errors from their first moment on. Sequelize adds its own listener an await
 * after the connection is there: a server that ends the connection in between, as at its shutdown, would end the
 * process, because an error event without a listener is thrown. The client's next statement fails instead.
 */
export function listenForEarlyErrors(sequelize: Sequelize): void {
  if (sequelize.getDialect() !== 'postgres') return;
  const manager = sequelize.connectionManager as unknown as { lib: { Client: ClientClass } };
  const Client = class extends manager.lib.Client {
    constructor(...args: unknown[]) {
      super(...args);
      this.on('error', () => undefined);
    }
  };
  manager.lib = Object.create(manager.lib, { Client: { value: Client } }) as typeof manager.lib;
}
