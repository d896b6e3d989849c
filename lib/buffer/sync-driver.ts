import type { Transaction } from 'sequelize';

import { Batch } from '../record/batch';
import type { BatchWriter } from '../storage/batch-writer';
import type { Driver, DriverCounters } from './contract';
import { NO_RECORDS } from './counters';

/** No buffer: records are stored in the transaction of the change, so that both or neither are in the database. */
export class SyncDriver implements Driver {
  readonly name = 'sync';
  private stored = 0;

  constructor(
    private readonly writer: BatchWriter,
    private readonly batchSize: number,
  ) {}

  async deliver(lines: readonly string[], transaction?: Transaction): Promise<void> {
    for (let start = 0; start < lines.length; start += this.batchSize) {
      const batch = Batch.fromLines(lines.slice(start, start + this.batchSize));
      if (transaction) await this.writer.writeWithin(transaction, batch);
      else await this.writer.write(batch);
      this.stored += batch.count;
    }
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  counters(): DriverCounters {
    return { ...NO_RECORDS, captured: this.stored, stored: this.stored };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
