import type { ContextFields } from '../context/parts';
import type { Deliverable } from './pending-records';
import { ChangeEncoder, stamped } from './change';
import type { Change } from './change';

/**
 * The records of a write that is under way, but for the id and the time that they get when it is done. What takes
 * work can be done before, while the database is at its own.
 */
export class Draft implements Deliverable {
  private bodies: readonly string[] | undefined;

  constructor(
    /** About how many. */
    readonly count: number,
    private readonly changesOf: () => readonly Change[],
    private readonly context: ContextFields,
    private readonly transactionId: string | null,
  ) {}

  /** Does what can be done before the write is. */
  encode(): readonly string[] {
    if (!this.bodies) {
      const encoder = new ChangeEncoder(this.context, this.transactionId);
      this.bodies = this.changesOf().map((change) => encoder.encode(change));
    }
    return this.bodies;
  }

  /** The write is done: once. */
  batches(): Iterable<readonly string[]> {
    return [stamped(this.encode())];
  }
}
