import { randomUUID } from 'node:crypto';
import os from 'node:os';

import { messageOf } from '../errors';
import type { Logger } from '../logger';
import { connectionOptionsOf, Database, openOwn } from '../storage/database';
import { Workers } from '../storage/workers';
import type { AuditTrail } from '../trail/trail';
import { packageVersion } from '../version';
import type { WorkerStats } from './handle';
import type { LastError } from './last-error';

const BEAT_MS = 10_000;
/** A row that nobody has written for so long is of a worker that was killed. */
const FORGOTTEN_AFTER_MS = 3_600_000;
/** Every ten minutes. */
const FORGET_EVERY_BEATS = 60;

export interface PresenceParts {
  readonly trail: AuditTrail;
  readonly logger: Logger;
  readonly lastError: LastError;
  readonly stats: () => Promise<WorkerStats>;
}

/**
 * Tells others that the worker is there, and how it fares: a row of `audit_workers`, written every ten seconds and
 * removed at a clean stop. It is a courtesy: what fails here is not done, and the worker does not notice.
 */
export class Presence {
  private readonly id = randomUUID();
  private readonly startedAt = performance.now();
  private database: Database | undefined;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private beats = 0;
  private recoveredAt: number | undefined;
  private before: { stored: number; at: number } | undefined;

  constructor(private readonly parts: PresenceParts) {}

  start(): void {
    const { settings, database } = this.parts.trail;
    // With driver `sync` the application's writes go to that very file, which takes one writer at a time.
    if (settings.driver === 'sync' && database.dialect.name === 'sqlite') return;
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
    void this.beat();
  }

  /** The rescue files of this host have been looked through. */
  recovered(): void {
    this.recoveredAt = performance.now();
  }

  /** Removes the row. Waits for a beat that is on its way, which would write it again. */
  async leave(): Promise<void> {
    if (!this.timer) return;
    clearInterval(this.timer);
    await this.beating;
    await this.quietly(() => new Workers(this.open()).remove(this.id));
    if (this.database !== this.parts.trail.database) await this.database?.close();
  }

  private beat(): Promise<void> {
    this.beating ??= this.quietly(() => this.sign()).finally(() => (this.beating = undefined));
    return this.beating;
  }

  private async sign(): Promise<void> {
    const workers = new Workers(this.open());
    const { stored, duplicates, rescued, buried } = await this.parts.stats();
    const now = performance.now();
    const { before } = this;
    this.before = { stored, at: now };
    await workers.beat({
      id: this.id,
      host: os.hostname(),
      pid: process.pid,
      version: packageVersion(),
      driver: this.parts.trail.settings.driver,
      startedMsAgo: Math.round(now - this.startedAt),
      ...{ stored, duplicates, rescued, buried },
      storedPerSecond: before ? ((stored - before.stored) * 1000) / (now - before.at) : null,
      recoveredMsAgo: this.recoveredAt === undefined ? null : Math.round(now - this.recoveredAt),
      lastError: this.parts.lastError.get(),
    });
    if (this.beats++ % FORGET_EVERY_BEATS === 0) await workers.forget(FORGOTTEN_AFTER_MS);
  }

  /** Never the application's own pool: it may need all of it, and a long transaction of its would hold up the beat. */
  private open(): Database {
    const { database } = this.parts.trail;
    this.database ??= database.owned
      ? database
      : new Database(openOwn(connectionOptionsOf(database.sequelize)), true);
    return this.database;
  }

  private async quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.parts.logger.debug(`Others do not see this worker at the moment: ${messageOf(error)}`);
    }
  }
}
