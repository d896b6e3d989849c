import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { temporaryFolder } from '../support/servers';

export const ROOT = path.join(__dirname, '../../..');
const run = promisify(execFile);

export interface Consumer {
  readonly folder: string;
  write(file: string, text: string): string;
  /** Runs node; rejects if it fails or does not end by itself within a minute. */
  node(args: string[], environment?: NodeJS.ProcessEnv): Promise<string>;
  /** Runs a program of node_modules/.bin. */
  bin(name: string, args: string[], environment?: NodeJS.ProcessEnv): Promise<string>;
}

/**
 * An empty folder with the packed tarball installed by npm, as a user has it. The database drivers, Sequelize
 * and TypeScript are linked from the repository, because building SQLite's driver takes more than a minute.
 */
export async function createConsumer(): Promise<Consumer> {
  const folder = temporaryFolder();
  const write = (file: string, text: string): string => {
    fs.writeFileSync(path.join(folder, file), text);
    return path.join(folder, file);
  };
  const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  write('package.json', JSON.stringify({ name: 'consumer', private: true }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--legacy-peer-deps', `./${filename}`], {
    cwd: folder,
  });
  for (const name of [
    'sequelize',
    'sqlite3',
    'pg',
    'mariadb',
    'mysql2',
    'ioredis',
    'express',
    'typescript',
    '@types/node',
  ]) {
    fs.mkdirSync(path.join(folder, 'node_modules', path.dirname(name)), { recursive: true });
    fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name));
  }
  const start = async (
    file: string,
    args: string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<string> => {
    const { stdout } = await run(file, args, {
      cwd: folder,
      env: { ...process.env, ...environment },
      timeout: 60_000,
    });
    return stdout;
  };
  return {
    folder,
    write,
    node: (args, environment) => start(process.execPath, args, environment),
    bin: (name, args, environment) => start(path.join(folder, 'node_modules/.bin', name), args, environment),
  };
}
