import { ROW_EVENTS } from './record';
import type { Values } from './values';

/** What of a record tells of its row. */
export interface RowRecord {
  readonly event: string;
  readonly oldValues: Values | null;
  readonly newValues: Values | null;
}

/**
 * What a row held at one moment, put together from its records: first those up to that moment, the newest first, then
 * those after it, the oldest first. What a record up to then has written holds; of what none has written, the first
 * one after it tells what was there before.
 */
export class PastRow {
  /** Undefined as long as no record tells. A row that is deleted softly is there. */
  exists: boolean | undefined;
  private hasAll = false;
  private readonly known = new Map<string, unknown>();
  /** Attributes that a record has written without keeping what: older ones hold what was there before that. */
  private readonly lostBefore = new Set<string>();
  /** The same after the moment, where newer ones hold what was there afterwards. */
  private readonly lostAfter = new Set<string>();

  /** Whether all attributes are known that the row had. */
  get isComplete(): boolean {
    return this.hasAll && [...this.lostBefore, ...this.lostAfter].every((name) => this.known.has(name));
  }

  get values(): Values {
    return Object.fromEntries(this.known);
  }

  /** A record up to the moment, each older than the one before. False when older ones tell nothing more. */
  before({ event, oldValues, newValues }: RowRecord): boolean {
    if (!isOfRow(event)) return true;
    if (event === 'deleted' && newValues === null) {
      // The last thing that happened decides; what was deleted longer ago was another life of the row.
      if (this.exists === undefined) this.wasNotThere();
      return false;
    }
    this.exists = true;
    const isTold = this.learn(newValues, oldValues, this.lostBefore);
    if (event === 'created') this.hasAll = isTold;
    // A soft delete: what it has written, and all that the row held besides.
    else if (event === 'deleted') this.hasAll = isTold && this.learn(oldValues, null, this.lostBefore);
    else return isTold;
    return false;
  }

  /** A record after the moment, each newer than the one before. False when newer ones tell nothing more. */
  after({ event, oldValues, newValues }: RowRecord): boolean {
    if (!isOfRow(event)) return true;
    if (event === 'created') {
      if (this.exists === undefined) this.wasNotThere();
      return false;
    }
    this.exists = true;
    const isTold = this.learn(oldValues, newValues, this.lostAfter);
    if (event === 'deleted') this.hasAll ||= isTold;
    return isTold && event !== 'deleted' && !this.isComplete;
  }

  private wasNotThere(): void {
    this.exists = false;
    this.hasAll = true;
  }

  /**
   * Takes what is not known yet from one side of a record. Where that side was too large to be kept, the other one
   * names the attributes, if it can; false if not, since then nobody knows which are meant.
   */
  private learn(side: Values | null, other: Values | null, lost: Set<string>): boolean {
    if (!isWhole(side)) {
      if (other === null || !isWhole(other)) return false;
      for (const name of Object.keys(other)) lost.add(name);
      return true;
    }
    for (const [name, value] of Object.entries(side ?? {})) {
      if (!this.known.has(name) && !lost.has(name)) this.known.set(name, value);
    }
    return true;
  }
}

/** Events of the application's own say nothing of what the row holds. */
function isOfRow(event: string): boolean {
  return (ROW_EVENTS as readonly string[]).includes(event);
}

/** Values that were too large as a whole are not there; something else's are no object. */
function isWhole(values: unknown): boolean {
  return values === null || (typeof values === 'object' && !('$audit' in values));
}
