import type { Driver, DriverCounters, FlushOptions } from './contract';
import { FlushDeadline, flushJournal } from './flush';
import type { Journal } from './journal/journal';

/** The journal on local disk is the buffer; a worker on this host reads it. */
export class EmbeddedDriver implements Driver {
  readonly name = 'embedded';

  constructor(private readonly journal: Journal) {}

  deliver(lines: readonly string[]): void {
    this.journal.append(lines);
  }

  async flush(options: FlushOptions): Promise<void> {
    const stored = await flushJournal(this.journal, new FlushDeadline(options.timeoutMs));
    if (options.stored) await stored();
  }

  counters(): DriverCounters {
    return this.journal.counters();
  }

  close(): Promise<void> {
    this.journal.close();
    return Promise.resolve();
  }
}
