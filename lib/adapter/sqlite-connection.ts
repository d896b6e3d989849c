import type { Sequelize } from 'sequelize';

/** A connection of sqlite3. Without `done` an error would end the process. */
export interface NamedConnection {
  run(sql: string, done: (error: Error | null) => void): void;
  close(done: (error: Error | null) => void): void;
}

/** Sequelize's connections to a SQLite file: by name, each opened once; all of them end when the instance is closed. */
interface ConnectionManager {
  readonly connections: Record<string, NamedConnection>;
  getConnection(options: { uuid: string }): Promise<NamedConnection>;
}

/** The one that all statements share which are in no transaction. */
export const DEFAULT_CONNECTION = 'default';

/** The connection of that name, with the settings of the instance; opened if there is none. */
export async function openNamed(sequelize: Sequelize, name: string): Promise<NamedConnection> {
  const manager = managerOf(sequelize);
  try {
    return await manager.getConnection({ uuid: name });
  } catch (error) {
    // Sequelize would give the one that could not be opened to whoever asks next.
    delete manager.connections[name];
    throw error;
  }
}

/** Ends it when what is on its way is done. Whoever closes the instance may have done so already, which is no error. */
export async function closeNamed(sequelize: Sequelize, name: string): Promise<void> {
  const { connections } = managerOf(sequelize);
  const connection = connections[name];
  delete connections[name];
  if (connection) await new Promise<void>((resolve) => connection.close(() => resolve()));
}

function managerOf(sequelize: Sequelize): ConnectionManager {
  return sequelize.connectionManager as unknown as ConnectionManager;
}
