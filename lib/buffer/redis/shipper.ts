import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { messageOf } from '../../errors';
import type { Logger } from '../../logger';
import type { Claim, Receipt, Source } from '../contract';
import type { RedisConnection, RedisKeys } from './connection';
import { entryFields, MAX_ENTRY_RECORDS } from './entry';

const IDLE_MS = 10;
const CONFIRM_MS = 200;
const MAX_BACKOFF_MS = 5_000;

/** Records that are in the stream, but not known to be stored. */
interface Shipped {
  readonly receipt: Receipt;
  readonly id: string;
  /** Which life of which server took them. */
  readonly epoch: string;
}

/**
 * Carries records from the journal to the Redis Stream.
 *
 * What it has shipped stays in the journal until it is stored, because Redis may lose everything
 * (FLUSHALL, a failover, a restart without persistence). Workers delete an entry only after its records
 * are stored; so all that was shipped before the stream's oldest entry is stored, provided that the
 * stream is still the one it was shipped to. That is told by the server's run id together with a key
 * that goes when the data goes. If either changed, everything not confirmed is shipped again; the id of
 * each record makes that harmless.
 */
export class Shipper {
  private shipped: Shipped[] = [];
  private runId: string | undefined;
  private stopping = false;
  private rounds = 0;
  private emptyRound = 0;
  private confirmedAt = 0;
  private failures = 0;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly journal: Source,
    private readonly connection: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly logger: Logger,
  ) {
    // Another connection may be another server, or the same one after a restart.
    connection.on('close', () => (this.runId = undefined));
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Resolves when all that was in the journal at the time of the call is in the stream, or the time is up (false). */
  async caughtUp(timeoutMs: number): Promise<boolean> {
    const after = this.rounds + 1;
    const deadline = performance.now() + timeoutMs;
    while (this.emptyRound < after) {
      if (this.stopping || performance.now() >= deadline) return false;
      await delay(IDLE_MS);
    }
    return true;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.loop;
    await this.journal.close();
    this.connection.disconnect();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const round = ++this.rounds;
      let busy = false;
      try {
        busy = await this.shipNext(round);
        if (this.shipped.length > 0 && performance.now() - this.confirmedAt >= CONFIRM_MS)
          await this.confirm();
        this.failures = 0;
      } catch (error) {
        this.reportFailure(error);
        await delay(Math.min(MAX_BACKOFF_MS, 50 * 2 ** Math.min(this.failures++, 10)));
      }
      if (!busy) await delay(IDLE_MS);
    }
  }

  /** One entry into the stream; false when there is nothing to ship, or nowhere to ship it to. */
  private async shipNext(round: number): Promise<boolean> {
    if (this.connection.status !== 'ready') return false;
    const runId = (this.runId ??= await this.readRunId());
    const claim = await this.journal.claim(MAX_ENTRY_RECORDS, 0);
    if (!claim) {
      this.emptyRound = round;
      return false;
    }
    try {
      const { id, epoch } = await this.add(claim);
      this.shipped.push({ receipt: claim.receipt, id, epoch: `${runId} ${epoch}` });
      return true;
    } catch (error) {
      await this.journal.release(claim.receipt);
      throw error;
    }
  }

  private async add(claim: Claim): Promise<{ id: string; epoch: string }> {
    const { epoch, stream } = this.keys;
    const transaction = this.connection.multi();
    transaction
      .set(epoch, randomUUID(), 'NX')
      .get(epoch)
      .xadd(stream, '*', ...entryFields(claim.batch));
    const [, current, id] = await resultsOf(transaction.exec());
    return { id: id as string, epoch: current as string };
  }

  /** Acknowledges to the journal what is known to be stored, and takes back what Redis has lost. */
  private async confirm(): Promise<void> {
    if (this.connection.status !== 'ready') return;
    const runId = (this.runId ??= await this.readRunId());
    const { epoch, stream } = this.keys;
    // EXISTS: an evicted or deleted stream is not an empty one; that keeps its consumer group.
    const transaction = this.connection
      .multi()
      .get(epoch)
      .exists(stream)
      .xrange(stream, '-', '+', 'COUNT', 1);
    const [current, exists, first] = await resultsOf(transaction.exec());
    this.confirmedAt = performance.now();
    const now = `${runId} ${String(current)}`;
    const oldest = (first as [string, string[]][])[0]?.[0];
    const waiting: Shipped[] = [];
    let lost = 0;
    for (const entry of this.shipped) {
      if (entry.epoch !== now || exists !== 1) {
        await this.journal.release(entry.receipt);
        lost++;
      } else if (oldest !== undefined && !isEarlier(entry.id, oldest)) {
        waiting.push(entry);
      } else {
        await this.journal.acknowledge(entry.receipt);
      }
    }
    this.shipped = waiting;
    if (lost > 0) {
      this.logger.warn(
        `Redis was restarted or lost its data; ${lost} batch(es) of records are sent again from the journal.`,
      );
    }
  }

  private async readRunId(): Promise<string> {
    // A cluster's slots lie on different servers; there the key alone has to tell.
    if (this.connection.isCluster) return 'cluster';
    return /^run_id:(\S+)/m.exec(await this.connection.info('server'))?.[1] ?? 'unknown';
  }

  private reportFailure(error: unknown): void {
    const message = `Shipping records to Redis failed (${messageOf(error)}). They wait in the journal.`;
    if (this.failures === 0) this.logger.warn(message);
    else this.logger.debug(message);
  }
}

/** The replies of a transaction; throws the first error among them. */
async function resultsOf(execution: Promise<[Error | null, unknown][] | null>): Promise<unknown[]> {
  const replies = await execution;
  if (!replies) throw new Error('the transaction was aborted');
  return replies.map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}

/** Of two stream ids, `<milliseconds>-<sequence>`. */
function isEarlier(a: string, b: string): boolean {
  const [aTime = 0, aSequence = 0] = a.split('-').map(Number);
  const [bTime = 0, bSequence = 0] = b.split('-').map(Number);
  return aTime < bTime || (aTime === bTime && aSequence < bSequence);
}
