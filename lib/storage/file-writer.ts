import { stat } from 'node:fs/promises';

import type { Sequelize } from 'sequelize';

import { closeNamed, DEFAULT_CONNECTION, openNamed } from '../adapter/sqlite-connection';
import type { NamedConnection } from '../adapter/sqlite-connection';
import { driverError } from './dialect';
import type { Prepared } from './dialect';
import type { ExitGate } from './exit-gate';
import { Slots } from './slots';

const NAME = 'sequelize-async-audit.writer';
/**
 * Pages after which what is in the WAL goes into the file. With SQLite's own 1,000 that is each batch, and the pages of
 * the indexes, which are written all over, go there each time. The WAL takes 16 MB of disk, or a batch more.
 */
export const CHECKPOINT_PAGES = 4_000;
/** As often as Sequelize tries a BEGIN; each time sqlite3 waits a second for another writer. */
const ATTEMPTS = 5;

/**
 * Writes to a SQLite file of ours, a statement at a time, which is atomic by itself. In a transaction Sequelize would
 * open a connection anew, with an empty cache, and the next would have to wait for each of its steps.
 */
export class FileWriter {
  private readonly turns = new Slots(1);
  private opened: { readonly connection: NamedConnection; readonly files: string } | undefined;

  constructor(
    private readonly sequelize: Sequelize,
    private readonly file: string,
    private readonly gate: ExitGate,
  ) {}

  write<T>(prepared: Prepared<T>, sent: () => void): Promise<T> {
    return this.turns.use(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.gate.pass(() => this.attempt(prepared, sent));
        } catch (error) {
          if (!isBusy(error) || attempt === ATTEMPTS) throw error;
        }
      }
    });
  }

  private async attempt<T>(prepared: Prepared<T>, sent: () => void): Promise<T> {
    const connection = await this.connect();
    try {
      return await prepared(connection, sent);
    } catch (error) {
      if (!isBusy(error)) await this.close();
      throw error;
    }
  }

  private async connect(): Promise<NamedConnection> {
    // Files that were deleted would go on taking records where nobody finds them, and no reader would find others.
    if (this.opened && this.opened.files !== (await this.files())) {
      await this.close();
      // Not waited for: one that could never be opened is never closed either.
      void closeNamed(this.sequelize, DEFAULT_CONNECTION);
    }
    return this.opened?.connection ?? this.open();
  }

  private async open(): Promise<NamedConnection> {
    for (;;) {
      const before = await inodeOf(this.file);
      const connection = await openNamed(this.sequelize, NAME);
      try {
        await begin(connection);
      } catch (error) {
        await closeNamed(this.sequelize, NAME);
        throw error;
      }
      const files = await this.files();
      if (before === undefined || files.startsWith(`${before} `)) {
        this.opened = { connection, files };
        return connection;
      }
      // It was replaced meanwhile, and which of them is open nobody knows.
      await closeNamed(this.sequelize, NAME);
    }
  }

  private async close(): Promise<void> {
    const isOpen = this.opened !== undefined;
    this.opened = undefined;
    if (isOpen) await closeNamed(this.sequelize, NAME);
  }

  /** Which files they are: without its WAL a file does not hold what was written last. */
  private async files(): Promise<string> {
    return `${await inodeOf(this.file)} ${await inodeOf(`${this.file}-wal`)}`;
  }
}

function isBusy(error: unknown): boolean {
  return driverError(error).code === 'SQLITE_BUSY';
}

/** The first read makes the WAL. */
async function begin(connection: NamedConnection): Promise<void> {
  for (const sql of [`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`, 'SELECT 1 FROM sqlite_master'])
    await new Promise<void>((resolve, reject) => {
      connection.run(sql, (error) => (error ? reject(error) : resolve()));
    });
}

async function inodeOf(file: string): Promise<bigint | undefined> {
  return (await stat(file, { bigint: true }).catch(() => undefined))?.ino;
}
