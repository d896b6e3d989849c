import type { Sequelize } from 'sequelize';

interface Connections {
  getConnection(options: { type: 'write' }): Promise<unknown>;
  releaseConnection(connection: unknown): void;
}

/** Borrows a connection of the driver's own from Sequelize's pool, outside any transaction. */
export async function withConnection<T>(
  sequelize: Sequelize,
  work: (connection: T) => Promise<void>,
): Promise<void> {
  const connections = sequelize.connectionManager as unknown as Connections;
  const connection = await connections.getConnection({ type: 'write' });
  try {
    await work(connection as T);
  } finally {
    connections.releaseConnection(connection);
  }
}
