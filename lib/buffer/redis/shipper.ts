import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { messageOf } from '../../errors';
import type { Logger } from '../../logger';
import type { Receipt } from '../contract';
import type { JournalSource } from '../journal/journal-source';
import { explained } from './connection';
import type { RedisConnection, RedisKeys } from './connection';
import { entryFields, MAX_ENTRY_RECORDS } from './entry';

/** What comes meanwhile goes with the next entry: an entry for each record would take the application as long as the change. */
const PAUSE_MS = 10;
const CONFIRM_MS = 200;
const MAX_BACKOFF_MS = 5_000;
/** While so many entries are not known to be stored no more are shipped: each of them takes memory here. */
const MAX_SHIPPED = 20_000;

/**
 * Which life of which data this is, in Lua. A server that is started again has another run id; one that was a
 * replica meanwhile, and may have thrown away what it had, another replication id. The key goes when the data goes.
 */
const LIFE = `
  redis.call('INFO', 'server'):match('run_id:(%w+)') .. ' ' ..
  redis.call('INFO', 'replication'):match('master_replid:(%w+)') .. ' ' .. tostring(redis.call('GET', KEYS[2]))`;

/**
 * Adds an entry; answers its id, and the life that took it. In one step: a failover cannot come in between. A
 * stream that is not there (evicted or deleted by itself) begins a new life: what it held is lost.
 */
const ADD = `
  if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('DEL', KEYS[2]) end
  redis.call('SET', KEYS[2], ARGV[1], 'NX')
  local id = redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2))
  return {id, ${LIFE}}`;

/**
 * The life, whether the stream exists, and the id of its oldest entry without the records. EXISTS: an
 * evicted or deleted stream is not an empty one; that keeps its consumer group.
 */
const STATE = `
  local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  return {${LIFE}, redis.call('EXISTS', KEYS[1]), oldest and oldest[1] or false}`;

/** Records that are in the stream, but not known to be stored. */
interface Shipped {
  readonly receipt: Receipt;
  readonly id: string;
  /** The life of the data that took them. */
  readonly life: string;
}

/**
 * Carries records from the journal to the Redis Stream.
 *
 * What it has shipped stays in the journal until it is stored, because Redis may lose everything
 * (FLUSHALL, a failover, a restart without persistence). Workers delete an entry only after its records
 * are stored; so all that was shipped before the stream's oldest entry is stored, provided that the
 * stream is still the one it was shipped to. The server says so with each answer ({@link LIFE}). If that has
 * changed, everything not confirmed is shipped again; the id of each record makes that harmless.
 */
export class Shipper {
  /** Oldest first. */
  private shipped: Shipped[] = [];
  private stopping = false;
  /** Called between two entries, when none is on its way. */
  private readonly onlookers = new Set<() => void>();
  private confirmedAt = 0;
  private failures = 0;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly journal: JournalSource,
    private readonly connection: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly logger: Logger,
    private readonly maxShipped = MAX_SHIPPED,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  /**
   * Resolves when all that was in the journal, or in one lane of it, at the time of the call is in the
   * stream, or the time is up (false).
   */
  async caughtUp(timeoutMs: number, lane?: string): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    const handedOut = this.journal.mark(lane);
    let shipped = false;
    const look = (): void => void (shipped ||= handedOut());
    this.onlookers.add(look);
    while (!shipped && !this.stopping && performance.now() < deadline) await delay(PAUSE_MS);
    this.onlookers.delete(look);
    return shipped;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.loop;
    await this.journal.close();
    this.connection.disconnect();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      let hasMore = false;
      try {
        hasMore = await this.shipNext();
        if (this.shipped.length > 0 && performance.now() - this.confirmedAt >= CONFIRM_MS)
          await this.confirm();
        this.failures = 0;
      } catch (error) {
        this.reportFailure(explained(error, this.keys));
        await delay(Math.min(MAX_BACKOFF_MS, 50 * 2 ** Math.min(this.failures++, 10)));
      }
      for (const look of this.onlookers) look();
      if (!hasMore) await delay(PAUSE_MS);
    }
  }

  /** One entry into the stream, if there is anything to ship, and a Redis to take it. True if it was full, so that more may wait. */
  private async shipNext(): Promise<boolean> {
    if (this.connection.status !== 'ready' || this.shipped.length >= this.maxShipped) return false;
    const claim = await this.journal.claim(MAX_ENTRY_RECORDS, 0);
    if (!claim) return false;
    try {
      const { epoch, stream } = this.keys;
      const fields = entryFields(claim.batch);
      const added = await this.connection.eval(ADD, 2, stream, epoch, randomUUID(), ...fields);
      const [id, life] = added as [string, string];
      this.shipped.push({ receipt: claim.receipt, id, life });
      return claim.batch.count >= MAX_ENTRY_RECORDS;
    } catch (error) {
      await this.journal.release(claim.receipt);
      throw error;
    }
  }

  /** Acknowledges to the journal what is known to be stored, and takes back what Redis has lost. */
  private async confirm(): Promise<void> {
    if (this.connection.status !== 'ready') return;
    const { epoch, stream } = this.keys;
    const state = await this.connection.eval(STATE, 2, stream, epoch);
    const [life, exists, oldest] = state as [string, number, string | null];
    this.confirmedAt = performance.now();
    const stored: Receipt[] = [];
    const lost: Receipt[] = [];
    for (const entry of this.shipped) {
      if (entry.life !== life || exists !== 1) lost.push(entry.receipt);
      else if (oldest === null || isEarlier(entry.id, oldest)) stored.push(entry.receipt);
      else break;
    }
    this.shipped.splice(0, stored.length + lost.length);
    await this.journal.acknowledge(...stored);
    await this.journal.release(...lost);
    if (lost.length > 0) {
      this.logger.warn(
        `Redis was restarted or lost its data; ${lost.length} batch(es) of records are sent again from the journal.`,
      );
    }
  }

  private reportFailure(error: unknown): void {
    const message = `Shipping records to Redis failed (${messageOf(error)}). They wait in the journal.`;
    if (this.failures === 0) this.logger.warn(message);
    else this.logger.debug(message);
  }
}

/** Of two stream ids, `<milliseconds>-<sequence>`. */
function isEarlier(a: string, b: string): boolean {
  const [aTime = 0, aSequence = 0] = a.split('-').map(Number);
  const [bTime = 0, bSequence = 0] = b.split('-').map(Number);
  return aTime < bTime || (aTime === bTime && aSequence < bSequence);
}
