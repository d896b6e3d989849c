import { setTimeout as delay } from 'node:timers/promises';

import type { Claim, Source } from '../buffer/contract';
import { messageOf } from '../errors';
import type { Logger } from '../logger';
import type { Batch } from '../record/batch';
import type { BatchWriter } from '../storage/batch-writer';
import type { DiskStore } from './disk-store';
import type { Outage } from './outage';

export type Outcome =
  | { kind: 'stored'; inserted: number; duplicates: number; buried: number }
  | { kind: 'rescued'; records: number }
  | { kind: 'released' };

export interface ProcessorParts {
  readonly writer: BatchWriter;
  readonly outage: Outage;
  readonly buried: DiskStore;
  /** Where records go after a long outage; none where the buffer is as safe a place (driver `embedded`). */
  readonly rescue: DiskStore | undefined;
  readonly rescueAfterMs: number;
  readonly logger: Logger;
}

/**
 * Owns one claim from its arrival to its end:
 *
 *   write ─┬─ stored ───────────────────────────── acknowledge
 *          ├─ a record is refused: bury it, write the rest ─ acknowledge
 *          └─ the database fails: wait and try again, as long as it takes, or
 *                ├─ until it has failed for too long: rescue file ─ acknowledge
 *                └─ until the worker must go: release
 */
export class Processor {
  constructor(private readonly parts: ProcessorParts) {}

  async process(claim: Claim, source: Source, abort: AbortSignal): Promise<Outcome> {
    const outcome = await this.settle(claim.batch, abort);
    if (outcome.kind === 'released')
      await this.attempt(() => source.release(claim.receipt), 'Giving records back');
    else await this.attempt(() => source.acknowledge(claim.receipt), 'Acknowledging stored records');
    return outcome;
  }

  private async settle(batch: Batch, abort: AbortSignal): Promise<Outcome> {
    const { outage, logger } = this.parts;
    for (;;) {
      // In a long outage only one attempt now and then asks whether it is over.
      if (this.mayRescue() && outage.pauseMs > 0 && this.rescue(batch))
        return { kind: 'rescued', records: batch.count };
      await this.pause(abort);
      if (abort.aborted) return { kind: 'released' };
      try {
        return await this.write(batch);
      } catch (error) {
        if (!outage.isOn) logger.warn(`The database does not take records (${messageOf(error)}). They wait.`);
        else logger.debug(`The database still does not take records: ${messageOf(error)}`);
        outage.failed();
      }
    }
  }

  private async write(batch: Batch): Promise<Outcome> {
    const { writer, outage, buried, logger } = this.parts;
    let count = 0;
    const written = await writer.writeOrBury(batch, (record, reason) => {
      buried.put(record, reason);
      count += record.count;
      logger.error(
        `${record.count} record(s) were buried, because the database refuses them: ${messageOf(reason)}`,
      );
    });
    if (outage.succeeded()) logger.info('The database takes records again.');
    return { kind: 'stored', ...written, buried: count };
  }

  private mayRescue(): boolean {
    const { outage, rescue, rescueAfterMs } = this.parts;
    return rescue !== undefined && outage.isOn && outage.durationMs >= rescueAfterMs;
  }

  private rescue(batch: Batch): boolean {
    try {
      this.parts.rescue?.put(batch, 'the database does not take records');
      return true;
    } catch (error) {
      this.parts.logger.error(
        `Writing a rescue file failed (${messageOf(error)}). The records stay in the buffer.`,
      );
      return false;
    }
  }

  private async pause(abort: AbortSignal): Promise<void> {
    const { pauseMs } = this.parts.outage;
    // An abort ends the pause; that is no error.
    if (pauseMs > 0) await delay(pauseMs, undefined, { signal: abort }).catch(() => undefined);
  }

  /** The buffer may be away at that moment. Nothing is lost: what is not acknowledged comes again, and is stored once. */
  private async attempt(work: () => Promise<void>, what: string): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.parts.logger.warn(`${what} failed (${messageOf(error)}). They will be claimed again.`);
    }
  }
}
