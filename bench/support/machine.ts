import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Sequelize } from 'sequelize';

/** The repository, from the place where this file lies once it is compiled (dist/bench/support). */
export const ROOT = path.join(__dirname, '../../..');

const PACKAGES = ['sequelize', 'pg', 'mysql2', 'mariadb', 'sqlite3', 'ioredis', 'sequelize-paper-trail'];

/** What the figures depend on, in one line: date, machine, what else it has to do, versions. */
export function describeRun(): string {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return [
    new Date().toISOString().slice(0, 10),
    `${os.availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'}), ${memory} GiB`,
    `${os.type()} ${os.release()}`,
    `load ${(os.loadavg()[0] ?? 0).toFixed(1)} before the run`,
    `Node.js ${process.versions.node}`,
    ...PACKAGES.map((name) => `${name} ${versionOf(path.join('node_modules', name))}`),
    `sequelize-async-audit ${versionOf('.')}`,
  ].join(', ');
}

/** `postgres 15.10`. */
export async function describeDatabase(sequelize: Sequelize): Promise<string> {
  const version = await sequelize.databaseVersion();
  return `${sequelize.getDialect()} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
}

function versionOf(folder: string): string {
  const file = path.join(ROOT, folder, 'package.json');
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version;
}
