import type { FlushOptions } from '../contract';
import { EmbeddedDriver } from '../embedded-driver';
import type { Journal } from '../journal/journal';
import type { Shipper } from './shipper';

const LEAVING_MS = 2_000;

/** The journal on local disk, and a shipper that carries it on to Redis. */
export class RedisDriver extends EmbeddedDriver {
  override readonly name = 'redis';

  constructor(
    journal: Journal,
    private readonly shipper: Shipper,
  ) {
    super(journal);
    shipper.start();
  }

  override async flush(options: FlushOptions): Promise<void> {
    const timeoutMs = options.timeoutMs ?? 30_000;
    await super.flush({ timeoutMs });
    const shipped = await this.shipper.caughtUp(timeoutMs);
    await this.waitUntil(
      () => shipped,
      { timeoutMs: 0 },
      'Redis does not take them; they are in the journal',
    );
    if (options.stored) await super.flush(options);
  }

  override async close(): Promise<void> {
    await this.shipper.caughtUp(LEAVING_MS);
    await this.shipper.stop();
    await super.close();
  }
}
