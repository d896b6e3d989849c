import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { isProgram, pathFolders, run } from './command';
import type { Binaries, ServerKind } from './kind';

const SETTINGS: Record<string, string | number> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '32MB',
  // Only a crash of the whole machine could lose data by these, not one of the server: what is written is
  // with the kernel. That is why synchronous_commit stays as it is, for the specs that kill the server.
  fsync: 'off',
  full_page_writes: 'off',
};

export const postgres: ServerKind = {
  name: 'postgres',
  variable: 'AUDIT_TEST_POSTGRES_URL',
  debianPackage: 'postgresql',
  programs: 'initdb and postgres',
  accounts: ['postgres', 'nobody'],
  // A "fast" shutdown: SIGTERM, the "smart" one, waits until each client has left by itself.
  stopSignal: 'SIGINT',
  // An "immediate" shutdown, in which the postmaster takes its processes with it, as SIGKILL would not.
  abortSignal: 'SIGQUIT',
  // The processes of a killed postmaster notice its end a moment later, and hold on to its memory until then.
  tooEarly: /pre-existing shared memory block|lock file "postmaster\.pid" already exists/,

  url: (port) => `postgres://audit:audit@127.0.0.1:${port}/postgres`,

  async version(url) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    // A connection that the server ends reports that here, too, and would end mocha if no one listened.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      return rows[0]?.server_version.split(' ')[0] ?? 'unknown';
    } finally {
      await client.end();
    }
  },

  async locate() {
    for (const folder of [...pathFolders(), ...(await configuredFolder()), ...debianFolders()]) {
      const initdb = path.join(folder, 'initdb');
      const server = path.join(folder, 'postgres');
      // Both from one folder: programs of two versions do not work together.
      if (isProgram(initdb) && isProgram(server)) {
        return binaries(initdb, server);
      }
    }
    return undefined;
  },
};

function binaries(initdb: string, server: string): Binaries {
  return {
    async initialize(folder, runInFolder) {
      const passwordFile = path.join(folder, 'password');
      await writeFile(passwordFile, 'audit\n');
      const account = ['--username=audit', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
      const locale = ['--encoding=UTF8', '--locale=C'];
      await runInFolder([initdb, `--pgdata=${folder}/data`, '--no-sync', ...account, ...locale]);
    },

    serve(folder, port) {
      const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => [
        '-c',
        `${name}=${value}`,
      ]);
      return [server, '-D', `${folder}/data`, ...settings];
    },
  };
}

async function configuredFolder(): Promise<string[]> {
  return run(['pg_config', '--bindir']).then(
    (folder) => [folder],
    () => [],
  );
}

/** Debian puts only the clients on the PATH, and the programs of each version in a folder; newest first. */
function debianFolders(root = '/usr/lib/postgresql'): string[] {
  try {
    const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => path.join(root, version, 'bin'));
  } catch {
    return [];
  }
}
