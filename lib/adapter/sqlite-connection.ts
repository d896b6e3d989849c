import type { Sequelize } from 'sequelize';

/** A connection of sqlite3. */
export interface NamedConnection {
  /** Without `done` an error would end the process. */
  run(sql: string, done: (error: Error | null) => void): void;
  /** By this Sequelize knows it when it is given back. */
  uuid?: string;
}

/** Sequelize's connections to a SQLite file: by name, each opened once; all of them end when the instance is closed. */
interface ConnectionManager {
  readonly connections: Record<string, NamedConnection>;
  getConnection(options: { uuid: string }): Promise<NamedConnection>;
  releaseConnection(connection: NamedConnection): void;
}

/** The connection of that name, with the settings of the instance; opened if there is none. */
export async function openNamed(sequelize: Sequelize, name: string): Promise<NamedConnection> {
  const manager = managerOf(sequelize);
  try {
    const connection = await manager.getConnection({ uuid: name });
    connection.uuid = name;
    return connection;
  } catch (error) {
    // Sequelize would give the one that could not be opened to whoever asks next.
    delete manager.connections[name];
    throw error;
  }
}

/** Ends it when what is on its way is done. */
export function closeNamed(sequelize: Sequelize, connection: NamedConnection): void {
  managerOf(sequelize).releaseConnection(connection);
}

function managerOf(sequelize: Sequelize): ConnectionManager {
  return sequelize.connectionManager as unknown as ConnectionManager;
}
