import { stat } from 'node:fs/promises';

import type { Sequelize } from 'sequelize';

import { closeNamed, openNamed } from '../adapter/sqlite-connection';
import type { NamedConnection } from '../adapter/sqlite-connection';
import type { Prepared } from './dialect';
import { Slots } from './slots';

const NAME = 'sequelize-async-audit.writer';
/**
 * Pages after which what is in the WAL goes into the file. With SQLite's own 1,000 that is each batch, and the pages of
 * the indexes, which are written all over, go there each time. The WAL takes 16 MB of disk, or a batch more.
 */
export const CHECKPOINT_PAGES = 4_000;
/** Milliseconds for another writer: as long as Sequelize tries a BEGIN again. */
const BUSY_MS = 5_000;

/**
 * Writes to a SQLite file of ours, a statement at a time, which is atomic by itself. In a transaction Sequelize would
 * open a connection anew, with an empty cache, and the next would have to wait for each of its steps.
 */
export class FileWriter {
  private readonly turns = new Slots(1);
  private opened: { readonly connection: NamedConnection; readonly inode: bigint | undefined } | undefined;

  constructor(
    private readonly sequelize: Sequelize,
    private readonly file: string,
  ) {}

  write<T>(prepared: Prepared<T>, sent: () => void): Promise<T> {
    return this.turns.use(async () => {
      const connection = await this.connect();
      try {
        return await prepared(connection, sent);
      } catch (error) {
        this.close();
        throw error;
      }
    });
  }

  private async connect(): Promise<NamedConnection> {
    // A file that was deleted would go on taking records where nobody finds them.
    if (this.opened && this.opened.inode !== (await this.inode())) this.close();
    return this.opened?.connection ?? this.open();
  }

  private async open(): Promise<NamedConnection> {
    const connection = await openNamed(this.sequelize, NAME);
    connection.run(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`, () => undefined);
    connection.run(`PRAGMA busy_timeout = ${BUSY_MS}`, () => undefined);
    this.opened = { connection, inode: await this.inode() };
    return connection;
  }

  private close(): void {
    const { opened } = this;
    this.opened = undefined;
    if (opened) closeNamed(this.sequelize, NAME, opened.connection);
  }

  private async inode(): Promise<bigint | undefined> {
    return (await stat(this.file, { bigint: true }).catch(() => undefined))?.ino;
  }
}
