import { messageOf } from '../../errors';
import { explained, GROUP } from './connection';
import type { RedisConnection, RedisKeys } from './connection';

/**
 * Makes the group, and where there is none the stream. What a stream held that is gone is lost, which its
 * shippers must learn: so a new stream begins a new life of the data. The group begins at 0, not at $: what was
 * shipped before the first worker came is for it too.
 */
const FOUND = `
  if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('DEL', KEYS[2]) end
  return redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')`;

/** Removes a consumer that holds nothing; with pending entries they would be lost to all (redis#9745). */
const LEAVE = `
  if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) == 0 then
    return redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
  end
  return 0`;

/** The workers that share a stream, seen by one of its members. */
export class ConsumerGroup {
  constructor(
    private readonly connection: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly consumer: string,
  ) {}

  /** Runs a command that needs the group; makes the group if there is none. */
  async within<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (error) {
      if (!messageOf(error).startsWith('NOGROUP')) throw explained(error, this.keys);
      await this.found();
      return command();
    }
  }

  /** Resets how long entries have been idle. JUSTID: a sign of life is no delivery, and is not counted as one. */
  claimAgain(ids: readonly string[], ...idle: (string | number)[]): Promise<unknown> {
    return this.connection.call(
      'XCLAIM',
      this.keys.stream,
      GROUP,
      this.consumer,
      0,
      ...ids,
      ...idle,
      'JUSTID',
    );
  }

  async leave(): Promise<void> {
    await this.connection.eval(LEAVE, 1, this.keys.stream, GROUP, this.consumer);
  }

  private async found(): Promise<void> {
    const { stream, epoch } = this.keys;
    try {
      await this.connection.eval(FOUND, 2, stream, epoch, GROUP);
    } catch (error) {
      // Another worker was faster.
      if (!messageOf(error).startsWith('BUSYGROUP')) throw error;
    }
  }
}
