import { setTimeout as delay } from 'node:timers/promises';

import type { Source } from '../buffer/contract';
import type { Settings } from '../config';
import { messageOf } from '../errors';
import type { Batch } from '../record/batch';
import type { Outage } from './outage';
import type { Outcome, Processor } from './processor';

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 5_000;
const IDLE_POLL_MS = 20;
/** Batches in hand that no connection is free for yet: claimed and prepared, they are written without a pause. */
const AHEAD = 1;

export interface ClaimLoopParts {
  readonly source: Source;
  readonly processor: Processor;
  readonly outage: Outage;
  readonly settings: Settings;
  /** Aborted when what is claimed has to go back. */
  readonly hardStop: AbortSignal;
  /** Until what has got a connection is on its way: to claim and to prepare is work of the same thread. */
  whenSent(): Promise<void>;
  onClaim(batch: Batch): void;
  onOutcome(outcome: Outcome, records: number): void;
}

/**
 * Claims a batch while others are being written: as many as there are connections, and one that waits for
 * the next that is free. It begins when it is made.
 */
export class ClaimLoop {
  private mode: 'running' | 'draining' | 'ending' = 'running';
  private emptyClaims = 0;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly ended: Promise<void>;

  constructor(private readonly parts: ClaimLoopParts) {
    this.ended = this.run();
  }

  /** Ends when what is claimed is settled, and with `drain` what waits in the buffer as well. */
  async stop(drain: boolean): Promise<void> {
    this.mode = drain ? 'draining' : 'ending';
    await this.ended;
    await Promise.all(this.inFlight);
  }

  /** Until the buffer gave nothing and nothing is being written. */
  async whenIdle(): Promise<void> {
    const seen = this.emptyClaims;
    while (this.mode === 'running' && (this.emptyClaims === seen || this.inFlight.size > 0)) {
      await delay(IDLE_POLL_MS);
    }
  }

  private async run(): Promise<void> {
    const { settings, hardStop } = this.parts;
    let failures = 0;
    while (this.goesOn()) {
      if (this.inFlight.size >= settings.connections + AHEAD) {
        await Promise.race(this.inFlight);
        continue;
      }
      await this.parts.whenSent();
      if (!this.goesOn()) return;
      try {
        const found = await this.claimNext();
        failures = 0;
        if (!found && this.mode !== 'running') return;
      } catch (error) {
        if (this.mode !== 'running') return;
        if (failures++ === 0)
          settings.logger.warn(`The buffer cannot be read (${messageOf(error)}). The worker tries again.`);
        const pause = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures, 10));
        await delay(pause, undefined, { signal: hardStop }).catch(() => undefined);
      }
    }
  }

  /** While stopping, it goes on as long as there is time, something to store, and a database that takes it. */
  private goesOn(): boolean {
    if (this.mode === 'running') return true;
    return this.mode === 'draining' && !this.parts.hardStop.aborted && !this.parts.outage.isOn;
  }

  /** Begins to write a batch; false if there is none. */
  private async claimNext(): Promise<boolean> {
    const { source, settings, hardStop } = this.parts;
    const { batchSize, flushInterval } = settings;
    const claim = await source.claim(batchSize, this.mode === 'running' ? flushInterval * 1000 : 0);
    if (!claim) {
      this.emptyClaims++;
      return false;
    }
    if (hardStop.aborted) {
      await source.release(claim.receipt);
      return false;
    }
    const { count } = claim.batch;
    this.parts.onClaim(claim.batch);
    const work = this.parts.processor
      .process(claim, source, hardStop)
      .then((outcome) => this.parts.onOutcome(outcome, count))
      .catch(
        (error: unknown) => void settings.logger.error(`A claim ended unexpectedly: ${messageOf(error)}`),
      )
      .finally(() => this.inFlight.delete(work));
    this.inFlight.add(work);
    return true;
  }
}
