import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { AuditError } from '../errors';
import type { Driver, DriverCounters, FlushOptions } from './contract';
import type { Journal } from './journal/journal';
import { isBefore, readCheckpoint } from './journal/lane';

const POLL_MS = 10;
const DEFAULT_TIMEOUT_MS = 30_000;

/** The journal on local disk is the buffer; a worker on this host reads it. */
export class EmbeddedDriver implements Driver {
  readonly name: Driver['name'] = 'embedded';
  readonly transactional = false;

  constructor(protected readonly journal: Journal) {}

  deliver(lines: readonly string[]): void {
    this.journal.append(lines);
  }

  async flush(options: FlushOptions): Promise<void> {
    await this.waitUntil(() => this.journal.flushHeld(), options, 'the journal takes no records');
    if (!options.stored) return;
    const target = this.journal.position;
    // A lane that is gone has been stored whole.
    const stored = (): boolean =>
      !isBefore(readCheckpoint(this.journal.lane), target) || !fs.existsSync(this.journal.lane);
    await this.waitUntil(
      stored,
      options,
      'no worker has stored them; start one with startAuditWorker() or "npx audit work"',
    );
  }

  counters(): DriverCounters {
    return { delivered: this.journal.delivered, held: this.journal.heldCount, dropped: this.journal.dropped };
  }

  close(): Promise<void> {
    this.journal.close();
    return Promise.resolve();
  }

  protected async waitUntil(
    condition: () => boolean,
    options: FlushOptions,
    otherwise: string,
  ): Promise<void> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const deadline = performance.now() + timeoutMs;
    while (!condition()) {
      if (performance.now() >= deadline) {
        throw new AuditError(
          'AUDIT_FLUSH_TIMEOUT',
          `Audit records were not flushed within ${timeoutMs} ms: ${otherwise}.`,
        );
      }
      await delay(POLL_MS);
    }
  }
}
