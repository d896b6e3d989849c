import type { Sequelize } from 'sequelize';

/** A connection of sqlite3. */
export interface NamedConnection {
  /** Without `done` an error would end the process. */
  run(sql: string, done: (error: Error | null) => void): void;
  close(done: (error: Error | null) => void): void;
}

/** Sequelize's connections to a SQLite file: by name, each opened once; all of them end when the instance is closed. */
interface ConnectionManager {
  readonly connections: Record<string, NamedConnection>;
  getConnection(options: { uuid: string }): Promise<NamedConnection>;
}

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
export function closeNamed(sequelize: Sequelize, name: string, connection: NamedConnection): void {
  const { connections } = managerOf(sequelize);
  if (connections[name] === connection) delete connections[name];
  connection.close(() => undefined);
}

function managerOf(sequelize: Sequelize): ConnectionManager {
  return sequelize.connectionManager as unknown as ConnectionManager;
}
