import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import type { Sequelize } from 'sequelize';

import type { Settings } from '../config';
import { storageOf } from '../storage/database';

/** Named after the process, so that what a killed one left can be removed. */
const PRIVATE = 'memory-';

export function privateName(): string {
  return `${PRIVATE}${process.pid}-${randomUUID()}`;
}

/** Removes what processes have left that are gone. */
export function sweepPrivateDirectories(dir: string): void {
  for (const name of fs.existsSync(dir) ? fs.readdirSync(dir) : []) {
    const pid = Number(/^memory-(\d+)-/.exec(name)?.[1]);
    if (pid > 0 && !isRunning(pid)) fs.rmSync(path.join(dir, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** An in-memory database ends with the process, and its trail with it. */
export function livesInMemory(sequelize: Sequelize, settings: Settings): boolean {
  return (
    sequelize.getDialect() === 'sqlite' &&
    storageOf(sequelize) === ':memory:' &&
    settings.driver !== 'sync' &&
    settings.databaseUrl === undefined
  );
}
