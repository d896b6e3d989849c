import type { Driver, DriverCounters, FlushOptions } from '../contract';
import { FlushDeadline, flushJournal } from '../flush';
import type { Journal } from '../journal/journal';
import type { Shipper } from './shipper';

const LEAVING_MS = 2_000;

/** The journal on local disk, and a shipper that carries it on to Redis. */
export class RedisDriver implements Driver {
  readonly name = 'redis';

  constructor(
    private readonly journal: Journal,
    private readonly shipper: Shipper,
  ) {
    shipper.start();
  }

  deliver(lines: readonly string[]): void {
    this.journal.append(lines);
  }

  async flush(options: FlushOptions): Promise<void> {
    const deadline = new FlushDeadline(options.timeoutMs);
    const stored = await flushJournal(this.journal, deadline);
    if (!(await this.shipper.caughtUp(deadline.leftMs, this.journal.lane)))
      throw deadline.missed(
        'they are in the journal, but not in Redis: it is away, or no worker stores what is in it already',
      );
    if (options.stored) await stored();
  }

  counters(): DriverCounters {
    return this.journal.counters();
  }

  async close(): Promise<void> {
    await this.shipper.caughtUp(LEAVING_MS, this.journal.lane);
    await this.shipper.stop();
    this.journal.close();
  }
}
