import { randomUUID } from 'node:crypto';
import os from 'node:os';

import { messageOf } from '../../errors';
import type { Logger } from '../../logger';
import { Batch } from '../../record/batch';
import { earliest } from '../../record/id-time';
import type { Claim, Depth, Receipt, Source } from '../contract';
import { ENOUGH_BYTES } from '../journal/lane-reader';
import type { Damage } from '../journal/lane-reader';
import { anotherOf, explained, GROUP, whenReady } from './connection';
import type { RedisConnection, RedisKeys } from './connection';
import { ConsumerGroup } from './consumer-group';
import { parseEntry } from './entry';

/** A claim that shows no sign of life for so long is taken over by another worker. */
export const CLAIM_IDLE_MS = 60_000;
const HEARTBEAT_MS = 20_000;
const RECLAIM_EVERY_MS = 5_000;
const ENTRIES_A_READ = 32;
const SAMPLE = 100;
/** Of a command that blocks for longer nobody could tell whether its connection is dead. */
const MAX_BLOCK_MS = 5_000;

type RawEntry = [id: Buffer, fields: Buffer[] | null];

interface Entry {
  readonly id: string;
  readonly batch: Batch;
}

/** Consumes the Redis Stream as one member of the consumer group. */
export class StreamSource implements Source {
  private readonly consumer = `${os.hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  /** On which nothing waits for entries to come: for acknowledgements, signs of life, and counting. */
  private readonly prompt: RedisConnection;
  private readonly group: ConsumerGroup;
  private readonly held = new Set<string>();
  /** Stored, but Redis was away when we said so. */
  private unconfirmed: string[] = [];
  /** Read, but not yet handed out: of another version than the batch before, or a later command failed. */
  private waiting: Entry[] = [];
  private reclaimedAt = -Infinity;
  private reclaimCursor = '0-0';
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly connection: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly logger: Logger,
    private readonly onDamage: (damage: Damage) => void,
  ) {
    this.prompt = anotherOf(connection);
    this.group = new ConsumerGroup(this.prompt, keys, this.consumer);
    this.heartbeat = setInterval(() => void this.beat(), HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  async claim(limit: number, waitMs: number): Promise<Claim | undefined> {
    const patience = Math.max(waitMs, 1_000);
    await Promise.all([whenReady(this.connection, patience), whenReady(this.prompt, patience)]);
    const isEnough = (): boolean => sum(this.waiting) >= limit || bytesOf(this.waiting) >= ENOUGH_BYTES;
    if (!isEnough()) await this.reclaim();
    while (!isEnough()) {
      const read = await this.read(this.waiting.length > 0 ? 0 : waitMs);
      if (read < ENTRIES_A_READ) break;
    }
    const [first] = this.waiting;
    if (!first) return undefined;
    const claimed: Entry[] = [];
    const rest: Entry[] = [];
    let count = 0;
    let bytes = 0;
    for (const entry of this.waiting) {
      const { batch } = entry;
      const fits = count < limit && bytes < ENOUGH_BYTES && batch.version === first.batch.version;
      (fits ? claimed : rest).push(entry);
      if (!fits) continue;
      count += batch.count;
      bytes += batch.lines.length;
    }
    this.waiting = rest;
    const ids = claimed.map((entry) => entry.id);
    const lines = Buffer.concat(claimed.map((entry) => entry.batch.lines));
    return { batch: new Batch(lines, count, first.batch.version), receipt: ids };
  }

  async acknowledge(receipt: Receipt): Promise<void> {
    const ids = [...this.unconfirmed, ...(receipt as string[])];
    for (const id of receipt as string[]) this.held.delete(id);
    this.unconfirmed = ids;
    await this.remove(ids);
    this.unconfirmed = this.unconfirmed.filter((id) => !ids.includes(id));
  }

  async release(receipt: Receipt): Promise<void> {
    const ids = receipt as string[];
    for (const id of ids) this.held.delete(id);
    if (ids.length === 0) return;
    // There is no way to give an entry back; but it can be made to look abandoned, for anyone to take.
    await this.group.claimAgain(ids, 'IDLE', CLAIM_IDLE_MS * 2);
    this.reclaimedAt = -Infinity;
  }

  async depth(): Promise<Depth> {
    await whenReady(this.prompt, 5_000);
    const { stream } = this.keys;
    const [entries, sample] = await Promise.all([
      this.prompt.xlen(stream),
      this.prompt.xrangeBuffer(stream, '-', '+', 'COUNT', SAMPLE) as Promise<RawEntry[]>,
    ]).catch((error: unknown) => {
      throw explained(error, this.keys);
    });
    const batches = sample.map(([, fields]) => parseEntry(fields ?? []));
    const factor = sample.length === 0 ? 0 : entries / sample.length;
    const total = (measure: (batch: Batch) => number): number =>
      Math.round(factor * batches.reduce((all, batch) => all + (batch ? measure(batch) : 0), 0));
    return {
      records: total((batch) => batch.count),
      bytes: total((batch) => batch.lines.length),
      exact: entries === sample.length,
      oldest: earliest(batches.map((batch) => batch?.firstTime)),
    };
  }

  async close(): Promise<void> {
    clearInterval(this.heartbeat);
    try {
      await this.leave();
    } catch (error) {
      this.logger.debug(
        `Leaving the consumer group failed (${messageOf(error)}); others take over what was claimed.`,
      );
    }
    this.connection.disconnect();
    this.prompt.disconnect();
  }

  private async leave(): Promise<void> {
    // Without a connection a command would only wait for its timeout.
    if (this.prompt.status !== 'ready') return;
    await this.release([...this.held]);
    await this.group.leave();
  }

  /** Reads what is new; answers how many entries that was. */
  private async read(waitMs: number): Promise<number> {
    const block = waitMs > 0 ? (['BLOCK', Math.ceil(Math.min(waitMs, MAX_BLOCK_MS))] as const) : [];
    const reply = await this.group.within(
      () =>
        // The overloads of ioredis do not know optional parts.
        this.connection.callBuffer(
          'XREADGROUP',
          ...[
            'GROUP',
            GROUP,
            this.consumer,
            'COUNT',
            ENTRIES_A_READ,
            ...block,
            'STREAMS',
            this.keys.stream,
            '>',
          ],
        ) as Promise<[Buffer, RawEntry[]][] | null>,
    );
    const entries = reply?.[0]?.[1] ?? [];
    await this.accept(entries);
    return entries.length;
  }

  /** Takes over what dead or frozen workers hold. */
  private async reclaim(): Promise<void> {
    if (performance.now() - this.reclaimedAt < RECLAIM_EVERY_MS) return;
    const reply = await this.group.within(
      () =>
        this.connection.callBuffer(
          'XAUTOCLAIM',
          ...[
            this.keys.stream,
            GROUP,
            this.consumer,
            CLAIM_IDLE_MS,
            this.reclaimCursor,
            'COUNT',
            ENTRIES_A_READ,
          ],
        ) as Promise<[Buffer, (RawEntry | null)[]]>,
    );
    this.reclaimCursor = reply[0].toString();
    // Once around: nothing more for now.
    if (this.reclaimCursor === '0-0') this.reclaimedAt = performance.now();
    await this.accept(reply[1]);
  }

  /** Puts entries into what waits at once, so that no failure later on makes us forget what we hold. */
  private async accept(raw: readonly (RawEntry | null)[]): Promise<void> {
    const garbage: string[] = [];
    for (const entry of raw) {
      // Redis 6.2 answers so for one that was claimed by somebody and then deleted.
      if (!entry) continue;
      const [rawId, fields] = entry;
      const id = rawId.toString();
      // Our own, while our signs of life did not get through.
      if (this.held.has(id)) continue;
      const batch = parseEntry(fields ?? []);
      if (batch) {
        this.held.add(id);
        this.waiting.push({ id, batch });
      } else {
        const bytes = Buffer.concat(fields ?? []);
        this.onDamage({ file: `stream ${this.keys.stream}/entry-${id}`, offset: 0, bytes });
        garbage.push(id);
      }
    }
    if (garbage.length > 0) await this.acknowledge(garbage);
  }

  private async remove(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const { stream } = this.keys;
    const replies = await this.prompt
      .multi()
      .xack(stream, GROUP, ...ids)
      .xdel(stream, ...ids)
      .exec();
    for (const [error] of replies ?? []) if (error) throw error;
  }

  private async beat(): Promise<void> {
    const ids = [...this.held];
    if (ids.length === 0 || this.prompt.status !== 'ready') return;
    await this.group.claimAgain(ids).catch(() => undefined);
  }
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((count, entry) => count + entry.batch.count, 0);
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((bytes, entry) => bytes + entry.batch.lines.length, 0);
}
