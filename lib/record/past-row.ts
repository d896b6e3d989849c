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
  /** Undefined as long as no record tells. */
  exists: boolean | undefined;
  /** Whether all attributes are known that the row had. */
  isComplete = false;
  private readonly known = new Map<string, unknown>();

  get values(): Values {
    return Object.fromEntries(this.known);
  }

  has(attribute: string): boolean {
    return this.known.has(attribute);
  }

  /** A record up to the moment, each older than the one before. False when older ones tell nothing more. */
  before({ event, oldValues, newValues }: RowRecord): boolean {
    if (!isOfRow(event)) return true;
    const isGone = event === 'deleted' && newValues === null;
    // The last thing that happened decides; what was deleted longer ago was another life of the row.
    if (isGone) {
      this.exists ??= false;
      if (!this.exists) this.isComplete = true;
      return false;
    }
    this.exists ??= true;
    const hasAll = event === 'created' || event === 'deleted';
    this.learn(newValues);
    if (event === 'deleted') this.learn(oldValues);
    this.isComplete = hasAll && isWhole(newValues) && isWhole(oldValues);
    return !hasAll;
  }

  /** A record after the moment, each newer than the one before. False when newer ones tell nothing more. */
  after({ event, oldValues, newValues }: RowRecord): boolean {
    if (!isOfRow(event)) return true;
    if (event === 'created') {
      this.exists ??= false;
      if (!this.exists) this.isComplete = true;
      return false;
    }
    this.exists ??= true;
    this.learn(oldValues);
    if (event !== 'deleted') return true;
    this.isComplete = isWhole(oldValues) && isWhole(newValues);
    return false;
  }

  private learn(values: Values | null): void {
    if (values === null || !isWhole(values)) return;
    for (const [name, value] of Object.entries(values)) {
      if (!this.known.has(name)) this.known.set(name, value);
    }
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
