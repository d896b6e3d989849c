import { setTimeout as delay } from 'node:timers/promises';

import { AuditError } from '../errors';
import type { Journal } from './journal/journal';
import { isBefore, readCheckpoint } from './journal/lane';

const POLL_MS = 10;
const DEFAULT_TIMEOUT_MS = 30_000;

/** The time that one flush has, however many steps it takes. */
export class FlushDeadline {
  private readonly end: number;

  constructor(private readonly timeoutMs = DEFAULT_TIMEOUT_MS) {
    this.end = performance.now() + timeoutMs;
  }

  get leftMs(): number {
    return Math.max(0, this.end - performance.now());
  }

  /** Throws AUDIT_FLUSH_TIMEOUT, with what stands in the way, if the condition does not come true in time. */
  async until(condition: () => boolean, otherwise: string): Promise<void> {
    while (!condition()) {
      if (this.leftMs === 0) throw this.missed(otherwise);
      await delay(POLL_MS);
    }
  }

  missed(otherwise: string): AuditError {
    const message = `Audit records were not flushed within ${this.timeoutMs} ms: ${otherwise}.`;
    return new AuditError('AUDIT_FLUSH_TIMEOUT', message);
  }
}

/**
 * Resolves when all that was delivered is in the journal. The answer waits, within the same time, until
 * all of that is stored.
 */
export async function flushJournal(journal: Journal, deadline: FlushDeadline): Promise<() => Promise<void>> {
  await deadline.until(() => journal.flushHeld(), 'the journal takes no records');
  const target = journal.position;
  const isStored = (): boolean => !isBefore(readCheckpoint(journal.lane), target);
  return () =>
    deadline.until(
      isStored,
      'no worker has stored them; start one with startAuditWorker() or "npx audit work", and see its log',
    );
}
