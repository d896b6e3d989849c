import { setTimeout as delay } from 'node:timers/promises';

import type { Claim, Source } from '../buffer/contract';
import { messageOf } from '../errors';
import type { Logger } from '../logger';
import type { Batch } from '../record/batch';
import type { BatchWriter } from '../storage/batch-writer';
import type { DiskStore } from './disk-store';
import type { Outage } from './outage';

/** How often it is asked whether the worker's own disk takes buried records again. */
const DISK_RETRY_MS = 1_000;

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

/** The database refuses a record, and the worker's own disk does not take it either. */
class UnburiedError extends Error {}

/**
 * Owns one claim from its arrival to its end:
 *
 *   write ─┬─ stored ───────────────────────────── acknowledge
 *          ├─ a record is refused: bury it, write the rest ─ acknowledge
 *          ├─ the disk does not take what is to be buried: wait and try again
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
    const buried = new Set<string>();
    for (;;) {
      // In a long outage only one attempt now and then asks whether it is over.
      if (this.mayRescue() && outage.pauseMs > 0 && this.rescue(batch))
        return { kind: 'rescued', records: batch.count };
      await this.pause(abort);
      if (abort.aborted) return { kind: 'released' };
      try {
        return await this.write(batch, buried);
      } catch (error) {
        if (error instanceof UnburiedError) {
          // No outage: the database has answered.
          this.answered();
          logger.error(error.message);
          await sleep(DISK_RETRY_MS, abort);
          continue;
        }
        if (!outage.isOn) logger.warn(`The database does not take records (${messageOf(error)}). They wait.`);
        else logger.debug(`The database still does not take records: ${messageOf(error)}`);
        outage.failed();
      }
    }
  }

  /** `buried` remembers from one attempt to the next what lies on disk already, by the ids of the records. */
  private async write(batch: Batch, buried: Set<string>): Promise<Outcome> {
    let refused = 0;
    const written = await this.parts.writer.writeOrBury(batch, (record, reason) => {
      this.bury(record, reason, buried);
      refused += record.count;
    });
    this.answered();
    return { kind: 'stored', ...written, buried: refused };
  }

  private answered(): void {
    const { outage, logger } = this.parts;
    if (outage.succeeded()) logger.info('The database takes records again.');
  }

  private bury(record: Batch, reason: unknown, buried: Set<string>): void {
    const { buried: store, logger } = this.parts;
    const ids = idsOf(record);
    if (ids.every((id) => buried.has(id))) return;
    const what = `${record.count} record(s)`;
    try {
      store.put(record, reason);
    } catch (error) {
      throw new UnburiedError(
        `The database refuses ${what} (${messageOf(reason)}), and they cannot be buried on the worker's disk ` +
          `(${messageOf(error)}). They stay in the buffer until there is room.`,
        { cause: error },
      );
    }
    for (const id of ids) buried.add(id);
    logger.error(`${what} were buried, because the database refuses them: ${messageOf(reason)}`);
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
    if (pauseMs > 0) await sleep(pauseMs, abort);
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

/** The first field of each line. */
function idsOf(batch: Batch): string[] {
  const lines = batch.lines.toString('utf8').trimEnd().split('\n');
  return lines.map((line) => line.split('\t', 1)[0] as string);
}

/** An abort ends it early; that is no error. */
function sleep(ms: number, abort: AbortSignal): Promise<unknown> {
  return delay(ms, undefined, { signal: abort }).catch(() => undefined);
}
