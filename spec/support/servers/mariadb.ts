import { writeFile } from 'node:fs/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { addressOf } from './address';
import { findProgram } from './command';
import type { Binaries, ServerKind } from './kind';

/** The PATH of an ordinary user often lacks these. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/usr/scripts'];

const SETTINGS = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--character-set-server=utf8mb4',
  '--max-connections=200',
  '--innodb-buffer-pool-size=64M',
  '--innodb-log-file-size=32M',
  '--performance-schema=OFF',
  '--skip-log-bin',
  // 2 rather than 0: each commit is handed to the kernel, so that a killed server loses none of them. With 0
  // it would lose up to a second's, and specs that kill the server would blame the code under test.
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-flush-method=nosync',
  // The kernel's limit on these requests is shared by all servers of the machine, and is soon reached.
  '--skip-innodb-use-native-aio',
];

/** Run at each start, before the server takes connections. The account that is there at first has no password. */
const INIT_SQL = `\
CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY 'audit';
GRANT ALL PRIVILEGES ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS audit CHARACTER SET utf8mb4;
`;

export const mariadb: ServerKind = {
  name: 'mariadb',
  variable: 'AUDIT_TEST_MARIADB_URL',
  debianPackage: 'mariadb-server',
  programs: 'mariadbd (or mysqld) and mariadb-install-db',
  accounts: ['mysql', 'nobody'],
  stopSignal: 'SIGTERM',
  abortSignal: 'SIGKILL',

  url: (port) => `mariadb://root:audit@127.0.0.1:${port}/audit`,

  async version(url) {
    const connection = await createConnection({ ...addressOf(url), connectTimeout: 2_000 });
    // A connection that the server ends reports that here, too, and would end mocha if no one listened.
    connection.on('error', () => undefined);
    try {
      const [rows] = await connection.query<(RowDataPacket & { version: string })[]>(
        'SELECT VERSION() AS version',
      );
      return rows[0]?.version.split('-')[0] ?? 'unknown';
    } finally {
      connection.destroy();
    }
  },

  locate() {
    const server = findProgram('mariadbd', SERVER_FOLDERS) ?? findProgram('mysqld', SERVER_FOLDERS);
    // It comes with MariaDB only, so a mysqld that is MySQL's is passed over.
    const install = findProgram('mariadb-install-db', SERVER_FOLDERS);
    return Promise.resolve(server && install ? binaries(install, server) : undefined);
  },
};

function binaries(install: string, server: string): Binaries {
  // First of all the options, as MariaDB wants it: the machine's own settings are for its own server.
  const place = (folder: string) => ['--no-defaults', `--datadir=${folder}/data`, `--tmpdir=${folder}`];
  return {
    async initialize(folder, runInFolder) {
      await writeFile(`${folder}/init.sql`, INIT_SQL);
      const method = ['--auth-root-authentication-method=normal', '--skip-test-db'];
      await runInFolder([install, ...place(folder), ...method, ...SETTINGS]);
    },

    serve(folder, port) {
      const files = [
        `--socket=${folder}/socket`,
        `--pid-file=${folder}/pid`,
        `--init-file=${folder}/init.sql`,
      ];
      return [server, ...place(folder), ...files, `--port=${port}`, ...SETTINGS];
    },
  };
}
